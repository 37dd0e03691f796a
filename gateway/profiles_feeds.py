"""Where the profile's happenings come from and go to: the institution's systems, Redis streams, SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import redis.asyncio as redis_client
from redis.exceptions import RedisError

from kit.errors import Unavailable
from kit.settings import Settings
from profiles.happenings import Happening
from profiles.service import Profiles
from profiles.streams import Consumer, Publisher

TIMEOUT_SECONDS = 5.0


class SystemFeeds:
    """Meets `profiles.systems.connectors.Feeds`: `GET /v1/systems/{source}/events`."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None) -> None:
        self._http = httpx.AsyncClient(
            base_url=settings.institution.rstrip("/") + "/v1", headers={"X-Internal-Key": settings.key},
            timeout=TIMEOUT_SECONDS, transport=transport, trust_env=False,
        )  # fmt: skip

    async def close(self) -> None:
        await self._http.aclose()

    async def page(self, source: str, after: str, limit: int) -> dict[str, Any]:
        try:
            answer = await self._http.get(f"/systems/{source}/events", params={"after": after, "limit": limit})
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("机构系统暂时没有响应。", call=source, cause=type(error).__name__) from error
        if not isinstance(found.get("events"), list) or not isinstance(found.get("next"), str):
            raise Unavailable("机构系统的应答无法识别。", call=source)
        return found

    async def news(self, form: str) -> str:
        """The text of an outside feed, as the institution's provider sends it."""
        try:
            answer = await self._http.get(f"/news/{form}")
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise Unavailable("资讯源暂时没有响应。", call=form, cause=type(error).__name__) from error
        return answer.text


class Through:
    """Happenings go through the stream; while Redis is away, straight into SQL."""

    def __init__(self, profiles: Profiles, redis: redis_client.Redis | None) -> None:
        self._profiles, self._redis = profiles, redis
        self._publisher = Publisher(redis) if redis else None

    async def put(self, happenings: Sequence[Happening]) -> None:
        if self._publisher:
            try:
                await self._publisher.put(happenings)
                return
            except (RedisError, OSError):
                pass
        await self._profiles.systems.intake.take(happenings)

    async def run(self) -> None:
        if self._redis is None:
            await asyncio.Event().wait()
        else:
            await Consumer(self._redis, self._profiles.systems.intake, self._profiles.systems.consumer_name).run()


def attach(profiles: Profiles, settings: Settings, transport: httpx.AsyncBaseTransport | None) -> None:
    """Give the profile its feeds. Port 1 says that there is no Redis (tests)."""
    redis = redis_client.from_url(settings.redis, socket_connect_timeout=1.0) if settings.redis_port > 1 else None
    through = Through(profiles, redis)
    feeds = SystemFeeds(settings, transport)
    profiles.systems.connectors.feeds = feeds
    profiles.newsroom.fetch = feeds.news
    profiles.systems.closing += [feeds.close, *([redis.aclose] if redis else [])]
    profiles.systems.connectors.put = through.put
    profiles.systems.consuming = through.run

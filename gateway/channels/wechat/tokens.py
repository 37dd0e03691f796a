"""One access token for all calls of one account: kept in Redis for all processes, fetched by one of them at a time.

`stable_token` gives the same token to everybody until shortly before its end; only `force_refresh` kills the old one
(20 a day, at least 30 s apart). Source: developers.weixin.qq.com, api_getstableaccesstoken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import redis.asyncio as redis_client
from redis.exceptions import RedisError

from kit.clock import Clock

#: The platform renews five minutes before the end; so do we.
EARLY = timedelta(minutes=5)
#: Two forced renewals nearer than this are refused by the platform.
FORCE_APART = timedelta(seconds=30)
#: Another process fetches now: it needs some seconds at most.
LOCK_SECONDS = 10
LOOK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True)
class Token:
    text: str
    until: datetime


#: Asks the platform; `force` asks for a new one even if the old one lives.
Fetch = Callable[[bool], Awaitable[tuple[str, float]]]


class Shelf(Protocol):
    """Where a token is kept between calls and processes."""

    async def get(self) -> Token | None: ...
    async def put(self, token: Token, now: datetime) -> None: ...
    async def lock(self) -> bool: ...
    async def unlock(self) -> None: ...


class RedisShelf:
    """In Redis; in memory as well, for when Redis is away: then each process has its own, which stable_token allows."""

    def __init__(self, client: Any, name: str) -> None:
        self._redis, self._key = client, f"huiban:wechat:token:{name}"
        self._here: Token | None = None

    async def get(self) -> Token | None:
        try:
            kept = await self._redis.hgetall(self._key)
        except (RedisError, OSError):
            return self._here
        if not kept:
            return None
        return Token(kept[b"text"].decode(), datetime.fromisoformat(kept[b"until"].decode()))

    async def put(self, token: Token, now: datetime) -> None:
        self._here = token
        try:
            await self._redis.hset(self._key, mapping={"text": token.text, "until": token.until.isoformat()})
            await self._redis.expire(self._key, max(1, int((token.until - now).total_seconds())))
        except (RedisError, OSError):
            return

    async def lock(self) -> bool:
        try:
            return bool(await self._redis.set(f"{self._key}:lock", "1", nx=True, ex=LOCK_SECONDS))
        except (RedisError, OSError):
            return True

    async def unlock(self) -> None:
        try:
            await self._redis.delete(f"{self._key}:lock")
        except (RedisError, OSError):
            return


class MemoryShelf:
    """For one process alone."""

    def __init__(self) -> None:
        self._token: Token | None = None

    async def get(self) -> Token | None:
        return self._token

    async def put(self, token: Token, now: datetime) -> None:
        self._token = token

    async def lock(self) -> bool:
        return True

    async def unlock(self) -> None:
        return


def shelf(redis_url: str | None, name: str) -> Shelf:
    if redis_url is None:
        return MemoryShelf()
    return RedisShelf(redis_client.from_url(redis_url, socket_connect_timeout=0.5, socket_timeout=0.5), name)


class Tokens:
    def __init__(self, fetch: Fetch, kept: Shelf, clock: Clock) -> None:
        self._fetch, self._shelf, self._clock = fetch, kept, clock
        self._one = asyncio.Lock()
        self._forced_at: datetime | None = None

    async def get(self, *, refused: str | None = None) -> str:
        """A token that lives; not `refused`, which the platform has just not taken, if another can be had."""
        async with self._one:
            while True:
                kept, now = await self._shelf.get(), self._clock.now()
                if kept and kept.text != refused and now < kept.until:
                    return kept.text
                if await self._shelf.lock():
                    break
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            try:
                return await self._renew(refused, now)
            finally:
                await self._shelf.unlock()

    async def _renew(self, refused: str | None, now: datetime) -> str:
        text, seconds = await self._fetch(False)
        if text == refused and (self._forced_at is None or now - self._forced_at >= FORCE_APART):
            self._forced_at = now
            text, seconds = await self._fetch(True)
        life = timedelta(seconds=seconds)
        await self._shelf.put(Token(text, now + max(life - EARLY, life / 2)), now)
        return text

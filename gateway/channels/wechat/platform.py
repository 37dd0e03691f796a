"""Calls to the platform: bounded in time and number, at most one new token a call, and a pause when it is down."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from gateway.channels.wechat.tokens import Shelf, Tokens
from kit.clock import Clock
from kit.errors import AgentError, Category, Unavailable

CALL_SECONDS = 5.0
#: Tries of one call, and the pause before the second; it doubles.
MOST_TRIES = 3
FIRST_PAUSE_SECONDS = 0.2
#: After this many failed calls in a row nobody is asked for this long.
BREAKS_AFTER = 5
BROKEN_FOR = timedelta(seconds=30)
#: Token unknown, wrong or over (also 企业微信's).
TOKEN_CODES = frozenset({40001, 40014, 42001})
#: The platform is busy, or we asked too often: later.
BUSY_CODES = frozenset({-1, 45009, 45011})
#: The largest picture that the platform takes from a person is 10 MB.
MOST_MEDIA_BYTES = 10 * 1024 * 1024
Json = dict[str, Any]


class PlatformAway(Unavailable):
    """微信平台暂时没有响应。"""

    code = "wechat_away"


class PlatformRefused(AgentError):
    """微信平台没有接受这次请求。"""

    code = "wechat_refused"
    category = Category.UNAVAILABLE

    def __init__(self, number: int, words: str = "") -> None:
        super().__init__(None, number=number, words=words)
        self.number = number


@dataclass
class Breaker:
    """Opens after failures in a row; one call may try again when its time is over."""

    failures: int = 0
    opened_at: datetime | None = None

    def closed(self, now: datetime) -> bool:
        return self.opened_at is None or now - self.opened_at >= BROKEN_FOR

    def failed(self, now: datetime) -> None:
        self.failures += 1
        if self.failures >= BREAKS_AFTER:
            self.opened_at = now

    def worked(self) -> None:
        self.failures, self.opened_at = 0, None


class Platform:
    """One account: the 公众号 (stable_token) or a 企业微信 corporation (gettoken)."""

    def __init__(
        self, url: str, app_id: str, secret: str, clock: Clock, kept: Shelf, *, corporation: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._http = httpx.AsyncClient(
            base_url=url, timeout=CALL_SECONDS, transport=transport, trust_env=False, follow_redirects=False
        )
        self._app_id, self._secret, self._clock, self._corporation = app_id, secret, clock, corporation
        self.breaker = Breaker()
        self._tokens = Tokens(self._fetch, kept, clock)

    async def close(self) -> None:
        await self._http.aclose()

    async def post(self, path: str, body: Json) -> Json:
        """The answer of a call. Raises PlatformAway (later), PlatformRefused (not like this)."""
        return await self._answered("POST", path, body)

    async def media(self, media_id: str) -> bytes:
        """A file that a person sent; it can be had for three days. Raises PlatformAway, PlatformRefused."""
        path = "/cgi-bin/media/get"
        answer = await self._with_token("GET", path, None, {"media_id": media_id})
        if len(answer.content) > MOST_MEDIA_BYTES:
            raise PlatformRefused(45001)
        return answer.content

    async def _answered(self, method: str, path: str, body: Json) -> Json:
        found: Json = _decoded(await self._with_token(method, path, body, {}))
        return found

    async def _with_token(self, method: str, path: str, body: Json | None, query: dict[str, str]) -> httpx.Response:
        token = await self._tokens.get()
        try:
            return await self._tried(method, path, body, {**query, "access_token": token})
        except PlatformRefused as error:
            if error.number not in TOKEN_CODES:
                raise
        # Once: a platform that refuses every token must not be asked for ever.
        fresh = await self._tokens.get(refused=token)
        return await self._tried(method, path, body, {**query, "access_token": fresh})

    async def _tried(self, method: str, path: str, body: Json | None, query: dict[str, str]) -> httpx.Response:
        pause = FIRST_PAUSE_SECONDS
        for left in reversed(range(MOST_TRIES)):
            try:
                return await self._once(method, path, body, query)
            except PlatformAway:
                if not left:
                    raise
            await asyncio.sleep(pause)
            pause *= 2
        raise AssertionError("unreachable")

    async def _once(self, method: str, path: str, body: Json | None, query: dict[str, str]) -> httpx.Response:
        if not self.breaker.closed(self._clock.now()):
            raise PlatformAway(cause="breaker")
        # \u escapes are shown to the person as they stand: Chinese goes out as UTF-8.
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            answer = await self._http.request(
                method, path, params=query, content=content, headers={"Content-Type": "application/json"}
            )
        except httpx.HTTPError as error:
            self.breaker.failed(self._clock.now())
            raise PlatformAway(cause=type(error).__name__) from error
        if answer.status_code != 200:
            self.breaker.failed(self._clock.now())
            raise PlatformAway(status=answer.status_code)
        number = _number(answer)
        if number in BUSY_CODES:
            self.breaker.failed(self._clock.now())
            raise PlatformAway(number=number)
        self.breaker.worked()
        if number:
            raise PlatformRefused(number)
        return answer

    async def _fetch(self, force: bool) -> tuple[str, float]:
        if self._corporation:
            query = {"corpid": self._app_id, "corpsecret": self._secret}
            told = _decoded(await self._tried("GET", "/cgi-bin/gettoken", None, query))
        else:
            body = {
                "grant_type": "client_credential", "appid": self._app_id, "secret": self._secret, "force_refresh": force,
            }  # fmt: skip
            told = _decoded(await self._tried("POST", "/cgi-bin/stable_token", body, {}))
        try:
            return str(told["access_token"]), float(told["expires_in"])
        except (KeyError, TypeError, ValueError) as error:
            raise PlatformAway(cause="token") from error


def _number(answer: httpx.Response) -> int:
    """`errcode` of an answer; 0 when there is none, as in a file."""
    if "json" not in answer.headers.get("content-type", "") and not answer.content.startswith(b'{"errcode"'):
        return 0
    return int(_decoded(answer).get("errcode") or 0)


def _decoded(answer: httpx.Response) -> Json:
    try:
        found = answer.json()
    except ValueError as error:
        raise PlatformAway(cause="not JSON") from error
    if not isinstance(found, dict):
        raise PlatformAway(cause="not an object")
    return found

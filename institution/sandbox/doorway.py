"""What every request passes first: the internal key, then the fault that is set. Plain ASGI."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from typing import Literal

from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FaultMode = Literal["none", "slow", "fail", "hang"]
#: Paths that faults spare: operators must be able to end them.
SPARED = ("/v1/admin", "/v1/health", "/v1/clock")
HANG_SECONDS = 3600.0
PROBLEM = "application/problem+json"


@dataclass
class Faults:
    """How the sandbox misbehaves: slow answers late, fail answers 503, hang does not answer."""

    mode: FaultMode = "none"
    seconds: float = 0.0


class Doorway:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if request.url.path != "/v1/health" and not _has_key(request):
            await problem(401, "unauthorized", "需要内部密钥。")(scope, receive, send)
            return
        faults: Faults = request.app.state.faults
        mode = "none" if request.url.path.startswith(SPARED) else faults.mode
        if mode == "hang":
            await _until_the_caller_leaves(receive, faults.seconds or HANG_SECONDS)
        if mode in ("hang", "fail"):
            await problem(503, "unavailable", "机构系统暂时不可用。")(scope, receive, send)
            return
        # slow: the work is done and the answer comes late, so that a caller who gave up must be able to repeat.
        await self._app(scope, receive, _late(send, faults.seconds) if mode == "slow" else send)


def _has_key(request: Request) -> bool:
    given = request.headers.get("X-Internal-Key", "")
    return hmac.compare_digest(given.encode(), str(request.app.state.key).encode())


async def _until_the_caller_leaves(receive: Receive, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


def _late(send: Send, seconds: float) -> Send:
    async def later(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return later


def problem(status: int, code: str, detail: str, fields: dict[str, object] | None = None) -> JSONResponse:
    """An RFC 9457 document; fields: further facts for programs."""
    body = {"type": f"urn:huiban:{code}", "title": code, "status": status, "code": code, "detail": detail}
    shown = {name: value for name, value in (fields or {}).items() if value is not None}
    return JSONResponse(shown | body, status, media_type=PROBLEM)

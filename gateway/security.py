"""What stands before every request: no foreign page may act for a person, no body may fill the memory, headers say what
the pages may load. And each request's time is counted."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import errors
from gateway.files.reading import MOST_BYTES as MOST_FILE_BYTES
from gateway.metrics import Metrics

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Longer than the longest message that is refused with a sentence of its own (requirement: 10,000 characters).
MOST_BODY_BYTES = 1_000_000
#: Where a body is a file.
MOST_BYTES_OF = {"/api/chat/files": MOST_FILE_BYTES}
TOO_LONG = {MOST_BODY_BYTES: "内容太长了,请分几次发送。", MOST_FILE_BYTES: "文件太大了,最大 10 MB。"}
HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=()",
}


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, framed_by: Callable[[], tuple[str, ...]] = tuple) -> None:
        """framed_by  the institutions' pages that may show the client's page in a frame"""
        self._app = app
        self._metrics = metrics
        self._framed_by = framed_by

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        foreign = is_foreign(headers)
        if scope["type"] == "websocket":
            if foreign:
                # Before the handshake is accepted this answers 403.
                await receive()
                return await send({"type": "websocket.close", "code": 1008})
            return await self._app(scope, receive, send)
        await self._http(scope, headers, foreign, receive, send)

    async def _http(self, scope: Scope, headers: Headers, foreign: bool, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 500

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                secure(MutableHeaders(scope=message), scope["path"], headers.get("host", ""), self._framed_by())
            await send(message)

        try:
            if foreign and scope["method"] not in SAFE_METHODS:
                refused = errors.of_agent_error(errors.ForeignOrigin())
                return await refused(scope, receive, send_guarded)
            most = MOST_BYTES_OF.get(scope["path"], MOST_BODY_BYTES)
            if too_long(headers, most):
                refused = errors.answer(413, "body_too_long", TOO_LONG[most])
                return await refused(scope, receive, send_guarded)
            await self._app(scope, limited(receive, most), send_guarded)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.requests.labels(scope["method"], route, str(status)).inc()
            self._metrics.request_seconds.labels(route).observe(time.perf_counter() - began)


def is_foreign(headers: Headers) -> bool:
    """Whether a browser sends this for a page of another site. Programs that are no browser name no origin."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    return headers.get("sec-fetch-site", "none") not in ("same-origin", "none")


def too_long(headers: Headers, most: int = MOST_BODY_BYTES) -> bool:
    length = headers.get("content-length", "0")
    return not length.isdigit() or int(length) > most


def limited(receive: Receive, most: int = MOST_BODY_BYTES) -> Receive:
    """`receive` that ends a body without a declared length where it becomes too long."""
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            return {"type": "http.disconnect"}
        return message

    return receive_limited


def secure(headers: Any, path: str, host: str, framed_by: tuple[str, ...] = ()) -> None:
    """Add the security headers to an answer."""
    framed = framed_by if path.startswith("/chat/") else ()
    for name, value in HEADERS.items():
        # This header knows no list of pages; where there is one, the policy's `frame-ancestors` says it.
        if not (framed and name == "X-Frame-Options"):
            headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", policy(path, host, framed))
    if path.startswith(("/api/", "/internal/", "/open/", "/t/", "/s/")):
        headers.setdefault("Cache-Control", "no-store")


def policy(path: str, host: str, framed_by: tuple[str, ...] = ()) -> str:
    """What our pages may load: only from here. Older phones do not count a WebSocket of this host as 'self'."""
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    # The desk's component library writes its styles into the page; the client's page needs no exception.
    desk = path.startswith("/desk")
    styles, pictures, fonts = (
        ("'self' 'unsafe-inline'", "'self' data: blob:", "'self' data:") if desk else ("'self'",) * 3
    )
    parents = " ".join(framed_by) or "'none'"
    return (
        f"default-src 'self'; style-src {styles}; img-src {pictures}; font-src {fonts}; "
        f"connect-src 'self'{sockets}; object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {parents}"
    )

"""Frames between gateway processes, over one Redis stream. Redis away or wiped costs a reset, never an error."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import redis.asyncio as redis_client
from redis.exceptions import RedisError

from gateway.hub import Hub
from kit import log

STREAM = "huiban:frames"
#: Minutes of frames: a process that lags more has lost its pages long before.
STREAM_FRAMES = 5000
RETRY_SECONDS = 2.0
BLOCK_MS = 5000


class Relay:
    def __init__(self, hub: Hub, url: str) -> None:
        self._hub = hub
        self._redis = redis_client.from_url(url, socket_connect_timeout=1.0, socket_timeout=BLOCK_MS / 1000 + 5)
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue(STREAM_FRAMES)
        self._log = log.get(__name__)
        self.listening = asyncio.Event()
        self._lost = False

    async def run(self) -> None:
        """Carry frames until cancelled."""
        self._hub.send_on = self._note
        try:
            await asyncio.gather(self._write(), self._read())
        finally:
            await self._redis.aclose()

    def _note(self, envelope: dict[str, Any]) -> None:
        if self.listening.is_set() and not self._out.full():
            self._out.put_nowait(envelope)

    async def _write(self) -> None:
        while True:
            envelope = await self._out.get()
            body = json.dumps({**envelope, "origin": self._hub.epoch}, ensure_ascii=False)
            try:
                await self._redis.xadd(STREAM, {"body": body}, maxlen=STREAM_FRAMES, approximate=True)
            except (RedisError, OSError):
                self._away()

    async def _read(self) -> None:
        last = "0-0"
        while True:
            try:
                if not self.listening.is_set():
                    last = await self._join()
                read: Any = await self._redis.xread({STREAM: last}, block=BLOCK_MS)
                for entry, fields in read[0][1] if read else ():
                    last = entry
                    self._take(fields[b"body"])
            except (RedisError, OSError):
                self._away()
                await asyncio.sleep(RETRY_SECONDS)

    async def _join(self) -> str:
        """Where the stream ends now: what comes after is for us."""
        newest: Any = await self._redis.xrevrange(STREAM, count=1)
        self.listening.set()
        if self._lost:
            self._lost = False
            self._hub.reset()
        return newest[0][0] if newest else "0-0"

    def _away(self) -> None:
        if not self._lost:
            self._log.warning("Redis does not answer; pages are live on this process only", action="redis_lost")
        self._lost = True
        self.listening.clear()

    def _take(self, body: bytes) -> None:
        envelope = json.loads(body)
        if envelope.pop("origin") != self._hub.epoch:
            self._hub.deliver(envelope)

"""Frames between gateway processes, over one Redis stream. Redis away or wiped costs a reset, never an error.

Each process numbers what it sends, and each reader knows the number that comes next from each sender. Whatever was lost on
the way (the stream cut before a slow reader, a Redis wiped or away, a queue that ran full) shows as a jump, and then the
pages here start afresh. What a page shows is in SQL: the stream carries news, never the only copy.
"""

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
    def __init__(self, hub: Hub, url: str, *, keep: int = STREAM_FRAMES) -> None:
        self._hub, self._keep = hub, keep
        self._redis = redis_client.from_url(url, socket_connect_timeout=1.0, socket_timeout=BLOCK_MS / 1000 + 5)
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue(STREAM_FRAMES)
        self._log = log.get(__name__)
        self.listening = asyncio.Event()
        self._lost = False
        #: The number of the last frame that we noted to send.
        self._number = 0
        #: origin -> the number of the last frame that we had from it.
        self._heard: dict[str, int] = {}

    async def run(self) -> None:
        """Carry frames until cancelled."""
        self._hub.send_on = self._note
        try:
            await asyncio.gather(self._write(), self._read())
        finally:
            await self._redis.aclose()

    def _note(self, envelope: dict[str, Any]) -> None:
        # Counted also when it cannot be sent: the others see the jump then.
        self._number += 1
        if self.listening.is_set() and not self._out.full():
            self._out.put_nowait({**envelope, "origin": self._hub.epoch, "number": self._number})

    async def _write(self) -> None:
        while True:
            body = json.dumps(await self._out.get(), ensure_ascii=False)
            try:
                await self._redis.xadd(STREAM, {"body": body}, maxlen=self._keep, approximate=True)
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
            self._heard.clear()
            self._hub.reset()
        return newest[0][0] if newest else "0-0"

    def _away(self) -> None:
        if not self._lost:
            self._log.warning("Redis does not answer; pages are live on this process only", action="redis_lost")
        self._lost = True
        self.listening.clear()

    def _take(self, body: bytes) -> None:
        envelope = json.loads(body)
        origin, number = envelope.pop("origin"), envelope.pop("number")
        if origin == self._hub.epoch:
            return
        last, self._heard[origin] = self._heard.get(origin), number
        if last is not None and number != last + 1:
            self._log.warning("Frames of another process are missing", action="frames_missing", lost=number - last - 1)
            self._hub.reset()
        self._hub.deliver(envelope)

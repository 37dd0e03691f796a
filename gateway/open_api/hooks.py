"""The worker that empties the outbox: signed POSTs, several at once, each with its own deadline."""

from __future__ import annotations

import asyncio
import json
import time
from urllib.parse import urlsplit

import httpx
from sqlalchemy import RowMapping
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.committed import later
from gateway.open_api import outbox, signing
from gateway.open_api.secrets import Secrets
from gateway.timeline.model import Message
from kit import log
from kit.clock import Clock
from kit.crypto import KeyMissing
from kit.ids import NewId

#: A receiver that needs longer should store first and work after.
CALL_SECONDS = 10.0
#: What another process stored, or what became due, is found this soon.
LOOK_SECONDS = 1.0


class Hooks:
    def __init__(
        self, engine: AsyncEngine, wall: Clock, new_id: NewId, secrets: Secrets,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._engine, self._wall, self._new_id, self._secrets = engine, wall, new_id, secrets
        # A redirect could lead to a place that nobody allowed.
        self._http = httpx.AsyncClient(
            timeout=CALL_SECONDS, transport=transport, trust_env=False, follow_redirects=False
        )
        self._news = asyncio.Event()
        self._log = log.get(__name__)

    async def note(self, connection: AsyncConnection, message: Message) -> None:
        """Part of storing a message; sent after the commit."""
        if await outbox.note(connection, message, at=self._wall.now()):
            later(connection, self.wake)

    def wake(self) -> None:
        self._news.set()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                self._news.clear()
                try:
                    while await self.step():
                        pass
                except (SQLAlchemyError, OSError) as error:
                    self._log.error("The outbox could not be read", action="outbox_broke", exc_info=error)
                try:
                    await asyncio.wait_for(self._news.wait(), LOOK_SECONDS)
                except TimeoutError:
                    continue
        finally:
            await self._http.aclose()

    async def step(self) -> int:
        """Try what is due now; how many."""
        async with self._engine.begin() as sql:
            taken = await outbox.take_due(sql, now=self._wall.now())
        await asyncio.gather(*(self._try(row) for row in taken))
        return len(taken)

    async def _try(self, row: RowMapping) -> None:
        began, status, error = time.perf_counter(), None, None
        if row["revoked_at"] is not None or not row["webhook"]:
            error = outbox.GONE
        else:
            try:
                status = await self._post(row)
            except (httpx.HTTPError, httpx.InvalidURL, KeyMissing) as failed:
                error = type(failed).__name__
        ms = int((time.perf_counter() - began) * 1000)
        async with self._engine.begin() as sql:
            state = await outbox.settle(sql, row, at=self._wall.now(), status=status, error=error, ms=ms)
        if state is outbox.State.DEAD:
            self._log.error("A webhook is given up", action="webhook_dead", delivery_id=row["id"], key_id=row["key_id"])

    async def _post(self, row: RowMapping) -> int:
        body = json.dumps({"delivery_id": row["id"], **row["body"]}, ensure_ascii=False).encode()
        parts = urlsplit(row["webhook"])
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        stamp, nonce = str(int(self._wall.now().timestamp())), self._new_id()
        secret = self._secrets.opened(row["key_id"], row["sealed_secret"])
        headers = {
            "Content-Type": "application/json; charset=utf-8", "X-Huiban-Key": row["key_id"],
            "X-Huiban-Timestamp": stamp, "X-Huiban-Nonce": nonce, "X-Huiban-Delivery": str(row["id"]),
            "X-Huiban-Signature": signing.signature(secret, "POST", target, stamp, nonce, body),
        }  # fmt: skip
        return (await self._http.post(row["webhook"], content=body, headers=headers)).status_code

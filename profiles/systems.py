"""The profile's ear to the source systems: connectors, stream, store, and what is counted as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from kit import log
from kit.clock import Clock
from kit.ids import NewId
from profiles import dictionary
from profiles.behaviour import WINDOW
from profiles.connectors import Connectors
from profiles.happenings import Happening
from profiles.streams import Counting, Intake

#: A client is looked at again when one of these happens: money may be on its way out.
WAKES = frozenset({"new_device", "order", "transfer_out", "complaint"})
#: What is told late is history, and the daily sweep takes it in.
STILL_NEWS = timedelta(days=1)


class Systems:
    """look is set by the profile service: looks at a client now. consuming is set at bootstrap: reads the stream."""

    def __init__(self, engine: AsyncEngine, clock: Clock, new_id: NewId) -> None:
        self._engine, self._clock = engine, clock
        self.intake = Intake(engine, clock, new_id)
        self.connectors = Connectors(engine, clock)
        self.counting = Counting()
        self.fields = dictionary.load()
        self.consumer_name = new_id()
        self.look: Callable[[str], Awaitable[object]] | None = None
        self.consuming: Callable[[], Awaitable[None]] | None = None
        #: What is to be closed at the end: connections that bootstrap made for this.
        self.closing: list[Callable[[], Awaitable[None]]] = []
        self._looks: set[asyncio.Task[object]] = set()
        self.intake.fresh += [self.counting, self._wake]

    async def run(self) -> None:
        """Count again what is stored, then read the stream until cancelled."""
        since = self._clock.now() - timedelta(days=2 * WINDOW + 1)
        async with self._engine.connect() as sql:
            await self.counting.rebuild(sql, since=since)
        if self.consuming:
            await self.consuming()

    async def stop(self) -> None:
        for task in self._looks:
            task.cancel()
        await asyncio.gather(*self._looks, return_exceptions=True)
        for close in self.closing:
            await close()

    def _wake(self, fresh: Sequence[Happening]) -> None:
        now = self._clock.now()
        news = [one for one in fresh if one.kind in WAKES and timedelta(0) <= now - one.at <= STILL_NEWS]
        for client_id in dict.fromkeys(one.client_id for one in news):
            if self.look:
                task = asyncio.ensure_future(self.look(client_id))
                self._looks.add(task)
                task.add_done_callback(self._looks.discard)
        if news:
            log.get(__name__).info("Systems told of clients", action="clients_woken", happenings=len(news))

"""The profile's ear to the source systems: connectors, stream, store, and what is counted as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from kit import log
from kit.clock import Clock
from kit.ids import NewId
from profiles import days, dictionary
from profiles.connectors import Connectors
from profiles.happenings import Happening
from profiles.streams import Intake

#: A client is looked at again when one of these happens: money may be on its way out.
WAKES = frozenset({"new_device", "placed", "transfer_out", "complaint"})
#: What is told late is history, and the daily sweep takes it in.
STILL_NEWS = timedelta(hours=2)


class Systems:
    """look is set by the profile service: looks at a client now. consuming is set at bootstrap: reads the stream."""

    def __init__(self, engine: AsyncEngine, clock: Clock, new_id: NewId) -> None:
        self._engine, self._clock = engine, clock
        self.intake = Intake(engine, clock, new_id)
        self.connectors = Connectors(engine, clock)
        self.fields = dictionary.load()
        self.consumer_name = new_id()
        self.look: Callable[[str], Awaitable[object]] | None = None
        self.consuming: Callable[[], Awaitable[None]] | None = None
        #: What is to be closed at the end: connections that bootstrap made for this.
        self.closing: list[Callable[[], Awaitable[None]]] = []
        self._looks: set[asyncio.Task[object]] = set()
        self.intake.fresh.append(self._wake)

    async def run(self) -> None:
        """Read the stream until cancelled; days that were never counted are counted first."""
        async with self._engine.begin() as sql:
            if not await days.begun(sql):
                await days.recount(sql)
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

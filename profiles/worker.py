"""The daily sweep: once the NAVs of the day are out, every client is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta

from institution.calendar import SHANGHAI
from kit import log
from kit.clock import Clock, every
from kit.errors import AgentError
from profiles.service import Profiles

#: NAVs are known from 20:00.
SWEEP_FROM = time(20, 30)
LOOK = timedelta(minutes=1)
#: Some hundreds of clients within a few minutes, and turns are not delayed.
PAUSE_SECONDS = 0.2


def due(now: datetime) -> str | None:
    """The day whose sweep may run now; None before the evening."""
    local = now.astimezone(SHANGHAI)
    return local.date().isoformat() if local.time() >= SWEEP_FROM else None


class Sweeper:
    def __init__(self, profiles: Profiles, clock: Clock) -> None:
        self._profiles, self._clock = profiles, clock

    async def run(self) -> None:
        """Until cancelled: a look a minute, and the source systems' stream."""
        await asyncio.gather(every(LOOK, self.step), self._systems())

    async def _systems(self) -> None:
        try:
            await self._profiles.systems.run()
        except Exception:
            # The profile lives without its streams: books and talk are read all the same.
            log.get(__name__).exception("The source systems are not listened to", action="systems_broke")

    async def _quietly(self, work: Callable[[], Awaitable[object]]) -> None:
        """One kind of work; what breaks in it keeps nothing else from being done, and is tried with the next look."""
        try:
            await work()
        except Exception:
            log.get(__name__).exception("A look at what is due broke", action="due_broke")

    async def step(self) -> None:
        await self._quietly(self._profiles.systems.connectors.step)
        await self._quietly(self._profiles.acts.due)
        await self._quietly(lambda: self._profiles.serving.step(self._profiles.policy))
        day = due(self._clock.now())
        if day is None:
            return
        try:
            await self._profiles.sweep(day, pause_seconds=PAUSE_SECONDS)
        except AgentError as error:
            log.get(__name__).warning("The sweep waits for the institution", action="sweep_waits", cause=error.code)
        except Exception:
            # The next look tries again; a day without a sweep is worse than a late one.
            log.get(__name__).exception("The sweep broke", action="sweep_broke")

"""The daily sweep: once the NAVs of the day are out, every client is looked at."""

from __future__ import annotations

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
        await every(LOOK, self.step)

    async def step(self) -> None:
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

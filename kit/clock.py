"""Time is given, never taken: rules get `now`, services hold a `Clock`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

#: The institution's wall clock: rules like "before 15:00" are read in it.
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class OffsetClock:
    """System time moved by an offset: the sandbox's clock as the whole product sees it."""

    def __init__(self, base: Clock | None = None, offset: timedelta = timedelta(0)) -> None:
        self._base = base or SystemClock()
        self.offset = offset

    def now(self) -> datetime:
        return self._base.now() + self.offset

    def set(self, at: datetime) -> None:
        """Make the present instant `at`; time runs on from there."""
        self.offset = check_aware(at) - self._base.now()


class ManualClock:
    """A clock that moves only when told, for tests."""

    def __init__(self, at: datetime) -> None:
        self._now = check_aware(at)

    def now(self) -> datetime:
        return self._now

    def set(self, at: datetime) -> None:
        self._now = check_aware(at)

    def advance(self, by: timedelta) -> None:
        self._now += by


def check_aware(at: datetime) -> datetime:
    """`at` in UTC; ValueError when it names no zone."""
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {at.isoformat()}")
    return at.astimezone(UTC)


async def every(period: timedelta, step: Callable[[], Awaitable[None]]) -> None:
    """Run `step`, wait `period`, for ever; the caller cancels it."""
    task = asyncio.current_task()
    while True:
        await step()
        # A cancellation that falls into a database call can come out as the driver's error, which the step then bears.
        if task and task.cancelling():
            raise asyncio.CancelledError
        await asyncio.sleep(period.total_seconds())

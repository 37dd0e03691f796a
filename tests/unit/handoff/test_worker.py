"""The worker goes on looking whatever a look brings, and at once when woken."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import cast

from handoff.service import Handoffs
from handoff.worker import Worker
from kit.errors import Unavailable


class Looks:
    """Fails at first in an expected way, then in an unexpected one."""

    def __init__(self) -> None:
        self.count = 0
        self.third = asyncio.Event()

    async def tick(self) -> None:
        self.count += 1
        if self.count == 1:
            raise Unavailable
        if self.count == 2:
            raise KeyError("mistake")
        self.third.set()


async def test_it_survives_failures_and_wakes() -> None:
    looks = Looks()
    worker = Worker(cast(Handoffs, looks), timedelta(hours=1))
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(5):
        while not looks.third.is_set():
            worker.wake()
            with suppress(TimeoutError):
                await asyncio.wait_for(looks.third.wait(), 0.01)
    running.cancel()
    assert looks.count >= 3

"""Work that is due, one worker a key: whoever is woken while he works, works once more when he is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from kit import log


class Due:
    """`work(key)` looks at what there is to do for the key and does it all; it keeps its own pauses between tries."""

    def __init__(self, work: Callable[[str], Awaitable[None]]) -> None:
        self._work = work
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    def wake(self, key: str) -> None:
        """There may be something to do. Never waits, never raises."""
        self._again.add(key)
        if key not in self._workers:
            self._workers[key] = asyncio.create_task(self._run(key))

    def of(self, key: str) -> asyncio.Task[None] | None:
        """The key's worker, while it works."""
        return self._workers.get(key)

    @property
    def running(self) -> list[asyncio.Task[None]]:
        return list(self._workers.values())

    async def idle(self) -> None:
        """Until nothing is due."""
        while self._workers:
            await asyncio.wait(set(self._workers.values()))

    async def _run(self, key: str) -> None:
        try:
            while key in self._again:
                self._again.discard(key)
                try:
                    await self._work(key)
                except Exception as error:
                    # What is due is written down somewhere: the next one who is woken, or a sweep, finds it.
                    log.get(__name__).error("Work that was due broke", action="due_broke", exc_info=error)
        finally:
            del self._workers[key]

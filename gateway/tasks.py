"""The end of background tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

#: A cancellation that falls into a database call can come out as the driver's error, and is then asked for again.
ASK_AGAIN_SECONDS = 2.0


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel them until they have ended; what they raise is theirs."""
    running = set(tasks)
    while running := {task for task in running if not task.done()}:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=ASK_AGAIN_SECONDS)


async def finish(tasks: Iterable[asyncio.Task[None]], seconds: float = 2.0) -> None:
    """Let them end by themselves for a moment, then cancel them."""
    if running := list(tasks):
        await asyncio.wait(running, timeout=seconds)
    await end(running)

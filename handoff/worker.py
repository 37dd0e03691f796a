"""The handoff worker: looks at the clock every second. What changes by itself is decided at once by the service;
here is only what time changes: offers and leases that run out, terms that relax, shifts that begin."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from handoff.service import Handoffs
from kit import log
from kit.errors import AgentError

logger = log.get("handoff.worker")
PERIOD = timedelta(seconds=1)


def calm_collector() -> None:
    """What stands at start (modules, routes, models) is not looked through again and again for garbage.

    Thousands of short-lived objects a second would have the collector walk the whole heap every few hundred
    milliseconds: a fifth of the time, and pauses of 50 ms (`bench/durable.py`, with and without).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class Worker:
    """`run` until cancelled; `wake` makes it look at once."""

    def __init__(self, handoffs: Handoffs, period: timedelta = PERIOD) -> None:
        self._handoffs = handoffs
        self._period = period
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        calm_collector()
        while True:
            self._woken.clear()
            try:
                await self._handoffs.tick()
            except (AgentError, SQLAlchemyError) as error:
                # The next look, a second later, finds the same work again: nothing is lost by a failed one.
                logger.warning("A look at the queue failed", action="tick_failed", cause=type(error).__name__)
            except Exception:
                # A mistake of ours: somebody must look, but the clients who wait must not wait for that.
                logger.exception("A look at the queue broke", action="tick_broke")
            try:
                await asyncio.wait_for(self._woken.wait(), self._period.total_seconds())
            except TimeoutError:
                continue

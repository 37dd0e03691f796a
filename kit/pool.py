"""Who gets a connection next: first come, first served; what somebody outside waits for goes before what can wait.

SQLAlchemy's own queue wakes a waiter and lets a newcomer take the connection before he is there; he then stands at the end
again. Where there is one connection (SQLite), that cost the unlucky half a second under load.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util.concurrency import await_
from sqlalchemy.util.queue import Empty, Full, QueueCommon

_URGENT: ContextVar[bool] = ContextVar("urgent", default=False)


@contextmanager
def urgent() -> Iterator[None]:
    """Inside, the next free connection is ours. For short work that somebody outside waits for with a deadline."""
    token = _URGENT.set(True)
    try:
        yield
    finally:
        _URGENT.reset(token)


class Line(QueueCommon[Any]):
    """Free connections, and those who wait for one: a connection that comes back is handed to the first of them."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:
        self.maxsize, self.use_lifo = maxsize, use_lifo
        self._free: deque[Any] = deque()
        self._waiting: deque[asyncio.Future[Any]] = deque()

    def empty(self) -> bool:
        return not self._free

    def full(self) -> bool:
        return 0 < self.maxsize <= len(self._free)

    def qsize(self) -> int:
        return len(self._free)

    def put_nowait(self, item: Any) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                return turn.set_result(item)
        if self.full():
            raise Full
        self._free.append(item)

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        self.put_nowait(item)

    def get_nowait(self) -> Any:
        if not self._free:
            raise Empty
        return self._free.popleft()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if self._free or not block:
            return self.get_nowait()
        return await_(self.wait(timeout))

    async def wait(self, timeout: float | None) -> Any:
        """Raises Empty."""
        turn = asyncio.get_running_loop().create_future()
        if _URGENT.get():
            self._waiting.appendleft(turn)
        else:
            self._waiting.append(turn)
        try:
            async with asyncio.timeout(timeout):
                return await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                # Handed to us just as we went away.
                self.put_nowait(turn.result())
            with suppress(ValueError):
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise Empty from error
            raise


class FairPool(AsyncAdaptedQueuePool):
    _queue_class = Line

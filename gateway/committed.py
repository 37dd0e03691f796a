"""Work that waits for a transaction to be durable: nothing is shown before it is stored.

`later(connection, call)` notes a call in the transaction; it runs right after a commit, in the order noted, and is
forgotten with a rollback.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

Call = Callable[[], None]
NOTED, COMMITTED = "huiban.noted", "huiban.committed"


def later(connection: AsyncConnection, call: Call) -> None:
    """Run `call` once the transaction of `connection` is committed."""
    connection.sync_connection.info.setdefault(NOTED, []).append(call)  # type: ignore[union-attr]


def watch(engine: AsyncEngine) -> None:
    """Make `later` work on the engine's transactions. Call once for an engine."""

    def forget(connection: Any) -> None:
        connection.info.pop(NOTED, None)
        connection.info.pop(COMMITTED, None)

    def committing(connection: Any) -> None:
        connection.info[COMMITTED] = True

    def failed(context: Any) -> None:
        # "commit" is told before the database commits; an error after it is the commit's own.
        if context.connection is not None and context.connection.info.get(COMMITTED):
            forget(context.connection)

    def returned(_dbapi: Any, record: Any) -> None:
        # The connection comes back to the pool only after the commit (or after its failure, which rolls back).
        calls, committed = record.info.pop(NOTED, ()), record.info.pop(COMMITTED, False)
        if committed:
            for call in calls:
                call()

    event.listen(engine.sync_engine, "begin", forget)
    event.listen(engine.sync_engine, "commit", committing)
    event.listen(engine.sync_engine, "rollback", forget)
    event.listen(engine.sync_engine, "handle_error", failed)
    event.listen(engine.sync_engine, "checkin", returned)

"""One engine a process. SQLite in WAL mode by default, PostgreSQL in production."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import DateTime, MetaData, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import TypeDecorator

from kit.clock import check_aware
from kit.pool import FairPool

#: Named constraints, so that migrations can drop them on every database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

#: aiosqlite's threads, one a connection.
_threads: WeakKeyDictionary[Engine, WeakSet[Thread]] = WeakKeyDictionary()
#: A call that is under way ends sooner, but for a writer that waits for another process (busy_timeout).
CLOSE_SECONDS = 5.0


#: So long a connection may have been idle and is given out unasked: far below what firewalls and servers cut off.
IDLE_SECONDS = 5.0
_USED_AT = "huiban.used_at"


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC, also where the database knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        return None if value is None else check_aware(value)

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def connect(url: str) -> AsyncEngine:
    """An engine on `url`; a SQLite file's folder is made, its journal is WAL, its commits are durable."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _ask_the_idle(create_async_engine(url, pool_size=10, poolclass=FairPool))
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # SQLite has one writer. Waiting for it in the pool is fair and quick; its own busy handler sleeps and may starve
    # one of several (measured with 16 clients at once: 14 turns/s, p95 3.6 s with it; 49 turns/s, 0.5 s without).
    # So a transaction must not open a second one: the pool would wait for itself.
    one: dict[str, Any] = {"pool_size": 1, "max_overflow": 0, "poolclass": FairPool}
    in_file = one if parsed.database and parsed.database != ":memory:" else {}
    engine = create_async_engine(url, connect_args={"timeout": 15}, **in_file)

    @event.listens_for(engine.sync_engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        # isolation_level None: we open transactions ourselves, with BEGIN IMMEDIATE, so that two
        # writers wait for each other instead of failing half-way (sqlite.org/lang_transaction).
        connection.isolation_level = None
        connection.driver_connection.stop = _once(connection.driver_connection.stop)
        _threads.setdefault(engine.sync_engine, WeakSet()).add(connection.driver_connection._thread)
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _ask_the_idle(engine: AsyncEngine) -> AsyncEngine:
    """Ask a connection that has been idle whether it is still there, before it is given out.

    One that was used a moment ago is not asked: that would be a round trip in each transaction. When the server goes away
    in that moment, the one transaction fails that would have failed anyway a moment later, and the pool is made anew.
    """
    pool = engine.sync_engine.pool

    @event.listens_for(pool, "checkin")
    def _used(_connection: Any, record: Any) -> None:
        record.info[_USED_AT] = time.monotonic()

    @event.listens_for(pool, "checkout")
    def _ask(connection: Any, record: Any, _proxy: Any) -> None:
        used_at = record.info.get(_USED_AT)
        if used_at is None or time.monotonic() - used_at < IDLE_SECONDS:
            return
        try:
            engine.sync_engine.dialect.do_ping(connection)
        except engine.sync_engine.dialect.dbapi.Error as error:  # type: ignore[union-attr]
            raise InvalidatePoolError from error

    return engine


async def close(engine: AsyncEngine) -> None:
    """Close the engine's connections and wait for their threads.

    A connection whose call was cancelled is closed by force, and nobody waits for that: its thread would report to an
    event loop that has ended meanwhile.
    """
    await engine.dispose()
    for thread in _threads.pop(engine.sync_engine, ()):
        await asyncio.to_thread(thread.join, CLOSE_SECONDS)


def _once(stop: Callable[[], Any]) -> Callable[[], Any]:
    """aiosqlite's stop, which ends a connection's thread; asked a second time, None: nothing to wait for.

    A task that is cancelled twice in the midst of a call has its connection closed politely and by force at once
    (SQLAlchemy 2.1, aiosqlite 0.22), and the polite way would wait for ever for an end that the thread has reached.
    """
    stopped = False

    def stop_once() -> Any:
        nonlocal stopped
        if stopped:
            return None
        stopped = True
        return stop()

    return stop_once


async def insert_new(connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert the row unless its key is taken, on SQLite and on PostgreSQL; whether it was new."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    done = await connection.execute(dialect.insert(table).values(**row).on_conflict_do_nothing())
    return bool(done.rowcount)

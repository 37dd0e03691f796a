"""Rows for the profile's measurements, by the driver's own quickest way: making them is not what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.database import connect

Row = tuple[Any, ...]


async def fill(sql: AsyncConnection, table: str, columns: Sequence[str], rows: list[Row]) -> None:
    if sql.dialect.name == "postgresql":
        raw: Any = (await sql.get_raw_connection()).driver_connection
        await raw.copy_records_to_table(table, records=rows, columns=list(columns))
        return
    marks = ", ".join("?" for _ in columns)
    plain = [tuple(_plain(x) if isinstance(x, date) else x for x in row) for row in rows]
    await sql.exec_driver_sql(f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})", plain)


def _plain(at: date) -> str:
    """As SQLAlchemy writes days and instants on SQLite."""
    return f"{at:%Y-%m-%d %H:%M:%S.%f}" if isinstance(at, datetime) else at.isoformat()


async def settle(url: str) -> None:
    """What a database does by itself at night; PostgreSQL's plans need it."""
    if url.startswith("postgresql"):
        engine = connect(url)
        async with engine.connect() as sql:
            await (await sql.execution_options(isolation_level="AUTOCOMMIT")).exec_driver_sql("VACUUM ANALYZE")
        await engine.dispose()

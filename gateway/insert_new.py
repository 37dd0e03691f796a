"""Insert a row unless its key is taken, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_new(connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> bool:
    """Whether the row was new."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    done = await connection.execute(dialect.insert(table).values(**row).on_conflict_do_nothing())
    return bool(done.rowcount)

"""The migrations make the tables that the code declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import gateway.tables
import handoff.tables
from gateway import migrations
from kit.database import connect, metadata

DECLARED = (gateway.tables, handoff.tables)


async def test_the_migrations_and_the_tables_agree(tmp_path: Path) -> None:
    engine = connect(f"sqlite+aiosqlite:///{tmp_path}/fresh.db")
    await migrations.upgrade(engine)
    await migrations.upgrade(engine)  # a second start changes nothing

    def differences(connection: Any) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[Any] = compare_metadata(context, metadata)
        return found

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()

"""Alembic's entry: on the connection that `gateway.migrations.upgrade` gives, or on the settings' database."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, text

import gateway.channels.wechat.tables
import gateway.desk_notes
import gateway.open_api.tables
import gateway.order_news
import gateway.tables
import handoff.tables
import profiles.tables
import studio.practice.tables
from kit import settings
from kit.database import connect, metadata

#: Imported for their tables.
DECLARED = (
    gateway.channels.wechat.tables, gateway.desk_notes, gateway.open_api.tables, gateway.order_news, gateway.tables,
    handoff.tables, profiles.tables, studio.practice.tables,
)  # fmt: skip


def run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # A migration that waits for a lock stops everybody behind it.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
    context.run_migrations()


async def run_alone() -> None:
    engine = connect(settings.load().database)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_alone())

"""The database's history: one purpose a revision. `upgrade` runs them at start."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    return made


async def upgrade(engine: AsyncEngine) -> None:
    """Bring the database to the newest revision, in one transaction."""

    def run(connection: Connection) -> None:
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")

    async with engine.begin() as connection:
        await connection.run_sync(run)

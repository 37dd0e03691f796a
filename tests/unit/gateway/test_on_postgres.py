"""The gateway on PostgreSQL: one conversation from the first word to the rating, and a server that was away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bench import postgres
from kit import database
from tests.unit.gateway.conftest import running
from tests.unit.gateway.test_handoff_journey import test_an_advisor_takes_over_speaks_and_hands_back as play


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with postgres.private() as url:
        if url is None:
            pytest.skip("PostgreSQL is not installed")
        yield url


async def test_a_conversation_with_its_handoff(address: str, tmp_path: Path) -> None:
    async with running(tmp_path, database_url=address) as world:
        assert world.parts.engine.dialect.name == "postgresql"
        await play(world)
        async with world.parts.engine.connect() as connection:
            told = (await connection.scalars(text("SELECT event FROM handoff_events ORDER BY id"))).all()
    assert list(told) == ["request", "offer", "accept", "return_to_bot", "rated"]


async def test_a_connection_that_was_cut_while_idle_is_made_anew(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, other = database.connect(address), database.connect(address)
    try:
        async with engine.connect() as connection:
            held = await connection.scalar(text("SELECT pg_backend_pid()"))
        async with other.connect() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(:held)"), {"held": held})
        monkeypatch.setattr(database, "IDLE_SECONDS", 0.0)
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT pg_backend_pid()")) != held
    finally:
        await database.close(engine)
        await database.close(other)

"""kill -9 of the stream's consumer, again and again: SQL is what a clean fold of the happenings gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import postgres
from bench.profiles_ingest import events, killed, private_redis

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
#: Few clients, so that many happenings meet on one day of one client.
TOLD = events(12_000, clients=300, seed=3, now=NOW)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/happenings.db"
        return
    with postgres.private() as address:
        if address is None:
            pytest.skip("PostgreSQL is not installed")
        yield address


@pytest.mark.timeout(180)
async def test_nothing_is_lost_or_counted_twice(url: str, tmp_path: Path) -> None:
    """Two kills in the midst, a fifth of the happenings told twice, two rivals at the end."""
    with private_redis(tmp_path) as socket:
        found = await killed(url, socket, TOLD, kills=2)
    assert found["wrong"] == []
    # The kills struck while there was something left to store: read already, by what `killed` waits for.
    assert all(count < len(TOLD) for count in found["stored_when_killed"])

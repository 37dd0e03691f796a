"""The trail's seals: any entry changed, dropped, moved or added by another hand is found."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from compliance import trail
from compliance.tables import audit_entries, audit_head
from compliance.trail import Deed, Sealer, verify
from kit.crypto import KeyRing
from kit.database import connect

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
KEY = Sealer(KeyRing.of(["one"]))


def chain(count: int, sealer: Sealer = KEY, *, after: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    rows = list(after or [])
    for number in range(len(rows) + 1, len(rows) + count + 1):
        row: dict[str, Any] = {
            "number": number, "at": AT + timedelta(seconds=number), "who": f"A{number % 3}", "role": "顾问",
            "address": "10.0.0.1", "deed": "read", "client_id": f"C{number}", "refused": False, "what": {"n": number},
            "key": sealer.name, "previous": rows[-1]["seal"] if rows else "",
        }  # fmt: skip
        rows.append({**row, "seal": sealer.seal(row)})
    return rows


def head(rows: list[dict[str, Any]]) -> tuple[int, str]:
    return (rows[-1]["number"], rows[-1]["seal"]) if rows else (0, "")


def test_a_trail_that_nobody_touched_is_whole() -> None:
    rows = chain(5)
    found = verify(rows, KEY, head=head(rows))
    assert (found.whole, found.entries, found.other_keys) == (True, 5, 0)
    assert verify([], KEY, head=(0, "")).whole


@given(st.integers(0, 7), st.sampled_from(["who", "client_id", "deed", "what", "at", "refused", "address"]))
def test_a_changed_entry_is_found_where_it_is(place: int, column: str) -> None:
    rows = chain(8)
    other = {"what": {"n": "x"}, "at": AT, "refused": True}.get(column, "other")
    rows[place] = {**rows[place], column: other}
    assert verify(rows, KEY, head=head(rows)).broken_at == place + 1


@given(st.integers(0, 7))
def test_a_dropped_entry_is_found(place: int) -> None:
    rows = chain(8)
    end = head(rows)
    del rows[place]
    assert verify(rows, KEY, head=end).broken_at == place + 1


def test_an_entry_sealed_again_with_another_key_breaks_what_follows() -> None:
    rows, forger = chain(4), Sealer(KeyRing.of(["two"]))
    forged = {**rows[1], "who": "nobody", "key": forger.name}
    rows[1] = {**forged, "seal": forger.seal(forged)}
    assert verify(rows, KEY, head=head(rows)).broken_at == 3


def test_a_change_of_key_is_no_break() -> None:
    old = chain(3, Sealer(KeyRing.of(["before"])))
    rows = chain(2, KEY, after=old)
    found = verify(rows, KEY, head=head(rows))
    assert (found.whole, found.other_keys) == (True, 3)
    both = Sealer(KeyRing.of(["one", "before"]))
    assert verify(rows, both, head=head(rows)).other_keys == 0
    rows[1] = {**rows[1], "who": "other"}
    assert verify(rows, both, head=head(rows)).broken_at == 2


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = connect(f"sqlite+aiosqlite:///{tmp_path}/trail.db")
    async with made.begin() as sql:
        await sql.run_sync(lambda c: audit_entries.metadata.create_all(c, tables=[audit_entries, audit_head]))
    yield made
    await made.dispose()


async def written(engine: AsyncEngine, count: int) -> None:
    for number in range(count):
        async with engine.begin() as sql:
            deed = Deed("A01", "顾问", "10.0.0.1", trail.READ, f"C{number}", {"call": "GET", "名": "王芳"})
            assert await trail.note(sql, deed, KEY, at=AT) == number + 1


async def test_what_is_written_is_whole_and_stays_so(engine: AsyncEngine) -> None:
    await written(engine, 4)
    async with engine.connect() as sql:
        assert (await trail.look(sql, KEY)).whole
        assert [row["client_id"] for row in await trail.between(sql, AT, AT + timedelta(days=1), 2)] == ["C3", "C2"]
        assert len(await trail.of_client(sql, "C1")) == 1


async def test_cutting_off_the_end_is_seen(engine: AsyncEngine) -> None:
    await written(engine, 3)
    async with engine.begin() as sql:
        await sql.execute(delete(audit_entries).where(audit_entries.c.number == 3))
    async with engine.connect() as sql:
        assert (await trail.look(sql, KEY)).broken_at == 3


async def test_a_hand_in_the_database_is_seen(engine: AsyncEngine) -> None:
    await written(engine, 3)
    async with engine.begin() as sql:
        await sql.execute(update(audit_entries).where(audit_entries.c.number == 2).values(client_id="C9"))
    async with engine.connect() as sql:
        assert (await trail.look(sql, KEY)).broken_at == 2
        assert await sql.scalar(select(audit_head.c.number)) == 3

"""Nothing is shown before it is stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.committed import later, watch
from kit.database import connect


async def test_calls_run_after_the_commit_and_never_after_a_rollback(tmp_path: Path) -> None:
    engine = connect(f"sqlite+aiosqlite:///{tmp_path}/x.db")
    seen: list[str] = []
    watch(engine)
    async with engine.begin() as sql:
        await sql.execute(text("CREATE TABLE t (n INTEGER)"))
        later(sql, lambda: seen.append("one"))
        later(sql, lambda: seen.append("two"))
        assert seen == []
    assert seen == ["one", "two"]
    with pytest.raises(ZeroDivisionError):
        await fail(engine, seen)
    async with engine.connect() as sql:
        await sql.execute(text("SELECT 1"))
        later(sql, lambda: seen.append("never committed"))
    async with engine.begin() as sql:
        await sql.execute(text("SELECT 1"))
    assert seen == ["one", "two"]
    await engine.dispose()


async def fail(engine: AsyncEngine, seen: list[str]) -> None:
    async with engine.begin() as sql:
        await sql.execute(text("INSERT INTO t VALUES (1)"))
        later(sql, lambda: seen.append("lost"))
        1 / 0  # noqa: B018


async def test_a_commit_that_fails_shows_nothing(tmp_path: Path) -> None:
    engine = connect(f"sqlite+aiosqlite:///{tmp_path}/x.db")
    seen: list[str] = []
    watch(engine)
    async with engine.begin() as sql:
        await sql.execute(text("CREATE TABLE p (n INTEGER PRIMARY KEY)"))
        await sql.execute(text("CREATE TABLE c (n INTEGER REFERENCES p (n) DEFERRABLE INITIALLY DEFERRED)"))
    with pytest.raises(IntegrityError):
        await orphan(engine, seen)
    async with engine.begin() as sql:
        later(sql, lambda: seen.append("kept"))
    assert seen == ["kept"]
    await engine.dispose()


async def orphan(engine: AsyncEngine, seen: list[str]) -> None:
    async with engine.begin() as sql:
        await sql.execute(text("INSERT INTO c VALUES (1)"))  # checked at the commit
        later(sql, lambda: seen.append("lost"))

"""Runs in SQL. Functions run in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from studio.practice.model import Run
from studio.practice.tables import practice_runs
from studio.practice.views import line_json, line_of, result_json, result_of

#: A list is there to be looked through; who has more is looked up by person.
MOST_LISTED = 200


async def add(connection: AsyncConnection, run: Run) -> None:
    await connection.execute(insert(practice_runs).values(id=run.id, **_values(run)))


async def find(connection: AsyncConnection, run_id: str) -> Run | None:
    row = (await connection.execute(select(practice_runs).where(practice_runs.c.id == run_id))).mappings().first()
    return _run(row) if row else None


async def replace(connection: AsyncConnection, old: Run, new: Run) -> bool:
    """Put `new` in the place of `old`; False when somebody else was there first."""
    same = (
        (practice_runs.c.id == old.id) & (practice_runs.c.version == old.version) & practice_runs.c.ended_at.is_(None)
    )
    done = await connection.execute(update(practice_runs).where(same).values(**_values(new)))
    return bool(done.rowcount)


async def listed(connection: AsyncConnection, staff_id: str | None) -> list[Run]:
    """The newest first; of one person, or of all."""
    wanted = select(practice_runs).order_by(practice_runs.c.started_at.desc(), practice_runs.c.id).limit(MOST_LISTED)
    if staff_id is not None:
        wanted = wanted.where(practice_runs.c.staff_id == staff_id)
    return [_run(row) for row in (await connection.execute(wanted)).mappings()]


def _values(run: Run) -> dict[str, Any]:
    return {
        "case_id": run.case_id, "staff_id": run.staff_id, "staff_name": run.staff_name, "version": run.version,
        "beat": run.beat, "started_at": run.started_at, "ended_at": run.ended_at,
        "lines": [line_json(line) for line in run.lines], "done": sorted(run.done),
        "score": run.result.score if run.result else None,
        "result": result_json(run.result) if run.result else None,
    }  # fmt: skip


def _run(row: Mapping[str, Any] | RowMapping) -> Run:
    return Run(
        row["id"], row["case_id"], row["staff_id"], row["staff_name"], row["version"], row["beat"], row["started_at"],
        tuple(line_of(raw) for raw in row["lines"]), row["ended_at"],
        result_of(row["result"]) if row["result"] else None, frozenset(row["done"]),
    )  # fmt: skip

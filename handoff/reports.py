"""Past cases, decisions and rules in SQL, for supervisors. Every function works in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff import store, tables
from handoff.measures import RECONTACT, Measured
from handoff.record import from_row
from handoff.states import Event

_h, _e, _d, _p = tables.handoffs.c, tables.handoff_events.c, tables.handoff_decisions.c, tables.policy_versions.c
#: More decisions than a day of a large institution's; the preview stays within seconds.
MOST_DECISIONS = 2000


async def cases_ended(connection: AsyncConnection, start: datetime, end: datetime) -> list[Measured]:
    """The cases that ended in [start, end), with who took them first and how often they were passed on."""
    over = (_h.ended_at >= start, _h.ended_at < end)
    rows = (await connection.execute(select(tables.handoffs).where(*over).order_by(_h.ended_at, _h.id))).mappings()
    counted = (
        select(_e.handoff_id, _e.event, func.min(_e.at).label("first"), func.count().label("times"))
        .join(tables.handoffs, _h.id == _e.handoff_id)
        .where(*over, _e.event.in_([Event.ACCEPT.value, Event.PULL.value, Event.TRANSFER.value]))
        .group_by(_e.handoff_id, _e.event)
    )
    taken: dict[str, datetime] = {}
    passed: dict[str, int] = {}
    for row in await connection.execute(counted):
        if row.event == Event.TRANSFER.value:
            passed[row.handoff_id] = row.times
        else:
            taken[row.handoff_id] = min(row.first, taken.get(row.handoff_id, row.first))
    cases = [from_row(row) for row in rows]
    return [Measured(case, taken.get(case.id), passed.get(case.id, 0)) for case in cases]


async def requests_after(connection: AsyncConnection, start: datetime, end: datetime) -> list[tuple[str, datetime]]:
    """(client, when) of the requests that may be a coming back from a case that ended in [start, end)."""
    query = select(_h.client_id, _h.requested_at).where(_h.requested_at >= start, _h.requested_at < end + RECONTACT)
    return [(row.client_id, row.requested_at) for row in await connection.execute(query)]


async def decisions_since(connection: AsyncConnection, start: datetime) -> list[dict[str, Any]]:
    """The first decision on each case since `start`, with the client's name, in order."""
    query = (
        store.select_decisions(_h.client)
        .join(tables.handoffs, _h.id == _d.handoff_id)
        .where(_d.at >= start)
        .order_by(_d.at, _d.id)
        .limit(MOST_DECISIONS)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in (await connection.execute(query)).mappings():
        found.setdefault(row["handoff_id"], {**store.whole_decision(row), "client_name": row["client"]["name"]})
    return list(found.values())


async def note_policy(
    connection: AsyncConnection, version: str, priority: str, matching: str, *, author: str, at: datetime
) -> None:
    """Keep the texts of a version of the rules; one that is known stays as it is."""
    if await connection.scalar(select(_p.version).where(_p.version == version)) is None:
        row = {"version": version, "at": at, "author": author, "priority": priority, "matching": matching}
        await connection.execute(insert(tables.policy_versions).values(**row))


async def policy_versions(connection: AsyncConnection, limit: int = 20) -> list[dict[str, Any]]:
    """The latest versions, the newest first: {version, at, author}."""
    query = select(_p.version, _p.at, _p.author).order_by(_p.at.desc(), _p.version).limit(limit)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def policy_texts(connection: AsyncConnection, versions: Collection[str]) -> dict[str, tuple[str, str]]:
    """Version -> the texts of priority.yml and matching.yml, of those that were kept."""
    query = select(_p.version, _p.priority, _p.matching).where(_p.version.in_(versions))
    return {row.version: (row.priority, row.matching) for row in await connection.execute(query)}

"""What was counted of clients by day, in SQL: added to with what is new, and counted afresh from what is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from profiles import tables
from profiles.behaviour import COUNTERS, Days, fold
from profiles.happenings import Happening

#: Clients whose happenings are in memory at once while they are counted afresh.
CLIENTS_AT_ONCE = 2000
#: The sources that a fixture sets up anew.
AFRESH = ("conversation", "trading")


async def add(sql: AsyncConnection, counted: Mapping[str, Days]) -> None:
    """Add counts to the days, in the caller's transaction."""
    rows: list[dict[str, Any]] = [
        {"client_id": client_id, "day": day, **{name: count.get(name, 0.0) for name in COUNTERS}}
        for client_id, days in sorted(counted.items())
        for day, count in sorted(days.counts.items())
    ]
    if not rows:
        return
    dialect = postgresql if sql.dialect.name == "postgresql" else sqlite
    made, known = dialect.insert(tables.days), tables.days.c
    more = {name: known[name] + made.excluded[name] for name in COUNTERS}
    await sql.execute(made.on_conflict_do_update(index_elements=["client_id", "day"], set_=more), rows)


async def of_client(sql: AsyncConnection, client_id: str, *, since: date) -> Days:
    wanted = select(tables.days).where(tables.days.c.client_id == client_id, tables.days.c.day >= since)
    found = Days()
    for row in (await sql.execute(wanted.order_by(tables.days.c.day))).mappings():
        found.put(row["day"], {name: row[name] for name in COUNTERS})
    return found


async def recount(sql: AsyncConnection) -> int:
    """Throw the days away and count all that is stored again, some clients at a time; how many clients."""
    await sql.execute(delete(tables.days))
    total = 0
    async for client_ids in _clients(sql):
        await add(sql, fold(await stored(sql, client_ids=client_ids)))
        total += len(client_ids)
    return total


async def forget(sql: AsyncConnection, client_id: str) -> None:
    """The client's talk and books begin afresh; what the other systems told stays, and is counted again."""
    c = tables.happenings.c
    await sql.execute(delete(tables.happenings).where(c.client_id == client_id, c.source.in_(AFRESH)))
    await sql.execute(delete(tables.days).where(tables.days.c.client_id == client_id))
    await add(sql, fold(await stored(sql, client_ids=[client_id])))


async def begun(sql: AsyncConnection) -> bool:
    """Whether days are counted, or there is nothing to count."""
    counted = await sql.scalar(select(tables.days.c.client_id).limit(1))
    return counted is not None or await sql.scalar(select(tables.happenings.c.client_id).limit(1)) is None


async def _clients(sql: AsyncConnection) -> AsyncIterator[list[str]]:
    after = ""
    while True:
        wanted = select(tables.happenings.c.client_id).distinct().where(tables.happenings.c.client_id > after)
        rows = await sql.scalars(wanted.order_by(tables.happenings.c.client_id).limit(CLIENTS_AT_ONCE))
        found = list(rows)
        if not found:
            return
        yield found
        after = found[-1]


async def stored(
    sql: AsyncConnection, *, since: datetime | None = None, client_ids: Sequence[str] | None = None
) -> list[Happening]:
    """What is stored since then, the oldest first: a replay's input."""
    wanted = select(tables.happenings)
    if since is not None:
        wanted = wanted.where(tables.happenings.c.at >= since)
    if client_ids is not None:
        wanted = wanted.where(tables.happenings.c.client_id.in_(client_ids))
    rows = (await sql.execute(wanted.order_by(tables.happenings.c.at, tables.happenings.c.key))).mappings()
    return [Happening(r["source"], r["key"], r["client_id"], r["kind"], r["at"], r["body"]) for r in rows]

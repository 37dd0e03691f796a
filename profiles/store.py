"""The profile's SQL. Every function runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from profiles import tables
from profiles.alerts import Alert, State
from profiles.model import Evidence, Level, LifeEvent

#: Of one tag and source; older and weaker ones have faded.
MOST_EVIDENCE, MOST_ALERTS = 400, 200


@dataclass(frozen=True)
class Mark:
    """How far the client's talk has been taken in. epoch is empty before the first time."""

    epoch: str = ""
    seq: int = 0
    books_at: datetime | None = None


async def mark(connection: AsyncConnection, client_id: str) -> Mark:
    found = select(tables.heard).where(tables.heard.c.client_id == client_id)
    row = (await connection.execute(found)).mappings().first()
    return Mark(row["epoch"], row["seq"], row["books_at"]) if row else Mark()


async def set_mark(connection: AsyncConnection, client_id: str, at: Mark) -> None:
    await _put(connection, tables.heard, [{"client_id": client_id, **asdict(at)}])


async def forget(connection: AsyncConnection, client_id: str) -> None:
    """The client's story begins afresh; who read it stays."""
    for table in (tables.heard, tables.evidence, tables.events, tables.alerts):
        await connection.execute(delete(table).where(table.c.client_id == client_id))


async def evidence_of(connection: AsyncConnection, client_id: str) -> list[Evidence]:
    """The newest pieces."""
    wanted = (
        select(tables.evidence)
        .where(tables.evidence.c.client_id == client_id)
        .order_by(tables.evidence.c.at.desc(), tables.evidence.c.key)
        .limit(MOST_EVIDENCE)
    )
    rows = (await connection.execute(wanted)).mappings()
    return [as_evidence(row) for row in rows]


def as_evidence(row: RowMapping) -> Evidence:
    return Evidence(row["tag"], row["key"], row["strength"], row["at"], row["source"], row["words"])


async def put_evidence(connection: AsyncConnection, client_id: str, found: Iterable[Evidence]) -> None:
    """Keep it; what is known under the same key is renewed."""
    await _put(connection, tables.evidence, [{"client_id": client_id, **asdict(one)} for one in found])


async def events_of(connection: AsyncConnection, client_id: str) -> list[LifeEvent]:
    """The newest first."""
    wanted = (
        select(tables.events)
        .where(tables.events.c.client_id == client_id)
        .order_by(tables.events.c.at.desc(), tables.events.c.key)
    )
    rows = (await connection.execute(wanted)).mappings()
    return [as_event(row) for row in rows]


def as_event(row: RowMapping) -> LifeEvent:
    return LifeEvent(row["key"], row["kind"], row["at"], row["source"], row["words"])


async def put_events(connection: AsyncConnection, client_id: str, found: Iterable[LifeEvent]) -> None:
    await _put(connection, tables.events, [{"client_id": client_id, **asdict(one)} for one in found])


async def open_alerts(connection: AsyncConnection, client_id: str) -> list[Alert]:
    here = (tables.alerts.c.client_id == client_id) & (tables.alerts.c.state == State.OPEN.value)
    rows = (await connection.execute(select(tables.alerts).where(here))).mappings()
    return [_alert(row) for row in rows]


async def alerts_of(connection: AsyncConnection, client_id: str) -> list[Alert]:
    """The last ones, open or not, the newest first."""
    wanted = (
        select(tables.alerts)
        .where(tables.alerts.c.client_id == client_id)
        .order_by(tables.alerts.c.opened_at.desc(), tables.alerts.c.id.desc())
        .limit(MOST_ALERTS)
    )
    return [_alert(row) for row in (await connection.execute(wanted)).mappings()]


def latest(newest_first: Sequence[Alert]) -> dict[str, Alert]:
    """Each indicator's last alert; an open one before all others."""
    found: dict[str, Alert] = {}
    for alert in newest_first:
        if alert.indicator not in found or alert.state is State.OPEN:
            found[alert.indicator] = alert
    return found


async def put_alerts(connection: AsyncConnection, changed: Iterable[Alert]) -> None:
    rows = [{**asdict(one), "level": one.level.value, "state": one.state.value} for one in changed]
    await _put(connection, tables.alerts, rows)


async def judged(connection: AsyncConnection) -> list[Alert]:
    """Every alert that somebody has judged."""
    here = tables.alerts.c.state.in_((State.HANDLED.value, State.FALSE_ALARM.value))
    return [_alert(row) for row in (await connection.execute(select(tables.alerts).where(here))).mappings()]


async def of_indicator(connection: AsyncConnection, indicator: str) -> list[Alert]:
    """Every alert of an indicator, of all clients, the newest first."""
    wanted = (
        select(tables.alerts).where(tables.alerts.c.indicator == indicator).order_by(tables.alerts.c.opened_at.desc())
    )
    return [_alert(row) for row in (await connection.execute(wanted)).mappings()]


async def note_read(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    await connection.execute(insert(tables.reads).values(**row))


async def swept(connection: AsyncConnection, day: str) -> bool:
    return (await connection.execute(select(tables.sweeps.c.day).where(tables.sweeps.c.day == day))).first() is not None


async def note_sweep(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    await _put(connection, tables.sweeps, [row])


async def put_target(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    await _put(connection, tables.targets, [row])


async def put_source(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    await _put(connection, tables.sources, [row])


def _alert(row: RowMapping) -> Alert:
    fields = {**row, "level": Level(row["level"]), "state": State(row["state"])}
    return Alert(**fields)


async def _put(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, or replace those with the same key; a row may leave columns as they are."""
    for row in rows:
        await put_many(connection, table, [row])


async def put_many(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for many rows of the same columns, in one statement."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    made, key = dialect.insert(table), [column.name for column in table.primary_key]
    rest = {name: made.excluded[name] for name in rows[0] if name not in key}
    await connection.execute(made.on_conflict_do_update(index_elements=key, set_=rest), [dict(row) for row in rows])

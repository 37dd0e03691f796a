"""Handoffs in SQL. Every function works in the caller's transaction; none commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, Table, bindparam, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff import tables
from handoff.model import OPEN, HandoffState
from handoff.record import SCENE_OVER, Handoff, PresenceRow, from_row, to_row
from handoff.states import Event, HandoffChanged, apply
from handoff.touched import touch
from kit.database import insert_new
from kit.errors import NotFound

#: How many past cases the handling time is averaged over.
HANDLING_SAMPLE = 50
#: A longer one was forgotten open, or the clock was moved: it says nothing of how long a case takes.
LONGEST_HANDLING_SECONDS = 3600.0

_OPEN_VALUES = [state.value for state in OPEN]
_h = tables.handoffs.c


class HandoffUnknown(NotFound):
    """没有这条转接。"""

    code = "handoff_unknown"


async def next_turn(connection: AsyncConnection) -> int:
    """The number of this transaction among those that write.

    Nobody else gets one before it ends, so that only one at a time gives out advisors' places: the row is the lock.
    """
    _t = tables.handoff_turns.c
    taken = update(tables.handoff_turns).values(number=_t.number + 1).returning(_t.number)
    number = await connection.scalar(taken)
    if number is None:
        await insert_new(connection, tables.handoff_turns, {"id": 1, "number": 0})
        number = await connection.scalar(taken)
    return int(number or 0)


async def latest_turn(connection: AsyncConnection) -> int:
    return int(await connection.scalar(select(tables.handoff_turns.c.number)) or 0)


async def add(connection: AsyncConnection, handoff: Handoff) -> bool:
    """Whether it was stored; False when the conversation has an open one already."""
    added = await insert_new(connection, tables.handoffs, to_row(handoff))
    if added:
        touch(connection, [handoff])
    return added


async def add_key(connection: AsyncConnection, key: str, handoff_id: str) -> None:
    await insert_new(connection, tables.handoff_keys, {"key": key, "handoff_id": handoff_id})


async def by_key(connection: AsyncConnection, key: str, conversation_id: str) -> Handoff | None:
    """What the conversation asked for under this key; another's key says nothing."""
    query = select(tables.handoff_keys.c.handoff_id).where(tables.handoff_keys.c.key == key)
    found = await connection.scalar(query)
    handoff = await get(connection, found) if found else None
    return handoff if handoff and handoff.conversation_id == conversation_id else None


async def get(connection: AsyncConnection, handoff_id: str) -> Handoff:
    row = (await connection.execute(select(tables.handoffs).where(_h.id == handoff_id))).mappings().first()
    if row is None:
        raise HandoffUnknown(handoff_id=handoff_id)
    return from_row(row)


async def open_of(connection: AsyncConnection, conversation_id: str) -> Handoff | None:
    query = select(tables.handoffs).where(_h.conversation_id == conversation_id, _h.state.in_(_OPEN_VALUES))
    row = (await connection.execute(query)).mappings().first()
    return from_row(row) if row else None


async def latest_of(connection: AsyncConnection, conversation_id: str) -> Handoff | None:
    """The last one that an advisor has had and that is over."""
    query = (
        select(tables.handoffs)
        .where(_h.conversation_id == conversation_id, _h.owner_id.is_not(None), _h.ended_at.is_not(None))
        # What ended with an earlier scene may lie later on the clock than what is over now.
        .where(_h.outcome.is_distinct_from(SCENE_OVER))
        .order_by(_h.ended_at.desc(), _h.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).mappings().first()
    return from_row(row) if row else None


async def add_all(connection: AsyncConnection, found: Sequence[Handoff]) -> None:
    """Store new handoffs, all or none; an error when a conversation has an open one."""
    await insert_all(connection, tables.handoffs, [to_row(handoff) for handoff in found])
    touch(connection, found)


async def known(
    connection: AsyncConnection, keys: Collection[str], conversations: Collection[str]
) -> tuple[set[str], set[str]]:
    """Which of the keys were used before, and `served_conversations`: one question instead of two."""
    table = tables.handoff_keys
    used = select(literal("key").label("what"), table.c.key.label("name")).where(table.c.key.in_(keys))
    found: dict[str, set[str]] = {"key": set(), "served": set()}
    for what, name in await connection.execute(used.union_all(_served(conversations))):
        found[what].add(name)
    return found["key"], found["served"]


def _served(among: Collection[str]) -> Select[Any]:
    return select(literal("served"), _h.conversation_id).where(
        _h.conversation_id.in_(among), _h.owner_id.is_not(None), _h.ended_at.is_not(None)
    )


async def served_conversations(connection: AsyncConnection, among: Collection[str]) -> set[str]:
    """Those of which `latest_of` finds something."""
    return {name for _, name in await connection.execute(_served(among))}


async def all_open(connection: AsyncConnection) -> list[Handoff]:
    query = select(tables.handoffs).where(_h.state.in_(_OPEN_VALUES)).order_by(_h.requested_at, _h.id)
    return [from_row(row) for row in (await connection.execute(query)).mappings()]


async def in_state(connection: AsyncConnection, state: HandoffState) -> list[Handoff]:
    query = select(tables.handoffs).where(_h.state == state.value).order_by(_h.requested_at, _h.id)
    return [from_row(row) for row in (await connection.execute(query)).mappings()]


async def see_replies(connection: AsyncConnection, handoffs: Collection[Handoff]) -> None:
    """A first reply is written down with the message, by whoever carries it: the board hears of it here."""
    silent = [handoff.id for handoff in handoffs if handoff.first_reply_at is None]
    if silent:
        query = select(tables.handoffs).where(_h.id.in_(silent), _h.first_reply_at.is_not(None))
        touch(connection, [from_row(row) for row in (await connection.execute(query)).mappings()])


async def transition(connection: AsyncConnection, handoff: Handoff, event: Event, **changes: Any) -> Handoff:
    """The handoff after `event`; HandoffChanged when somebody else was faster."""
    return await change(connection, handoff, state=apply(handoff.state, event).value, **changes)


async def transition_all(
    connection: AsyncConnection, moves: Sequence[tuple[Handoff, dict[str, Any]]], event: Event
) -> list[Handoff]:
    """Many handoffs after the same event, in this order; HandoffChanged when somebody else was faster with any.

    Each move is a handoff and its changes, all of the same columns.
    """
    values = [
        {"_id": h.id, "_version": h.version, "version": h.version + 1, "state": apply(h.state, event).value, **changes}
        for h, changes in moves
    ]
    expected = (_h.id == bindparam("_id"), _h.version == bindparam("_version"))
    await connection.execute(update(tables.handoffs).where(*expected), values)
    # How many rows a statement for many met is not told by every driver: they are read again, and compared.
    query = select(tables.handoffs).where(_h.id.in_([h.id for h, _ in moves]))
    rows = {row["id"]: row for row in (await connection.execute(query)).mappings()}
    for value in values:
        if any(rows[value["_id"]][name] != wanted for name, wanted in value.items() if not name.startswith("_")):
            raise HandoffChanged(handoff_id=value["_id"])
    moved = [from_row(rows[h.id]) for h, _ in moves]
    touch(connection, moved)
    return moved


async def change(connection: AsyncConnection, handoff: Handoff, **changes: Any) -> Handoff:
    """The handoff with these columns changed, its version counted up: one conditional UPDATE."""
    done = await connection.execute(
        update(tables.handoffs)
        .where(_h.id == handoff.id, _h.version == handoff.version)
        .values(version=handoff.version + 1, **changes)
    )
    if done.rowcount != 1:
        raise HandoffChanged(handoff_id=handoff.id)
    return await _written(connection, handoff.id)


async def _written(connection: AsyncConnection, handoff_id: str) -> Handoff:
    handoff = await get(connection, handoff_id)
    touch(connection, [handoff])
    return handoff


async def amend(connection: AsyncConnection, handoff_id: str, **values: Any) -> Handoff:
    """The handoff with what is known of it changed: no transition, so no new version for the pages to miss."""
    await connection.execute(update(tables.handoffs).where(_h.id == handoff_id).values(**values))
    return await _written(connection, handoff_id)


async def insert_all(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write new rows of one table at once; all hold the same columns."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        await _copy(connection, table, rows)
    else:
        await connection.execute(insert(table), list(rows))


async def _copy(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """By COPY, in the same transaction: a third of what a prepared INSERT for each row costs both sides."""
    names = list(rows[0])
    processors = [
        table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for name in names
    ]
    records = [
        tuple(process(row[name]) if process else row[name] for name, process in zip(names, processors, strict=True))
        for row in rows
    ]
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.copy_records_to_table(table.name, records=records, columns=names)


async def note_event(
    connection: AsyncConnection,
    handoff_id: str,
    event: str,
    actor: str,
    detail: dict[str, Any],
    *,
    id: str,
    at: datetime,
) -> None:
    row = {"id": id, "handoff_id": handoff_id, "at": at, "event": event, "actor": actor, "detail": detail}
    await connection.execute(insert(tables.handoff_events).values(**row))


async def events_of(connection: AsyncConnection, handoff_id: str) -> list[dict[str, Any]]:
    table = tables.handoff_events
    query = select(table).where(table.c.handoff_id == handoff_id).order_by(table.c.at, table.c.id)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def decisions_of(connection: AsyncConnection, handoff_id: str) -> list[dict[str, Any]]:
    """The decisions on a case, the earliest first; `inputs` as `replay.read_inputs` reads them."""
    table = tables.handoff_decisions
    query = select_decisions().where(table.c.handoff_id == handoff_id).order_by(table.c.at, table.c.id)
    return [whole_decision(row) for row in (await connection.execute(query)).mappings()]


def select_decisions(*more: Any) -> Select[Any]:
    table, staff = tables.handoff_decisions, tables.handoff_staffings
    return select(table, staff.c.advisors, *more).outerjoin(staff, staff.c.id == table.c.staffing_id)


def whole_decision(row: RowMapping) -> dict[str, Any]:
    """A row of `select_decisions`, its inputs with the staff of that moment."""
    return {**row, "inputs": {"advisors": row["advisors"], **row["inputs"]}}


async def handling_times(connection: AsyncConnection) -> list[float]:
    """Seconds from accept to end of the last cases, the newest first."""
    query = (
        select(_h.accepted_at, _h.ended_at)
        .where(_h.ended_at.is_not(None), _h.accepted_at.is_not(None))
        .order_by(_h.ended_at.desc())
        .limit(HANDLING_SAMPLE)
    )
    times = [(row.ended_at - row.accepted_at).total_seconds() for row in await connection.execute(query)]
    return [seconds for seconds in times if 0 <= seconds <= LONGEST_HANDLING_SECONDS]


async def of_conversation(connection: AsyncConnection, conversation_id: str) -> list[Handoff]:
    query = select(tables.handoffs).where(_h.conversation_id == conversation_id).order_by(_h.requested_at, _h.id)
    return [from_row(row) for row in (await connection.execute(query)).mappings()]


async def accusing(connection: AsyncConnection, conversation_id: str, person_id: str) -> bool:
    """Whether one of the conversation's cases is a complaint about this person."""
    query = select(_h.id).where(_h.conversation_id == conversation_id, _h.complained_about == person_id).limit(1)
    return await connection.scalar(query) is not None


async def presences(connection: AsyncConnection) -> dict[str, PresenceRow]:
    rows = (await connection.execute(select(tables.presence))).mappings()
    return {row["advisor_id"]: PresenceRow(**row) for row in rows}


async def set_presence(connection: AsyncConnection, advisor_id: str, **values: Any) -> None:
    """Change what is known of an advisor's presence, the rest kept."""
    touch(connection, presences=True)
    fresh = {"state": "offline", "heartbeat_at": None, "pinned": None, "base_load": 0} | values
    if not await insert_new(connection, tables.presence, {"advisor_id": advisor_id, **fresh}):
        await connection.execute(
            update(tables.presence).where(tables.presence.c.advisor_id == advisor_id).values(**values)
        )


async def count(connection: AsyncConnection, state: HandoffState) -> int:
    return int(await connection.scalar(select(func.count()).where(_h.state == state.value)) or 0)

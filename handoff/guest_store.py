"""Guests in SQL. Every function works in the caller's transaction; none commits."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff import tables
from handoff.guests import COMES_FROM, PRESENT, Guest, GuestKind, GuestState
from handoff.model import HandoffState
from handoff.states import HandoffChanged
from handoff.touched import touch
from kit.errors import NotFound

_g = tables.handoff_guests.c
_PRESENT = [state.value for state in PRESENT]


class InviteUnknown(NotFound):
    """没有这份邀请。"""

    code = "invite_unknown"


async def add(connection: AsyncConnection, guest: Guest) -> None:
    """Store a new guest; whoever takes part already must have been looked for in the same transaction."""
    touch(connection, guests=True)
    row = {f.name: getattr(guest, f.name) for f in fields(Guest)}
    values = row | {"kind": guest.kind.value, "state": guest.state.value}
    await connection.execute(insert(tables.handoff_guests).values(**values))


async def get(connection: AsyncConnection, guest_id: str) -> Guest:
    query = select(tables.handoff_guests).where(_g.id == guest_id)
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        raise InviteUnknown(invite_id=guest_id)
    return _guest(row)


async def present(connection: AsyncConnection, conversation_id: str | None = None) -> list[Guest]:
    """Those who are invited or take part now, the earliest first; of one conversation, or of all."""
    query = select(tables.handoff_guests).where(_g.state.in_(_PRESENT))
    if conversation_id is not None:
        query = query.where(_g.conversation_id == conversation_id)
    return [_guest(row) for row in (await connection.execute(query.order_by(_g.offered_at, _g.id))).mappings()]


async def move(connection: AsyncConnection, guest: Guest, state: GuestState, **changes: Any) -> Guest:
    """The guest in his new state: one conditional UPDATE; HandoffChanged when somebody else was faster."""
    touch(connection, guests=True)
    comes_from = [one.value for one in COMES_FROM[state]]
    done = await connection.execute(
        update(tables.handoff_guests)
        .where(_g.id == guest.id, _g.state.in_(comes_from))
        .values(state=state.value, **changes)
    )
    if done.rowcount != 1:
        raise HandoffChanged("这份邀请刚刚已有结果,请刷新后再看。", invite_id=guest.id)
    return await get(connection, guest.id)


async def note_reply(connection: AsyncConnection, conversation_id: str, at: datetime) -> None:
    """The first response to the open case was given at `at`; a later one changes nothing."""
    await connection.execute(
        update(tables.handoffs)
        .where(
            tables.handoffs.c.conversation_id == conversation_id,
            tables.handoffs.c.state == HandoffState.ACTIVE.value,
            tables.handoffs.c.first_reply_at.is_(None),
        )
        .values(first_reply_at=at)
    )


def _guest(row: RowMapping) -> Guest:
    values = {f.name: row[f.name] for f in fields(Guest)}
    return Guest(**values | {"kind": GuestKind(values["kind"]), "state": GuestState(values["state"])})

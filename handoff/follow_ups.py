"""What clients left instead of waiting, in SQL. Every function works in the caller's transaction; none commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff import tables
from kit.errors import Conflict, NotFound, Refused

_f = tables.handoff_follow_ups.c
_h = tables.handoffs.c
Row = dict[str, Any]


class FollowUpUnknown(NotFound):
    """没有这条留言、回电或预约。"""

    code = "follow_up_unknown"


class FollowUpDone(Conflict):
    """这一条刚刚已经处理过了。"""

    code = "follow_up_done"


class FollowUpNotYours(Refused):
    """这一条由其他同事跟进。"""

    code = "follow_up_not_yours"


async def add(connection: AsyncConnection, row: Mapping[str, Any]) -> bool:
    """Whether it was stored; False when the expert's time has just been given to somebody else."""
    try:
        async with connection.begin_nested():
            await connection.execute(insert(tables.handoff_follow_ups).values(**row))
    except IntegrityError:
        return False
    return True


def _with_case() -> Select[Any]:
    case = (_h.client_id, _h.client, _h.topic, _h.conversation_id, _h.complained_about)
    return select(tables.handoff_follow_ups, *case).join(tables.handoffs, _h.id == _f.handoff_id)


async def to_do(connection: AsyncConnection) -> list[Row]:
    """What is not done yet, the oldest first."""
    query = _with_case().where(_f.done_at.is_(None)).order_by(_f.created_at, _f.id)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def get(connection: AsyncConnection, follow_up_id: str) -> Row:
    row = (await connection.execute(_with_case().where(_f.id == follow_up_id))).mappings().first()
    if row is None:
        raise FollowUpUnknown(follow_up_id=follow_up_id)
    return dict(row)


async def booked_by(connection: AsyncConnection, conversation_id: str) -> list[Row]:
    """The appointments of a client that stand, the next first."""
    query = _with_case().where(_h.conversation_id == conversation_id, _f.kind == "appointment", _f.done_at.is_(None))
    return [dict(row) for row in (await connection.execute(query.order_by(_f.due_at, _f.id))).mappings()]


async def taken(connection: AsyncConnection) -> set[tuple[str, datetime]]:
    """Times that are given away: (advisor, when)."""
    query = select(_f.advisor_id, _f.due_at).where(_f.kind == "appointment", _f.done_at.is_(None))
    return {(row.advisor_id, row.due_at) for row in await connection.execute(query)}


async def to_remind(connection: AsyncConnection, until: datetime) -> list[Row]:
    """Appointments before `until` whose clients have not been reminded."""
    query = _with_case().where(
        _f.kind == "appointment", _f.done_at.is_(None), _f.reminded_at.is_(None), _f.due_at <= until
    )
    return [dict(row) for row in (await connection.execute(query.order_by(_f.due_at, _f.id))).mappings()]


async def note_reminded(connection: AsyncConnection, follow_up_id: str, at: datetime) -> None:
    query = update(tables.handoff_follow_ups).where(_f.id == follow_up_id)
    await connection.execute(query.values(reminded_at=at))


async def finish(connection: AsyncConnection, follow_up_id: str, *, outcome: str, by: str, at: datetime) -> None:
    """End one, once: one conditional UPDATE. Raises FollowUpDone."""
    done = await connection.execute(
        update(tables.handoff_follow_ups)
        .where(_f.id == follow_up_id, _f.done_at.is_(None))
        .values(done_at=at, outcome=outcome, done_by=by)
    )
    if done.rowcount != 1:
        raise FollowUpDone(follow_up_id=follow_up_id)

"""Abnormal reading stops itself (requirement H5): the reader is frozen at once, supervisors are told, one of them lifts it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from compliance import trail
from compliance.access import ADDRESS, PERSON, Abnormal, Read, abnormal, limits
from compliance.tables import access_freezes, audit_entries
from compliance.trail import Deed, Sealer
from gateway.committed import later
from gateway.services import Services
from gateway.signin import sessions
from gateway.tables import notices, staff
from handoff.model import SUPERVISOR
from handoff.tables import handoff_guests, handoffs
from kit.errors import NotFound, Refused

Json = dict[str, Any]
#: A case that ended this short a time ago may still be looked up.
STILL_HIS = timedelta(hours=24)


class AccessFrozen(Refused):
    """您的访问已被临时停止:短时间内查看了过多客户。请联系主管核实后解除。"""

    code = "access_frozen"


class FreezeUnknown(NotFound):
    """没有这条冻结记录,或已经解除。"""

    code = "freeze_unknown"


async def check(sql: AsyncConnection, person_id: str, address: str) -> None:
    """Raises AccessFrozen when the person or the address is stopped."""
    here = access_freezes.c
    wanted = select(here.id).where(
        here.lifted_at.is_(None),
        or_((here.kind == PERSON) & (here.subject == person_id), (here.kind == ADDRESS) & (here.subject == address)),
    )
    if (await sql.execute(wanted.limit(1))).first():
        raise AccessFrozen


async def watch(sql: AsyncConnection, parts: Services, sealer: Sealer, deed: Deed, *, at: datetime) -> None:
    """Stop the reader when this read was one too many."""
    rules = limits()
    cells = audit_entries.c
    wanted = select(cells.who, cells.role, cells.address, cells.client_id).where(
        cells.at >= at - rules.window, cells.at <= at, cells.deed == trail.READ, cells.refused.is_(False),
        cells.client_id.is_not(None), or_(cells.who == deed.who, cells.address == deed.address),
    )  # fmt: skip
    recent = [Read(*row) for row in await sql.execute(wanted.distinct())]
    now = Read(deed.who, deed.role, deed.address, deed.client_id or "")
    found = abnormal(now, recent, await _serving(sql, deed.who, at), rules, at=at)
    if found:
        await _freeze(sql, parts, sealer, deed, found, at=at)


async def _serving(sql: AsyncConnection, person_id: str, at: datetime) -> set[str]:
    """The clients whose cases are his now, were a moment ago, or that he has joined."""
    joined = select(handoff_guests.c.handoff_id).where(
        handoff_guests.c.advisor_id == person_id, handoff_guests.c.state == "joined"
    )
    mine = (handoffs.c.owner_id == person_id) | (handoffs.c.offered_to == person_id)
    fresh = handoffs.c.ended_at.is_(None) | (handoffs.c.ended_at >= at - STILL_HIS)
    wanted = select(handoffs.c.client_id).where((mine & fresh) | handoffs.c.id.in_(joined))
    return {row.client_id for row in await sql.execute(wanted)}


async def _freeze(
    sql: AsyncConnection, parts: Services, sealer: Sealer, deed: Deed, found: Abnormal, *, at: datetime
) -> None:
    here = access_freezes.c
    already = select(here.id).where(here.kind == found.kind, here.subject == found.subject, here.lifted_at.is_(None))
    if (await sql.execute(already)).first():
        return
    freeze_id = parts.new_id()
    row = {
        "id": freeze_id, "subject": found.subject, "kind": found.kind, "words": found.words, "at": at, "note": "",
    }  # fmt: skip
    await sql.execute(insert(access_freezes).values(**row))
    told = {"freeze_id": freeze_id, "kind": found.kind, "subject": found.subject, "words": found.words}
    await trail.note(sql, Deed(deed.who, deed.role, deed.address, trail.FREEZE, None, told), sealer, at=at)
    if found.kind == PERSON:
        # His open sockets end at their next ping.
        await sessions.end_all_of(sql, found.subject)
    await _alert(sql, parts, found, freeze_id, at=at)


async def _alert(sql: AsyncConnection, parts: Services, found: Abnormal, freeze_id: str, *, at: datetime) -> None:
    """A notice on every supervisor's desk but the reader's own."""
    people = {row.id: row for row in await sql.execute(select(staff.c.id, staff.c.name, staff.c.role))}
    who = people[found.subject].name if found.subject in people else found.subject
    for person in people.values():
        if person.role != SUPERVISOR or person.id == found.subject:
            continue
        text = f"异常访问:{who}{found.words},已自动停止访问。请核实后在「合规」里解除。"
        row = {
            "id": f"access-{freeze_id}-{person.id}"[:80], "advisor_id": person.id, "kind": "access", "client_id": "-",
            "client_name": "异常访问", "text": text, "at": at,
        }  # fmt: skip
        await sql.execute(insert(notices).values(**row))
        frame = {"type": "notice", "notice": {
            "id": row["id"], "kind": "access", "client": {"id": "-", "name": "异常访问"}, "text": text,
            "at": at.isoformat(),
        }}  # fmt: skip
        later(sql, _telling(parts, frame, person.id))


def _telling(parts: Services, frame: Json, person_id: str) -> Any:
    return lambda: parts.hub.to_desks(frame, {person_id})


async def listed(sql: AsyncConnection, limit: int = 100) -> list[Json]:
    """The newest first, the open ones with `lifted_at` null."""
    rows = (await sql.execute(select(access_freezes).order_by(access_freezes.c.at.desc()).limit(limit))).mappings()
    return [
        {**row, "at": row["at"].isoformat(), "lifted_at": row["lifted_at"].isoformat() if row["lifted_at"] else None}
        for row in rows
    ]


async def lift(sql: AsyncConnection, freeze_id: str, *, by: str, text: str, at: datetime) -> None:
    """Let the person or the address read again. Raises FreezeUnknown; Refused to whom it concerns."""
    here = access_freezes.c
    subject = await sql.scalar(select(here.subject).where(here.id == freeze_id, here.lifted_at.is_(None)))
    if subject is None:
        raise FreezeUnknown
    if subject == by:
        raise Refused("自己的冻结要由别的主管解除。")
    values = {"lifted_at": at, "lifted_by": by, "note": text}
    await sql.execute(update(access_freezes).where(here.id == freeze_id).values(**values))

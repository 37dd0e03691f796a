"""A promise that was not kept is told to the supervisors: once for each case and promise, whatever restarts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff import sla, tables, views
from handoff.core import Work, logger
from handoff.fixtures import Fixtures
from handoff.hours import on_shift
from handoff.matching import possible
from handoff.model import SUPERVISOR, Staff
from handoff.ports import Json
from handoff.record import Handoff, PresenceRow
from handoff.states import Event
from kit.database import insert_new
from kit.errors import NotFound, Refused

_a, _h, _e = tables.handoff_alerts.c, tables.handoffs.c, tables.handoff_events.c
#: A supervisor's page shows the newest.
MOST_LISTED = 200


class AlertUnknown(NotFound):
    """没有这条提醒。"""

    code = "alert_unknown"


class SupervisorsOnly(Refused):
    """只有主管可以这样操作。"""

    code = "supervisors_only"


def supervisors_only(staff: Staff) -> None:
    if staff.role != SUPERVISOR:
        raise SupervisorsOnly


class Alarms(Fixtures):
    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        #: What was told already, as far as this process knows; the table knows all.
        self._alarmed: set[tuple[str, str]] = set()

    async def look(self, work: Work, presences: dict[str, PresenceRow]) -> None:
        """What time changes; here: promises that were not kept."""
        await super().look(work, presences)
        board = await self.boards.see(work.connection)
        self._alarmed = {told for told in self._alarmed if told[0] in board.handoffs}
        late = [
            (handoff, deadline)
            for handoff in board.handoffs.values()
            for deadline in sla.broken(handoff, self.policy.priority, now=work.now)
            if (handoff.id, deadline.promise.value) not in self._alarmed
        ]
        if not late:
            return
        scene = await self.scene(work.connection, work.now)
        taken = await _first_taken(work.connection, [handoff.id for handoff, _ in late])
        for handoff, deadline in late:
            in_time = handoff.id in taken and taken[handoff.id] <= deadline.due_at
            kept = deadline.promise is not sla.Promise.RESOLVE and in_time
            if kept:
                self._alarmed.add((handoff.id, deadline.promise.value))
            elif self._in_hours(handoff, scene):
                await self._alarm(work, handoff, deadline)

    def _in_hours(self, handoff: Handoff, scene: views.Scene) -> bool:
        """Whether somebody who could take it should be at work: at night nobody promises three minutes."""
        able = possible(handoff.case, scene.staff, self.policy.matching)
        return any(on_shift(view.advisor, scene.now) for view in able)

    async def _alarm(self, work: Work, handoff: Handoff, deadline: sla.Deadline) -> None:
        self._alarmed.add((handoff.id, deadline.promise.value))
        row = {
            "id": self._new_id(), "handoff_id": handoff.id, "promise": deadline.promise.value,
            "words": deadline.words, "due_at": deadline.due_at, "at": work.now, "seen_by": None, "seen_at": None,
        }  # fmt: skip
        if not await insert_new(work.connection, tables.handoff_alerts, row):
            return
        await self.record(work, handoff.id, "sla", "worker", {"promise": row["promise"], "why": deadline.words})
        logger.warning("A promise was not kept", action="sla_broken", handoff_id=handoff.id, promise=row["promise"])
        readers = {one.id for one in self._roster.values() if one.role == SUPERVISOR} - {handoff.complained_about}
        alert = _json({**row, **_case(handoff)})
        work.notes.append((readers, {"type": "alert.sla", "alert": alert}))

    async def alerts(self, staff: Staff, *, unseen: bool = False) -> list[Json]:
        """The promises that were not kept, the newest first; none about a complaint against the reader."""
        supervisors_only(staff)
        async with self._engine.begin() as connection:
            return await listed(connection, staff.id, unseen=unseen)

    async def alert_seen(self, alert_id: str, staff: Staff) -> None:
        """Somebody has taken note; the first who did stays. Raises AlertUnknown."""
        supervisors_only(staff)
        async with self.work() as work:
            row = await work.connection.scalar(select(_a.id).where(_a.id == alert_id))
            if row is None:
                raise AlertUnknown(alert_id=alert_id)
            await work.connection.execute(
                update(tables.handoff_alerts)
                .where(_a.id == alert_id, _a.seen_at.is_(None))
                .values(seen_by=staff.id, seen_at=work.now)
            )


async def listed(connection: AsyncConnection, reader_id: str, *, unseen: bool = False) -> list[Json]:
    case = (_h.conversation_id, _h.client, _h.client_id, _h.topic, _h.state)
    query = (
        select(tables.handoff_alerts, *case)
        .join(tables.handoffs, _h.id == _a.handoff_id)
        .where(_h.complained_about.is_distinct_from(reader_id))
        .order_by(_a.at.desc(), _a.id.desc())
        .limit(MOST_LISTED)
    )
    if unseen:
        query = query.where(_a.seen_at.is_(None))
    return [_json(dict(row)) for row in (await connection.execute(query)).mappings()]


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Promise -> how often it was not kept."""
    found = await connection.execute(select(_a.promise, func.count()).group_by(_a.promise))
    return {promise.value: 0 for promise in sla.Promise} | {promise: int(count) for promise, count in found}


async def _first_taken(connection: AsyncConnection, handoff_ids: Sequence[str]) -> dict[str, datetime]:
    query = (
        select(_e.handoff_id, func.min(_e.at))
        .where(_e.handoff_id.in_(handoff_ids), _e.event.in_([Event.ACCEPT.value, Event.PULL.value]))
        .group_by(_e.handoff_id)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


def _case(handoff: Handoff) -> Json:
    return {
        "conversation_id": handoff.conversation_id, "client": {"name": handoff.client.name},
        "client_id": handoff.client_id, "topic": handoff.topic, "state": handoff.state.value,
    }  # fmt: skip


def _json(row: Mapping[str, Any]) -> Json:
    """`Alert` of the protocol."""
    return {
        "id": row["id"], "handoff_id": row["handoff_id"], "conversation_id": row["conversation_id"],
        "client": {"id": row["client_id"], "name": row["client"]["name"]}, "topic": row["topic"],
        "state": row["state"], "promise": row["promise"], "words": row["words"],
        "due_at": row["due_at"].isoformat(), "at": row["at"].isoformat(), "seen_by": row["seen_by"],
        "seen_at": row["seen_at"].isoformat() if row["seen_at"] else None,
    }  # fmt: skip

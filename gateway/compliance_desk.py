"""For compliance and supervisors: the trail, stopped access, reports, clients' requests; and the client's own door to them."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import HTTPConnection

from compliance import privacy, reports, trail
from compliance.trail import Deed, Sealer
from gateway import doubtful, freezing
from gateway import privacy as ours
from gateway.access import Client, Parts, Person, address
from gateway.access import internal as ours_only
from gateway.profile_ports import right, supervisor
from gateway.services import Services
from gateway.tables import staff, turns
from handoff.model import Staff
from kit.clock import SHANGHAI
from kit.errors import Invalid
from kit.masking import Masked

router = APIRouter(tags=["compliance"])
Json = dict[str, Any]
Boss = Annotated[Staff, Depends(supervisor)]
ClientId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
#: A longer list is a report's.
MOST_ENTRIES = 500
LONGEST = timedelta(days=366)
MOST_IN_REPORT = 200_000


class PeriodWrong(Invalid):
    """日期不对:起止要先后有序,最长一年。"""

    code = "period_wrong"


class Wish(BaseModel):
    kind: Literal["export", "erasure"]
    reason: Masked = Field("", max_length=500)


class ForClient(Wish):
    client_id: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


class Said(BaseModel):
    note: Masked = Field("", max_length=500)


# -- the client's own door ------------------------------------------------------------------------------------


@router.post("/api/chat/privacy")
async def wish(body: Wish, parts: Parts, client: Client) -> Json:
    """Ask for one's data or for their erasure; an open wish of the kind is given again."""
    return await _asked(parts, client.client_id, body, by=client.client_id, role="客户")


@router.get("/api/chat/privacy")
async def wishes(parts: Parts, client: Client) -> Json:
    """`{requests}`: one's own, the newest first."""
    async with parts.engine.connect() as sql:
        return {"requests": await privacy.listed(sql, client_id=client.client_id)}


@router.get("/api/chat/privacy/{request_id}/archive")
async def own_archive(request_id: Id, connection: HTTPConnection, parts: Parts, client: Client) -> Response:
    """The zip, within seven days of the approval."""
    return await _archive(
        parts, request_id, of=client.client_id, who=client.client_id, role="客户", at=address(connection)
    )


@router.post("/internal/privacy", dependencies=[Depends(ours_only)])
async def wish_in_talk(body: ForClient, parts: Parts) -> Json:
    """The same for a client who asks in the talk."""
    return await _asked(parts, body.client_id, body, by=body.client_id, role="客户")


# -- requests on the desk -------------------------------------------------------------------------------------


@router.post("/api/desk/clients/{client_id}/privacy")
async def wish_for(client_id: ClientId, body: Wish, connection: HTTPConnection, parts: Parts, person: Person) -> Json:
    """On the client's behalf, by whoever may read his profile; another person decides."""
    await right(client_id, connection, parts, person)
    return await _asked(parts, client_id, body, by=person.id, role=person.role)


@router.get("/api/desk/privacy")
async def requests(parts: Parts, _: Boss, state: Literal["asked", "approved", "refused", "done"] | None = None) -> Json:
    """`{requests}`, the newest first."""
    async with parts.engine.connect() as sql:
        return {"requests": await privacy.listed(sql, state=state)}


@router.post("/api/desk/privacy/{request_id}/refuse")
async def refuse(request_id: Id, body: Said, parts: Parts, boss: Boss) -> Json:
    """With the reason, which the law owes the client."""
    if not body.note.strip():
        raise Invalid("请写明不同意的理由,客户会看到。")
    async with parts.engine.begin() as sql:
        return await privacy.decide(sql, request_id, approve=False, by=boss.id, text=body.note, at=parts.clock.now())


@router.post("/api/desk/privacy/{request_id}/approve")
async def approve(request_id: Id, body: Said, connection: HTTPConnection, parts: Parts, boss: Boss) -> Json:
    """An export may then be fetched; an erasure is done at once, in the same transaction."""
    now = parts.clock.now()
    async with parts.engine.connect() as sql:
        request = await privacy.get(sql, request_id)
    erasing = request["kind"] == privacy.ERASURE
    # The name is needed to take it out of the talk; asked before the transaction, which waits for nobody.
    name = (await parts.institution.client(request["client_id"])).name if erasing else ""
    async with parts.engine.begin() as sql:
        decided = await privacy.decide(sql, request_id, approve=True, by=boss.id, text=body.note, at=now)
        if erasing:
            result = await ours.erase(parts, sql, request["client_id"], name)
            await privacy.done(sql, request_id, result, at=now)
            told = {"request_id": request_id, "rows": result["rows"]}
            deed = Deed(boss.id, boss.role, address(connection), trail.ERASE, request["client_id"], told)
            await trail.note(sql, deed, Sealer(parts.settings.ring), at=now)
            decided = await privacy.get(sql, request_id)
    if erasing:
        await ours.afterwards(parts, request["client_id"])
    return decided


@router.get("/api/desk/privacy/{request_id}/archive")
async def archive(request_id: Id, connection: HTTPConnection, parts: Parts, boss: Boss) -> Response:
    """The same zip, to hand it to a client who cannot fetch it himself."""
    return await _archive(parts, request_id, of=None, who=boss.id, role=boss.role, at=address(connection))


async def _asked(parts: Services, client_id: str, body: Wish, *, by: str, role: str) -> Json:
    await parts.clients.get(client_id)
    now = parts.clock.now()
    async with parts.engine.begin() as sql:
        made = await privacy.ask(
            sql, request_id=parts.new_id(), client_id=client_id, kind=body.kind, by=by, reason=body.reason, at=now
        )
        deed = Deed(by, role, "-", trail.REQUEST, client_id, {"request_id": made["id"], "kind": body.kind})
        await trail.note(sql, deed, Sealer(parts.settings.ring), at=now)
    return made


async def _archive(parts: Services, request_id: str, *, of: str | None, who: str, role: str, at: str) -> Response:
    now = parts.clock.now()
    async with parts.engine.connect() as sql:
        request = await privacy.get(sql, request_id)
    if of is not None and request["client_id"] != of:
        raise privacy.RequestUnknown
    privacy.check_fetch(request, at=now)
    data = await ours.collect(parts, request["client_id"], at=now)
    told = {"request_id": request_id, "bytes": len(data), "sha256": ours.digest(data)}
    async with parts.engine.begin() as sql:
        deed = Deed(who, role, at, trail.EXPORT, request["client_id"], told)
        await trail.note(sql, deed, Sealer(parts.settings.ring), at=now)
        if request["state"] == privacy.APPROVED:
            await privacy.done(sql, request_id, {"bytes": len(data), "sha256": told["sha256"]}, at=now)
    headers = {"Content-Disposition": f'attachment; filename="huiban-{request["client_id"]}.zip"'}
    return Response(data, media_type="application/zip", headers=headers)


# -- the trail, freezes, reports ------------------------------------------------------------------------------


@router.get("/api/desk/audit")
async def audit(
    parts: Parts, _: Boss, day: date | None = None, client_id: Annotated[str | None, Query(max_length=64)] = None,
) -> Json:  # fmt: skip
    """`{entries}` of a day (today's by default), the newest first, or all of one client."""
    on = day or parts.clock.now().astimezone(SHANGHAI).date()
    async with parts.engine.connect() as sql:
        rows = (
            (await trail.of_client(sql, client_id))[-MOST_ENTRIES:][::-1] if client_id
            else await trail.between(sql, _midnight(on), _midnight(on + timedelta(days=1)), MOST_ENTRIES)
        )  # fmt: skip
    return {"entries": [{**row, "at": row["at"].isoformat()} for row in rows]}


@router.get("/api/desk/audit/verify")
async def verify(parts: Parts, _: Boss) -> Json:
    """Whether the trail is what it was. Keep number and seal elsewhere: they prove the next look."""
    async with parts.engine.connect() as sql:
        found = await trail.look(sql, Sealer(parts.settings.ring))
    return {
        "whole": found.whole, "broken_at": found.broken_at, "entries": found.entries, "other_keys": found.other_keys,
        "number": found.head, "seal": found.seal,
    }  # fmt: skip


@router.get("/api/desk/compliance/doubtful")
async def doubts(parts: Parts, _: Boss, day: date | None = None) -> Json:
    """What people said to clients on a day (today's by default) that is like what may not be said: worth a look."""
    async with parts.engine.connect() as sql:
        return await doubtful.of_day(sql, day or parts.clock.now().astimezone(SHANGHAI).date())


@router.get("/api/desk/access-freezes")
async def freezes(parts: Parts, _: Boss) -> Json:
    async with parts.engine.connect() as sql:
        return {"freezes": await freezing.listed(sql)}


@router.post("/api/desk/access-freezes/{freeze_id}/lift")
async def lift(freeze_id: Id, body: Said, connection: HTTPConnection, parts: Parts, boss: Boss) -> Json:
    await _lifted(parts, freeze_id, body.note, by=boss.id, role=boss.role, at=address(connection))
    return {}


@router.post("/internal/access-freezes/{freeze_id}/lift", dependencies=[Depends(ours_only)])
async def lift_by_operations(freeze_id: Id, body: Said, parts: Parts) -> Json:
    """When every supervisor is frozen: from the host itself."""
    await _lifted(parts, freeze_id, body.note, by="operations", role="运维", at="-")
    return {}


async def _lifted(parts: Services, freeze_id: str, text: str, *, by: str, role: str, at: str) -> None:
    now = parts.clock.now()
    async with parts.engine.begin() as sql:
        await freezing.lift(sql, freeze_id, by=by, text=text, at=now)
        deed = Deed(by, role, at, trail.LIFT, None, {"freeze_id": freeze_id})
        await trail.note(sql, deed, Sealer(parts.settings.ring), at=now)


@router.get("/api/desk/reports/{kind}")
async def report(
    kind: Literal["suitability", "security", "service"], parts: Parts, boss: Boss,
    first: Annotated[date | None, Query(alias="from")] = None, last: Annotated[date | None, Query(alias="to")] = None,
    form: Annotated[Literal["html", "csv", "json"], Query(alias="format")] = "html",
) -> Response:  # fmt: skip
    """A report of the days from `from` to `to` (today by default) as a page, CSV or JSON."""
    now = parts.clock.now()
    today = now.astimezone(SHANGHAI).date()
    first, last = first or last or today, last or first or today
    if first > last or last - first > LONGEST:
        raise PeriodWrong
    tables = await _tables(kind, parts, boss, first, last)
    made = reports.Report(kind, first, last, now, tables)
    if form == "json":
        return Response(json.dumps(made.to_json(), ensure_ascii=False, default=str), media_type="application/json")
    if form == "html":
        return Response(made.to_html(), media_type="text/html; charset=utf-8")
    headers = {"Content-Disposition": f'attachment; filename="{kind}-{first}-{last}.csv"'}
    return Response(made.to_csv(), media_type="text/csv; charset=utf-8", headers=headers)


async def _tables(kind: str, parts: Services, boss: Staff, first: date, last: date) -> tuple[reports.Table, ...]:
    if kind == reports.SUITABILITY:
        checks = await parts.institution.suitability_checks(first, last)
        return reports.suitability([one.model_dump(mode="json") for one in checks])
    start, end = _midnight(first), _midnight(last + timedelta(days=1))
    if kind == reports.SERVICE:
        measured = await parts.handoffs.measures(boss, first, last)
        async with parts.engine.connect() as sql:
            return reports.service(measured, await _outcomes(sql, start, end))
    async with parts.engine.connect() as sql:
        entries = await trail.between(sql, start, end, MOST_IN_REPORT)
        verdict = await trail.look(sql, Sealer(parts.settings.ring))
        frozen = [one for one in await freezing.listed(sql, 1000) if _within(one["at"], start, end)]
        asked = [one for one in await privacy.listed(sql, limit=1000) if _within(one["asked_at"], start, end)]
        names = {row.id: row.name for row in await sql.execute(select(staff.c.id, staff.c.name))}
    return reports.security(entries, verdict, frozen, asked, names)


async def _outcomes(sql: AsyncConnection, start: datetime, end: datetime) -> dict[str, int]:
    wanted = (
        select(turns.c.outcome, func.count())
        .where(turns.c.closed_at >= start, turns.c.closed_at < end)
        .group_by(turns.c.outcome)
    )
    return {row[0] or "": row[1] for row in await sql.execute(wanted)}


def _within(at: str, start: datetime, end: datetime) -> bool:
    return start <= datetime.fromisoformat(at) < end


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)

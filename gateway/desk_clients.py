"""The desk's view of clients beyond their profile: whom one looks after, what happened when, what we sent and owe.

Annotations are not postponed: FastAPI reads them here.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import ColumnElement, RowMapping, case, desc, func, or_, select

from gateway import desk_timeline
from gateway.access import Parts, Person
from gateway.profile_ports import TalkOfTimeline, right, supervisor
from gateway.services import Services
from gateway.tables import staff
from gateway.timeline.model import conversation_of
from handoff import store as handoff_store
from handoff import tables as handoff_tables
from handoff.joint import Recused
from handoff.model import SUPERVISOR, Staff
from handoff.views import CUSTOMER_SERVICE, TRAINER
from kit.errors import AgentError, NotFound, Refused
from profiles import policy, tables
from profiles.alerts import State
from profiles.rights import ClientId, Right
from profiles.targets import NO_LISTS

router = APIRouter(prefix="/api/desk", tags=["desk"])

Json = dict[str, Any]
Rights = Annotated[Right, Depends(right)]
Boss = Annotated[Staff, Depends(supervisor)]
MOST_CLIENTS, MOST_EXPORTS, MOST_ORDERS, MOST_SENT = 60, 50, 40, 50
#: As long as the profile looks back.
LOOK_BACK = timedelta(days=90)
RANK = {"high": 3, "medium": 2, "low": 1}
LEVELS = {rank: level for level, rank in RANK.items()}
OWNED = ("active", "wrap_up")


@router.get("/clients")
async def clients(parts: Parts, person: Person) -> Json:
    """`{clients: [{id, name, age, stage, tier, risk_level, own_advisor, alerts, level, leaving, spoke_at}]}`.

    Those one looks after, all of them for a supervisor: whom a warning is open for first, then who may leave.
    客服 sees whom he serves, warnings of the talk alone and nothing of leaving.
    """
    if person.role == TRAINER:
        raise Refused("您的岗位不能查看客户。")
    assets = person.role != CUSTOMER_SERVICE
    async with parts.engine.connect() as sql:
        rows = list((await sql.execute(_listed(parts, person, assets=assets))).mappings())
    files = await asyncio.gather(*(_file(parts, row["client_id"]) for row in rows))
    return {"clients": [_client(row, file, assets=assets) for row, file in zip(rows, files, strict=True)]}


def _listed(parts: Services, person: Staff, *, assets: bool) -> Any:
    rules = parts.profiles.policy.indicators
    shown = [name for name, rule in rules.items() if assets or not rule.indicator.assets]
    rank = func.max(case(RANK, value=tables.alerts.c.level, else_=0))
    warned = (
        select(tables.alerts.c.client_id, func.count().label("alerts"), rank.label("rank"))
        .where(tables.alerts.c.state == State.OPEN.value, tables.alerts.c.indicator.in_(shown))
        .group_by(tables.alerts.c.client_id)
        .subquery()
    )
    seen, chances = tables.targets, tables.chances
    wanted = (
        select(
            seen.c.client_id, seen.c.spoke_at, warned.c.alerts, warned.c.rank, chances.c.level, chances.c.probability
        )
        .select_from(
            seen.outerjoin(warned, warned.c.client_id == seen.c.client_id).outerjoin(
                chances, chances.c.client_id == seen.c.client_id
            )
        )
        .where(*_whose(person))
    )
    leaving = [desc(func.coalesce(chances.c.probability, 0))] if assets else []
    order = [desc(func.coalesce(warned.c.rank, 0)), *leaving, desc(seen.c.spoke_at), seen.c.client_id]
    return wanted.order_by(*order).limit(MOST_CLIENTS)


def _whose(person: Staff) -> list[ColumnElement[bool]]:
    if person.role == SUPERVISOR:
        return []
    held = handoff_tables.handoffs
    served = select(held.c.client_id).where(held.c.owner_id == person.id, held.c.state.in_(OWNED))
    own = tables.targets.c.client_id.in_(served)
    return [own] if person.role == CUSTOMER_SERVICE else [or_(tables.targets.c.own_advisor == person.id, own)]


async def _file(parts: Services, client_id: str) -> Json:
    try:
        return await parts.clients.get(client_id)
    except NotFound:
        return {"id": client_id}


def _client(row: RowMapping, file: Json, *, assets: bool) -> Json:
    told = {name: file.get(name) for name in ("name", "age", "stage", "tier", "risk_level", "own_advisor")}
    return {
        "id": row["client_id"], **told, "alerts": row["alerts"] or 0, "level": LEVELS.get(row["rank"] or 0),
        "leaving": (row["level"] or None) if assets else None,
        "spoke_at": row["spoke_at"].isoformat() if row["spoke_at"] else None,
    }  # fmt: skip


@router.get("/clients/{client_id}/timeline")
async def timeline(client_id: ClientId, parts: Parts, his: Rights) -> Json:
    """`{items: [{at, kind: talk|order|event|alert|handoff|outreach, words, detail, tone}]}`, the newest first.

    Orders only for who may see assets; none of them while the institution is away, then `missing` names them.
    """
    since = parts.clock.now() - LOOK_BACK
    async with parts.engine.connect() as sql:
        if await handoff_store.accusing(sql, conversation_of(client_id), his.reader_id):
            raise Recused
    profile = await parts.profiles.profile(
        client_id, reader_id=his.reader_id, role=his.role, address=his.address, assets=his.assets
    )
    async with parts.engine.connect() as sql:
        said = (await TalkOfTimeline().heard(sql, client_id, since=since)).said
        served = await handoff_store.of_conversation(sql, conversation_of(client_id))
        names = {row.id: row.name for row in await sql.execute(select(staff.c.id, staff.c.name))}
    missing: list[str] = []
    ordered: list[Any] = []
    if his.assets:
        try:
            orders = await parts.institution.orders(client_id, MOST_ORDERS)
            ordered = [one for one in orders if one.placed_at >= since]
        except AgentError:
            missing = ["order"]
    sent = [
        desk_timeline.item(one["sent_at"], "outreach", "主动发出一条消息", one["text"])
        for one in await _outreach(parts, client_id) if one["sent_at"]
    ]  # fmt: skip
    await parts.profiles.noted(client_id, his.reader_id, his.role, his.address, ["timeline"])
    items = desk_timeline.line(
        desk_timeline.talks(said), desk_timeline.orders(ordered), desk_timeline.handoffs(served, names),
        desk_timeline.of_profile(profile), sent,
    )  # fmt: skip
    return {"items": items, "missing": missing}


@router.get("/clients/{client_id}/outreach")
async def outreach(client_id: ClientId, parts: Parts, his: Rights) -> Json:
    """`{outreach: [{key, title, text, asked_at, not_before, state, why, sent_at}], tasks}` of a client.

    Without assets only what the client was sent, and work that tells of no sums: what is planned follows from his books.
    """
    titles = {one.id: one.title for one in parts.profiles.serving.services}
    found = [one for one in await _outreach(parts, client_id) if his.assets or one["state"] == "sent"]
    owed = select(tables.tasks).where(tables.tasks.c.client_id == client_id, tables.tasks.c.done_at.is_(None))
    if not his.assets:
        owed = owed.where(tables.tasks.c.assets == 0)
    async with parts.engine.connect() as sql:
        tasks = list((await sql.execute(owed.order_by(tables.tasks.c.due_at))).mappings())
    await parts.profiles.noted(client_id, his.reader_id, his.role, his.address, ["outreach"])
    return {
        "outreach": [
            {
                "key": one["key"], "title": titles.get(one["kind"], ""), "text": one["text"], "state": one["state"],
                "why": one["why"],
                **_times(one, "asked_at", "not_before", "sent_at"),
            }
            for one in found
        ],
        "tasks": [
            {**{name: one[name] for name in ("key", "advisor_id", "title", "text", "reasons")}, **_times(one, "at", "due_at")}
            for one in tasks
        ],
    }  # fmt: skip


async def _outreach(parts: Services, client_id: str) -> list[Mapping[str, Any]]:
    wanted = select(tables.outreach).where(tables.outreach.c.client_id == client_id)
    async with parts.engine.connect() as sql:
        rows = await sql.execute(wanted.order_by(tables.outreach.c.asked_at.desc()).limit(MOST_SENT))
        return [dict(row) for row in rows.mappings()]


@router.get("/exports/mine")
async def my_exports(parts: Parts, person: Person) -> Json:
    """`{exports}` that one asked for oneself, the newest first."""
    if person.role in NO_LISTS:
        raise Refused("您的岗位不能查询客户名单。")
    mine = select(tables.exports).where(tables.exports.c.asked_by == person.id)
    async with parts.engine.connect() as sql:
        rows = list((await sql.execute(mine.order_by(tables.exports.c.asked_at.desc()).limit(MOST_EXPORTS))).mappings())
    plain = ("id", "query", "purpose", "count", "state", "asked_by", "decided_by")
    return {
        "exports": [
            {**{name: row[name] for name in plain}, **_times(row, "asked_at", "decided_at", "fetched_at")}
            for row in rows
        ]
    }


@router.get("/tags")
async def tag_rules(parts: Parts, who: Boss) -> Json:
    """`{text, tags: [{tag, group, half_life_days}]}`: the rules of the tags as they hold, to be tried out with changes."""
    text = (policy.FOLDER / "tags.yml").read_text(encoding="utf-8")
    tags = parts.profiles.policy.tags
    return {
        "text": text,
        "tags": [
            {"tag": name, "group": rule.group, "half_life_days": rule.half_life_days} for name, rule in tags.items()
        ],
    }


def _times(row: RowMapping | Mapping[str, Any], *names: str) -> Json:
    return {name: row[name].isoformat() if row[name] else None for name in names}

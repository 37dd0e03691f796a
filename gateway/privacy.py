"""All that this product holds of a client, table by table: what goes into his archive, what an erasure does to it.

Every table that names a client or his conversation stands in `STORES` (a test holds that): a new one is decided here.
The institution's own books (trades, suitability, complaints) are theirs to keep by law: handed out, never touched.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from compliance import privacy
from compliance.archive import Section, archive
from compliance.tables import audit_entries, privacy_requests
from gateway.channels.wechat import tables as wechat
from gateway.desk_notes import client_notes
from gateway.hub import RESET
from gateway.open_api.tables import deliveries
from gateway.services import Services
from gateway.tables import blocked_drafts, conversations, core_hearing, marks, messages, notices, turns
from gateway.timeline import store as timeline
from gateway.timeline.model import conversation_of
from gateway.turn_store import CLOSED
from handoff import tables as cases
from handoff.model import OPEN
from kit.errors import Conflict
from profiles import tables as profile

Json = dict[str, Any]
AML = "《反洗钱法》第三十四条:客户身份资料和交易信息至少保存十年"
SUIT = "《证券期货投资者适当性管理办法》:适当性匹配的资料须保存备查"
CARE = "投诉处理记录须留存备查"
TRACE = "查阅和处理个人信息的记录用于证明我们尽到了保护义务"


class Fate(Enum):
    """keep: the law wants it as it is. nameless: it stays, and no longer says whose it was. delete: it goes."""

    KEEP, NAMELESS, DELETE = "keep", "nameless", "delete"


class By(Enum):
    CLIENT, CONVERSATION, CASE, CONTACT = "client_id", "conversation_id", "handoff_id", "contact_id"


@dataclass(frozen=True)
class Store:
    """A table. scrubbed: texts in which the name is replaced. emptied: column -> what stands there afterwards."""

    table: Table
    title: str
    by: By
    fate: Fate
    kept: str = ""
    hidden: tuple[str, ...] = ()
    scrubbed: tuple[str, ...] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)


STORES: tuple[Store, ...] = (
    Store(messages, "聊天记录", By.CONVERSATION, Fate.NAMELESS, scrubbed=("text",), emptied={"card": None, "quick_replies": []}),
    Store(turns, "智能助手的理解", By.CONVERSATION, Fate.NAMELESS, emptied={"answer": None}),
    Store(conversations, "对话", By.CLIENT, Fate.DELETE),
    Store(core_hearing, "对话进度", By.CONVERSATION, Fate.DELETE),
    Store(marks, "已读到哪里", By.CONVERSATION, Fate.DELETE),
    Store(blocked_drafts, "未发出的草稿", By.CONVERSATION, Fate.NAMELESS, scrubbed=("text",)),
    Store(cases.handoffs, "人工服务", By.CLIENT, Fate.NAMELESS, hidden=("because", "excluded", "knew"),
          scrubbed=("note", "close_note", "score_comment"),
          emptied={"client": {}, "facts": [], "last_message": None, "complained_about": None}),
    Store(cases.handoff_events, "人工服务经过", By.CASE, Fate.NAMELESS, emptied={"detail": {}}),
    Store(cases.handoff_decisions, "顾问匹配记录", By.CASE, Fate.NAMELESS, hidden=("inputs", "result"), emptied={"inputs": {}}),
    Store(cases.handoff_follow_ups, "留言、回电和预约", By.CASE, Fate.NAMELESS, scrubbed=("text",)),
    Store(cases.handoff_alerts, "超时提醒", By.CASE, Fate.NAMELESS, scrubbed=("words",)),
    Store(cases.handoff_guests, "参与的同事", By.CONVERSATION, Fate.NAMELESS, scrubbed=("note",)),
    Store(client_notes, "顾问备注", By.CLIENT, Fate.DELETE),
    Store(notices, "给顾问的提醒", By.CLIENT, Fate.DELETE),
    Store(profile.heard, "画像进度", By.CLIENT, Fate.DELETE),
    Store(profile.evidence, "画像标签的依据", By.CLIENT, Fate.DELETE),
    Store(profile.events, "生活事件", By.CLIENT, Fate.DELETE),
    Store(profile.alerts, "风险预警", By.CLIENT, Fate.DELETE),
    Store(profile.acts, "预警处理", By.CLIENT, Fate.DELETE),
    Store(profile.tasks, "顾问待办", By.CLIENT, Fate.DELETE),
    Store(profile.outreach, "主动联系", By.CLIENT, Fate.DELETE),
    Store(profile.happenings, "各系统的事件", By.CLIENT, Fate.DELETE),
    Store(profile.days, "每日行为计数", By.CLIENT, Fate.DELETE),
    Store(profile.chances, "流失可能", By.CLIENT, Fate.DELETE),
    Store(profile.targets, "画像摘要", By.CLIENT, Fate.DELETE),
    Store(profile.target_tags, "画像标签", By.CLIENT, Fate.DELETE),
    Store(profile.reads, "谁看过画像", By.CLIENT, Fate.KEEP, TRACE, hidden=("address",)),
    Store(audit_entries, "谁查阅过资料", By.CLIENT, Fate.KEEP, TRACE, hidden=("address", "key", "previous", "seal")),
    Store(privacy_requests, "个人信息申请", By.CLIENT, Fate.KEEP, TRACE),
    Store(wechat.inbox, "微信来信", By.CONTACT, Fate.DELETE),
    Store(wechat.contacts, "微信绑定", By.CLIENT, Fate.DELETE),
    Store(wechat.binding_codes, "微信绑定码", By.CLIENT, Fate.DELETE),
    Store(deliveries, "转给合作方的消息", By.CONVERSATION, Fate.DELETE, hidden=("log",)),
)  # fmt: skip
#: Tables with such a column that hold nothing of one client: partners' keys name clients by rule, a sweep counts them.
NOT_OF_ONE = frozenset({"open_keys", "profile_sweeps"})


class Busy(Conflict):
    """这位客户还有事在由同事办理,办完以后再删除。"""

    code = "privacy_busy"


def _here(store: Store, client_id: str) -> ColumnElement[bool]:
    conversation_id = conversation_of(client_id)
    column = store.table.c[store.by.value]
    if store.by is By.CLIENT:
        return column == client_id
    if store.by is By.CONVERSATION:
        return column == conversation_id
    if store.by is By.CASE:
        return column.in_(select(cases.handoffs.c.id).where(cases.handoffs.c.client_id == client_id))
    return column.in_(select(wechat.contacts.c.id).where(wechat.contacts.c.client_id == client_id))


async def collect(parts: Services, client_id: str, *, at: datetime) -> bytes:
    """The client's archive. Raises Unavailable when the institution does not answer: half an archive is none."""
    books = await _books(parts, client_id)
    ours: list[Section] = []
    async with parts.engine.connect() as sql:
        for store in STORES:
            rows = (await sql.execute(select(store.table).where(_here(store, client_id)))).mappings()
            shown = tuple({name: row[name] for name in row if name not in store.hidden} for row in rows)
            ours.append(Section(store.table.name, store.title, shown, store.kept))
    return archive([*books, *ours], of=client_id, at=at)


async def _books(parts: Services, client_id: str) -> list[Section]:
    """What the institution holds."""
    house = parts.institution
    client, holdings, orders, plans = await asyncio.gather(
        house.client(client_id), house.holdings(client_id), house.orders(client_id, limit=500), house.plans(client_id)
    )
    served, complaints, checks, goals = await asyncio.gather(
        house.service_records(client_id), house.complaints(client_id), house.suitability_of(client_id, limit=1000),
        house.life_plans(client_id),
    )  # fmt: skip
    told: list[tuple[str, str, Any, str]] = [
        ("client", "基本资料", [client], AML), ("holdings", "持仓", list(holdings.items), AML), ("orders", "交易记录", orders, AML),
        ("plans", "定投计划", plans, AML), ("service_records", "服务记录", served, CARE), ("complaints", "投诉", complaints, CARE),
        ("suitability", "适当性检查", checks, SUIT), ("life_plans", "规划", goals, ""),
    ]  # fmt: skip
    return [Section(name, title, tuple(_plain(row) for row in rows), kept) for name, title, rows, kept in told]


def _plain(row: BaseModel | Mapping[str, Any]) -> Json:
    return row.model_dump(mode="json") if isinstance(row, BaseModel) else dict(row)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def erase(parts: Services, sql: AsyncConnection, client_id: str, name: str) -> Json:
    """Erase what no law keeps; counts by table. The talk that stays moves under a name that leads back to nobody.

    Raises Busy while a person has the client in hand.
    """
    states = [state.value for state in OPEN]
    his = (cases.handoffs.c.client_id == client_id) & cases.handoffs.c.state.in_(states)
    if (await sql.execute(select(cases.handoffs.c.id).where(his).limit(1))).first():
        raise Busy
    asked = (turns.c.conversation_id == conversation_of(client_id)) & (turns.c.state != CLOSED)
    if (await sql.execute(select(turns.c.id).where(asked).limit(1))).first():
        raise Busy("智能助手正在答复这位客户,请稍候再删除。")
    conversation_id = conversation_of(client_id)
    counts: dict[str, int] = {}
    await parts.timeline.open(sql, conversation_id)
    pseudonym = f"P{hashlib.sha256(parts.new_id().encode()).hexdigest()[:16]}"
    was = (await sql.execute(select(conversations).where(conversations.c.id == conversation_id))).mappings().one()
    # Not the present time: the request's own time would lead to it.
    moved = {**was, "id": conversation_of(pseudonym), "client_id": pseudonym, "epoch": parts.new_id()}
    await sql.execute(insert(conversations).values(**moved))
    # What hangs on a case is found by the client: the cases themselves move last.
    for store in sorted(
        STORES, key=lambda one: (one.by is not By.CASE, one.by is not By.CONTACT, one.table is cases.handoffs)
    ):
        if store.fate is not Fate.KEEP and store.table is not conversations:
            counts[store.table.name] = await _treat(sql, store, client_id, name, pseudonym)
    await timeline.forget(sql, conversation_id, epoch=parts.new_id())
    await parts.hearing.clear_first(sql, conversation_id)
    # Never the pseudonym: it would lead back.
    return {"rows": {table: count for table, count in counts.items() if count}}


async def _treat(sql: AsyncConnection, store: Store, client_id: str, name: str, pseudonym: str) -> int:
    here, table = _here(store, client_id), store.table
    if store.fate is Fate.DELETE:
        return int((await sql.execute(delete(table).where(here))).rowcount)
    keys = list(table.primary_key)
    rows = (await sql.execute(select(table).where(here))).mappings().all()
    for row in rows:
        values: Json = {column: privacy.scrub(row[column], name) for column in store.scrubbed if row[column]}
        values |= store.emptied
        for column, value in (("client_id", pseudonym), ("conversation_id", conversation_of(pseudonym))):
            if column in table.c:
                values[column] = value
        if "author_id" in table.c and row["author_id"] == client_id:
            values["author_id"] = pseudonym
        same = [key == row[key.name] for key in keys]
        await sql.execute(update(table).where(*same).values(**values))
    return len(rows)


async def afterwards(parts: Services, client_id: str) -> None:
    """What is kept in memories: the dialogue core's, the profile's, the pages'."""
    conversation_id = conversation_of(client_id)
    await parts.hearing.catch_up(conversation_id)
    await parts.profiles.forget(client_id)
    parts.clients.forget()
    await parts.hub.to_client(conversation_id, RESET)

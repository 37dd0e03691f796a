"""A client's wish to have his data or to have it erased: asked, decided by a second person, done (requirement H7).

Functions run in the caller's transaction.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from compliance.tables import privacy_requests
from kit.errors import Conflict, NotFound, Refused

Json = dict[str, Any]
EXPORT, ERASURE = "export", "erasure"
ASKED, APPROVED, REFUSED, DONE = "asked", "approved", "refused", "done"
OPEN = (ASKED, APPROVED)
#: 个人信息保护法 asks for an answer in good time; ours is due within this.
ANSWER_WITHIN = timedelta(days=15)
#: An archive that lies about is a risk of its own: it can be fetched this long after the approval.
FETCH_WITHIN = timedelta(days=7)
STATES = {ASKED: "等待核准", APPROVED: "已核准", REFUSED: "未核准", DONE: "已完成"}
KINDS = {EXPORT: "导出个人信息", ERASURE: "删除个人信息"}
#: Who was erased is called so in what the law keeps of the talk.
NOBODY = "客户"


class RequestUnknown(NotFound):
    """没有这份申请。"""

    code = "privacy_unknown"


class RequestState(Conflict):
    """这份申请已经处理过,或者还没有核准。"""

    code = "privacy_state"


class OwnRequest(Refused):
    """自己提交的申请要由别的主管核准。"""

    code = "privacy_own"


async def ask(
    sql: AsyncConnection, *, request_id: str, client_id: str, kind: str, by: str, reason: str, at: datetime
) -> Json:
    """The request; one that is open for the same wish already is given again."""
    here = privacy_requests.c
    same = (here.client_id == client_id) & (here.kind == kind) & here.state.in_(OPEN)
    row = (await sql.execute(select(privacy_requests).where(same))).mappings().first()
    if row is None or _lapsed(row, at):
        new = {
            "id": request_id, "client_id": client_id, "kind": kind, "state": ASKED, "asked_by": by, "asked_at": at,
            "reason": reason, "note": "",
        }  # fmt: skip
        await sql.execute(insert(privacy_requests).values(**new))
        return await get(sql, request_id)
    return to_json(row)


def _lapsed(row: RowMapping, at: datetime) -> bool:
    """Whether an approved export can no longer be fetched: then the client may ask again."""
    return bool(row["kind"] == EXPORT and row["state"] == APPROVED and at > row["decided_at"] + FETCH_WITHIN)


async def get(sql: AsyncConnection, request_id: str) -> Json:
    """Raises RequestUnknown."""
    row = (await sql.execute(select(privacy_requests).where(privacy_requests.c.id == request_id))).mappings().first()
    if row is None:
        raise RequestUnknown
    return to_json(row)


async def listed(
    sql: AsyncConnection, *, client_id: str | None = None, state: str | None = None, limit: int = 200
) -> list[Json]:
    """The newest first."""
    wanted = select(privacy_requests).order_by(privacy_requests.c.asked_at.desc(), privacy_requests.c.id.desc())
    if client_id is not None:
        wanted = wanted.where(privacy_requests.c.client_id == client_id)
    if state is not None:
        wanted = wanted.where(privacy_requests.c.state == state)
    return [to_json(row) for row in (await sql.execute(wanted.limit(limit))).mappings()]


async def decide(sql: AsyncConnection, request_id: str, *, approve: bool, by: str, text: str, at: datetime) -> Json:
    """A second person's word. Raises RequestUnknown, OwnRequest, RequestState."""
    request = await get(sql, request_id)
    if request["asked_by"] == by:
        raise OwnRequest
    values = {"state": APPROVED if approve else REFUSED, "decided_by": by, "decided_at": at, "note": text}
    await _move(sql, request_id, ASKED, values)
    return await get(sql, request_id)


async def done(sql: AsyncConnection, request_id: str, result: Json, *, at: datetime) -> None:
    """What was approved is done, once for an erasure. Raises RequestState."""
    await _move(sql, request_id, APPROVED, {"state": DONE, "done_at": at, "result": result})


def check_fetch(request: Json, *, at: datetime) -> None:
    """Whether the archive may be handed out now. Raises RequestState."""
    late = request["decided_at"] and at > datetime.fromisoformat(request["decided_at"]) + FETCH_WITHIN
    if request["kind"] != EXPORT or request["state"] not in (APPROVED, DONE) or late:
        raise RequestState("还没有核准,或者已过下载期限(核准后7天),请重新申请。")


async def _move(sql: AsyncConnection, request_id: str, before: str, values: Json) -> None:
    here = (privacy_requests.c.id == request_id) & (privacy_requests.c.state == before)
    moved = await sql.execute(update(privacy_requests).where(here).values(**values))
    if not moved.rowcount:
        raise RequestState


def to_json(row: RowMapping) -> Json:
    def iso(value: datetime | None) -> str | None:
        return value.isoformat() if value else None

    return {
        "id": row["id"], "client_id": row["client_id"], "kind": row["kind"], "kind_words": KINDS[row["kind"]],
        "state": row["state"], "state_words": STATES[row["state"]], "asked_by": row["asked_by"],
        "asked_at": iso(row["asked_at"]), "answer_by": iso(row["asked_at"] + ANSWER_WITHIN), "reason": row["reason"],
        "decided_by": row["decided_by"], "decided_at": iso(row["decided_at"]), "note": row["note"],
        "done_at": iso(row["done_at"]), "result": row["result"],
    }  # fmt: skip


def scrub(text: str, name: str) -> str:
    """A text in which the client cannot be recognised by name: 王芳, 王女士 and 王先生 become 客户. Pure."""
    if len(name) < 2:
        return text
    family = name[:2] if name[:2] in DOUBLE else name[0]
    titles = "女士|先生|小姐|太太|阿姨|叔叔|老师|总|大爷|大妈|姐|哥"
    return re.sub(f"{re.escape(name)}(?:{titles})?|{re.escape(family)}(?:{titles})", NOBODY, text)


DOUBLE = frozenset(
    {"欧阳", "司马", "上官", "诸葛", "司徒", "东方", "独孤", "南宫", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐"}
)

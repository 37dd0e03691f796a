"""What a client's own advisor is told although the conversation is not his (requirement B2: a spell of bad mood)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.reasons import NEGATIVE
from contracts.turn import TurnAnswer, TurnRequest
from gateway.committed import later
from gateway.hub import Hub
from gateway.tables import notices
from kit.database import insert_new
from kit.errors import NotFound

#: The dialogue core runs it once a spell: when the share of negative messages passes 30 %.
SOOTHE = "action_soothe"
MOOD = "mood"
#: A page shows the newest; who has left more than this unread is not reading them.
MOST_SHOWN = 50


class NoticeUnknown(NotFound):
    """没有这条提醒。"""

    code = "notice_unknown"


def mood_words(client: Mapping[str, Any], recent: Sequence[str], emotion: str) -> str:
    """What the advisor reads. recent: the emotions of the client's messages before the present one. Pure."""
    all_of_them = [*recent, emotion]
    share = sum(one in NEGATIVE for one in all_of_them) / len(all_of_them)
    name = client.get("name") or client.get("id") or "客户"
    return (
        f"{name}最近{len(all_of_them)}条消息中{share:.0%}情绪低落,最新一条是{emotion}。"
        f"智能助手已先做安抚,没有推荐产品;请您尽快主动联系。"
    )


async def tell_mood(
    connection: AsyncConnection, hub: Hub, request: TurnRequest, answer: TurnAnswer | None, *, at: datetime
) -> None:
    """Store the notice of a soothed client's own advisor, and show it to him after the commit; once a turn."""
    advisor_id = request.client.get("own_advisor")
    if answer is None or SOOTHE not in answer.actions or not advisor_id:
        return
    row = {
        "id": f"{MOOD}-{request.message_id}", "advisor_id": advisor_id, "kind": MOOD, "client_id": request.client_id,
        "client_name": request.client.get("name") or request.client_id,
        "text": mood_words(request.client, request.figures.recent_emotions, answer.emotion), "at": at,
    }  # fmt: skip
    if await insert_new(connection, notices, row):
        frame = {"type": "notice", "notice": _json(row)}
        later(connection, lambda: hub.to_desks(frame, {advisor_id}))


async def unread(connection: AsyncConnection, advisor_id: str) -> list[dict[str, Any]]:
    """The advisor's notices that he has not dismissed, the newest first."""
    wanted = (
        select(notices)
        .where(notices.c.advisor_id == advisor_id, notices.c.read_at.is_(None))
        .order_by(notices.c.at.desc(), notices.c.id)
        .limit(MOST_SHOWN)
    )
    return [_json(row) for row in (await connection.execute(wanted)).mappings()]


async def read(connection: AsyncConnection, hub: Hub, notice_id: str, advisor_id: str, *, at: datetime) -> None:
    """Dismiss a notice; again changes nothing. His other pages drop it, too. Raises NoticeUnknown."""
    his = (notices.c.id == notice_id) & (notices.c.advisor_id == advisor_id)
    if (await connection.execute(select(notices.c.id).where(his))).first() is None:
        raise NoticeUnknown
    done = await connection.execute(update(notices).where(his, notices.c.read_at.is_(None)).values(read_at=at))
    if done.rowcount:
        later(connection, lambda: hub.to_desks({"type": "notice.read", "notice_id": notice_id}, {advisor_id}))


async def forget(connection: AsyncConnection, client_id: str) -> None:
    """A fixture begins the client's story afresh."""
    await connection.execute(delete(notices).where(notices.c.client_id == client_id))


def _json(row: Mapping[str, Any] | RowMapping) -> dict[str, Any]:
    return {
        "id": row["id"], "kind": row["kind"], "client": {"id": row["client_id"], "name": row["client_name"]},
        "text": row["text"], "at": row["at"].isoformat(),
    }  # fmt: skip

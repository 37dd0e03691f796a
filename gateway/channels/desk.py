"""What staff read and say in a conversation. Offers and transitions are the handoff feature's own routes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from compliance.wording import Finding, check
from gateway import blocked, draft_offers, notices
from gateway.access import Parts, Person, may_read
from gateway.checks import check_id, check_text
from gateway.services import Services
from gateway.timeline import store
from gateway.timeline.model import Author, Draft
from handoff.model import SUPERVISOR, Staff
from kit.clock import SHANGHAI
from kit.errors import Conflict, NotFound, Refused
from kit.masking import mask

router = APIRouter(prefix="/api/desk", tags=["desk"])

ConversationId = Annotated[str, Path(max_length=80)]


class NotOwner(Conflict):
    """这段对话现在不由您负责,消息没有发出。"""

    code = "not_owner"


class Said(BaseModel):
    id: str = Field(max_length=64)
    text: str


@router.get("/conversations/{conversation_id}/messages")
async def read(
    conversation_id: ConversationId, parts: Parts, person: Person,
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None, limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Messages of a conversation, oldest first: for its owner and for supervisors."""
    await may_read(parts, person, conversation_id)
    async with parts.engine.connect() as sql:
        if await store.conversation(sql, conversation_id) is None:
            raise NotFound("没有这段对话。")
        messages = await store.before(sql, conversation_id, before, limit)
    return {"messages": [message.for_desk() for message in messages]}


@router.post("/conversations/{conversation_id}/messages")
async def say(conversation_id: ConversationId, body: Said, parts: Parts, person: Person) -> dict[str, Any]:
    """Say something to the client: the owner, or an invited expert; the same id again is the same message.

    What may not be said, or not recommended to this client, is written down for supervisors and refused: the client
    never sees it.
    """
    text, message_id = check_text(body.text, parts.settings.max_message_chars), check_id(body.id)
    findings = check(text, parts.wording) + await _unsuitable(parts, person, conversation_id, message_id, text)
    async with parts.engine.begin() as sql:
        author = await parts.handoffs.speaks_as(sql, conversation_id, person)
        if author is None:
            raise NotOwner
        now = parts.clock.now()
        if findings:
            await blocked.note(sql, conversation_id, message_id, person, text, findings, at=now)
        else:
            draft = Draft(
                message_id, conversation_id, Author(author), mask(text), now, author_id=person.id, name=person.name
            )  # fmt: skip
            message, _ = await parts.timeline.append(sql, draft)
            await parts.handoffs.replied(sql, conversation_id, at=now)
    if findings:
        raise blocked.WordingRefused(findings=[finding.to_json() for finding in findings])
    parts.hearing.wake(conversation_id)
    return {"id": body.id, "seq": message.seq}


async def _unsuitable(
    parts: Services, person: Staff, conversation_id: str, message_id: str, text: str
) -> tuple[Finding, ...]:
    """The products recommended in a draft that this client may not be offered. Raises NotOwner, Unavailable."""
    if not draft_offers.may_offer(text):
        return ()
    # The record names who recommended: nobody else's words are checked, and no transaction is open meanwhile.
    async with parts.engine.connect() as sql:
        if await parts.handoffs.speaks_as(sql, conversation_id, person) is None:
            raise NotOwner
    return await draft_offers.unsuitable(
        parts.institution, parts.clock, conversation_id, message_id, text, by=person.id
    )


@router.get("/compliance/blocked")
async def blocked_drafts(parts: Parts, person: Person, day: date | None = None) -> dict[str, Any]:
    """The advisors' drafts that were refused on a day, today's by default: for supervisors."""
    if person.role != SUPERVISOR:
        raise Refused("只有主管可以查看被拦截的草稿。")
    async with parts.engine.connect() as sql:
        asked = day or parts.clock.now().astimezone(SHANGHAI).date()
        return {"day": asked.isoformat(), "blocked": await blocked.of_day(sql, asked)}


@router.post("/notices/{notice_id}/read")
async def dismiss(notice_id: Annotated[str, Path(max_length=80)], parts: Parts, person: Person) -> dict[str, Any]:
    """The advisor has seen the notice."""
    async with parts.engine.begin() as sql:
        await notices.read(sql, parts.hub, notice_id, person.id, at=parts.clock.now())
    return {}

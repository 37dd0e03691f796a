"""What staff read and say in a conversation. Offers and transitions are the handoff feature's own routes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from gateway.access import Parts, Person, may_read
from gateway.checks import check_id, check_text
from gateway.masking import mask
from gateway.timeline import store
from gateway.timeline.model import Author, Draft
from kit.errors import Conflict, NotFound

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
    """Say something to the client; only the owner may, and the same id again is the same message."""
    text = check_text(body.text, parts.settings.max_message_chars)
    author = Author.EXPERT if person.role == "专家" else Author.HUMAN
    async with parts.engine.begin() as sql:
        owner = await parts.handoffs.owner_of(sql, conversation_id)
        if owner.advisor_id != person.id:
            raise NotOwner
        draft = Draft(
            check_id(body.id),
            conversation_id,
            author,
            mask(text),
            parts.clock.now(),
            author_id=person.id,
            name=person.name,
        )
        message, _ = await parts.timeline.append(sql, draft)
    return {"id": body.id, "seq": message.seq}

"""The client's web page: snapshot, messages, a person at a tap, rating. The live part is `web_socket`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from gateway import marks
from gateway.access import Client, Parts
from gateway.channels.standing import owner_and_waiting
from gateway.channels.suggestions import suggestions
from gateway.checks import check_id, check_text
from gateway.clients import elderly
from gateway.limits import MESSAGES
from gateway.services import Services
from gateway.signin.sessions import ClientSession
from gateway.timeline import store
from gateway.timeline.model import Message
from gateway.turns import OWN_WISH
from kit.masking import Masked
from kit.pool import urgent

router = APIRouter(prefix="/api/chat", tags=["client"])

SNAPSHOT_MESSAGES = 50
Json = dict[str, Any]


class Said(BaseModel):
    """id: made by the page and repeated on a retry, letters, digits, - and _."""

    id: str = Field(max_length=64)
    text: str


class Rating(BaseModel):
    handoff_id: str = Field(min_length=1, max_length=64)
    score: int = Field(ge=1, le=5)
    comment: Masked | None = Field(None, max_length=500)


@router.get("/snapshot")
async def snapshot(session: Client, parts: Parts) -> Json:
    """All that the page needs at first; what comes after `seq` comes over the socket."""
    client = await parts.clients.get(session.client_id)
    async with parts.engine.begin() as sql:
        conversation = await parts.timeline.open(sql, session.conversation_id)
        messages = await store.before(sql, session.conversation_id, None, SNAPSHOT_MESSAGES)
        standing = await marks.of(sql, session.conversation_id, conversation.epoch)
    return {
        "epoch": conversation.epoch,
        "seq": conversation.seq,
        "client": {
            "id": session.client_id, "name": client.get("name"), "stage": client.get("stage"), "elderly": elderly(client),
        },
        **await owner_and_waiting(parts, session.conversation_id),
        "messages": [message.for_client() for message in messages],
        "marks": standing,
        "suggestions": suggestions(client.get("stage")),
    }  # fmt: skip


@router.get("/messages")
async def older(
    session: Client, parts: Parts, before: Annotated[int, Query(ge=1, lt=2**31)],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Json:  # fmt: skip
    """Messages with a number below `before`, oldest first."""
    async with parts.engine.connect() as sql:
        messages = await store.before(sql, session.conversation_id, before, limit)
    return {"messages": [message.for_client() for message in messages]}


@router.post("/messages")
async def say(body: Said, session: Client, parts: Parts) -> Json:
    """Say something; the same id again is the same message."""
    message = await accept(parts, session, body.id, body.text)
    return {"id": body.id, "seq": message.seq}


async def accept(parts: Services, session: ClientSession, message_id: str, text: str) -> Message:
    """Check what a client says and take it in. Raises Invalid, TooMany."""
    await parts.limits.take(MESSAGES, "message", session.client_id)
    checked = check_text(text, parts.settings.max_message_chars)
    with urgent():
        return await parts.turns.said(session.conversation_id, check_id(message_id), checked, session.channel)


@router.post("/handoff")
async def ask_person(session: Client, parts: Parts) -> Json:
    """一键转人工: a person, without a word to the bot."""
    await parts.limits.take(MESSAGES, "handoff", session.client_id)
    return await parts.handoffs.request(
        session.conversation_id, session.client_id, [OWN_WISH], key=parts.new_id(), channel=session.channel
    )


@router.post("/handoff/cancel")
async def leave_queue(session: Client, parts: Parts) -> Json:
    """Leave the queue; the bot answers again."""
    await parts.handoffs.cancel(session.conversation_id)
    return {}


@router.post("/rating")
async def rate(body: Rating, session: Client, parts: Parts) -> Json:
    """What the client thinks of the person who helped."""
    await parts.handoffs.rate(body.handoff_id, session.client_id, body.score, body.comment)
    return {}

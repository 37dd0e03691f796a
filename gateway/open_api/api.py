"""The Open API's calls: say, read, ask for a person, look after one's webhooks. Bodies: docs/open-api.md."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from gateway.access import Parts
from gateway.channels.standing import owner_and_waiting
from gateway.checks import check_text
from gateway.open_api import outbox
from gateway.open_api.caller import ClientNotServed, with_scope
from gateway.open_api.keys import Key
from gateway.services import Services
from gateway.timeline import store
from gateway.timeline.model import conversation_of
from gateway.turns import OWN_WISH
from kit.errors import NotFound

router = APIRouter(prefix="/open/v1", tags=["open"])

Json = dict[str, Any]
ClientId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Writer = Annotated[Key, Depends(with_scope("messages:write"))]
Reader = Annotated[Key, Depends(with_scope("messages:read"))]
Asker = Annotated[Key, Depends(with_scope("handoff"))]
Listener = Annotated[Key, Depends(with_scope("webhooks"))]
OWN_ID = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")


class Said(BaseModel):
    """client_msg_id: made by the caller, repeated on a retry: the same id is the same message, whatever it says now."""

    client_msg_id: str = OWN_ID
    text: str


class Wish(BaseModel):
    """key: repeated on a retry."""

    key: str = OWN_ID


@router.post("/clients/{client_id}/messages")
async def say(client_id: ClientId, body: Said, key: Writer, parts: Parts) -> Json:
    """Say something for the client; the answer comes by webhook, or is read."""
    await known(parts, client_id)
    text = check_text(body.text, parts.settings.max_message_chars)
    message_id = own_id(key, body.client_msg_id)
    message = await parts.turns.said(conversation_of(client_id), message_id, text, key.channel)
    return {"client_msg_id": body.client_msg_id, "id": message_id, "seq": message.seq}


@router.get("/clients/{client_id}/messages")
async def read(
    client_id: ClientId, key: Reader, parts: Parts, after: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Json:  # fmt: skip
    """The conversation's messages with a number above `after`, oldest first; `epoch` changes when numbers start anew."""
    await known(parts, client_id)
    async with parts.engine.begin() as sql:
        now = await parts.timeline.open(sql, conversation_of(client_id))
        messages = await store.after(sql, now.id, after, limit)
    return {"epoch": now.epoch, "seq": now.seq, "messages": [message.for_client() for message in messages]}


@router.get("/clients/{client_id}/state")
async def state(client_id: ClientId, key: Reader, parts: Parts) -> Json:
    """Who answers, and how long the wait is: {owner, waiting, rating_asked}."""
    await known(parts, client_id)
    return await owner_and_waiting(parts, conversation_of(client_id))


@router.post("/clients/{client_id}/handoff")
async def ask_person(client_id: ClientId, body: Wish, key: Asker, parts: Parts) -> Json:
    """Ask for a person; the same key does nothing twice."""
    await known(parts, client_id)
    return await parts.handoffs.request(
        conversation_of(client_id), client_id, [OWN_WISH], key=own_id(key, body.key), channel=key.channel
    )


@router.post("/clients/{client_id}/handoff/cancel")
async def leave_queue(client_id: ClientId, key: Asker, parts: Parts) -> Json:
    """Leave the queue; 409 when the client does not wait."""
    await known(parts, client_id)
    await parts.handoffs.cancel(conversation_of(client_id))
    return {}


@router.get("/deliveries")
async def deliveries(
    key: Listener, parts: Parts, state: Annotated[outbox.State | None, Query()] = None,
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None, limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Json:  # fmt: skip
    """What was sent to this key's webhook, the newest first, each with the log of its tries."""
    async with parts.engine.connect() as sql:
        return {"deliveries": await outbox.listed(sql, key.id, state=state, before=before, limit=limit)}


@router.post("/deliveries/{delivery_id}/redeliver")
async def redeliver(delivery_id: Annotated[int, Path(ge=1, lt=2**31)], key: Listener, parts: Parts) -> Json:
    """Send a delivery again, sent or dead."""
    async with parts.engine.begin() as sql:
        await outbox.again(sql, key.id, delivery_id, at=parts.wall.now())
    parts.hooks.wake()
    return {}


async def known(parts: Services, client_id: str) -> None:
    """Raises ClientNotServed."""
    try:
        await parts.clients.get(client_id)
    except NotFound as unknown:
        raise ClientNotServed from unknown


def own_id(key: Key, given: str) -> str:
    """The id in the timeline: two keys never mean the same message, and no one the client's own."""
    return "op-" + hashlib.sha256(f"{key.id}:{given}".encode()).hexdigest()[:40]

"""An expert's time for a client who is being served: the owner books it, the client is told at once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, Field

from gateway.access import Parts, Person
from gateway.channels.desk import NotOwner
from gateway.services import Services
from handoff import follow_ups, store
from handoff.hours import day_words
from handoff.leaving import SlotTaken
from handoff.model import Staff
from handoff.record import Handoff
from kit.masking import Masked

router = APIRouter(prefix="/api/desk", tags=["desk"])

ConversationId = Annotated[str, Path(max_length=80)]
Json = dict[str, Any]


class WantedSlot(BaseModel):
    advisor_id: str = Field(max_length=64)
    at: AwareDatetime


class Booking(BaseModel):
    topic: str = Field(max_length=20)
    text: Masked = Field("", max_length=500)
    slot: WantedSlot


@router.get("/conversations/{conversation_id}/slots")
async def slots(
    conversation_id: ConversationId, parts: Parts, person: Person,
    topic: Annotated[str | None, Query(max_length=20)] = None,
) -> Json:  # fmt: skip
    """Free times of the topic's experts; for the conversation's owner. Raises NotOwner."""
    async with parts.engine.connect() as sql:
        handoff = _owned(await store.open_of(sql, conversation_id), person)
    return await _free(parts, handoff, topic or handoff.topic)


@router.post("/conversations/{conversation_id}/appointments")
async def book(conversation_id: ConversationId, body: Booking, parts: Parts, person: Person) -> Json:
    """Book one of them: `{follow_up_id, words}`. Raises NotOwner, SlotTaken."""
    async with parts.engine.connect() as sql:
        handoff = _owned(await store.open_of(sql, conversation_id), person)
    free = (await _free(parts, handoff, body.topic))["slots"]
    wanted = body.slot.at, body.slot.advisor_id
    slot = next((one for one in free if (datetime.fromisoformat(one["at"]), one["advisor"]["id"]) == wanted), None)
    if slot is None:
        raise SlotTaken
    async with parts.handoffs.work() as work:
        _owned(await store.open_of(work.connection, conversation_id), person)
        row = {
            "id": parts.new_id(), "handoff_id": handoff.id, "kind": "appointment", "text": body.text,
            "due_at": body.slot.at, "advisor_id": body.slot.advisor_id, "created_at": work.now,
        }  # fmt: skip
        if not await follow_ups.add(work.connection, row):
            raise SlotTaken
        work.follow_ups_changed = True
        who = f"{slot['advisor']['role']}{slot['advisor']['name']}"
        words = f"{person.name}已为您预约{who},时间是{day_words(body.slot.at, work.now)},到时会主动联系您。"
        await parts.handoffs.say(work, conversation_id, words)
    return {"follow_up_id": row["id"], "words": words}


def _owned(handoff: Handoff | None, person: Staff) -> Handoff:
    if handoff is None or handoff.owner_id != person.id:
        raise NotOwner
    return handoff


async def _free(parts: Services, handoff: Handoff, topic: str) -> Json:
    found = await parts.handoffs.appointments(handoff.conversation_id, handoff.client_id, topic)
    return {"topic": found["topic"], "slots": found["slots"]}

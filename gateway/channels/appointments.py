"""The client's ways out of the queue: a message, a call-back, an appointment and its calendar entry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from gateway.access import Client, Parts
from gateway.limits import MESSAGES
from kit.masking import mask

router = APIRouter(prefix="/api/chat", tags=["client"])

FollowUpId = Annotated[str, Path(max_length=64)]
Json = dict[str, Any]


class WantedSlot(BaseModel):
    advisor_id: str = Field(max_length=64)
    at: AwareDatetime


class WayOut(BaseModel):
    kind: Literal["message", "callback", "appointment"]
    text: str = Field("", max_length=2000)
    slot: WantedSlot | None = None


@router.post("/handoff/leave")
async def leave(body: WayOut, session: Client, parts: Parts) -> Json:
    """Something to be called back for, instead of waiting on."""
    await parts.limits.take(MESSAGES, "handoff", session.client_id)
    at: datetime | None = body.slot.at if body.slot else None
    advisor_id = body.slot.advisor_id if body.slot else None
    return await parts.handoffs.leave(session.conversation_id, body.kind, mask(body.text), at, advisor_id)


@router.get("/appointments")
async def appointments(
    session: Client, parts: Parts, topic: Annotated[str | None, Query(max_length=20)] = None
) -> Json:  # fmt: skip
    """Free times of the topic's experts, and what the client has booked."""
    return await parts.handoffs.appointments(session.conversation_id, session.client_id, topic)


@router.post("/appointments/{follow_up_id}/cancel")
async def cancel(follow_up_id: FollowUpId, session: Client, parts: Parts) -> Json:
    """Give an appointment back."""
    await parts.handoffs.cancel_appointment(session.conversation_id, follow_up_id)
    return {}


@router.get("/appointments/{follow_up_id}.ics")
async def calendar(follow_up_id: FollowUpId, session: Client, parts: Parts) -> Response:
    """The appointment for the client's own calendar."""
    text = await parts.handoffs.calendar_of(session.conversation_id, follow_up_id)
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)

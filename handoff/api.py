"""The handoff routes: an advisor's desk and what our own processes ask. Bodies stand in docs/protocol.md.

Annotations are not postponed here: FastAPI reads them, and `Reader` is known only inside of `desk_router`.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from handoff.model import Staff
from handoff.ports import Json
from handoff.service import Handoffs
from kit.masking import Masked


class Versioned(BaseModel):
    version: int | None = None


class Decline(Versioned):
    reason: Masked = Field("", max_length=200)


class Return(Versioned):
    note: Masked = Field("", max_length=2000)


class Close(Versioned):
    outcome: Literal["solved", "unsolved", "follow_up"]
    note: Masked = Field("", max_length=2000)
    tags: list[str] = Field(default_factory=list, max_length=20)


class Transfer(Versioned):
    to: str | None = None
    topic: str | None = None
    note: Masked = Field("", max_length=2000)


class PresenceSaid(BaseModel):
    state: Literal["online", "busy", "offline"] | None = None


class Fact(BaseModel):
    label: str = Field(max_length=60)
    value: str = Field(max_length=400)


class HandoffAsked(BaseModel):
    """about: the advisor a complaint is about; announce: the timeline tells place and wait, not the bot."""

    conversation_id: str = Field(max_length=80)
    client_id: str = Field(min_length=1, max_length=64)
    reasons: list[str] = Field(max_length=20)
    topic: str | None = None
    second_topic: str | None = None
    facts: list[Fact] = Field(default_factory=list, max_length=40)
    note: Masked | None = Field(None, max_length=2000)
    key: str | None = Field(None, max_length=200)
    about: str | None = None
    announce: bool = False


class WayOut(BaseModel):
    kind: Literal["message", "callback", "appointment"]
    text: Masked = Field("", max_length=2000)
    due_at: datetime | None = None


async def nothing_more(_staff: Staff) -> Json:
    return {}


async def no_channel(_conversation_id: str) -> Json | None:
    return None


def desk_router(
    handoffs: Handoffs,
    signed_in: Callable[..., Any],
    cursor: Callable[[], dict[str, Any]] = dict,
    more: Callable[[Staff], Awaitable[Json]] = nothing_more,
    channel_state: Callable[[str], Awaitable[Json | None]] = no_channel,
    marks: Callable[[str], Awaitable[Json | None]] = no_channel,
) -> APIRouter:
    """Routes for the desk.

    signed_in  dependency that gives the `Staff` member or refuses
    cursor     {epoch, seq} of the desk's frames; taken before the snapshot is read, so that nothing is missed
    more       what other features add to a member of staff's snapshot
    channel_state  of a conversation: what the client's channel still lets us send; None for the web
    marks          of a conversation: how far each side has read
    """
    router = APIRouter(prefix="/api/desk", tags=["desk"])
    Reader = Annotated[Staff, Depends(signed_in)]

    @router.get("/snapshot")
    async def snapshot(staff: Reader) -> Json:
        place = cursor()
        return {**place, **await handoffs.desk_snapshot(staff.id), **await more(staff)}

    @router.post("/presence")
    async def presence(body: PresenceSaid, staff: Reader) -> Json:
        return {"me": await handoffs.presence(staff.id, body.state)}

    @router.get("/handoffs/{handoff_id}")
    async def detail(handoff_id: str, staff: Reader) -> Json:
        found = await handoffs.detail(handoff_id, staff)
        where = found["handoff"]["conversation_id"]
        return {**found, "channel_state": await channel_state(where), "marks": await marks(where)}

    @router.post("/handoffs/{handoff_id}/accept")
    async def accept(handoff_id: str, body: Versioned, staff: Reader) -> Json:
        return await handoffs.accept(handoff_id, staff, body.version)

    @router.post("/handoffs/{handoff_id}/decline")
    async def decline(handoff_id: str, body: Decline, staff: Reader) -> Json:
        return await handoffs.decline(handoff_id, staff, body.reason, body.version)

    @router.post("/handoffs/{handoff_id}/return")
    async def return_to_bot(handoff_id: str, body: Return, staff: Reader) -> Json:
        return await handoffs.return_to_bot(handoff_id, staff, body.note, body.version)

    @router.post("/handoffs/{handoff_id}/close")
    async def close(handoff_id: str, body: Close, staff: Reader) -> Json:
        return await handoffs.close(handoff_id, staff, body.outcome, body.note, tuple(body.tags), body.version)

    @router.post("/handoffs/{handoff_id}/transfer")
    async def transfer(handoff_id: str, body: Transfer, staff: Reader) -> Json:
        return await handoffs.transfer(
            handoff_id, staff, to=body.to, topic=body.topic, note=body.note, version=body.version
        )

    @router.post("/handoffs/{handoff_id}/done")
    async def done(handoff_id: str, body: Versioned, staff: Reader) -> Json:
        return await handoffs.done(handoff_id, staff, body.version)

    return router


def internal_router(handoffs: Handoffs, ours_only: Callable[..., Any]) -> APIRouter:
    """Routes for our own processes; `ours_only` refuses everybody else."""
    router = APIRouter(prefix="/internal", tags=["internal"], dependencies=[Depends(ours_only)])

    @router.post("/handoffs")
    async def request(body: HandoffAsked) -> Json:
        return await handoffs.request(
            body.conversation_id,
            body.client_id,
            body.reasons,
            topic=body.topic,
            second_topic=body.second_topic,
            facts=[fact.model_dump() for fact in body.facts],
            note=body.note or "",
            key=body.key,
            announce=body.announce,
            about=body.about,
        )

    @router.get("/conversations/{conversation_id}/handoff")
    async def status(conversation_id: str) -> Json:
        return await handoffs.status_of(conversation_id)

    @router.post("/conversations/{conversation_id}/leave")
    async def leave(conversation_id: str, body: WayOut) -> Json:
        return await handoffs.leave(conversation_id, body.kind, body.text, body.due_at)

    @router.post("/conversations/{conversation_id}/cancel")
    async def cancel(conversation_id: str) -> Json:
        await handoffs.cancel(conversation_id)
        return {}

    return router

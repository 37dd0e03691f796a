"""The routes of guests, supervisors and follow-ups. Bodies stand in docs/protocol.md.

Annotations are not postponed here: FastAPI reads them, and `Reader` is known only inside of `supervisor_router`.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from handoff.model import Staff
from handoff.ports import Json
from handoff.service import Handoffs
from kit.masking import Masked

MOST_RULES_CHARS = 40_000
RuleFile = Literal["priority", "matching"]


class Versioned(BaseModel):
    version: int | None = None


class InviteAsked(Versioned):
    to: str = Field(max_length=64)
    note: Masked = Field("", max_length=2000)


class Declined(BaseModel):
    reason: Masked = Field("", max_length=200)


class Listen(BaseModel):
    on: bool = True


class Whisper(BaseModel):
    text: Masked = Field(min_length=1, max_length=1000)


class FollowedUp(BaseModel):
    note: Masked = Field("", max_length=2000)


class Rules(BaseModel):
    """file: priority (how urgent) or matching (who gets it)."""

    file: RuleFile = "priority"
    text: str = Field(max_length=MOST_RULES_CHARS)


class RulesSaved(Rules):
    """version: of the rules that were edited."""

    version: str = Field(max_length=16)


def supervisor_router(handoffs: Handoffs, signed_in: Callable[..., Any]) -> APIRouter:
    """`signed_in` gives the `Staff` member or refuses."""
    router = APIRouter(prefix="/api/desk", tags=["desk"])
    Reader = Annotated[Staff, Depends(signed_in)]

    @router.post("/handoffs/{handoff_id}/invite")
    async def invite(handoff_id: str, body: InviteAsked, staff: Reader) -> Json:
        return await handoffs.invite(handoff_id, staff, body.to, body.note, body.version)

    @router.post("/invites/{invite_id}/accept")
    async def accept_invite(invite_id: str, staff: Reader) -> Json:
        return await handoffs.accept_invite(invite_id, staff)

    @router.post("/invites/{invite_id}/decline")
    async def decline_invite(invite_id: str, body: Declined, staff: Reader) -> Json:
        return await handoffs.decline_invite(invite_id, staff, body.reason)

    @router.post("/invites/{invite_id}/end")
    async def end_invite(invite_id: str, staff: Reader) -> Json:
        return await handoffs.end_invite(invite_id, staff)

    @router.post("/handoffs/{handoff_id}/take-over")
    async def take_over(handoff_id: str, body: Versioned, staff: Reader) -> Json:
        return await handoffs.take_over(handoff_id, staff, body.version)

    @router.post("/handoffs/{handoff_id}/listen")
    async def listen(handoff_id: str, body: Listen, staff: Reader) -> Json:
        return await handoffs.listen(handoff_id, staff, on=body.on)

    @router.post("/handoffs/{handoff_id}/whisper")
    async def whisper(handoff_id: str, body: Whisper, staff: Reader) -> Json:
        return await handoffs.whisper(handoff_id, staff, body.text)

    @router.post("/follow-ups/{follow_up_id}/done")
    async def follow_up_done(follow_up_id: str, body: FollowedUp, staff: Reader) -> Json:
        await handoffs.follow_up_done(follow_up_id, staff, body.note)
        return {}

    @router.get("/handoffs/{handoff_id}/decisions")
    async def decisions(handoff_id: str, staff: Reader) -> Json:
        return {"decisions": await handoffs.decisions(handoff_id, staff)}

    @router.get("/alerts")
    async def alerts(staff: Reader, unseen: bool = False) -> Json:
        return {"alerts": await handoffs.alerts(staff, unseen=unseen)}

    @router.post("/alerts/{alert_id}/seen")
    async def alert_seen(alert_id: str, staff: Reader) -> Json:
        await handoffs.alert_seen(alert_id, staff)
        return {}

    @router.get("/measures")
    async def measures(
        staff: Reader, first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
    ) -> Json:  # fmt: skip
        return await handoffs.measures(staff, first, last)

    @router.get("/rules")
    async def rules(staff: Reader, file: RuleFile = "priority") -> Json:
        return await handoffs.rules(staff, file)

    @router.post("/rules/preview")
    async def preview_rules(body: Rules, staff: Reader) -> Json:
        return await handoffs.preview_rules(staff, body.text, body.file)

    @router.post("/rules")
    async def save_rules(body: RulesSaved, staff: Reader) -> Json:
        return await handoffs.save_rules(staff, body.text, body.version, body.file)

    return router

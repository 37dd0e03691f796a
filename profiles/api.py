"""The profile's routes. Annotations are not postponed here: FastAPI reads them, and `Rights` is known only inside."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel, Field

from kit.masking import Masked
from profiles import held_api, lists_api, more_api
from profiles.rights import ClientId
from profiles.rights import Right as Right
from profiles.service import Profiles
from profiles.view import Json


class Outcome(BaseModel):
    outcome: Literal["handled", "false_alarm"]
    note: Masked = Field("", max_length=500)


class Reported(BaseModel):
    kind: str = Field(max_length=32)
    key: str = Field(min_length=1, max_length=80)
    at: AwareDatetime


def desk_router(
    profiles: Profiles, right: Callable[..., Any], supervisor: Callable[..., Any], staff: Callable[..., Any]
) -> APIRouter:
    """Routes for the desk.

    right       dependency that gives the `Right` to the client of the path, or refuses
    supervisor  dependency that gives the supervisor who asks, and refuses everybody else
    staff       dependency that gives whoever is signed in
    """
    router = APIRouter(prefix="/api/desk", tags=["desk"])
    Rights = Annotated[Right, Depends(right)]

    @router.get("/clients/{client_id}/profile")
    async def profile(client_id: ClientId, his: Rights) -> Json:
        """`{client, assets, tags, alerts, past_alerts, events, trend, topics}` as the reader may see it."""
        return await profiles.profile(
            client_id, reader_id=his.reader_id, role=his.role, address=his.address, assets=his.assets
        )

    @router.post("/clients/{client_id}/alerts/{alert_id}")
    async def judge(
        client_id: ClientId, alert_id: Annotated[str, Path(max_length=64)], body: Outcome, his: Rights
    ) -> Json:
        """Say what became of an alert; those shown with it end, too."""
        await profiles.judge(
            client_id,
            alert_id,
            body.outcome,
            note=body.note,
            reader_id=his.reader_id,
            role=his.role,
            address=his.address,
        )
        return {}

    @router.get("/indicators", dependencies=[Depends(supervisor)])
    async def indicators() -> Json:
        """Each risk indicator with how many of its alerts were judged, and the share that was false."""
        return {"indicators": await profiles.accuracy()}

    router.include_router(more_api.acts_router(profiles, right, supervisor))
    router.include_router(held_api.held_router(profiles, right, supervisor))
    router.include_router(lists_api.lists_router(profiles, staff, supervisor))
    return router


def internal_router(profiles: Profiles, ours_only: Callable[..., Any]) -> APIRouter:
    """Routes for our own processes and the institution's connectors."""
    router = APIRouter(prefix="/internal", tags=["internal"], dependencies=[Depends(ours_only)])

    @router.post("/clients/{client_id}/events")
    async def report(client_id: ClientId, body: Reported) -> Json:
        """A system of the institution tells what happened to a client; the same key twice is one event."""
        at: datetime = body.at
        await profiles.report(client_id, body.kind, key=body.key, at=at)
        return {}

    return router

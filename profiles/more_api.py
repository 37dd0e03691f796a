"""What was done about alerts, and what their outcomes say. Annotations are not postponed: FastAPI reads them here."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from profiles.rights import ClientId, Right
from profiles.service import Profiles
from profiles.view import Json

Indicator = Annotated[str, Path(max_length=40, pattern=r"^[a-z_]+$")]
Cohort = Literal["tier", "stage", "region", "risk", "age"]


class Levels(BaseModel):
    levels: dict[str, float] = Field(max_length=3)


def acts_router(profiles: Profiles, right: Callable[..., Any], supervisor: Callable[..., Any]) -> APIRouter:
    """Routes under the desk's own prefix."""
    router = APIRouter(tags=["desk"])
    Rights = Annotated[Right, Depends(right)]

    @router.get("/clients/{client_id}/acts")
    async def acts(client_id: ClientId, his: Rights) -> Json:
        """`{acts}`: what was done about each alert, before, during and after."""
        assets_of = {name: rule.indicator.assets for name, rule in profiles.policy.indicators.items()}
        shown = await profiles.acts.shown(client_id, assets=his.assets, assets_of=assets_of)
        await profiles.noted(client_id, his.reader_id, his.role, his.address, ["acts"])
        return {"acts": shown}

    @router.get("/indicators/{name}/tuning", dependencies=[Depends(supervisor)])
    async def tuning(name: Indicator) -> Json:
        """`{indicator, title, judged, raised, thresholds, file, curve, suggested, history}`."""
        return await profiles.thresholds.tuning(name)

    @router.post("/indicators/{name}/preview", dependencies=[Depends(supervisor)])
    async def try_out(name: Indicator, body: Levels) -> Json:
        """`{before, after}`: how many alerts of the history would have had which level."""
        return await profiles.thresholds.try_out(name, body.levels)

    @router.post("/indicators/{name}/thresholds")
    async def set_thresholds(name: Indicator, body: Levels, who: Annotated[Any, Depends(supervisor)]) -> Json:
        """The thresholds that hold from now on."""
        await profiles.thresholds.set(name, body.levels, by=who.id)
        return await profiles.thresholds.tuning(name)

    @router.get("/clients/{client_id}/leaving")
    async def leaving(client_id: ClientId, his: Rights) -> Json:
        """`{probability, level, reasons: [{feature, words, adds}], action}`; `{}` for who may not see assets: it tells of them."""
        await profiles.noted(client_id, his.reader_id, his.role, his.address, ["leaving"])
        return await profiles.leaving(client_id) if his.assets else {}

    @router.get("/moods", dependencies=[Depends(supervisor)])
    async def shown_moods(by: Cohort = "tier", days: Annotated[int, Query(ge=1, le=90)] = 30) -> Json:
        """`{by, days, cohorts, curve, soothing, help}`: shares of negative and positive messages, and their drop."""
        return await profiles.moods.shown(by=by, days=days)

    @router.get("/sources", dependencies=[Depends(supervisor)])
    async def sources() -> Json:
        """`{sources, fields}`: the twelve systems and how they are, the dictionary of the profile's fields."""
        fields = [vars(one) for one in profiles.systems.fields]
        return {"sources": await profiles.systems.connectors.shown(), "fields": fields}

    return router

"""Queries, lists and rules for supervisors. Annotations are not postponed: FastAPI reads them here."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path
from pydantic import BaseModel, Field
from starlette.requests import Request

from kit.errors import Refused
from profiles.service import Profiles
from profiles.targets import ALL_CLIENTS, NO_LISTS
from profiles.view import Json

ExportId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
MOST_RULES = 200_000


class Asked(BaseModel):
    query: str = Field(min_length=1, max_length=400)


class Done(BaseModel):
    key: str = Field(min_length=1, max_length=120)


class Wanted(Asked):
    #: An approval without a reason is none.
    purpose: str = Field(min_length=4, max_length=200)


def lists_router(profiles: Profiles, staff: Callable[..., Any], supervisor: Callable[..., Any]) -> APIRouter:
    """Routes under the desk's own prefix: lists of one's own clients, of all for supervisors, who also approve."""
    router = APIRouter(tags=["desk"])

    async def lister(who: Annotated[Any, Depends(staff)]) -> Any:
        if who.role in NO_LISTS:
            raise Refused("您的岗位不能查询客户名单。")
        return who

    Who = Annotated[Any, Depends(lister)]
    Boss = Annotated[Any, Depends(supervisor)]

    def reader(request: Request, who: Any) -> dict[str, str]:
        address = request.client.host if request.client else "unknown"
        return {"reader_id": who.id, "role": who.role, "address": address}

    @router.get("/tasks")
    async def tasks(who: Annotated[Any, Depends(staff)]) -> Json:
        """`{tasks}` that are not done: one's own, of everybody for supervisors; for 客服 none that tells of sums."""
        whose = None if who.role == ALL_CLIENTS else who.id
        return {"tasks": await profiles.serving.tasks_of(whose, assets=who.role not in NO_LISTS)}

    @router.post("/tasks/done")
    async def done(body: Done, who: Annotated[Any, Depends(staff)]) -> Json:
        await profiles.serving.done(body.key, by=who.id, all_of_them=who.role == ALL_CLIENTS)
        return {}

    @router.post("/targets/count")
    async def count(request: Request, body: Asked, who: Who) -> Json:
        """`{query, count, ms}` of 「教育金 且 C2 且 近30天赎回」."""
        return await profiles.targets.count(body.query, **reader(request, who))

    @router.get("/exports")
    async def exports(who: Boss) -> Json:
        """`{exports}`: the lists that were asked for, the newest first."""
        return {"exports": await profiles.targets.exports()}

    @router.post("/exports")
    async def ask(request: Request, body: Wanted, who: Who) -> Json:
        """Ask for a list with its purpose; another supervisor decides."""
        return await profiles.targets.ask(body.query, body.purpose, **reader(request, who))

    @router.post("/exports/{export_id}/approve")
    async def approve(request: Request, export_id: ExportId, who: Boss) -> Json:
        return await profiles.targets.decide(export_id, approve=True, **reader(request, who))

    @router.post("/exports/{export_id}/refuse")
    async def refuse(request: Request, export_id: ExportId, who: Boss) -> Json:
        return await profiles.targets.decide(export_id, approve=False, **reader(request, who))

    @router.post("/exports/{export_id}/fetch")
    async def fetch(request: Request, export_id: ExportId, who: Who) -> Json:
        """`{id, purpose, clients: [{client_id, own_advisor}]}`, once."""
        return await profiles.targets.fetch(export_id, **reader(request, who))

    @router.post("/tags/dry-run")
    async def dry_run(text: Annotated[str, Body(embed=True, max_length=MOST_RULES)], who: Boss) -> Json:
        """`{clients, tags: [{tag, before, after}]}` of another tags.yml; 422 with file and line when it is wrong."""
        return await profiles.dry_run(text)

    return router

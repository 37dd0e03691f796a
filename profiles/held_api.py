"""The growth archive, and an advisor's decision on a held order. Annotations are not postponed: FastAPI reads them here."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from kit.errors import Refused
from kit.masking import Masked
from profiles.rights import ClientId, Right
from profiles.service import Profiles
from profiles.view import Json

OrderId = Annotated[str, Path(max_length=64)]


class Decision(BaseModel):
    """spoken: the advisor has spoken with the client."""

    do: Literal["release", "cancel"]
    spoken: bool = False
    note: Masked = Field("", max_length=500)


def held_router(profiles: Profiles, right: Callable[..., Any], supervisor: Callable[..., Any]) -> APIRouter:
    """Routes under the desk's own prefix."""
    router = APIRouter(tags=["desk"])
    Rights = Annotated[Right, Depends(right)]

    @router.get("/clients/{client_id}/growth")
    async def growth(client_id: ClientId, his: Rights) -> Json:
        """`{client, since, milestones, reviews, next}` as the reader may see it."""
        told = await profiles.archive.of(client_id, assets=his.assets)
        await profiles.noted(client_id, his.reader_id, his.role, his.address, ["growth"])
        return told

    @router.get("/clients/{client_id}/news")
    async def news(client_id: ClientId, his: Rights) -> Json:
        """`{news}`: outside news that concerns what the client holds; with the right to see assets only."""
        if not his.assets:
            raise Refused("客服看不到客户资产,这里没有可看的内容。")
        await profiles.noted(client_id, his.reader_id, his.role, his.address, ["news"])
        return {"news": await profiles.news(client_id)}

    @router.get("/news/feeds", dependencies=[Depends(supervisor)])
    async def feeds() -> Json:
        """`{feeds}`: the outside feeds and how they are."""
        return {"feeds": await profiles.newsroom.feeds()}

    @router.post("/clients/{client_id}/orders/{order_id}/decision")
    async def decide(client_id: ClientId, order_id: OrderId, body: Decision, his: Rights) -> Json:
        """`{order, done: released|cancelled}`: a held order goes on, or is taken back, after the client was spoken with."""
        if not his.assets:
            raise Refused("客服不能处理交易,请转给顾问。")
        told = await profiles.deciding.decide(
            client_id, order_id, body.do, by=his.reader_id, spoken=body.spoken, note=body.note
        )
        await profiles.noted(client_id, his.reader_id, his.role, his.address, [f"{body.do}:{order_id}"])
        return told

    return router

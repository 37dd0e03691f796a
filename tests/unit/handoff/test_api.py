"""The routes: bodies of the protocol, who may call, what another's win looks like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest_asyncio
from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse

from handoff.api import desk_router, internal_router
from handoff.model import Staff
from kit.errors import AgentError, Category, Refused
from tests.unit.handoff.world import World, staff

STATUS = {Category.CONFLICT: 409, Category.REFUSED: 403, Category.INVALID: 422, Category.NOT_FOUND: 404}


@pytest_asyncio.fixture
async def web(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()

    async def signed_in(x_staff: Annotated[str, Header()] = "") -> Staff:
        if not x_staff:
            raise Refused
        return staff(x_staff)

    async def ours_only(x_internal_key: Annotated[str, Header()] = "") -> None:
        if x_internal_key != "key":
            raise Refused

    @app.exception_handler(AgentError)
    async def told(_: Request, error: AgentError) -> JSONResponse:
        return JSONResponse({"code": error.code, "detail": error.message}, STATUS[error.category])

    app.include_router(desk_router(world.handoffs, signed_in, lambda: {"epoch": "e1", "seq": 7}))
    app.include_router(internal_router(world.handoffs, ours_only))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


def wire(client: str = "U113", **rest: Any) -> dict[str, Any]:
    return {
        "conversation_id": f"cv-{client}",
        "client_id": client,
        "reasons": ["explicit_ask"],
        "topic": "投资",
        **rest,
    }


KEY, A01, A10 = {"X-Internal-Key": "key"}, {"X-Staff": "A01"}, {"X-Staff": "A10"}


async def test_request_accept_close(web: httpx.AsyncClient) -> None:
    assert (await web.post("/internal/handoffs", json=wire())).status_code == 403
    assert (await web.get("/internal/conversations/cv-U113/handoff", headers=KEY)).json() == {}
    assert (await web.post("/api/desk/presence", json={"state": "online"}, headers=A01)).json()["me"]["load"] == 0
    asked = (await web.post("/internal/handoffs", json=wire(key="m1"), headers=KEY)).json()
    assert set(asked) >= {"handoff_id", "state", "position", "wait_seconds", "words", "already"}
    again = (await web.post("/internal/handoffs", json=wire(key="m1"), headers=KEY)).json()
    assert (again["handoff_id"], again["already"]) == (asked["handoff_id"], True)

    snapshot = (await web.get("/api/desk/snapshot", headers=A01)).json()
    assert (snapshot["epoch"], snapshot["seq"], snapshot["me"]["id"]) == ("e1", 7, "A01")
    offer = snapshot["offers"][0]
    assert offer["id"] == asked["handoff_id"]
    assert offer["offered_to"] == {"id": "A01", "name": "林静怡"}

    path = f"/api/desk/handoffs/{offer['id']}"
    lost = await web.post(f"{path}/accept", json={"version": offer["version"]}, headers=A10)
    assert (lost.status_code, lost.json()["code"]) == (409, "handoff_changed")
    won = await web.post(f"{path}/accept", json={"version": offer["version"]}, headers=A01)
    assert won.json()["handoff"]["state"] == "active"
    status = (await web.get("/internal/conversations/cv-U113/handoff", headers=KEY)).json()
    assert status["advisor"] == {"id": "A01", "name": "林静怡", "role": "顾问"}
    detail = (await web.get(path, headers=A01)).json()
    assert set(detail) == {"handoff", "brief", "messages", "candidates", "record", "whispers", "channel_state", "marks"}
    assert (await web.post(f"{path}/close", json={"outcome": "splendid"}, headers=A01)).status_code == 422
    closed = await web.post(f"{path}/close", json={"outcome": "solved", "tags": ["组合"]}, headers=A01)
    assert closed.json()["handoff"]["state"] == "wrap_up"
    assert (await web.post(f"{path}/done", json={}, headers=A01)).json()["handoff"]["state"] == "closed"
    assert (await web.post(f"{path}/done", json={}, headers=A01)).status_code == 409
    assert (await web.get("/api/desk/handoffs/none", headers=A01)).status_code == 404


async def test_decline_transfer_return_leave(web: httpx.AsyncClient, world: World) -> None:
    await world.online("A01", "A02", "A10")
    asked = (await web.post("/internal/handoffs", json=wire(), headers=KEY)).json()
    path = f"/api/desk/handoffs/{asked['handoff_id']}"
    declined = await web.post(f"{path}/decline", json={"reason": "忙"}, headers=A01)
    assert declined.json()["handoff"]["offered_to"]["id"] == "A10"
    await web.post(f"{path}/accept", json={}, headers=A10)
    moved = await web.post(f"{path}/transfer", json={"to": "A02", "note": "养老"}, headers=A10)
    assert moved.json()["handoff"]["offered_to"]["id"] == "A02"
    await web.post(f"{path}/accept", json={}, headers={"X-Staff": "A02"})
    assert (await web.post(f"{path}/return", json={}, headers=A01)).json()["code"] == "not_yours"
    back = await web.post(f"{path}/return", json={"note": "好了"}, headers={"X-Staff": "A02"})
    assert back.json()["handoff"]["outcome"] == "returned"
    await web.post("/internal/handoffs", json=wire("U5"), headers=KEY)
    left = await web.post("/internal/conversations/cv-U5/leave", json={"kind": "message", "text": "急"}, headers=KEY)
    assert left.json()["words"].startswith("已收到您的留言")
    gone = await web.post("/internal/conversations/cv-U5/cancel", headers=KEY)
    assert gone.json()["code"] == "not_waiting"

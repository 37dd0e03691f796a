"""A client asks for a person, an advisor comes, speaks, hands back: through the front doors of both."""

from __future__ import annotations

import httpx
from sqlalchemy import text

from tests.unit.gateway.conftest import World


async def at_work(advisor: httpx.AsyncClient) -> None:
    assert (await advisor.post("/api/desk/presence", json={"state": "online"})).status_code == 200


async def offer_of(advisor: httpx.AsyncClient) -> dict[str, object]:
    offers: list[dict[str, object]] = (await advisor.get("/api/desk/snapshot")).json()["offers"]
    return offers[0]


async def test_an_advisor_takes_over_speaks_and_hands_back(world: World) -> None:
    async with world.client() as client, world.staff("A01") as advisor:
        await at_work(advisor)
        await client.post("/api/chat/messages", json={"id": "m1", "text": "我要给孩子存教育金"})
        await world.turn("m1")
        asked = (await client.post("/api/chat/handoff", json={})).json()
        assert asked["state"] == "offered"
        offer = await offer_of(advisor)
        assert (offer["id"], offer["conversation_id"]) == (asked["handoff_id"], "cv-C0001")

        call = f"/api/desk/handoffs/{offer['id']}"
        taken = await advisor.post(f"{call}/accept", json={"version": offer["version"]})
        assert taken.status_code == 200
        async with world.staff("A09") as rival:
            late = await rival.post(f"{call}/accept", json={"version": offer["version"]})
        assert (late.status_code, late.headers["content-type"]) == (409, "application/problem+json")

        owner = (await client.get("/api/chat/snapshot")).json()["owner"]
        assert owner == {"kind": "advisor", "advisor": {"id": "A01", "name": "林静怡", "role": "顾问"}}
        said = await advisor.post(
            "/api/desk/conversations/cv-C0001/messages", json={"id": "a1", "text": "您好,我是林静怡"}
        )
        assert said.status_code == 200
        await client.post("/api/chat/messages", json={"id": "m2", "text": "太好了"})
        assert (await world.turn("m2")).json()["replies"] == []

        returned = await advisor.post(f"{call}/return", json={"note": "已说明"})
        assert returned.status_code == 200
        snapshot = (await client.get("/api/chat/snapshot")).json()
        assert snapshot["owner"]["kind"] == "bot"
        assert snapshot["rating_asked"] == {"handoff_id": offer["id"], "name": "林静怡"}
        rated = await client.post("/api/chat/rating", json={"handoff_id": offer["id"], "score": 5})
        assert rated.status_code == 200
        spoken = [(m["author"], m["name"]) for m in snapshot["messages"] if m["author"] in ("human", "client")]
        assert spoken == [("client", None), ("human", "林静怡"), ("client", None)]
        numbers = [m["seq"] for m in snapshot["messages"]]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_snapshot_and_frames_tell_the_desk_the_same(world: World) -> None:
    async with world.client() as client, world.staff("A01") as advisor:
        await at_work(advisor)
        await client.post("/api/chat/messages", json={"id": "m1", "text": "我要给孩子存教育金"})
        await world.turn("m1")
        before = (await advisor.get("/api/desk/snapshot")).json()
        await client.post("/api/chat/handoff", json={})
        missed = world.parts.hub.missed("A01", epoch=before["epoch"], after=before["seq"])
        made = [frame["handoff"] for frame in missed if frame["type"] == "offer.made"]
        after = (await advisor.get("/api/desk/snapshot")).json()
    assert made[-1]["id"] == after["offers"][0]["id"]
    assert missed[-1]["seq"] <= after["seq"]


async def test_the_queue_is_left_by_a_tap_or_a_word(world: World) -> None:
    async with world.client() as client:
        await client.post("/api/chat/handoff", json={})
        assert (await client.get("/api/chat/snapshot")).json()["owner"]["kind"] == "queue"
        assert (await client.post("/api/chat/handoff/cancel")).status_code == 200
        assert (await client.get("/api/chat/snapshot")).json()["owner"]["kind"] == "bot"
        await client.post("/api/chat/handoff", json={})
        await client.post("/api/chat/messages", json={"id": "m1", "text": "取消排队"})
        turn = (await world.turn("m1")).json()
        assert (turn["outcome"], turn["owner"]) == ("command", "bot")
    assert world.rasa.asked == []


async def test_in_the_queue_the_bot_goes_on_helping(world: World) -> None:
    world.rasa.emotion = "焦虑"
    async with world.client() as client, world.staff("A14") as supervisor:
        await client.post("/api/chat/handoff", json={})
        await client.post("/api/chat/messages", json={"id": "m1", "text": "我的钱呢"})
        turn = (await world.turn("m1")).json()
        assert (turn["owner"], turn["replies"][0]["text"]) == ("queue", "答:我的钱呢")
        queue = (await supervisor.get("/api/desk/snapshot")).json()["queue"]
    assert world.rasa.asked[0]["owner"] == "queue"
    assert (queue[0]["emotion"], queue[0]["last_message"]["text"]) == ("焦虑", "我的钱呢")


async def test_numbers_in_notes_and_comments_are_stored_masked(world: World) -> None:
    async with world.client() as client, world.staff("A01") as advisor:
        await at_work(advisor)
        await client.post("/api/chat/messages", json={"id": "m1", "text": "我要给孩子存教育金"})
        await world.turn("m1")
        await client.post("/api/chat/handoff", json={})
        offer = await offer_of(advisor)
        call = f"/api/desk/handoffs/{offer['id']}"
        await advisor.post(f"{call}/accept", json={"version": offer["version"]})
        assert (await advisor.post(f"{call}/return", json={"note": "请打 13812345678"})).status_code == 200
        rating = {"handoff_id": offer["id"], "score": 5, "comment": "我的电话 13912345678"}
        assert (await client.post("/api/chat/rating", json=rating)).status_code == 200
    async with world.parts.engine.connect() as sql:
        stored = (await sql.execute(text("SELECT close_note, score_comment FROM handoffs"))).one()
    assert tuple(stored) == ("请打 138****5678", "我的电话 139****5678")

"""Experts beside the owner, supervisors, ways out of the queue: through the front doors."""

from __future__ import annotations

import httpx

from tests.unit.gateway.conftest import World
from tests.unit.gateway.test_handoff_journey import at_work, offer_of


async def taken(world: World, client: httpx.AsyncClient, advisor: httpx.AsyncClient) -> str:
    await at_work(advisor)
    await client.post("/api/chat/messages", json={"id": "m1", "text": "我要给孩子存教育金"})
    await world.turn("m1")
    await client.post("/api/chat/handoff", json={})
    offer = await offer_of(advisor)
    await advisor.post(f"/api/desk/handoffs/{offer['id']}/accept", json={"version": offer["version"]})
    return str(offer["id"])


async def test_an_invited_expert_reads_and_writes_beside_the_owner(world: World) -> None:
    async with world.client() as client, world.staff("A01") as owner, world.staff("A10") as guest:
        await at_work(guest)
        handoff_id = await taken(world, client, owner)
        say = "/api/desk/conversations/cv-C0001/messages"
        assert (await guest.post(say, json={"id": "g0", "text": "我来补充"})).status_code == 409
        assert (await guest.get(say)).status_code == 403
        made = await owner.post(f"/api/desk/handoffs/{handoff_id}/invite", json={"to": "A10", "note": "请看看"})
        invite_id = made.json()["invite_id"]
        assert (await guest.post(f"/api/desk/invites/{invite_id}/accept")).status_code == 200
        assert (await guest.get(say)).status_code == 200
        before = world.parts.hub.seq
        assert (await guest.post(say, json={"id": "g1", "text": "我来补充"})).status_code == 200
        assert (await owner.post(say, json={"id": "o1", "text": "谢谢"})).status_code == 200
        snapshot = (await client.get("/api/chat/snapshot")).json()
        said = [(m["author"], m["author_id"]) for m in snapshot["messages"] if m["author"] in ("human", "expert")]
        assert said == [("expert", "A10"), ("human", "A01")]
        assert snapshot["owner"]["advisor"]["id"] == "A01"
        # Both desks see both messages live.
        for who in ("A01", "A10"):
            missed = world.parts.hub.missed(who, epoch=world.parts.hub.epoch, after=before)
            assert [f["message"]["id"] for f in missed if f["type"] == "message"] == ["g1", "o1"]
        await guest.post(f"/api/desk/invites/{invite_id}/end")
        assert (await guest.post(say, json={"id": "g2", "text": "还有"})).json()["code"] == "not_owner"


async def test_a_supervisor_listens_and_is_heard_by_the_owner_only(world: World) -> None:
    async with world.client() as client, world.staff("A01") as owner, world.staff("A14") as supervisor:
        await at_work(supervisor)
        handoff_id = await taken(world, client, owner)
        path = f"/api/desk/handoffs/{handoff_id}"
        assert (await owner.post(f"{path}/listen", json={})).json()["code"] == "supervisors_only"
        assert (await supervisor.post(f"{path}/listen", json={"on": True})).status_code == 200
        told = (await supervisor.post(f"{path}/whisper", json={"text": "提醒适当性"})).json()
        assert told["from"]["id"] == "A14"
        before = world.parts.hub.seq
        await client.post("/api/chat/messages", json={"id": "m9", "text": "好的"})
        await world.turn("m9")
        missed = world.parts.hub.missed("A14", epoch=world.parts.hub.epoch, after=before)
        assert "m9" in [f["message"]["id"] for f in missed if f["type"] == "message"]
        texts = [m["text"] for m in (await client.get("/api/chat/snapshot")).json()["messages"]]
        assert not any("适当性" in text for text in texts)
        taken_over = await supervisor.post(f"{path}/take-over", json={})
        assert taken_over.json()["handoff"]["owner"]["id"] == "A14"
        report = (await supervisor.get("/api/desk/measures?from=2026-11-24&to=2026-11-24")).json()
        assert report["total"]["count"] == 0
        assert (await supervisor.get("/api/desk/measures?from=2026-11-25&to=2026-11-24")).status_code == 422


async def test_the_first_response_is_measured(world: World) -> None:
    async with world.client() as client, world.staff("A01") as owner, world.staff("A14") as supervisor:
        handoff_id = await taken(world, client, owner)
        await owner.post("/api/desk/conversations/cv-C0001/messages", json={"id": "o1", "text": "您好"})
        await owner.post(f"/api/desk/handoffs/{handoff_id}/close", json={"outcome": "solved"})
        total = (await supervisor.get("/api/desk/measures")).json()["total"]
        assert total["served"] == 1
        assert 0 <= total["response_p50"] < 60


async def test_ways_out_of_the_queue(world: World) -> None:
    async with world.client() as client, world.staff("A01") as advisor:
        assert (await client.post("/api/chat/handoff/leave", json={"kind": "message"})).json()["code"] == "not_waiting"
        await client.post("/api/chat/handoff", json={})
        listed = (await client.get("/api/chat/appointments?topic=税务")).json()
        assert listed["slots"]
        await client.post("/api/chat/handoff/cancel")
        await world.parts.handoffs.request("cv-C0001", "C0001", ["complex_topic_税务"], topic="税务")
        slot = (await client.get("/api/chat/appointments")).json()["slots"][0]
        wanted = {"advisor_id": slot["advisor"]["id"], "at": slot["at"]}
        left = await client.post("/api/chat/handoff/leave", json={"kind": "appointment", "slot": wanted})
        assert left.status_code == 200, left.text
        booked = (await client.get("/api/chat/appointments")).json()["booked"][0]
        assert booked["at"] == slot["at"]
        entry = await client.get(f"/api/chat/appointments/{booked['id']}.ics")
        assert entry.headers["content-type"].startswith("text/calendar")
        assert entry.text.startswith("BEGIN:VCALENDAR\r\n")
        async with world.client("C0002") as stranger:
            assert (await stranger.get(f"/api/chat/appointments/{booked['id']}.ics")).status_code == 404
        assert (await client.post(f"/api/chat/appointments/{booked['id']}/cancel")).status_code == 200
        await client.post("/api/chat/handoff", json={})
        left = await client.post("/api/chat/handoff/leave", json={"kind": "callback", "text": "晚上打给我"})
        left_id = left.json()["follow_up_id"]
        listed = (await advisor.get("/api/desk/snapshot")).json()["follow_ups"]
        assert [(one["id"], one["text"]) for one in listed] == [(left_id, "晚上打给我")]
        assert (await advisor.post(f"/api/desk/follow-ups/{left_id}/done", json={})).status_code == 200
        assert (await advisor.post(f"/api/desk/follow-ups/{left_id}/done", json={})).status_code == 409

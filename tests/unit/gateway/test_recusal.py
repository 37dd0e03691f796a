"""A supervisor does not read the conversation in which a client complains about him."""

from __future__ import annotations

from tests.unit.gateway.conftest import World


async def test_an_accused_supervisor_cannot_read_the_conversation(world: World) -> None:
    path = "/api/desk/conversations/cv-C0001/messages"
    async with world.client() as client, world.staff("A14") as accused:
        await client.post("/api/chat/messages", json={"id": "m1", "text": "我要投诉"})
        assert (await accused.get(path)).status_code == 200
        await world.parts.handoffs.request("cv-C0001", "C0001", ["complaint"], topic="投诉", about="A14")
        refused = await accused.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "recused")

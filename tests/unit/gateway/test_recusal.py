"""Nobody reads the conversation or the profile of a client who complains about him, not even a supervisor."""

from __future__ import annotations

import pytest

from tests.unit.gateway.conftest import World


async def test_an_accused_supervisor_cannot_read_the_conversation(world: World) -> None:
    path = "/api/desk/conversations/cv-C0001/messages"
    async with world.client() as client, world.staff("A14") as accused:
        await client.post("/api/chat/messages", json={"id": "m1", "text": "我要投诉"})
        assert (await accused.get(path)).status_code == 200
        await world.parts.handoffs.request("cv-C0001", "C0001", ["complaint"], topic="投诉", about="A14")
        refused = await accused.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "recused")


@pytest.mark.parametrize("supervisor", [True, False])
async def test_an_accused_cannot_read_the_profile_of_who_complains(world: World, supervisor: bool) -> None:
    """A supervisor and the client's own advisor both read it otherwise; whom the complaint is about does not."""
    path, own = "/api/desk/clients/C0001/profile", (await world.parts.clients.get("C0001"))["own_advisor"]
    accused_id, other_id = ("A14", own) if supervisor else (own, "A14")
    async with world.staff(accused_id) as accused, world.staff(other_id) as other:
        assert (await accused.get(path)).status_code == 200
        await world.parts.handoffs.request("cv-C0001", "C0001", ["complaint"], topic="投诉", about=accused_id)
        refused = await accused.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "recused")
        assert (await other.get(path)).status_code == 200

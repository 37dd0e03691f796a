"""The dialogue core hears what people say to the client: once, in order, and later if it cannot now."""

from __future__ import annotations

from tests.unit.gateway.conftest import INTERNAL, World
from tests.unit.gateway.owning import Owned, owned


async def told(world: World) -> list[str]:
    """What the core has heard, once the background work is done."""
    await world.parts.hearing._due.idle()
    return [one["text"] for one in world.rasa.heard]


async def both(talk: Owned) -> None:
    assert (await talk.say("您好,我是林静怡", "a1")).status_code == 200
    assert (await talk.say("下周一给您回电", "a2")).status_code == 200
    assert (await talk.say("下周一给您回电", "a2")).status_code == 200


async def test_the_core_hears_each_message_once_and_in_order(world: World) -> None:
    async with owned(world) as talk:
        await both(talk)
        assert await told(world) == ["您好,我是林静怡", "下周一给您回电"]
        await talk.hear("好的")
    assert await told(world) == ["您好,我是林静怡", "下周一给您回电"]
    assert world.rasa.heard[0] == {
        "conversation_id": "cv-C0001", "message_id": "a1", "author": "human", "text": "您好,我是林静怡",
    }  # fmt: skip


async def test_a_deaf_core_does_not_stop_the_advisor_and_hears_before_the_next_turn(world: World) -> None:
    world.rasa.deaf = True
    async with owned(world) as talk:
        await both(talk)
        assert await told(world) == []
        world.rasa.deaf = False
        await talk.give_back("")
        await talk.hear("他说什么来着")
    assert [one["text"] for one in world.rasa.heard] == ["您好,我是林静怡", "下周一给您回电"]


async def test_a_blocked_draft_is_not_heard(world: World) -> None:
    async with owned(world) as talk:
        assert (await talk.say("这只保本")).status_code == 422
        await talk.hear("好的")
    assert await told(world) == []


async def test_a_fixture_starts_all_its_clients_afresh(world: World) -> None:
    async with owned(world) as talk:
        await both(talk)
        await talk.hear("跌了")
        assert len(await told(world)) == 2
        world.house.fixture = {"now": "2026-11-24T05:00:00+00:00", "clients": ["C0001"]}
        async with world.http() as http:
            assert (await http.post("/internal/fixture", json={}, headers=INTERNAL)).status_code == 200
        assert await world.messages() == []
        assert (await talk.client.get("/api/chat/snapshot")).json()["owner"]["kind"] == "bot"
        assert (await talk.say("还在吗")).status_code == 409
        await talk.hear("你好", "m9")
    assert world.rasa.forgotten == ["cv-C0001"]
    assert world.rasa.asked[-1]["figures"]["recent_emotions"] == []


async def test_a_core_that_is_away_is_cleared_before_the_next_turn(world: World) -> None:
    world.house.fixture = {"now": "2026-11-24T05:00:00+00:00", "clients": ["C0001"]}
    world.rasa.forgetful = False
    async with world.client() as client, world.http() as http:
        assert (await http.post("/internal/fixture", json={}, headers=INTERNAL)).status_code == 200
        assert world.rasa.forgotten == []
        world.rasa.forgetful = True
        await client.post("/api/chat/messages", json={"id": "m1", "text": "你好"})
        await world.turn("m1")
    assert world.rasa.forgotten == ["cv-C0001"]

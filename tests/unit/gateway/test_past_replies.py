"""A colleague's well-rated reply comes back to the next advisor who is asked the like, without the client in it."""

from __future__ import annotations

from gateway.past_replies import PastReplies
from tests.unit.gateway.conftest import World
from tests.unit.gateway.owning import owned

REPLY = "C类适合只拿几个月的钱,打算拿久的看A类,费用在详情页都写着。"


async def closed(world: World, score: int, outcome: str = "solved") -> PastReplies:
    async with owned(world) as talk:
        await talk.hear("A类和C类到底怎么选", "m2")
        assert (await talk.say(f"王芳您好,{REPLY}", "a1")).status_code == 200
        await talk.hear("我的钱哪天到账", "m3")
        assert (await talk.say("您的8,000元预计11月27日(周五)到账。", "a2")).status_code == 200
        path = f"/api/desk/handoffs/{talk.handoff_id}"
        assert (await talk.advisor.post(f"{path}/close", json={"outcome": outcome})).status_code == 200
        assert (await talk.advisor.post(f"{path}/done", json={})).status_code == 200
        rated = await talk.client.post("/api/chat/rating", json={"handoff_id": talk.handoff_id, "score": score})
        assert rated.status_code == 200
    return PastReplies(world.parts.engine, world.parts.clock, world.parts.wording)


async def test_a_good_reply_is_offered_without_the_client(world: World) -> None:
    known = await closed(world, 5)
    found = await known.nearest("A类C类怎么选")
    assert found is not None
    assert (found.reply, found.score) == (f"客户您好,{REPLY}", 5)
    # What was said of one client's money is nobody else's.
    assert await known.nearest("我的钱哪天到账") is None


async def test_a_badly_rated_reply_is_not(world: World) -> None:
    assert await (await closed(world, 3)).nearest("A类C类怎么选") is None


async def test_an_unsolved_case_teaches_nothing(world: World) -> None:
    assert await (await closed(world, 5, "unsolved")).nearest("A类C类怎么选") is None

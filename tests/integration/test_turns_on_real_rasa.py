"""Turns through every process that takes part: gateway, Rasa, actions, sandbox, Redis, SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import redis.asyncio as redis_client

from kit.errors import AgentError
from tests.product import Product
from tests.stage import Stage, eventually, offer_to, spoken

pytestmark = pytest.mark.rasa


@pytest.fixture(autouse=True)
async def afternoon(stage: Stage) -> AsyncIterator[None]:
    """Tuesday 14:10, and an institution in good health before and after."""
    await stage.load("S13")
    yield
    await stage.faults("none")


async def test_the_advisor_sees_what_was_understood(stage: Stage) -> None:
    async with stage.client("C0021") as client:
        await client.ask_person()
        turn = await client.say("我的基金怎么又亏了,真的很着急")
    said = [m for m in await stage.messages("C0021") if m["author"] == "client"][-1]
    assert (said["intent"], said["emotion"]) == (turn["intent"], turn["emotion"])
    assert said["intent"] == "ask_loss_reason"
    assert said["emotion"] in ("焦虑", "失望", "恐慌")
    assert 0 < said["strength"] <= 1
    async with stage.advisor("A14") as supervisor:
        queue = (await supervisor.snapshot())["queue"]
    seen = next(one for one in queue if one["client"]["id"] == "C0021")
    assert (seen["emotion"], seen["last_message"]["text"]) == (said["emotion"], said["text"])


async def test_two_requests_in_one_message_are_both_answered(stage: Stage) -> None:
    async with stage.client("U113") as client:
        turn = await client.say("我现在一共有多少钱,还有定投下次哪天扣")
    assert {"action_ask_assets", "action_dca_query"} <= set(turn["actions"])
    assert "180,000" in spoken(turn)
    assert "12月10日" in spoken(turn)


async def test_what_is_not_understood_is_asked_about_with_ways_on(stage: Stage) -> None:
    async with stage.client("C0301") as client:
        turn = await client.say("咕噜咕噜转圈圈的那个东西呀")
    assert turn["owner"] == "bot"
    assert "转人工" in turn["replies"][-1]["quick_replies"]


async def test_a_message_sent_again_is_the_same_turn(stage: Stage) -> None:
    async with stage.client("U113") as client:
        message_id = await client.send("我的风险等级是多少")
        first = await client.answer(message_id)
        assert await client.send("我的风险等级是多少", message_id) == message_id
        assert await client.answer(message_id) == first
        mine = [m for m in (await client.snapshot())["messages"] if m["author"] == "client"]
    assert [m["id"] for m in mine].count(message_id) == 1
    assert "C3" in spoken(first)


@pytest.mark.parametrize("mode", ["fail", "slow", "hang"])
async def test_a_silent_institution_is_said_to_be_silent(stage: Stage, mode: str) -> None:
    async with stage.client("U113") as client:
        await stage.faults(mode, 30)
        message_id = await client.send("我现在一共有多少钱")

        async def last() -> dict[str, object]:
            told: dict[str, object] = (await client.snapshot())["messages"][-1]
            return told

        told = await eventually(last, seconds=15, until=lambda one: one["author"] != "client")
        assert "转人工" in told["quick_replies"]  # type: ignore[operator]
        assert "180,000" not in str(told["text"])
        await stage.faults("none")
        await client.answer(message_id)
        assert "180,000" in spoken(await client.say("我现在一共有多少钱"))


async def test_redis_wiped_in_the_middle(stage: Stage, product: Product) -> None:
    """Presence and streams are rebuilt from SQL; the offer, the talk and the queue go on."""
    async with stage.client("U113") as client, stage.advisor("A01") as advisor:
        await client.say("我想为刚出生的孩子规划教育金")
        await client.ask_person()
        offer = await offer_to(advisor, "U113")
        connection = redis_client.from_url(product.settings.redis)
        await connection.flushall()
        await advisor.move(offer["id"], "accept", version=offer["version"])
        await connection.flushall()
        await connection.aclose()
        heard = await client.say("我的风险等级是多少")
        assert (heard["owner"], heard["replies"]) == ("advisor", [])
        await advisor.say("cv-U113", "您是C3。")
        assert (await client.snapshot())["messages"][-1]["text"] == "您是C3。"
        active = (await advisor.snapshot())["active"][0]
        closed = await advisor.move(active["id"], "close", outcome="solved")
        await advisor.move(active["id"], "done", version=closed["version"])
        assert "C3" in spoken(await client.say("我的风险等级是多少"))


@pytest.mark.parametrize(("text", "words"), [("涨" * 10_000, "字"), ("", "空"), (" \n ", "空")])
async def test_what_cannot_be_taken_is_refused_in_words(stage: Stage, text: str, words: str) -> None:
    async with stage.client("C0023") as client:
        before = await client.snapshot()
        with pytest.raises(AgentError) as refused:
            await client.send(text)
        assert words in refused.value.message
        assert (await client.snapshot())["seq"] == before["seq"]


async def test_actions_killed_in_the_middle_of_a_turn(stage: Stage, product: Product) -> None:
    async with stage.client("U113") as client:
        await stage.faults("slow", 3)
        message_id = await client.send("我现在一共有多少钱")
        await eventually(lambda: typing_of(stage, "U113"), seconds=5)
        product.kill("actions")
        await stage.faults("none")
        turn = await client.answer(message_id)
    assert "180,000" in spoken(turn) or "转人工" in str(turn["replies"])
    answers = [m for m in await stage.messages("U113") if m["author"] == "ai"]
    assert len(answers) == len(turn["replies"])


async def typing_of(stage: Stage, client_id: str) -> bool:
    """Whether the turn has been taken from the gateway: its message is stored and the quiet time is over."""
    return bool(await stage.messages(client_id))

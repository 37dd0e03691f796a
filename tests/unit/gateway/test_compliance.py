"""What an advisor may not say never reaches the client, and a supervisor can see that it was tried."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from compliance.policy_file import load
from compliance.wording import SAFE
from gateway.guard import guard
from gateway.tables import blocked_drafts
from gateway.timeline.model import Author, Draft
from tests.unit.gateway.conftest import World
from tests.unit.gateway.owning import owned

FIRST, SECOND = "放心,这只保本,一年稳赚6%", "这只保·本,基本不会亏,去年客户都赚6个点"
LAWFUL = "公募基金不保本,HY011 属 R2,过往业绩不代表未来"


async def test_two_drafts_are_blocked_and_the_lawful_one_goes_through(world: World) -> None:
    async with owned(world) as talk:
        blocked = [await talk.say(FIRST, "d1"), await talk.say(SECOND, "d2"), await talk.say(SECOND, "d2")]
        sent = await talk.say(LAWFUL, "d3")
        shown = (await talk.client.get("/api/chat/snapshot")).json()["messages"]
        own_view = await talk.advisor.get("/api/desk/compliance/blocked")
    assert [answer.status_code for answer in blocked] == [422, 422, 422]
    assert blocked[0].json()["code"] == "wording_refused"
    assert [finding["words"] for finding in blocked[0].json()["findings"]] == ["保本", "一年稳赚6%"]
    assert set(blocked[0].json()["findings"][0]) >= {"words", "rule", "instead"}
    assert sent.status_code == 200
    assert [message["text"] for message in shown if message["author"] == "human"] == [LAWFUL]
    assert own_view.status_code == 403
    async with world.staff("A14") as supervisor:
        listed = (await supervisor.get("/api/desk/compliance/blocked?day=2026-11-24")).json()["blocked"]
        other_day = (await supervisor.get("/api/desk/compliance/blocked?day=2026-11-23")).json()["blocked"]
    assert [(one["advisor"], one["client_id"], one["text"]) for one in listed] == [
        ({"id": "A01", "name": "林静怡"}, "C0001", FIRST), ({"id": "A01", "name": "林静怡"}, "C0001", SECOND),
    ]  # fmt: skip
    assert other_day == []


async def test_the_record_is_masked(world: World) -> None:
    async with owned(world) as talk:
        assert (await talk.say("保本,打我电话13812345678")).status_code == 422
    async with world.parts.engine.connect() as sql:
        assert (await sql.execute(select(blocked_drafts.c.text))).scalars().all() == ["保本,打我电话138****5678"]


async def test_who_does_not_own_it_is_refused_first(world: World) -> None:
    async with world.staff("A09") as other:
        answer = await other.post("/api/desk/conversations/cv-C0001/messages", json={"id": "x", "text": FIRST})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_owner")


@pytest.mark.parametrize(
    ("text", "card", "stored", "kept"),
    [
        ("您一共有100元。", {"title": "资产"}, "您一共有100元。", True),
        ("这只保本。", {"title": "资产"}, SAFE, False),
        ("请看:", {"title": "业绩", "rows": [{"label": "承诺", "value": "稳赚6%"}]}, SAFE, False),
        ("请看:", {"title": "选项", "actions": [{"label": "问问", "send": "这只保本吗"}]}, "请看:", True),
        ("近一年涨了12%", None, "近一年涨了12%\n过往业绩不代表未来表现。", True),
    ],
)
async def test_the_bots_words_are_looked_at_before_they_are_stored(
    world: World, text: str, card: dict[str, object] | None, stored: str, kept: bool
) -> None:
    draft = Draft("b1", "cv-C0001", Author.AI, text, world.parts.clock.now(), card=card)
    assert bool(guard(draft, load())[1]) == (stored != text)
    async with world.parts.engine.begin() as sql:
        message, _ = await world.parts.timeline.append(sql, draft)
    assert message.draft.text == stored
    assert (message.draft.card == card) is (kept or card is None)


async def test_after_the_return_the_bot_says_who_talked_and_what_was_agreed(world: World) -> None:
    async with owned(world) as talk:
        await talk.give_back("下周一回电核对持仓")
    last = (await world.messages())[-1]
    assert last["author"] == "ai"
    assert "顾问林静怡" in last["text"]
    assert "下周一回电核对持仓" in last["text"]


async def test_a_note_that_may_not_be_said_is_not_said(world: World) -> None:
    async with owned(world) as talk:
        await talk.give_back("已告诉他这只保本")
    assert (await world.messages())[-1]["text"] == SAFE

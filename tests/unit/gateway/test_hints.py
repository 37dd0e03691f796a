"""What the owner is told on each message that is read along: due, known, sayable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from compliance.policy_file import load
from compliance.wording import check
from contracts.reasons import EMOTIONS
from gateway.hints import Situation, client_kinds, decide, fact_of, fitting, named
from institution.models import Fund
from knowledge.replies import Replied
from tests.unit.gateway.conftest import World
from tests.unit.gateway.owning import frame_of, owned
from tests.unit.gateway.peers import FUNDS

WORDING = load()
EVERY = [Fund.model_validate(one) for one in FUNDS]
ASKED = ["保本吗", "我要稳赚的", "净值多少", "管理费", "稳不稳", "谁在管", "规模", "基准", "在吗", "零风险的有吗"]


async def hints_on(world: World, *said: str) -> list[dict[str, Any]]:
    """The hints on the last of some client messages while A01 owns the conversation."""
    async with owned(world) as talk:
        after = world.parts.hub.seq
        with world.parts.hub.desk_page("A01", epoch=world.parts.hub.epoch, after=after) as page:
            for number, text in enumerate(said):
                await talk.hear(text, f"h{number}")
                frame = await frame_of(page, "hint")
    assert frame["conversation_id"] == "cv-C0001"
    found: list[dict[str, Any]] = frame["hints"]
    return found


async def test_scenario_39_turn_1(world: World) -> None:
    world.house.level = "C2"
    found = await hints_on(world, "这个添利债稳不稳?我只要保本的")
    assert [hint["kind"] for hint in found] == ["compliance", "knowledge", "reply"]
    due, _, reply = found
    assert "客户等级C2,衡远添利二级债(HY012)属R3,高于他的等级" in due["text"]
    assert "「保本」,必须纠正" in due["text"]
    # The largest of each kind up to R2 in the same house: HY011 and HY023 (R2), HY001 (R1, 386 > 120).
    assert [code in reply["send"] for code in ("HY011", "HY023", "HY001", "HY002", "HY012")] == [True] * 3 + [False] * 2
    assert "可能亏损" in reply["send"]


async def test_scenario_39_turn_5_the_bot_is_silent_and_the_advisor_has_the_fact(world: World) -> None:
    found = await hints_on(world, "安心债怎么样", "管理费多少来着,机器人你说")
    fact = next(hint for hint in found if hint["kind"] == "knowledge")
    assert fact["send"].startswith("衡远安心纯债(HY011)的管理费每年0.30%,托管费每年0.10%")
    assert (await world.messages())[-1]["author"] == "client"


async def test_a_fund_that_the_advisor_named_is_the_one_talked_of(world: World) -> None:
    async with owned(world) as talk:
        await talk.say("HY023 属 R2,净值有涨有跌")
        with world.parts.hub.desk_page("A01", epoch=world.parts.hub.epoch, after=world.parts.hub.seq) as page:
            await talk.hear("管理费多少")
            found = (await frame_of(page, "hint"))["hints"]
    assert "(HY023)的管理费每年0.60%" in found[0]["send"]


def test_an_upset_client_is_comforted_and_sold_nothing() -> None:
    now = Situation("添利债又跌了", "恐慌", 0.8, "C3", EVERY[3], True, fitting(EVERY, "C3"))
    found = decide(now, WORDING)
    assert [hint.kind for hint in found] == ["compliance", "knowledge", "reply"]
    assert "不要推荐产品" in found[0].text
    assert not any(fund.code in (found[2].send or "") for fund in EVERY)


def test_a_calm_message_without_a_question_gets_no_hint() -> None:
    assert decide(Situation("好的谢谢", "平静", 0.1, "C3", None, False), WORDING) == []


def test_the_longest_name_wins_and_levels_bound_what_fits() -> None:
    assert (found := named("衡远添利二级债和hy011", EVERY)) is not None
    assert found.code == "HY012"
    assert named("今天天气不错", EVERY) is None
    assert [fund.code for fund in fitting(EVERY, "C1")] == ["HY001"]
    assert fitting(EVERY, None) == ()
    # By size alone MD023 (51) comes before HY023 (28); beside a fund of 衡远 its own house comes first.
    assert [fund.code for fund in fitting(EVERY, "C2")] == ["HY011", "MD023", "HY001"]
    assert [fund.code for fund in fitting(EVERY, "C2", EVERY[2])] == ["HY011", "HY023", "HY001"]
    assert fact_of(EVERY[2], "你好") is None


@given(st.data())
def test_nothing_unlawful_is_offered_and_at_most_three(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(ASKED))
    now = Situation(
        text, data.draw(st.sampled_from(EMOTIONS)), data.draw(st.floats(0, 1)),
        data.draw(st.sampled_from(["C1", "C2", "C3", "C4", "C5", None])), data.draw(st.sampled_from([*EVERY, None])),
        data.draw(st.booleans()), fitting(EVERY, data.draw(st.sampled_from(["C1", "C3", "C5"]))),
    )  # fmt: skip
    found = decide(now, WORDING)
    assert len(found) <= 3
    assert all(check(hint.send, WORDING) == () for hint in found if hint.send)


def test_knowledge_is_asked_for_such_a_client_on_his_channel() -> None:
    assert client_kinds(72) == ("个人", "老年")
    assert client_kinds(30) == ("个人",)
    assert client_kinds(None) == ()


def test_a_colleagues_reply_is_offered_only_when_nothing_is_due() -> None:
    past = Replied("C类拿多久合适", "C类适合拿几个月,打算拿久的看A类。", 5)
    calm = Situation("C类要拿多久", "平静", 0.1, "C3", None, False, past=past)
    assert [(hint.kind, hint.send) for hint in decide(calm, WORDING)] == [("reply", past.reply)]
    upset = replace(calm, emotion="恐慌", strength=0.9)
    assert past.reply not in [hint.send for hint in decide(upset, WORDING)]
    unlawful = replace(calm, past=Replied("q", "放心,这只保本,一定不会亏。", 5))
    assert [hint.send for hint in decide(unlawful, WORDING)] == [None]

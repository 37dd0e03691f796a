"""Plans for life: ranges and chances from the same lives, levers that do what they say, saved and found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions import allocation, plan_figures, projection
from actions.arithmetic import Goal
from actions.planning import Sketch
from actions.projection import assumptions, by_level, draw, lives, mix_at, monthly_for, project, start_for
from compliance import policy_file
from compliance.wording import check
from tests.unit.actions.conftest import Desk, Talk

Load = Callable[[str], Any]
LEVELS = ("C1", "C2", "C3", "C4", "C5")
CHILD = Goal(500_000.0, 216, 50_000.0, 1_200.0)


def test_the_assumptions_are_dated_and_sourced() -> None:
    known = assumptions()
    assert known.source
    assert known.inflation_source
    assert set(known.classes) == set(allocation.CLASSES)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("age", [0, 25, 66, 82])
def test_a_mix_adds_up_and_age_caps_the_stocks(level: str, age: int) -> None:
    mix = allocation.load().mix(level, age)
    assert sum(mix.values()) == 1
    if age:
        assert mix["权益"] * 100 <= max(0, 100 - age)
    assert sum(mix_at(level, age, 30).values()) == pytest.approx(1)


def test_the_mix_glides_down_and_never_above_the_level() -> None:
    shares = [mix_at("C5", 30, months)["权益"] for months in (120, 60, 30, 0)]
    # 80 % stocks capped at 70 % by age 30; the landing mix holds none: half way 35 %
    assert shares == pytest.approx([0.70, 0.70, 0.35, 0.0])
    assert mix_at("C1", 30, 0)["现金"] == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(st.integers(12, 240), st.integers(0, 20), st.integers(0, 6_000), st.sampled_from(LEVELS))
def test_the_levers_do_what_they_say(months: int, start: int, monthly: int, level: str) -> None:
    goal = Goal(600_000.0, months, start * 10_000.0, float(monthly))
    more = monthly_for(goal, level, 35, 0.75)
    assert project(replace(goal, monthly=more + 0.01), level, 35).reached >= 0.749
    lump = start_for(goal, level, 35, 0.75)
    assert project(replace(goal, start=lump + 0.01), level, 35).reached >= 0.749


def test_more_risk_spreads_the_end() -> None:
    spreads = [project(CHILD, level, 30).high - project(CHILD, level, 30).low for level in LEVELS]
    assert spreads == sorted(spreads)
    assert list(by_level(CHILD, "C3", 30)) == ["C1", "C2", "C3"]


def test_without_volatility_the_lives_are_plain_interest() -> None:
    # Cash at 1.5 % with hardly any volatility: 10,000 for ten years is 11,605.
    assert project(Goal(0.0, 120, 10_000.0, 0.0), "C1").middle == pytest.approx(11_605, rel=0.002)
    assert lives(120, "C1").months[:3] == (0, 12, 24)


def test_how_long_the_money_lasts() -> None:
    # 240,000 at 1,000 a month would last 20 years without interest and inflation; calm money about keeps up with prices.
    found = draw(Goal(0.0, 0, 240_000.0, 0.0), 1_000.0, "C1", 65)
    assert 17 <= found.middle <= 20
    assert found.low <= found.middle <= found.high
    assert list(found.lasted.values()) == sorted(found.lasted.values(), reverse=True)
    # The sum that lasts twenty years does so in three of four lives.
    again = draw(Goal(0.0, 0, 240_000.0, 0.0), found.sustained - 0.5, "C1", 65)
    assert again.lasted[20] >= 0.74
    assert draw(Goal(0.0, 0, 0.0, 0.0), 1_000.0, "C1", 65).middle == 0


KINDS = [
    Sketch("plan_education", "m", "2026-11-24T14:00:00+08:00", target=5e5, months=216, start=5e4, monthly=1200.0),
    Sketch("plan_house", "m", "2026-11-24T14:00:00+08:00", target=4e5, months=36, start=2e5, monthly=3000.0),
    Sketch("plan_wedding", "m", "2026-11-24T14:00:00+08:00", target=1e5, months=12, start=0.0, monthly=9000.0),
    Sketch("plan_retirement", "m", "2026-11-24T14:00:00+08:00", income=3000.0, months=240, start=2e5, monthly=2000.0),
    Sketch("plan_retirement", "m", "2026-11-24T14:00:00+08:00", income=3000.0, months=0, start=6e5, monthly=0.0),
    Sketch("plan_insurance", "m", "2026-11-24T14:00:00+08:00", yearly_income=3e5, debt=1e6, cover=5e5),
]


@pytest.mark.parametrize("sketch", KINDS)
@pytest.mark.parametrize("level", ["", "C1", "C3", "C5"])
def test_every_plan_has_a_chart_and_passes_the_wording_guard(sketch: Sketch, level: str) -> None:
    text, card = plan_figures.result(replace(sketch, computed=True), level, 40)
    assert card["chart"]["series"][0]["points"]
    assert "\n\n" not in text
    shown = (card["title"], *(part for row in card["rows"] for part in (row["label"], row["value"])), card["note"])
    # As it is sent: the sentence about the saved plan stands between text and card.
    assert check("\n".join((text, "方案已经存好,随时说「看我的规划」再看。", *shown)), policy_file.load()) == ()
    facts = plan_figures.facts(replace(sketch, computed=True), level, 40)
    assert facts[0]["label"] == "规划"
    assert len(facts) > 4


def test_the_insurance_gap() -> None:
    # 10 x 300,000 + 1,000,000 - 500,000
    text, card = plan_figures.result(KINDS[-1], "C3")
    assert "3,500,000元" in text
    assert {"label": "保障缺口", "value": "3,500,000元", "tone": "warn"} in card["rows"]


def test_the_family_fortune_is_told_in_todays_money() -> None:
    text, card = plan_figures.family(1_000_000.0, "C3", 50)
    assert "约合今天" in text
    assert card["chart"]["kind"] == "line"


async def test_a_plan_is_saved_changed_and_shown_again(load: Load, desk: Desk) -> None:
    talk: Talk = await load("S13")
    assert "还没有存过" in (await talk.say("看我的规划", "default_fallback")).text
    await talk.say("我想为刚出生的孩子规划教育金", "plan_education")
    computed = await talk.say("到18岁那年手里有50万就行,现在能拿5万,每个月最多1200", "default_fallback")
    assert "方案已经存好" in computed.text
    assert "可能" in computed.text
    await talk.say("改成每月1500", "correct")
    plans = await talk.institution.life_plans(talk.client_id)
    assert [(plan.kind, plan.figures["monthly"]) for plan in plans] == [("plan_education", 1500.0)]
    shown = await talk.say("看我的规划", "default_fallback")
    assert "教育金规划" in shown.text
    assert shown.replies[0]["custom"]["card"]["chart"]
    wish = {"reasons": ["complex_planning_教育金"], "topic": "教育金"}
    await talk.say("转人工", "ask_human", action="request_handoff", escalation=wish)
    labels = {fact["label"] for fact in desk.asked[0]["facts"]}
    assert "模拟中达到目标" in labels


@pytest.mark.parametrize("text", ["我的养老规划怎么做", "帮我看看怎么规划教育金", "找人规划养老", "想做个买房规划"])
async def test_asking_for_a_new_plan_is_not_asking_for_the_old(load: Load, text: str) -> None:
    talk: Talk = await load("S13")
    assert "存过" not in (await talk.say(text, "plan_house")).text


def test_the_seed_is_part_of_the_assumptions() -> None:
    assert projection.assumptions().seed == 20260101

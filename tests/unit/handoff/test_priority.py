"""How urgent, in which order, and that the explanation is the sum."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.reasons import EMOTIONS, REASONS
from handoff.model import Case
from handoff.policy import FOLDER, PolicyBroken, load_policy, read_matching, read_priority
from handoff.priority import prioritise
from tests.unit.handoff.roster import AFTERNOON, after, case

POLICY = load_policy().priority


def points(one: Case, seconds: float = 0) -> int:
    return prioritise(one, POLICY, now=after(seconds)).points


def test_words_as_a_supervisor_reads_them() -> None:
    one = case("投诉", "compliance_risk", "emotion_panic", member="钻石", emotion="恐慌", strength=0.9)
    found = prioritise(one, POLICY, now=after(120))
    # 40 + 22 + 15; compliance is high-risk: 120 of 300 s is 0.4 of the way to 25.
    assert found.explanation == "高优先级 87:涉及合规风险 +40,恐慌 +22,钻石客户 +15,已等 2 分钟 +10"
    assert found.points == 87
    assert found.level == "high"


@pytest.mark.parametrize(
    ("one", "seconds", "expected", "level"),
    [
        (case(), 0, 20, "low"),
        (case(), 180, 35, "medium"),  # 20 + 15 at the promised time
        (case(), 900, 100, "urgent"),  # 20 + 80 that are left: nobody starves
        (case("教育金", "complex_planning_教育金"), 0, 18, "low"),
        (case("账户安全", "account_safety", emotion="恐慌", strength=1.0), 0, 82, "high"),  # 60 + 22
        (case("账户安全", "account_safety", emotion="恐慌", strength=1.0), 300, 100, "urgent"),
        (case("情绪安抚", "self_harm"), 0, 90, "urgent"),
        # One outburst counts once: 22 by the reason, nothing more by the emotion.
        (case("情绪安抚", "emotion_panic", emotion="恐慌", strength=1.0), 0, 22, "low"),
        (case(emotion="焦虑", strength=0.5), 0, 25, "low"),  # 20 + 10 x 0.5
    ],
)
def test_priority(one: Case, seconds: float, expected: int, level: str) -> None:
    found = prioritise(one, POLICY, now=after(seconds))
    assert (found.points, found.level) == (expected, level)


def test_plans_wait_for_danger_and_come_before_small_wishes() -> None:
    plan, wish = points(case("教育金", "complex_planning_教育金")), points(case())
    heavy = ["account_safety", "compliance_risk", "complaint", "self_harm", "emotion_panic", "large_redemption"]
    assert all(points(case("投诉", reason)) > max(plan, wish) for reason in heavy)
    light = ["own_advisor_asked", "elderly", "language", "repeated_question"]
    assert all(points(case("投资", reason)) < min(plan, wish) for reason in light)


CASES = st.builds(
    lambda reasons, emotion, strength, member: case(
        "投资", *reasons, emotion=emotion, strength=strength, member=member
    ),
    st.lists(st.sampled_from(sorted(REASONS)), min_size=1, max_size=6, unique=True),
    st.sampled_from([None, *EMOTIONS]),
    st.floats(0, 1),
    st.sampled_from(["", "普通", "黄金", "铂金", "钻石客户"]),
)
WAITS = st.floats(0, 4000)


@given(CASES, WAITS)
def test_0_to_100_and_the_explanation_sums_up(one: Case, waited: float) -> None:
    found = prioritise(one, POLICY, now=after(waited))
    assert 0 <= found.points <= 100
    assert sum(part.points for part in found.parts) == found.points
    head, _, parts = found.explanation.partition(":")
    assert head.endswith(f" {found.points}")
    assert sum(int(n) for n in re.findall(r"\+(\d+)", parts)) == found.points


@given(CASES, WAITS, st.sampled_from(sorted(REASONS)), WAITS, st.floats(0, 1))
def test_never_less_for_more(one: Case, waited: float, reason: str, longer: float, stronger: float) -> None:
    before = points(one, waited)
    assert points(replace(one, reasons=(*one.reasons, reason)), waited) >= before
    assert points(one, waited + longer) >= before
    assert points(replace(one, strength=max(one.strength, stronger)), waited) >= before
    assert points(replace(one, client=replace(one.client, member_level="钻石")), waited) >= before


@given(CASES, WAITS, st.randoms(use_true_random=False))
def test_the_order_of_reasons_does_not_matter(one: Case, waited: float, seed) -> None:  # type: ignore[no-untyped-def]
    mixed = list(one.reasons)
    seed.shuffle(mixed)
    assert prioritise(replace(one, reasons=tuple(mixed)), POLICY, now=after(waited)) == prioritise(
        one, POLICY, now=after(waited)
    )


def test_age_sex_and_region_weigh_nothing() -> None:
    one = case()
    old = replace(one, client=replace(one.client, age=80, region="西藏"))
    assert points(old) == points(one)


PRIORITY = (FOLDER / "priority.yml").read_text(encoding="utf-8")
MATCHING = (FOLDER / "matching.yml").read_text(encoding="utf-8")


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("read", "text", "old", "new", "why"),
    [
        (read_priority, PRIORITY, "points: 60, words", "points: -1, words", "「points」应当是 0 到 100 之间的数"),
        (read_priority, PRIORITY, "  self_harm: ", "  selfharm: ", "没有「selfharm」"),
        (read_priority, PRIORITY, "{group: 投诉, points: 34", "{group: 抱怨, points: 34", "没有「抱怨」"),
        (read_priority, PRIORITY, "[[0, 0], [1, 15]", "[[0, 0], [1, 30]", "高风险的等待加分不能低于普通"),
        (read_priority, PRIORITY, "medium: 30", "medium: 70", "依次升高"),
        (read_matching, MATCHING, "least_skill: 3\nrelax", "least_skill: 9\nrelax", "0 到 5"),
        (read_matching, MATCHING, "  税务: [税务师]\n", "", "缺少主题「税务」"),
        (read_matching, MATCHING, "after_seconds: 120", "after_seconds: 20", "依次升高"),
        (read_matching, MATCHING, "knew_case, skill,", "knew_case, luck,", "没有「luck」"),
        (read_matching, MATCHING, "offer_seconds: 45", "offer_seconds: 很快", "「offer_seconds」应当是"),
        (read_matching, MATCHING, "version: 1", "version: 1\nversion: 2", "写了两遍"),
        (read_matching, MATCHING, "licences:", "licences: [", "不是合法的 YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line(read, text, old, new, why) -> None:  # type: ignore[no-untyped-def]
    assert old in text
    with pytest.raises(PolicyBroken, match=r"第 \d+ 行") as caught:
        read(text.replace(old, new, 1))
    assert why in caught.value.message


def test_the_line_is_the_one_that_is_wrong() -> None:
    broken = PRIORITY.replace("points: 34", "points: 340")
    with pytest.raises(PolicyBroken) as caught:
        read_priority(broken)
    assert caught.value.fields["line"] == line_of(broken, "points: 340")


def test_every_reason_has_a_weight_and_the_version_follows_the_text(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert set(POLICY.reasons) | {"sla_age"} == set(REASONS)
    for name, text in (("priority.yml", PRIORITY.replace("points: 34", "points: 35")), ("matching.yml", MATCHING)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_policy(tmp_path).version != load_policy().version == load_policy(FOLDER).version
    assert AFTERNOON.tzinfo is not None

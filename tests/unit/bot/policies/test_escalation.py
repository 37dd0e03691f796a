"""The escalation rules: what fires, what the file may say, and what is refused with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policies.escalation import Facts, RulesFile, RulesInvalid, decide, load, negative_share
from contracts.reasons import EMOTIONS, NEGATIVE

FILE = Path("bot/policies/escalation.yml")
RULES = load(FILE)
CALM = Facts(intents=("ask_nav",))


@pytest.mark.parametrize(
    ("facts", "reasons", "topic", "say"),
    [
        (Facts(("ask_human",)), ("explicit_ask",), "投资", "nothing"),
        (Facts(("ask_human",), last_topic="税务"), ("explicit_ask",), "税务", "nothing"),
        (Facts(("ask_own_advisor",)), ("own_advisor_asked",), "投资", "answer"),
        (Facts(("ask_human", "ask_diagnosis")), ("explicit_ask",), "投资", "nothing"),
        (Facts(("complain_delay",), slots={"last_ticket": "T-1"}), ("complaint",), "投诉", "answer"),
        (Facts(("complain_missell",), slots={"last_ticket": "T-1"}), ("complaint", "compliance_risk"), "投诉", "answer"),
        (Facts(("ask_nav",), text="我先生上个月走了 他买的基金怎么办"), ("complex_topic_法律",), "法律", "answer"),
        (Facts(("ask_loss_reason",), text="亏了这么多 我真的撑不下去了"), ("self_harm",), "情绪安抚", "action_self_harm"),
        (Facts(("plan_tax",)), ("complex_topic_税务",), "税务", "answer"),
        (Facts(("plan_family_wealth",), tier="高净值"), ("complex_topic_家族信托", "high_net_worth_channel"), "家族信托", "answer"),
        (Facts(("ask_should_sell",), emotion="恐慌", strength=0.9), ("emotion_panic",), "情绪安抚+持仓建议", "answer"),
        (Facts(("ask_nav",), flags=frozenset({"self_harm"})), ("self_harm",), "情绪安抚", "action_self_harm"),
        (Facts(("ask_nav",), flags=frozenset({"account_safety"}), age=75), ("account_safety", "elderly"), "账户安全",
         "action_account_security"),
        (Facts(("ask_nav",), failures=2, understood=False), ("repeated_failure",), "投资", "nothing"),
        (Facts(("ask_redeem_arrival",), repeats=2), ("repeated_question",), "交易操作", "nothing"),
        (Facts(("plan_education",), slots={"plan_ready": "教育金"}), ("complex_planning_教育金",), "教育金", "answer"),
        (Facts(("redeem_fund",), slots={"large_redemption": {"order": "O-1", "share": "0.4"}}), ("large_redemption",),
         "情绪安抚+持仓建议", "answer"),
        (Facts(("ask_loss_reason",), text="离婚了基金怎么分"), ("complex_topic_法律",), "法律", "answer"),
    ],
)  # fmt: skip
def test_what_brings_a_person(facts: Facts, reasons: tuple[str, ...], topic: str, say: str) -> None:
    found = decide(RULES, facts)
    assert found is not None
    assert (found.reasons, found.topic, found.say) == (reasons, topic, say)


@pytest.mark.parametrize(
    "facts",
    [
        CALM,
        replace(CALM, emotion="焦虑", strength=1.0),
        replace(CALM, emotion="失望", strength=1.0),
        replace(CALM, emotion="恐慌", strength=0.5),
        replace(CALM, tier="高净值", age=80),
        replace(CALM, failures=2),  # the present question was understood
        replace(CALM, repeats=1),
        Facts(("complain_missell",)),  # nothing was taken down: the bot only asked
        Facts(("ask_nav",), text="爸爸的钱没了"),
        Facts(("plan_education",)),  # first the bot asks and computes
    ],
)
def test_what_brings_nobody(facts: Facts) -> None:
    assert decide(RULES, facts) is None


def test_a_second_topic_goes_along() -> None:
    found = decide(RULES, Facts(("plan_tax", "plan_cross_border")))
    assert found is not None
    assert (found.topic, found.second_topic) == ("税务", "跨境")


@pytest.mark.parametrize(
    ("recent", "present", "share"),
    [
        # calm x4, 焦虑: 1 of 5
        (["平静"] * 4, "焦虑", 0.2),
        # the scenario's turn 10: 3 of 10, not above the limit
        (["平静"] * 4 + ["焦虑", "平静", "平静", "失望", "平静"], "焦虑", 0.3),
        # its turn 11: the window drops the first; 4 of 10
        (["平静"] * 3 + ["焦虑", "平静", "平静", "失望", "平静", "焦虑"], "焦虑", 0.4),
        # too few to speak of a share
        ([], "愤怒", 0.0),
    ],
)
def test_share_of_negative_messages(recent: list[str], present: str, share: float) -> None:
    assert negative_share(RULES, recent, present) == pytest.approx(share)


@given(st.lists(st.sampled_from(EMOTIONS), max_size=30), st.sampled_from(EMOTIONS))
def test_the_share_is_a_share_and_grows_with_a_negative_message(recent: list[str], present: str) -> None:
    share = negative_share(RULES, recent, present)
    assert 0.0 <= share <= 1.0
    if present in NEGATIVE:
        assert share >= negative_share(RULES, recent, "平静")


BROKEN = [
    (
        "- reason: explicit_ask\n    when: {intent: ask_human}",
        "- reason: bored\n    when: {intent: ask_human}",
        "bored",
    ),
    ("when: {intent: ask_own_advisor}", "when: {mood: bad}", "when"),
    ("when: {emotion: 恐慌,", "when: {emotion: 开心,", "开心"),
    ("topic: 税务", "topic: 火星", "火星"),
    ("say: nothing", "say: maybe", "say"),
    ("version: 1", "version: [", "escalation.yml"),
    ("default_topic: 投资", "", "default_topic"),
]


@pytest.mark.parametrize(("good", "bad", "named"), BROKEN)
def test_a_broken_file_is_refused_in_one_sentence(tmp_path: Path, good: str, bad: str, named: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert good in text
    file = tmp_path / "escalation.yml"
    file.write_text(text.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(RulesInvalid, match=named):
        load(file)


def test_the_line_of_a_wrong_rule_is_named(tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8").replace("- reason: own_advisor_asked", "- reason: nobody", 1)
    line = text[: text.index("- reason: nobody")].count("\n") + 1
    file = tmp_path / "escalation.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RulesInvalid, match=f"第 {line} 行"):
        load(file)


def test_a_saved_file_holds_at_once_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    import os

    file = tmp_path / "escalation.yml"
    text = FILE.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    said: list[str] = []
    rules = RulesFile(file, said.append)
    file.write_text(text.replace("floor: 0.25", "floor: 0.40"), encoding="utf-8")
    os.utime(file, (1, 1))
    assert rules.current().floor == 0.40
    file.write_text("nonsense: [", encoding="utf-8")
    os.utime(file, (2, 2))
    assert rules.current().floor == 0.40
    assert len(said) == 1

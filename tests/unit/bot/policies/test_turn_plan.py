"""The steps of a turn, played to the end by a loop like Rasa's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.policies.escalation import load
from bot.policies.turn_plan import Step, Turn, action_of, next_step, repeats

RULES = load(Path("bot/policies/escalation.yml"))


def turn(*intents: str, confidence: float = 0.9, **fields: Any) -> Turn:
    ranking = ((intents[0], confidence), ("chitchat", (1 - confidence) / 2))
    return Turn(text="…", ranking=ranking, requests=intents, **fields)


def play(start: Turn, effects: dict[str, dict[str, Any]] | None = None) -> list[str]:
    """All actions of the turn. `effects`: slots that an action sets. Where ours abstains, RulePolicy's rule speaks."""
    now = start
    while True:
        step = next_step(RULES, now)
        if step is None:
            rule = action_of(now.intent)
            assert set(now.done) <= {rule}, "no rule of data/rules follows other actions"
            step = Step("action_listen" if rule in now.done else rule)
        if step.action == "action_listen":
            return list(now.done)
        slots = {**now.slots, **step.slots, **(effects or {}).get(step.action, {})}
        now = replace(now, done=(*now.done, step.action), slots=slots)
        assert len(now.done) < 9, f"never listens: {now.done}"


def test_an_ordinary_turn_is_left_to_the_rules() -> None:
    assert next_step(RULES, turn("ask_nav")) is None


def test_two_requests_are_answered_in_the_clients_order() -> None:
    assert play(turn("ask_nav", "ask_fee")) == ["action_ask_nav", "action_ask_fee"]


def test_a_wish_for_a_person_is_met_without_an_answer_first() -> None:
    assert play(turn("ask_human")) == ["action_request_handoff"]


#: What taking a complaint down leaves behind.
TICKET = {"last_ticket": "T-1"}


def test_a_complaint_is_taken_down_and_handed_over() -> None:
    taken_down = {"action_complain_delay": TICKET}
    assert play(turn("complain_delay"), taken_down) == ["action_complain_delay", "action_request_handoff"]


def test_self_harm_gets_care_and_a_person_whatever_the_intent() -> None:
    assert play(turn("ask_nav", flags=frozenset({"self_harm"}))) == ["action_self_harm", "action_request_handoff"]


def test_not_understood_and_not_sure() -> None:
    assert play(turn("ask_nav", confidence=0.2)) == ["action_default_fallback"]
    unsure = replace(turn("ask_nav"), ranking=(("ask_nav", 0.45), ("ask_fund_info", 0.40)))
    assert play(unsure) == ["action_clarify"]


@pytest.mark.parametrize(("confidence", "first"), [(0.45, "action_clarify"), (0.60, "action_complain_delay")])
def test_a_complaint_is_never_registered_on_a_guess(confidence: float, first: str) -> None:
    worried = turn("complain_delay", confidence=confidence, emotion="焦虑", strength=0.5)
    assert play(worried)[0] == first
    assert play(replace(worried, slots={"order": {"kind": "dca_modify"}}))[0] == first


def test_a_doubtful_no_is_not_asked_about() -> None:
    """Neither of two things to offer means it."""
    unsure = replace(turn("deny"), ranking=(("deny", 0.40), ("rebalance", 0.35)))
    assert play(unsure) == ["action_deny"]


def test_two_complaints_in_one_breath_are_one_matter() -> None:
    both = turn("complain_fee", "ask_fee", "complain_other")
    assert play(both, {"action_complain_fee": TICKET}) == [
        "action_complain_fee",
        "action_ask_fee",
        "action_request_handoff",
    ]


@pytest.mark.parametrize("text", ["还有多久", "还要等多久啊?", "大概多久", "前面几个人", "多久轮到我"])
def test_in_the_queue_how_long_means_the_place(text: str) -> None:
    asked = replace(turn("ask_assets", owner="queue"), text=text)
    assert play(asked) == ["action_ask_wait"]
    assert play(replace(asked, owner="bot")) == ["action_ask_assets"]


def test_how_long_money_takes_is_not_the_queue() -> None:
    asked = replace(turn("ask_redeem_arrival", owner="queue"), text="赎回要多久到账")
    assert play(asked) == ["action_ask_redeem_arrival"]


def test_a_large_redemption_that_is_held_brings_a_person() -> None:
    held = {"action_redeem_fund": {"large_redemption": {"order": "O-1", "share": "0.4"}}}
    assert play(turn("redeem_fund"), held) == ["action_redeem_fund", "action_request_handoff"]


def test_the_third_miss_in_a_row_brings_a_person() -> None:
    assert play(turn("ask_nav", confidence=0.2, failures=2)) == ["action_request_handoff"]


def test_a_plan_that_has_just_been_computed_brings_the_expert() -> None:
    effects = {"action_plan_education": {"plan_ready": {"topic": "教育金", "facts": []}}}
    assert play(turn("plan_education"), effects) == ["action_plan_education", "action_request_handoff"]
    assert play(turn("plan_education")) == ["action_plan_education"]


def test_a_plan_completed_by_an_unsure_message_ends_with_the_handoff() -> None:
    """The message fills the plan whatever it was taken for; when the plan is done, its low confidence no longer matters."""
    filling = replace(turn("dca_create", confidence=0.4), slots={"plan": {"topic": "教育金"}})
    done = {"plan": None, "plan_ready": {"topic": "教育金", "facts": []}}
    effects = {"action_dca_create": done, "action_request_handoff": {"plan_ready": None}}
    assert play(filling, effects) == ["action_dca_create", "action_request_handoff"]


@pytest.mark.parametrize("slots", [{"order": {"kind": "redeem"}}, {"plan": {"topic": "教育金"}}])
def test_in_the_middle_of_an_order_or_a_plan_nothing_is_unclear(slots: dict[str, Any]) -> None:
    bare = replace(turn("affirm", confidence=0.2), slots=slots)
    assert play(bare) == ["action_affirm"]
    assert play(replace(turn("ask_nav"), slots=slots, earlier=(("ask_nav", frozenset(), "…"),) * 3)) == [
        "action_ask_nav"
    ]


def test_soothing_comes_first_and_once_a_spell() -> None:
    worried = turn("ask_should_sell", emotion="焦虑", strength=0.6, recent_emotions=("焦虑", "平静", "焦虑"))
    assert play(worried) == ["action_soothe", "action_ask_should_sell"]
    assert play(replace(worried, slots={"soothed": True})) == ["action_ask_should_sell"]
    ordering = replace(worried, slots={"order": {"kind": "dca_modify"}})
    assert play(ordering) == ["action_soothe", "action_ask_should_sell"]


def test_in_the_queue_the_bot_goes_on_helping_without_asking_twice() -> None:
    assert play(turn("complain_delay", owner="queue")) == ["action_complain_delay"]
    assert play(turn("ask_human", owner="queue")) == ["action_request_handoff"]


FUND = frozenset({"HY031"})


@pytest.mark.parametrize(
    ("earlier", "count"),
    [
        ([("ask_nav", FUND, "…"), ("ask_nav", FUND, "…")], 2),
        ([("ask_nav", FUND, "…"), ("thank", frozenset(), "…"), ("ask_nav", FUND, "…")], 2),
        ([("ask_nav", frozenset({"HY032"}), "…"), ("ask_nav", FUND, "…")], 1),
        ([("ask_nav", FUND, "…"), ("ask_fee", FUND, "…")], 0),
    ],
)
def test_the_same_question_again(earlier: list[tuple[str, frozenset[str], str]], count: int) -> None:
    assert repeats(turn("ask_nav", funds=FUND, earlier=tuple(earlier))) == count


def test_three_terms_explained_are_not_one_question_asked_three_times() -> None:
    assert repeats(turn("ask_term", earlier=(("ask_term", frozenset(), "…"),) * 2)) == 0


def test_care_comes_without_figures_before_it() -> None:
    sad = turn("self_harm", emotion="失望", strength=0.7, recent_emotions=("失望",) * 3)
    assert play(sad) == ["action_self_harm", "action_request_handoff"]


@pytest.mark.parametrize(
    ("intent", "confidence", "does"),
    [
        ("stop_marketing", 0.9, ["action_self_care"]),
        ("ask_human", 0.4, ["action_self_care"]),
        ("ask_holdings", 0.99, ["action_ask_holdings"]),
    ],
)
def test_while_somebody_in_distress_waits(intent: str, confidence: float, does: list[str]) -> None:
    waiting = {"escalation": {"reasons": ["self_harm"]}}
    assert play(turn(intent, confidence=confidence, owner="queue", slots=waiting)) == does


def test_doubtful_business_is_not_begun_with_somebody_upset() -> None:
    upset = turn("set_dividend_mode", confidence=0.5, emotion="失望", strength=0.8, recent_emotions=("愤怒",) * 3)
    assert play(upset) == ["action_soothe"]


@pytest.mark.parametrize("effects", [{}, {"action_complain_missell": TICKET}])
def test_a_complaint_calls_a_person_only_when_it_was_taken_down(effects: dict[str, dict[str, Any]]) -> None:
    done = play(turn("complain_missell", strength=0.5), effects)
    assert ("action_request_handoff" in done) is bool(effects)


def test_in_distress_no_figures_come_with_the_comfort() -> None:
    alone = turn("stop_marketing", emotion="愤怒", strength=0.8, recent_emotions=("失望",) * 3, owner="queue",
                 slots={"escalation": {"reasons": ["self_harm"]}})  # fmt: skip
    assert play(alone) == ["action_self_care"]


def test_nobody_is_there_said_in_distress_is_no_greeting() -> None:
    waiting = turn("greet", confidence=0.95, owner="queue", slots={"escalation": {"reasons": ["self_harm"]}})
    assert play(waiting) == ["action_self_care"]


def test_a_bare_cry_for_help_is_helped_before_a_person_is_called() -> None:
    assert play(replace(turn("ask_human"), text="help!")) == ["action_default_fallback"]


def test_two_worries_in_other_words_are_not_the_same_question() -> None:
    worried = replace(turn("ask_should_sell"), text="要是再跌我真扛不住了怎么办")
    assert repeats(replace(worried, earlier=(("ask_should_sell", frozenset(), "这两天都睡不好,老惦记这点钱"),))) == 0
    assert repeats(replace(worried, earlier=(("ask_should_sell", frozenset(), "再跌扛不住了怎么办"),))) == 1

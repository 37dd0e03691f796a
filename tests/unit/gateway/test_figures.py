"""The running figures: shares, repeats, failures in a row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.reasons import EMOTIONS
from contracts.turn import Reply, TurnAnswer
from gateway.timeline.figures import Heard, failures, missed, near, recent_emotions, repeats

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def heard(emotions: str) -> list[Heard]:
    """One message a minute, the last letter the newest: n is negative, . is calm, ? was never understood."""
    words = {"n": "焦虑", ".": "平静", "?": None}
    return [
        Heard(f"话{i}", NOW - timedelta(minutes=len(emotions) - i), words[letter]) for i, letter in enumerate(emotions)
    ]


def test_nine_earlier_emotions_and_the_present_one_fill_the_window() -> None:
    assert recent_emotions(heard("n........?.n"), now=NOW) == ("平静",) * 8 + ("焦虑",)


def test_messages_of_another_month_and_those_not_understood_do_not_count() -> None:
    old = [
        Heard("跌了", NOW - timedelta(days=31), "恐慌"),
        Heard("好", NOW - timedelta(days=29), "平静"),
        Heard("嗯", NOW),
    ]
    assert recent_emotions(old, now=NOW) == ("平静",)


@given(st.lists(st.sampled_from(EMOTIONS), max_size=30), st.randoms(use_true_random=False))
def test_the_emotions_do_not_depend_on_the_order_in_which_rows_come(emotions: list[str], chance: object) -> None:
    rows = [Heard("话", NOW - timedelta(minutes=i + 1), emotion) for i, emotion in enumerate(emotions)]
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = recent_emotions(shuffled, now=NOW)
    assert found == recent_emotions(rows, now=NOW)
    assert found == tuple(reversed(emotions[:9]))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("赎回几天到账", "赎回几天到账?", True),
        ("请问赎回几天到账呢", "赎回几天到账", True),
        ("我的钱怎么还没到账", "我的钱咋还没到账", True),
        ("赎回几天到账", "管理费怎么收", False),
        ("好的", "好的", False),  # an answer, not a question
        ("沪深300净值多少", "中证500净值多少", False),
    ],
)
def test_near_the_same_question(one: str, other: str, same: bool) -> None:
    assert near(one, other) is same


def test_a_question_of_yesterday_is_a_new_one() -> None:
    earlier = [Heard("赎回几天到账", NOW - timedelta(hours=25)), Heard("赎回几天到账啊", NOW - timedelta(hours=1))]
    assert repeats("赎回几天到账", earlier, now=NOW) == 1


def test_the_same_intent_is_the_same_question() -> None:
    earlier = [Heard("钱呢", NOW - timedelta(minutes=2), intent="ask_redeem_arrival")]
    assert repeats("还没收到款啊", earlier, now=NOW, intent="ask_redeem_arrival") == 1


@pytest.mark.parametrize(("missed_ones", "count"), [([], 0), ([True, True, False, True], 2), ([False, True], 0)])
def test_failures_in_a_row(missed_ones: list[bool], count: int) -> None:
    assert failures(missed_ones) == count


def test_an_answer_misses_when_it_says_nothing_or_falls_back() -> None:
    said = TurnAnswer((Reply("您好"),), "greet", 0.9, "平静", 0.1)
    assert not missed(said)
    assert missed(TurnAnswer((Reply(" "),), "greet", 0.9, "平静", 0.1))
    assert missed(
        TurnAnswer((Reply("没听懂"),), "nlu_fallback", 0.2, "平静", 0.1, actions=("action_default_fallback",))
    )

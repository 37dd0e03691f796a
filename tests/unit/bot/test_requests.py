"""Where a message may be cut, what its sides are, and that the learned splitter tells two requests from a story."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.request_training import JOINS, fit_weights, joined
from bot.language.requests import Cut, Side, Splitter, Weights, bare, blended, gaps, mark


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("顺便把定投改成五百", "把定投改成五百"),
        ("另外再帮我查下净值", "帮我查下净值"),
        ("还有,手续费多少", "手续费多少"),
        ("先卖一半", "卖一半"),
        ("再", "再"),  # nothing would be left
    ],
)
def test_the_words_that_announce_a_request_are_no_part_of_it(text: str, right: str) -> None:
    said = f"查净值,{text}"
    assert said[slice(*bare(said, (4, len(said))))] == right


def test_a_mark_is_one_gap_and_numbers_stay_whole() -> None:
    # after 查净, over the comma, before 300; never within 300
    assert gaps("查净值,买300") == [(2, 2), (3, 4), (5, 5)]
    assert mark("查净值,买300", 3, 4) == ","
    assert mark("查净值买300", 3, 3) == ""


@given(st.text(alphabet="买卖,。?顺便3 0", max_size=20))
def test_every_gap_leaves_two_sides(text: str) -> None:
    for end, start in gaps(text):
        assert 0 < end <= start < len(text)


def test_the_whole_message_helps_a_side_that_says_little() -> None:
    # 0.5 x 0.82^0.25 > 0.5 x 0.12^0.25
    mixed = blended([("ask_fee", 0.5), ("ask_dividend", 0.5)], {"ask_dividend": 0.8, "ask_fee": 0.1})
    assert mixed["ask_dividend"] > mixed["ask_fee"]
    assert abs(sum(mixed.values()) - 1) < 1e-9


def test_sides_of_one_intent_are_one_request() -> None:
    side = Side("净值", np.array([1.0]), {"ask_nav": 0.9, "ask_fee": 0.1})
    splitter = Splitter(Weights({}, np.array([9.0])), Weights({}, np.array([9.0])))
    assert splitter.chance(Cut(2, 3, 0.9, ","), side, side, side) == 0.0


def test_joined_pairs_name_where_the_second_begins() -> None:

    found = joined(["今天净值多少", "帮我卖一半"], ["ask_nav", "redeem_fund"], 20, Random(1))
    pairs = [one for one in found if one.start is not None]
    assert len(pairs) == 20
    for one in pairs:
        assert one.start is not None
        assert (
            one.text[slice(*bare(one.text, (one.start, len(one.text))))] in ("今天净值多少", "帮我卖一半")
            or "问" in one.text
        )
    assert all("{a}" in form and "{b}" in form for form in JOINS)


def test_logistic_regression_learns_what_separates() -> None:
    pytest.importorskip("scipy")  # only where models are trained
    rows = [{"x": 1.0}] * 10 + [{"x": -1.0}] * 10
    weights = fit_weights(rows, [1.0] * 10 + [0.0] * 10, 0.1, 1)
    assert weights.score({"x": 1.0}) > 1 > -1 > weights.score({"x": -1.0})

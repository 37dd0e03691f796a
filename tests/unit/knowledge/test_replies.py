"""Replies of colleagues: the nearest question, nothing of another client, nothing without a question before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.replies import Replied, Replies, fit, pairs

KNOWN = Replies.of(
    [
        Replied("C类和A类哪个好", "只拿几个月看C类,打算拿久的看A类,费用写在详情页。", 5),
        Replied("A类C类怎么挑啊", "看打算拿多久,短的C类长的A类,别的都一样。", 4),
        Replied("基金经理换人了怎么办", "先看新经理的风格和投向变没变,指数基金影响小,可以多看一两个季度。", 5),
        Replied("我的钱什么时候到", "您的8,000元11月27日到尾号1234的卡。", 5),
    ]
)


def test_what_belongs_to_one_client_is_not_kept() -> None:
    assert len(KNOWN.known) == 3


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("股票基金赎回T+3到账,15:00前算当天。", True),
        ("满7天以后赎回费是1.0%,满180天不收。", True),
        ("您这笔赎回费是26.10元,明天到。", False),
        ("订单号OR20261124已经确认成功了。", False),
        ("王女士您好,您的基金我看过了。", False),
        ("好的", False),
    ],
)
def test_which_replies_are_fit_for_another(reply: str, kept: bool) -> None:
    assert fit(reply) is kept


def test_the_nearest_question_answers() -> None:
    found = KNOWN.nearest("经理换人了,怎么办")
    assert found
    assert "新经理" in found.reply
    best = KNOWN.nearest("A类和C类哪个好")
    assert best
    assert best.score == 5
    assert KNOWN.nearest("今天下雨吗") is None
    assert Replies.of(()).nearest("A类和C类哪个好") is None


@given(st.text(max_size=30))
def test_any_question_gets_a_known_reply_or_none(text: str) -> None:
    assert KNOWN.nearest(text) in {*KNOWN.known, None}


def test_questions_and_answers_are_paired_in_order() -> None:
    asked = [("human", "您好"), ("client", "A类"), ("client", "还是C类"), ("human", "看拿多久")]
    rest = [("human", "还有吗"), ("ai", "x"), ("client", "谢谢")]
    assert pairs(asked + rest, 5) == [Replied("A类 还是C类", "看拿多久", 5)]

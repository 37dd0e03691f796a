"""Words carry emotion; negation, contrast and irony change it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.emotion import EMOTIONS, FEATURES, explain, read
from bot.language.normalise import normalise


def strongest(text: str) -> str:
    scores = read(normalise(text).text).scores
    return EMOTIONS[max(range(len(scores)), key=scores.__getitem__)]


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("一直跌我都睡不着了", "焦虑"),
        ("完了完了要归零了快帮我全卖了", "恐慌"),
        ("算了,对你们没信心了", "失望"),
        ("你们就是骗子,我要举报", "愤怒"),
        ("我都看糊涂了", "困惑"),
        ("那我就放心了", "安心"),
        ("讲得真清楚,太谢谢了", "满意"),
        ("我一点都不担心", "安心"),  # negation turns it
        ("之前挺慌的,但是现在踏实了", "安心"),  # what stands after the contrast counts
        ("真是谢谢你们让我亏了三万", "愤怒"),  # praise beside a loss
        ("😭😭一直跌,睡不着", "焦虑"),
    ],
)
def test_what_the_words_say(text: str, emotion: str) -> None:
    assert strongest(text) == emotion


def test_reported_fear_weighs_less_than_ones_own() -> None:
    own, reported = read("我很害怕"), read("新闻里的人很害怕")
    assert sum(reported.scores) < sum(own.scores)


def test_the_words_that_carried_it_are_named() -> None:
    reading = read(normalise("一直跌我都睡不着了").text)
    assert explain(reading, "焦虑") == ("睡不着", "一直跌")


@given(st.text(max_size=60))
def test_features_are_bounded_for_any_text(text: str) -> None:
    features = read(text).features()
    assert features.shape == (FEATURES,)
    assert (abs(features) <= 1.0).all()

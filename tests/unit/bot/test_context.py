"""A short message is read on from the one before it, a whole one is not."""

from datetime import date

import pytest

from bot.language.context import WEIGHTS, Previous, passage, resolve
from bot.language.entities import extract
from bot.language.funds import Fund, FundMatcher
from bot.language.normalise import normalise

MATCHER = FundMatcher([Fund("HY031", "衡远沪深300指数", ("沪深300",)), Fund("HY043", "衡远纳指100QDII", ("纳指",))])


def follow(text: str, before: str | None, own: str = "ask_term", confidence: float = 0.4) -> str:
    clean = normalise(text)
    entities = extract(clean, MATCHER, date(2026, 11, 24))
    previous = Previous(before) if before else None
    # A doubtful reading leaves some chance to every other intent.
    chances = {
        **dict.fromkeys((before or own, "correct", "dca_modify", "ask_loss_reason", "ask_redeem_arrival"), 0.05),
        own: confidence,
    }
    return resolve(clean.text, chances, chances, entities, previous, WEIGHTS).intent


@pytest.mark.parametrize(
    ("before", "text", "intent"),
    [
        ("ask_nav", "那另一只呢", "ask_nav"),
        ("ask_return", "那上个月呢", "ask_return"),
        ("dca_query", "改成五百", "dca_modify"),
        ("dca_create", "还是改成每月15号吧", "dca_modify"),
        ("redeem_fund", "不是这个", "correct"),
        ("ask_fund_info", "不对,我说的是纳指", "correct"),
        ("ask_recommendation", "那债券的呢", "ask_recommendation"),
        ("ask_return", "为啥", "ask_loss_reason"),
        ("redeem_fund", "那要多久", "ask_redeem_arrival"),
        ("buy_fund", "五千", "buy_fund"),
        ("ask_nav", "沪深300那只", "ask_nav"),
    ],
)
def test_follow_ups(before: str, text: str, intent: str) -> None:
    assert follow(text, before) == intent


@pytest.mark.parametrize(
    ("before", "text", "own"),
    [
        (None, "那另一只呢", "ask_nav"),
        ("ask_nav", "我要投诉你们客服态度差到家了还不回消息", "complain_attitude"),
        ("greet", "改成五百", "dca_modify"),
        ("ask_nav", "转人工", "ask_human"),
        ("ask_nav", "好的谢谢", "thank"),
    ],
)
def test_what_stands_alone_keeps_its_own_meaning(before: str | None, text: str, own: str) -> None:
    assert follow(text, before, own, 0.9) == own


def test_entities_of_the_turn_before_hold_until_they_are_said_anew() -> None:
    previous = Previous("buy_fund", ({"entity": "fund", "value": "HY031"}, {"entity": "amount", "value": "500"}))
    clean = normalise("改成八百")
    entities = extract(clean, MATCHER, date(2026, 11, 24))
    chances = {"chitchat": 0.4, "buy_fund": 0.05}
    found = resolve(clean.text, chances, chances, entities, previous, WEIGHTS)
    assert found.follow_up
    assert [entity["value"] for entity in found.carried] == ["HY031"]


def test_the_message_before_is_read_with_this_one() -> None:
    before = Previous("ask_nav", text="纳指净值多少?", bot_text="纳指100昨天的净值是1.25元。要不要再看看别的?")
    assert passage("那新能源呢", before).before == ("纳指净值多少", "纳指100昨天的净值是1.25元。要不要再看看别的")


@pytest.mark.parametrize(("text", "intent"), [("行", "affirm"), ("还是算了", "deny"), ("没听懂", "repeat")])
def test_a_plain_answer_is_no_follow_up(text: str, intent: str) -> None:
    assert follow(text, "buy_fund", intent, 0.5) == intent

"""Answers by scenario: causes of a loss, a plan for a child, comfort, complaints, reaching a person, footing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.actions.conftest import Desk, Talk

Load = Callable[[str], Any]


async def test_a_loss_is_explained_with_the_clients_own_figures(load: Load) -> None:
    talk: Talk = await load("S11")
    talk.emotion = ("焦虑", 0.7)
    said = await talk.say("跌麻了😭新能源还能抄底不,还是割了算了,真拿不住了", "ask_should_add", funds=("HY032",))
    # cost 756,100, worth 620,000: -136,100 = -18.0 %; 1 / 0.82 - 1 = 21.95 %
    for words in (
        "136,100.00元",
        "18.00%",
        "21.95%",
        "17.10%",
        "2.30%",
        "板块",
        "62.0%",
        "5、11、19个月",
        "34个月",
        "还没有回到前高",
        "风险提示",
        "您来定",
    ):
        assert words in said.text, words
    assert said.text.startswith("心里不踏实很正常")
    again = await talk.say("跌麻了😭新能源还能抄底不,还是割了算了", "ask_should_sell", message_id="m0")
    assert len(again.text) < 60


async def test_no_forecast(load: Load) -> None:
    talk: Talk = await load("S11")
    said = await talk.say("就直说吧,你觉得哪天能涨回来", "ask_should_sell", last_topic_fund="HY032")
    assert "不预测" in said.text
    assert "21.95%" in said.text


async def test_a_plan_for_a_newborn(load: Load, desk: Desk) -> None:
    talk: Talk = await load("S13")
    asked = await talk.say("我想为刚出生的孩子规划教育金", "plan_education")
    for words in ("目标", "起步", "每个月"):
        assert words in asked.text, words
    assert "多大" not in asked.text

    computed = await talk.say("到18岁那年手里有50万就行,现在能拿5万,每个月最多1200", "default_fallback")
    for words in (
        "216个月",
        "1,448.75元",
        "428,900元",
        "1,259.22元",
        "481,300元",
        "1,080.32元",
        "541,800元",
        "不是预测",
        "R3",
        "还差",
    ):
        assert words in computed.text, words
    ready = talk.slots["plan_ready"]
    assert ready["reason"] == "complex_planning_教育金"

    wish = {"reasons": [ready["reason"]], "topic": ready["topic"]}
    told = await talk.say("到18岁…", "plan_education", action="request_handoff", escalation=wish)
    facts = {fact["label"]: fact["value"] for fact in desk.asked[0]["facts"]}
    assert facts["目标"] == "500,000元"
    assert facts["每月可存"] == "1,200元"
    assert "第2位" in told.text
    assert talk.slots["plan_ready"] is None


async def test_soothing_sells_nothing(load: Load) -> None:
    talk: Talk = await load("S22")
    talk.emotion = ("焦虑", 0.6)
    said = await talk.say("要是再跌我真扛不住了怎么办", "ask_should_sell", action="soothe", negative_share=0.4)
    assert said.text.startswith("心里不踏实很正常")
    assert "元" in said.text
    assert "买入" not in said.text
    offered = await talk.say("有啥推荐", "ask_recommendation", negative_share=0.4)
    assert "不急着买" in offered.text


async def test_recommendations_stay_within_the_level(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("有啥好基金推荐", "ask_recommendation")
    assert "R3" in said.text
    assert "R4" not in said.text
    assert "R5" not in said.text


async def test_a_complaint_has_a_number_and_deadlines(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("三天了钱还没到账", "complain_delay")
    tickets = await talk.institution.complaints(talk.client_id)
    newest = max(tickets, key=lambda ticket: ticket.opened_at)
    for words in (newest.id, "15:20前给您首次答复", "11月25日", "20元代金券", "RULE-CMP"):
        assert words in said.text, words
    asked = await talk.say("我的投诉呢", "ask_complaint_progress")
    assert newest.id in asked.text


async def test_a_person_is_asked_for_once_a_message(load: Load, desk: Desk) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("转人工", "ask_human", action="request_handoff", message_id="m9")
    assert desk.asked[0]["key"] == "m9-request_handoff"
    assert desk.asked[0]["reasons"] == ["explicit_ask"]
    assert "第2位" in said.text
    assert "约2分钟" in said.text

    desk.answer |= {"already": True, "position": 1, "wait_seconds": 40}
    again = await talk.say("人工呢", "ask_human", action="request_handoff")
    assert "不用重排" in again.text


async def test_a_callback_is_written_down_before_it_is_promised(load: Load, desk: Desk) -> None:
    talk: Talk = await load("S07")
    first = await talk.say("明天上午给我回电话", "ask_callback")
    assert "回电号码" in first.text
    done = await talk.say("明天上午给我回电话", "ask_callback", action="request_handoff")
    assert desk.asked[1] == {"kind": "callback", "text": "明天上午给我回电话"}
    # The timeline has told the client already.
    assert done.replies == []


async def test_with_the_advisor_there_no_callback_is_written_down(load: Load, desk: Desk) -> None:
    talk: Talk = await load("S07")
    desk.answer |= {"state": "active", "advisor": "赵敏"}
    said = await talk.say("给我回电话", "ask_callback", action="request_handoff")
    assert len(desk.asked) == 1
    assert "赵敏已经接入" in said.text


async def test_no_answer_from_the_gateway_is_said(load: Load, desk: Desk) -> None:
    talk: Talk = await load("S07")
    desk.down = True
    said = await talk.say("转人工", "ask_human", action="request_handoff")
    assert "还没有确认排上" in said.text


async def test_an_open_order_survives_a_call_for_a_person(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    await talk.say("转人工", "ask_human", action="request_handoff")
    assert talk.slots["order"]["step"] == "confirm"


async def test_self_harm_gets_care_and_no_business(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    said = await talk.say("亏光了不想活了", "self_harm")
    assert "12356" in said.text
    assert "赎回" not in said.text


async def test_not_understood_offers_the_likeliest(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("呜啦啦", "ask_nav", action="default_fallback")
    assert "没有听明白" in said.text
    assert said.quick == ["查净值", "转人工"]


async def test_repeat_says_the_last_answer_simpler(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("我是C几", "ask_risk_level")
    said = await talk.say("没看懂", "repeat")
    assert "C3" in said.text
    assert "依据" not in said.text


async def test_arrival_of_the_clients_own_redemption(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    await talk.say("确认", "affirm")
    await talk.say("确认赎回6000份", "affirm")
    said = await talk.say("钱啥时候到", "ask_redeem_arrival")
    for words in ("6,000份", "11月27日", "18:00前到账", "RULE-RDM-EQ v3"):
        assert words in said.text, words


async def test_the_reason_is_said_in_words_for_the_client(load: Load) -> None:
    talk: Talk = await load("S07")
    talk.emotion = ("恐慌", 0.9)
    wish = {"reasons": ["emotion_panic", "elderly"], "topic": "情绪安抚", "words": ["客户恐慌"]}
    said = await talk.say("完了完了", "ask_should_sell", action="request_handoff", escalation=wish)
    assert "我知道您很着急" in said.text
    assert "客户" not in said.text

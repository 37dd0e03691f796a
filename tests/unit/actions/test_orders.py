"""The other orders: suitability first, two confirmations, one effect in the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.unit.actions.conftest import Talk

Load = Callable[[str], Any]


async def test_buying_within_the_level(load: Load) -> None:
    talk: Talk = await load("S07")
    first = await talk.say("沪深300买五千块", "buy_fund", funds=("HY031",))
    # 0.10 % of 5,000; the fee is 5.00 (or 4.995 when charged inside, rounded to 5.00)
    for words in ("5,000.00元", "申购费", "11月25日", "风险提示"):
        assert words in first.text, words
    await talk.say("确认", "affirm")
    done = await talk.say("确认申购5000元", "affirm")
    assert "已受理" in done.text
    orders = await talk.institution.orders(talk.client_id, 10)
    assert [(o.kind, o.fund, o.amount) for o in orders[:1]] == [("buy", "HY031", 5000)]


async def test_above_the_level_is_refused_with_the_reason(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("买一万新能源", "buy_fund", funds=("HY032",))
    for words in ("R4", "C3", "RULE-SUIT", "承诺书"):
        assert words in said.text, words
    assert talk.slots["order"] is None


async def test_switching_into_a_fund_above_the_level_is_refused(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("把沪深300换成新能源", "switch_fund", funds=("HY031", "HY032"))
    assert "RULE-SUIT" in said.text


async def test_switching(load: Load) -> None:
    talk: Talk = await load("S07")
    asked = await talk.say("把沪深300换成安心纯债", "switch_fund", funds=("HY031", "HY011"))
    assert "多少份" in asked.text
    quoted = await talk.say("换五千份", "switch_fund")
    assert "安心纯债" in quoted.text
    assert "5,000份" in quoted.text
    await talk.say("好", "affirm")
    done = await talk.say("确认转换5000份", "affirm")
    assert "已受理" in done.text


async def test_the_closing_phrase_once_more_opens_no_second_order(load: Load) -> None:
    talk: Talk = await load("S07")
    assert "没有等您确认" in (await talk.say("确认赎回1000份", "redeem_fund")).text
    await talk.say("300指数卖一千份", "redeem_fund", funds=("HY031",))
    await talk.say("确认", "affirm")
    assert "已受理" in (await talk.say("确认赎回1000份", "redeem_fund")).text
    assert "没有重复提交" in (await talk.say("确认赎回1000份", "redeem_fund")).text
    orders = await talk.institution.orders(talk.client_id, 10)
    assert [order.kind for order in orders].count("redeem") == 1


async def test_cancelling_what_was_just_bought(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("沪深300买五千块", "buy_fund", funds=("HY031",))
    await talk.say("确认", "affirm")
    await talk.say("确认申购5000元", "affirm")
    asked = await talk.say("刚才那笔不要了,撤单", "cancel_order")
    assert "15:00前可以撤" in asked.text
    await talk.say("确认", "affirm")
    done = await talk.say("确认撤单", "affirm")
    assert "已撤单" in done.text
    orders = await talk.institution.orders(talk.client_id, 10)
    assert orders[0].status == "cancelled"


async def test_with_nothing_open_nothing_can_be_cancelled(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("撤单", "cancel_order")
    assert "没有可以撤的" in said.text


async def test_a_plan_from_birth_to_end(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("定投沪深300每月500块", "dca_create", funds=("HY031",))
    quoted = await talk.say("每月15号", "dca_create")
    assert "每月15号" in quoted.text
    await talk.say("确认", "affirm")
    made = await talk.say("确认新建定投500元", "affirm")
    assert "定投已建好" in made.text

    asked = await talk.say("改成八百", "dca_modify")
    assert "500.00元 → 800.00元" in asked.text
    await talk.say("确认", "affirm")
    changed = await talk.say("确认修改定投800元", "affirm")
    assert "800.00元" in changed.text

    for text, intent, phrase, words in [
        ("定投先停一停", "dca_pause", "确认暂停定投", "定投已暂停"),
        ("恢复定投", "dca_resume", "确认恢复定投", "定投已恢复"),
        ("定投取消,不做了", "dca_stop", "确认终止定投", "定投已终止"),
    ]:
        asked = await talk.say(text, intent)
        assert "请核对" in asked.text, text
        await talk.say("好的", "affirm")
        assert words in (await talk.say(phrase, "affirm")).text
    plans = await talk.institution.plans(talk.client_id)
    assert [plan.status for plan in plans] == ["stopped"]


async def test_dividend_mode(load: Load, http: httpx.AsyncClient) -> None:
    talk: Talk = await load("S07")
    asked = await talk.say("沪深300改成现金分红", "set_dividend_mode", funds=("HY031",))
    assert "现金分红" in asked.text
    await talk.say("对", "affirm")
    done = await talk.say("确认改为现金分红", "affirm")
    assert "11月25日" in done.text
    await http.post("/v1/clock", json={"at": "2026-11-26T10:00:00+08:00"})
    holdings = await talk.institution.holdings(talk.client_id)
    assert next(i for i in holdings.items if i.fund == "HY031").dividend_mode == "现金分红"


async def test_another_kind_of_order_replaces_the_open_one(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    said = await talk.say("帮我把定投停掉", "dca_pause")
    assert "先放下" in said.text
    assert "没有正在扣款的定投" in said.text


async def test_a_large_redemption_is_held_and_released(load: Load) -> None:
    """14,000 of 130,000 is 10.8 % but below 50,000: no hold; 60,000 of the money fund is 46 %: a person is needed."""
    talk: Talk = await load("S07")
    first = await talk.say("日日盈赎回六万份", "redeem_fund", funds=("HY001",))
    assert "RULE-HOLD" in first.text
    await talk.say("确认", "affirm")
    done = await talk.say("确认赎回60000份", "affirm")
    assert "暂缓" in done.text
    assert "转人工" in done.quick
    assert "已受理" not in done.text
    assert talk.slots["large_redemption"]["share"].startswith("0.46")


@pytest.mark.parametrize(("text", "funds"), [("卖一半", ()), ("把它卖掉一半", ())])
async def test_it_means_the_fund_talked_of_last(load: Load, text: str, funds: tuple[str, ...]) -> None:
    talk: Talk = await load("S07")
    await talk.say("沪深300今天净值多少", "ask_nav", funds=("HY031",))
    said = await talk.say(text, "redeem_fund", funds=funds)
    assert "4,000份" in said.text


async def test_buying_instead_of_selling(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    said = await talk.say("换成买安心纯债,两千块", "buy_fund", funds=("HY011",))
    assert "先放下" in said.text
    assert "申购衡远安心纯债2,000.00元" in said.text


async def test_a_plan_asks_for_the_weekday_when_it_becomes_weekly(load: Load) -> None:
    talk: Talk = await load("S22")
    asked = await talk.say("定投能改成周扣吗", "dca_modify")
    assert "星期几" in asked.text
    quoted = await talk.say("周三", "default_fallback")
    assert "→ 每周三" in quoted.text
    dropped = await talk.say("那我定投照旧", "thank")
    assert "没有提交" in dropped.text

"""A redemption in three steps, with everything a client may say in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from institution.client import Institution
from institution.models import Order, Quote
from kit.errors import Unavailable
from tests.unit.actions.conftest import Talk

Load = Callable[[str], Any]
FINAL = "确认赎回6000份"


async def redemptions(talk: Talk) -> list[Any]:
    orders = await talk.institution.orders(talk.client_id, 50)
    return [order for order in orders if order.kind == "redeem"]


async def test_three_steps_with_the_fee_first_in_first_out(load: Load) -> None:
    talk: Talk = await load("S07")
    first = await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    # 6,000 x 1.25 = 7,500; the 1,000 of the newer lot cost 1,000 x 1.25 x 1 % = 12.50
    for words in ("6,000份", "8,000份", "7,500.00元", "12.50元", "7,487.50元", "11月24日(周二)", "11月27日(周五)18:00"):
        assert words in first.text.replace("（", "(").replace("）", ")"), words
    assert first.quick[0] == "确认"

    why = await talk.say("为啥还要12块5", "complain_fee")
    for words in ("先进先出", "5,000份", "266天", "1,000份", "21天", "1.00%", "12月3日", "0.50%", "RULE-FEE-RDM"):
        assert words in why.text, words
    assert await redemptions(talk) == []

    second = await talk.say("行就六千", "affirm")
    assert FINAL in second.text
    assert second.quick[0] == FINAL
    assert await redemptions(talk) == []

    done = await talk.say(FINAL, "redeem_fund", message_id="last")
    placed = await redemptions(talk)
    assert [(order.fund, order.shares, order.t_day.isoformat()) for order in placed] == [("HY031", 6000, "2026-11-24")]
    assert placed[0].id in done.text
    assert talk.slots["order"] is None


async def test_the_same_last_step_again_makes_one_order(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    await talk.say("确认", "affirm")
    waiting = dict(talk.slots["order"])
    for _ in range(3):
        await talk.say(FINAL, "affirm", message_id="last", order=waiting)
    assert len(await redemptions(talk)) == 1


async def test_a_correction_comes_back_to_the_quote(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    corrected = await talk.say("改成五千", "correct")
    assert "5,000份" in corrected.text
    assert "手续费0.00元" in corrected.text
    last = await talk.say("好的", "affirm")
    assert last.quick[0] == "确认赎回5000份"


async def test_a_correction_at_the_last_step(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    await talk.say("确认", "affirm")
    corrected = await talk.say("还是卖一半吧", "redeem_fund")
    assert "4,000份" in corrected.text
    assert await redemptions(talk) == []


async def test_yes_alone_is_not_the_second_confirmation(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    await talk.say("确认", "affirm")
    again = await talk.say("确认", "affirm")
    assert FINAL in again.text
    assert await redemptions(talk) == []


@pytest.mark.parametrize(("text", "intent"), [("算了", "deny"), ("不卖了", "redeem_fund"), ("我再想想", "chitchat")])
async def test_dropping_it(load: Load, text: str, intent: str) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    said = await talk.say(text, intent)
    assert "没有提交" in said.text
    assert talk.slots["order"] is None


async def test_another_question_is_answered_and_the_order_comes_back(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    aside = await talk.say("我的风险等级是多少", "ask_risk_level")
    assert "C3" in aside.text
    assert "回到刚才的赎回" in aside.text
    assert talk.slots["order"]["step"] == "confirm"


async def test_missing_fund_and_quantity_are_one_choice(load: Load) -> None:
    talk: Talk = await load("S07")
    asked = await talk.say("我想赎回", "redeem_fund")
    assert "赎回衡远沪深300指数一半" in asked.quick
    chosen = await talk.say("赎回衡远沪深300指数一半", "redeem_fund", funds=("HY031",))
    assert "4,000份" in chosen.text


async def test_more_than_there_is(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("300指数卖九千份", "redeem_fund", funds=("HY031",))
    assert "8,000份" in said.text
    assert "不够9,000份" in said.text
    assert talk.slots["order"]["step"] == "quantity"


async def test_not_this_one(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    said = await talk.say("不是这只", "correct")
    assert "要从哪一只赎回6,000份" in said.text


async def test_the_cut_off_passes_before_the_last_step(load: Load, http: httpx.AsyncClient) -> None:
    talk: Talk = await load("S07")
    await http.post("/v1/clock", json={"at": "2026-11-24T14:50:00+08:00"})
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    await http.post("/v1/clock", json={"at": "2026-11-24T14:59:50+08:00"})
    await talk.say("确认", "affirm")
    await http.post("/v1/clock", json={"at": "2026-11-24T15:00:10+08:00"})
    late = await talk.say(FINAL, "affirm")
    assert "T日变成11月25日" in late.text
    assert await redemptions(talk) == []
    await talk.say(FINAL, "affirm")
    assert [order.t_day.isoformat() for order in await redemptions(talk)] == ["2026-11-25"]


async def test_a_draft_left_alone_is_void(load: Load, http: httpx.AsyncClient) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    await http.post("/v1/clock", json={"advance_seconds": 1860})
    said = await talk.say("确认", "affirm")
    assert "已经作废" in said.text


async def test_an_order_booked_in_silence_is_never_denied(
    load: Load, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is booked, but the answer gets lost: no second order, no 「什么都没有提交」."""
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    await talk.say("确认", "affirm")
    placing = Institution.place_order

    async def lost(self: Institution, *args: Any, **fields: Any) -> Order:
        await placing(self, *args, **fields)
        raise Unavailable("没有回应")

    with monkeypatch.context() as patched:
        patched.setattr(Institution, "place_order", lost)
        assert "不能确定" in (await talk.say(FINAL, "affirm")).text
    for text, intent in (("改成3000份", "correct"), ("算了", "deny")):
        said = await talk.say(text, intent)
        assert "不能确定" in said.text
        assert "没有提交" not in said.text.replace("当作没有提交", "")
    assert "已受理" in (await talk.say(FINAL, "affirm")).text
    assert [order.shares for order in await redemptions(talk)] == [6000]


async def test_silence_before_anything_was_sent_is_said_as_such(
    load: Load, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    await talk.say("确认", "affirm")

    async def silent(self: Institution, *args: Any, **fields: Any) -> Quote:
        raise Unavailable("没有回应")

    with monkeypatch.context() as patched:
        patched.setattr(Institution, "quote", silent)
        assert "还没有提交" in (await talk.say(FINAL, "affirm")).text
    assert not talk.slots["order"]["unsure"]
    assert "已受理" in (await talk.say(FINAL, "affirm")).text


async def test_a_silent_institution_while_placing(load: Load, http: httpx.AsyncClient) -> None:
    """It fails at the last step: we do not claim anything, and the same step again makes one order."""
    talk: Talk = await load("S07")
    await talk.say("300指数卖六千份", "redeem_fund", funds=("HY031",))
    await talk.say("确认", "affirm")
    await http.post("/v1/admin/faults", json={"mode": "fail"})
    silent = await talk.say(FINAL, "affirm")
    assert "没有回应" in silent.text or "不能确定" in silent.text
    assert "已受理" not in silent.text
    await http.post("/v1/admin/faults", json={"mode": "none"})
    await talk.say(FINAL, "affirm")
    assert len(await redemptions(talk)) == 1

"""Rebalancing as several orders, the effect shown before a confirmation, and suitability on every way into a fund."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from actions import allocation, attribution
from actions.funds import fitting
from actions.orders import balance, basket, effect
from actions.orders.model import Draft, Facts, Kind, Leg, Step
from institution.models import Holdings
from institution.sandbox import views
from institution.sandbox.app import open_state
from institution.sandbox.state import State
from kit.clock import ManualClock
from tests.unit.actions.conftest import Talk

Load = Callable[[str], Any]
D = Decimal


async def orders(talk: Talk) -> list[Any]:
    return [order for order in await talk.institution.orders(talk.client_id, 50) if order.id[-4:].isdigit()]


async def test_the_effect_is_shown_before_the_first_yes(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("沪深300买五千块", "buy_fund", funds=("HY031",))
    # 8,000 x 1.25 = 10,000 of 130,000 is 7.7 %; 14,995 of 134,995 is 11.1 %
    assert "从7.7%变成11.1%" in said.text
    card = said.replies[0]["custom"]["card"]
    assert {"label": "R3及以上占比", "value": "7.7% → 11.1%"} in card["rows"]
    assert card["chart"]["kind"] == "bar"
    assert [series["name"] for series in card["chart"]["series"]] == ["现在", "办完以后"]


async def test_over_concentration_is_named(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("沪深300买二十万", "buy_fund", funds=("HY031",))
    # 209,800 of 329,800
    assert "63.6%" in said.text
    assert "偏集中" in said.text


async def test_a_year_of_a_new_plan_is_shown(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("定投沪深300每月1000块,每月15号", "dca_create", funds=("HY031",))
    # 10,000 + 12 x 1,000 = 22,000 of 142,000 is 15.5 %
    assert "12,000.00元" in said.text
    assert "从7.7%变成15.5%" in said.text


async def test_a_rebalancing_is_real_orders_placed_once(load: Load, http: httpx.AsyncClient) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("我要调仓", "rebalance")
    # 120,000 cash of 130,000: 92.3 % against 15 %; the surplus of 100,500 goes to bonds (65,000) and stocks (35,500)
    for words in ("92.3%", "1. 把衡远日日盈货币", "65,000.00元", "35,500.00元", "变成15.0%", "风险提示"):
        assert words in said.text, words
    assert await orders(talk) == []
    final = await talk.say("确认", "affirm")
    phrase = final.quick[0]
    assert phrase == "确认调仓100500元"
    waiting = dict(talk.slots["order"])
    done = await talk.say(phrase, "affirm", message_id="last")
    assert "已受理,一共2笔" in done.text.replace("，", ",")
    placed = await orders(talk)
    assert [order.kind for order in placed] == ["switch", "switch"]
    again = await talk.say(phrase, "affirm", message_id="last", order=waiting)
    assert len(await orders(talk)) == 2
    assert all(order.id in again.text for order in placed)


async def test_a_leg_can_be_left_out(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("我要调仓", "rebalance")
    said = await talk.say("去掉第2笔", "deny")
    assert "一共1笔" in said.text
    assert "2. " not in said.text


async def test_why_is_explained_and_the_draft_stays(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("我要调仓", "rebalance")
    said = await talk.say("为什么要这么调", "ask_robo_logic")
    assert "权益不超过100减年龄" in said.text
    assert said.quick[0] == "确认"
    assert talk.slots["order"]["kind"] == "rebalance"


async def test_the_client_shapes_it_within_suitability(load: Load) -> None:
    talk: Talk = await load("S07")
    chosen = await talk.say("我要调仓,股票那部分买中证500", "rebalance", funds=("HY035",))
    assert "转成衡远中证500指数" in chosen.text
    talk.slots["order"] = None
    barred = await talk.say("我要调仓,股票那部分买新能源", "rebalance", funds=("HY032",))
    assert "RULE-SUIT" in barred.text
    assert "转成衡远新能源" not in barred.text


async def test_an_upset_client_is_not_rebalanced(load: Load) -> None:
    talk: Talk = await load("S07")
    talk.emotion = ("恐慌", 0.9)
    said = await talk.say("我要调仓", "rebalance")
    assert "不急着动" in said.text
    assert not talk.slots.get("order")


async def test_a_silent_institution_between_two_legs_loses_and_doubles_nothing(
    load: Load, http: httpx.AsyncClient
) -> None:
    talk: Talk = await load("S07")
    await talk.say("我要调仓", "rebalance")
    final = await talk.say("确认", "affirm")
    await http.post("/v1/admin/faults", json={"mode": "fail"})
    unsure = await talk.say(final.quick[0], "affirm")
    assert "没有" in unsure.text
    await http.post("/v1/admin/faults", json={"mode": "none"})
    await talk.say(final.quick[0], "affirm")
    assert len(await orders(talk)) == 2


async def test_the_aged_confirm_once_more(load: Load) -> None:
    talk: Talk = await load("S07")
    talk.state.world.people["U107"] = _older(talk.state, 67)
    asked = await talk.say("沪深300买五千块", "buy_fund", funds=("HY031",))
    assert "67岁" in asked.text
    assert asked.quick[0] == "我已了解"
    assert talk.slots["order"]["step"] == "aware"
    aside = await talk.say("手续费怎么收", "ask_fee")
    assert "我已了解" in aside.text
    shown = await talk.say("我已了解", "affirm")
    assert "请核对" in shown.text
    await talk.say("确认", "affirm")
    assert "已受理" in (await talk.say("确认申购5000元", "affirm")).text
    kept = await talk.institution.suitability_of("U107")
    assert {record.verdict for record in kept} == {"confirm"}


def _older(state: State, age: int) -> Any:
    from dataclasses import replace

    return replace(state.world.people["U107"], age=age)


async def test_each_check_leaves_a_record(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("买一万新能源", "buy_fund", funds=("HY032",))
    refused = await talk.institution.suitability_of("U107")
    assert [(r.fund, r.verdict, r.occasion, r.by, str(r.amount)) for r in refused] == [
        ("HY032", "refuse", "order", "bot", "10000")
    ]
    await talk.say("有啥好基金推荐", "ask_recommendation")
    offered = [r for r in await talk.institution.suitability_of("U107") if r.occasion == "offer"]
    assert offered
    assert {r.verdict for r in offered} <= {"pass", "warn"}


async def test_without_a_record_no_order(load: Load, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    talk: Talk = await load("S07")
    await talk.say("沪深300买五千块", "buy_fund", funds=("HY031",))
    await talk.say("确认", "affirm")

    from kit.errors import Unavailable

    async def silent(*_: Any) -> int:
        raise Unavailable

    monkeypatch.setattr(type(talk.institution), "keep_suitability", silent)
    said = await talk.say("确认申购5000元", "affirm")
    assert "还没有提交" in said.text
    assert await orders(talk) == []


async def test_resuming_and_raising_a_plan_is_checked_too(load: Load) -> None:
    talk: Talk = await load("S22")
    from dataclasses import replace

    people = talk.state.world.people
    people[talk.client_id] = replace(people[talk.client_id], valid_until=date(2026, 1, 1))
    said = await talk.say("定投改成五千", "dca_modify")
    assert "RULE-TEST" in said.text


def test_a_draft_with_legs_survives_the_slot() -> None:
    from datetime import UTC, datetime

    legs = (Leg("switch", "HY001", D("1.5"), shares=D("1.5"), to_fund="HY011"), Leg("buy", "HY031", D(9), amount=D(9)))
    draft = Draft(Kind.REBALANCE, "k", "s", datetime(2026, 11, 24, tzinfo=UTC), Step.FINAL, legs=legs)
    assert Draft.of(draft.to_slot()) == draft
    assert draft.order_key != Draft.of(draft.to_slot() | {"legs": draft.to_slot()["legs"][:1]}).order_key


# -- over all clients ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> State:
    from datetime import datetime

    from kit.clock import SHANGHAI

    clock = ManualClock(datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI))
    return open_state(tmp_path_factory.mktemp("sandbox") / "sandbox.jsonl", clock=clock)


def facts_of(world: State, client: str) -> Facts:
    funds = {code: views.fund(world, code) for code in world.catalog.funds}
    held: Holdings = views.holdings(world, client)
    return Facts(views.client(world, client), held.items, funds, today=world.today())


def test_no_client_is_offered_or_moved_into_anything_unsuitable(world: State) -> None:
    """All clients x all funds: recommendations and the legs of a rebalancing."""
    funds = [views.fund(world, code) for code in world.catalog.funds]
    moved = 0
    for client_id in world.world.people:
        facts = facts_of(world, client_id)
        client = facts.client
        barred = client.risk_expired or bool(client.risk_conflicts)
        for fund, offer in fitting(funds, client, world.today()):
            assert not barred
            assert offer.allowed
            assert fund.kind != "私募"
            assert int(fund.risk[1]) <= int(client.risk_level[1])
        draft = basket.laid_out(Draft(Kind.REBALANCE, "k", "s", world.now()), facts)
        for leg in draft.legs:
            assert not barred
            into = facts.funds[leg.to_fund or leg.fund]
            if leg.kind != "redeem":
                assert int(into.risk[1]) <= int(client.risk_level[1])
                assert into.kind != "私募"
            else:
                assert facts.holding(leg.fund)
            moved += 1
    assert moved > 100


def test_a_rebalancing_ends_nearer_to_the_reference(world: State) -> None:
    reference = allocation.load()
    for client_id in list(world.world.people)[:120]:
        facts = facts_of(world, client_id)
        draft = basket.laid_out(Draft(Kind.REBALANCE, "k", "s", world.now()), facts)
        sold: dict[str, Decimal] = {}
        moves: dict[str, Decimal] = {}
        for leg in draft.legs:
            if leg.kind != "buy":
                sold[leg.fund] = sold.get(leg.fund, D(0)) + (leg.shares or D(0))
                moves[leg.fund] = moves.get(leg.fund, D(0)) - leg.value
            if leg.kind != "redeem":
                code = leg.to_fund or leg.fund
                moves[code] = moves.get(code, D(0)) + leg.value
        for code, shares in sold.items():
            held = facts.holding(code)
            assert held is not None
            assert shares <= held.available_shares
        wanted = reference.mix(facts.client.risk_level, facts.client.age)
        found = effect.of(facts.holdings, facts.funds, moves)
        before = balance.drifts(facts.holdings, facts.client, reference)
        after = basket.classes(found.after, facts)
        if draft.legs and not attribution.above_level(facts.holdings, facts.client.risk_level):
            assert sum(abs(after[n] - wanted[n]) for n in wanted) <= sum(abs(d.now - d.wanted) for d in before)

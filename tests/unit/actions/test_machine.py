"""Whatever is said, in whatever order: nothing is placed without two confirmations of what was last shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.orders import checks, filling, machine, phrases
from actions.orders.hearing import hear
from actions.orders.machine import Act
from actions.orders.model import Draft, Facts, Kind, Step
from actions.reading import Quantity
from actions.turn import Turn
from actions.writing import plain
from institution.models import Client, Fund, FundFees, Holding, Lot

NOW = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
CLIENT = Client(
    id="C", name="许静", sex="女", age=36, stage="成长", risk_level="C3", risk_tested_on=date(2026, 5, 1),
    risk_valid_until=date(2027, 5, 1), aum=Decimal(130_000), tier="大众", channel="app", region="上海", phone="138****0000",
    card_tail="1234", member_level="普通",
)  # fmt: skip


def holding(code: str, name: str, shares: int) -> Holding:
    owned = Decimal(shares)
    return Holding(
        fund=code, name=name, kind="指数", risk="R3", sector="宽基", shares=owned, available_shares=owned, nav=Decimal("1.25"),
        nav_date=date(2026, 11, 23), value=owned, cost=owned, profit=Decimal(0), profit_rate=Decimal(0), day_profit=Decimal(0),
        share_of_assets=Decimal("0.5"), dividend_mode="红利再投资",
        lots=(Lot(shares=owned, confirmed_on=date(2026, 3, 3), cost=owned),),
    )  # fmt: skip


def fund(code: str, name: str, risk: str) -> Fund:
    fees = FundFees(buy=Decimal("0.001"), redeem=(), management=Decimal(0), custody=Decimal(0))
    return Fund(
        code=code, name=name, kind="指数", risk=risk, company="衡远基金", manager="韩立群",
        size=Decimal(1), benchmark="沪深300指数",
        sector="宽基", nicknames=(), fees=fees, min_buy=Decimal(10), min_redeem_shares=Decimal(10), nav=Decimal("1.25"),
        nav_date=date(2026, 11, 23), day_change=Decimal(0),
    )  # fmt: skip


FACTS = Facts(
    CLIENT,
    (holding("HY031", "沪深300", 8000), holding("HY035", "中证500", 5000)),
    {
        "HY031": fund("HY031", "沪深300", "R3"),
        "HY035": fund("HY035", "中证500", "R3"),
        "HY032": fund("HY032", "新能源", "R4"),
    },
)
SAID = st.sampled_from([
    ("卖六千份", "redeem_fund", ()), ("沪深300", "ask_fund_info", ("HY031",)), ("中证500那只", "correct", ("HY035",)),
    ("确认", "affirm", ()), ("好的", "affirm", ()), ("确认赎回6000份", "affirm", ()), ("确认赎回2500份", "redeem_fund", ()),
    ("确认赎回", "affirm", ()), ("改成五千", "correct", ()), ("一半", "redeem_fund", ()), ("九万份", "redeem_fund", ()),
    ("不是这只", "correct", ()), ("行就六千", "affirm", ()), ("手续费多少", "ask_fee", ()), ("今天天气", "chitchat", ()),
    ("买一千", "buy_fund", ("HY032",)), ("", "", ()), ("???", "nlu_fallback", ()),
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=12))
def test_nothing_is_placed_without_two_confirmations(said: list[tuple[str, str, tuple[str, ...]]]) -> None:
    draft = filling.settle(Draft(Kind.REDEEM, "k", "m", NOW), FACTS)
    confirmed: tuple[object, ...] | None = None
    for number, (text, intent, codes) in enumerate(said):
        entities = tuple({"entity": "fund", "value": code} for code in codes)
        turn = Turn("C", f"m{number}", text, NOW, intent=intent, entities=entities)
        move = machine.advance(draft, hear(turn, draft.kind.value), FACTS)
        what = (move.draft.fund, move.draft.shares)
        if move.act is Act.PLACE:
            assert confirmed == what, "the first yes was for exactly this"
            assert f"确认赎回{plain(move.draft.shares)}份" == text
            return
        if move.act in (Act.DROP, Act.REPLACE):
            return
        if draft.step is Step.CONFIRM and move.draft.step is Step.FINAL:
            confirmed = what
        draft = move.draft
        if move.problem and move.problem.code in checks.OF_QUANTITY:
            draft = replace(draft.forgetting_figures(), quantity=None, step=Step.QUANTITY)


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("确认赎回6000份", Act.PLACE), ("确认赎回 六千份。", Act.PLACE), ("确认赎回6,000", Act.PLACE),
        ("确认赎回6000份吗", Act.ASK), ("确认赎回6000份会亏吗", Act.ASK), ("确认赎回6000份手续费多少", Act.ASK),
        ("确认赎回6000份先别急", Act.ASK), ("确认赎回6000元", Act.ASK), ("确认赎回6000份?", Act.ASK),
    ],
)  # fmt: skip
def test_only_the_bare_phrase_places_the_order(text: str, act: Act) -> None:
    draft = filling.settle(
        Draft(Kind.REDEEM, "k", "m", NOW, fund="HY031", quantity=Quantity(Decimal(6000), "shares")), FACTS
    )
    draft = replace(draft, step=Step.FINAL)
    move = machine.advance(draft, hear(Turn("C", "m1", text, NOW, intent="redeem_fund"), "redeem"), FACTS)
    assert move.act is act


@pytest.mark.parametrize("text", ["确认终止定投会怎样", "确认终止定投吗", "确认终止定投了吗"])
def test_a_question_with_the_phrase_of_a_plan_in_it_ends_no_plan(text: str) -> None:
    assert not phrases.is_phrase(Draft(Kind.DCA_STOP, "k", "m", NOW, step=Step.FINAL), text)


def test_a_question_with_the_phrase_of_a_release_in_it_releases_nothing() -> None:
    assert not phrases.is_phrase(Draft(Kind.REDEEM, "k", "m", NOW, step=Step.RELEASE), "确认放行这笔赎回吗")


@pytest.mark.parametrize(
    ("text", "intent", "act"),
    [
        ("确认赎回6000份", "affirm", Act.PLACE), ("改成3000份", "correct", Act.ASK), ("算了", "deny", Act.ASK),
        ("买一千", "buy_fund", Act.ASK), ("查交易记录", "ask_orders", Act.DIGRESS), ("转人工", "ask_human", Act.DIGRESS),
        ("撤单", "cancel_order", Act.REPLACE),
    ],
)  # fmt: skip
def test_an_order_that_may_be_booked_is_neither_changed_nor_dropped(text: str, intent: str, act: Act) -> None:
    draft = Draft(Kind.REDEEM, "k", "m", NOW, step=Step.FINAL, fund="HY031", shares=Decimal(6000), unsure=True)
    move = machine.advance(draft, hear(Turn("C", "m1", text, NOW, intent=intent), "redeem"), FACTS)
    assert (move.act, move.draft) == (act, draft)


def test_another_order_has_another_key() -> None:
    draft = Draft(Kind.REDEEM, "k", "m", NOW, fund="HY031", shares=Decimal(6000))
    assert draft.order_key == replace(draft, step=Step.FINAL, seen="m2").order_key
    assert draft.order_key != replace(draft, shares=Decimal(3000)).order_key

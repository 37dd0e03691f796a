"""Whatever is said, in whatever order: nothing is placed without two confirmations of what was last shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from actions.orders import checks, machine
from actions.orders.hearing import hear
from actions.orders.machine import Act
from actions.orders.model import Draft, Facts, Kind, Step
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
    draft = machine.settle(Draft(Kind.REDEEM, "k", "m", NOW), FACTS)
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

"""Reading, arithmetic, attribution and the order machine, by example and by property."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import arithmetic, attribution, planning, reading
from actions.arithmetic import Goal
from actions.orders import phrases
from actions.orders.hearing import hear
from actions.orders.model import Draft, Kind, Step
from actions.planning import Sketch
from actions.reading import Quantity
from actions.turn import Turn, half_width
from actions.words import simpler, typeset
from institution.models import Holding, Lot, Nav

NOW = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("300指数卖六千份", "6000", "shares"),
        ("改成五千", "5000", "bare"),
        ("买一万二", "12000", "bare"),
        ("3千5", "3500", "bare"),
        ("5k", "5000", "bare"),
        ("2.5万", "25000", "bare"),
        ("两百块", "200", "yuan"),
        ("12块5", "12.5", "yuan"),
        ("1,200元", "1200", "yuan"),
        ("卖一半", "0.5", "portion"),
        ("三成", "0.3", "portion"),
        ("百分之三十", "0.3", "portion"),
        ("卖30%", "0.3", "portion"),
        ("全卖了", "1", "portion"),
        ("留两千", "2000", "keep"),
        ("不是三千,是五千", "5000", "bare"),
    ],
)
def test_quantities(text: str, value: str, unit: str) -> None:
    assert reading.quantity(text) == Quantity(Decimal(value), unit)


@pytest.mark.parametrize("text", ["沪深300", "每月15号", "三年后", "第一只", "你好", "HY031", "11月24日"])
def test_what_is_no_quantity(text: str) -> None:
    assert reading.quantity(text) is None


@given(st.integers(1, 99_999_999))
def test_digits_are_read_as_they_stand(number: int) -> None:
    assert reading.number(str(number)) == number
    assert reading.number(f"{number:,}") == number


@pytest.mark.parametrize(
    ("text", "months"), [("三年后", 36), ("18个月", 18), ("半年", 6), ("1年半", 18), ("明天", None), ("年化5%", None)]
)
def test_spans(text: str, months: int | None) -> None:
    assert reading.months(text) == months


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [("每月15号", "每月", 15), ("每周三", "每周", None), ("每两周", "每两周", None), ("按月扣", "每月", None)],
)
def test_rhythm(text: str, words: str, day: int | None) -> None:
    assert (reading.frequency(text), reading.day_of_month(text)) == (words, day)


@pytest.mark.parametrize(
    ("rate", "needed", "reached"), [(0.03, 1448.75, 428_871), (0.04, 1259.22, 481_310), (0.05, 1080.32, 541_793)]
)
def test_the_annuity(rate: float, needed: float, reached: float) -> None:
    """216 months, 50,000 at the start, paid at each month's end: (T - S g) / a and S g + M a."""
    assert arithmetic.payment(500_000, 50_000, rate, 216) == pytest.approx(needed, abs=0.01)
    assert arithmetic.future_value(50_000, 1200, rate, 216) == pytest.approx(reached, abs=1)


@given(st.floats(1_000, 1e7), st.floats(0, 1e6), st.floats(0.0, 0.1), st.integers(1, 480))
def test_the_needed_sum_reaches_the_target(target: float, start: float, rate: float, months: int) -> None:
    monthly = arithmetic.payment(target, start, rate, months)
    reached = arithmetic.future_value(start, monthly, rate, months)
    assert reached >= target * 0.999999
    if monthly > 0:
        assert reached == pytest.approx(target, rel=1e-6)


def test_when_the_own_sum_is_enough() -> None:
    # 1,000 x 12 at no interest: 12,000 after 12 months
    assert arithmetic.months_needed(Goal(12_000, 6, 0, 1_000), 0.0) == 12
    assert arithmetic.months_needed(Goal(12_000, 6, 0, 0), 0.0) is None


def test_an_eighteen_percent_fall_needs_21_95() -> None:
    assert arithmetic.rise_to_recover(-0.18) == pytest.approx(0.2195, abs=1e-4)


def navs(*rows: tuple[str, str]) -> list[Nav]:
    start = date(2026, 10, 25)
    return [Nav(date=start + timedelta(days=n), nav=Decimal(a), benchmark=Decimal(b)) for n, (a, b) in enumerate(rows)]


@pytest.mark.parametrize(
    ("fund_end", "bench_end", "market_end", "cause"),
    [
        ("0.82", "0.83", "0.98", "sector"),  # -18 = -2 market -15 sector -1 own
        ("0.90", "0.91", "0.91", "market"),  # -10 = -9 market, 0 sector, -1 own
        ("0.80", "0.97", "0.98", "own"),  # -20 = -2 market -1 sector -17 own
    ],
)
def test_causes(fund_end: str, bench_end: str, market_end: str, cause: str) -> None:
    found = attribution.moves(navs(("1", "1"), (fund_end, bench_end)), navs(("1", "1"), ("1", market_end)))
    assert found is not None
    assert found.market + found.sector + found.own == pytest.approx(found.fund)
    assert attribution.main_cause(found) == cause


def holding_of(*lots: tuple[str, int, str]) -> Holding:
    """lots: (confirmed on, shares, cost)"""
    made = tuple(
        Lot(shares=Decimal(n), confirmed_on=date.fromisoformat(on), cost=Decimal(cost)) for on, n, cost in lots
    )
    zero = Decimal(0)
    return Holding(fund="F", name="F", kind="股票", risk="R4", sector="新能源", shares=zero, available_shares=zero, nav=zero,
                   nav_date=date(2026, 11, 23), value=zero, cost=zero, profit=zero, profit_rate=zero, day_profit=zero,
                   share_of_assets=zero, dividend_mode="现金分红", lots=made)  # fmt: skip


def test_a_loss_in_yuan_adds_up_by_its_causes() -> None:
    """1,000 shares at 1.00 held all along: -18 % is -180 = -20 market -150 sector -10 own.

    500 more bought in between for 450, worth 410 now: -40 is the client's timing."""
    fund = navs(("1", "1"), ("0.9", "0.9"), ("0.82", "0.83"))
    found = attribution.moves(fund, navs(("1", "1"), ("1", "0.99"), ("1", "0.98")))
    assert found is not None
    made = attribution.split(holding_of(("2026-01-05", 1000, "1000"), ("2026-10-26", 500, "450")), fund, found)
    assert made is not None
    assert (made.market, made.sector, made.own, made.timing) == pytest.approx((-20, -150, -10, -40))
    assert made.total == pytest.approx(1000 * (0.82 - 1) + 500 * 0.82 - 450)


@given(st.lists(st.decimals("0.5", "2", places=4), min_size=2, max_size=30), st.integers(1, 10_000))
def test_any_loss_adds_up(values: list[Decimal], shares: int) -> None:
    fund = navs(*((str(value), str(value)) for value in values))
    found = attribution.moves(fund, navs(*(("1", "1") for _ in values)))
    assert found is not None
    made = attribution.split(holding_of(("2026-01-05", shares, "1")), fund, found)
    assert made is not None
    assert made.total == pytest.approx(float(shares * (values[-1] - values[0])), abs=1e-6)


def test_falls_and_recoveries() -> None:
    # 1.0 -> 0.85 (-15 %) -> back at 1.0 on day 3; 1.1 -> 1.05 is too small; 1.2 -> 0.9 (-25 %) is not back.
    path = navs(*((value, "1") for value in ("1.0", "0.85", "0.95", "1.0", "1.1", "1.05", "1.2", "0.9", "1.0")))
    found = attribution.falls(path)
    assert [(round(fall.depth, 2), fall.back_on) for fall in found] == [(-0.15, date(2026, 10, 28)), (-0.25, None)]
    assert attribution.falls(navs()) == []


def test_the_whole_falls_less_than_its_parts() -> None:
    # Half and half: one falls by half and comes back while the other doubles its way up.
    one, other = navs(("2", "1"), ("1", "1"), ("2", "1")), navs(("1", "1"), ("2", "1"), ("2", "1"))
    path = attribution.together({"A": one, "B": other}, {"A": Decimal(5), "B": Decimal(5)})
    assert [float(nav.nav) for nav in path] == [0.75, 0.75, 1.0]
    assert attribution.drawdown(path).rate == 0  # type: ignore[union-attr]


def test_plan_figures_are_told_apart() -> None:
    empty = Sketch("plan_education", "m", NOW.isoformat(), months=216)
    said = planning.hear(empty, "到18岁那年手里有50万就行,现在能拿5万,每个月最多1200", 29)
    assert (said.target, said.start, said.monthly, said.months) == (500_000, 50_000, 1_200, 216)
    bare = planning.hear(planning.hear(planning.hear(empty, "50万", 29), "5万", 29), "一千二", 29)
    assert (bare.target, bare.start, bare.monthly) == (500_000, 50_000, 1_200)


@given(
    st.sampled_from(Kind), st.sampled_from(Step), st.one_of(st.none(), st.decimals("0.01", "1e7", places=2)),
    st.one_of(st.none(), st.just(Quantity(Decimal("0.5"), "portion"))),
)  # fmt: skip
def test_a_draft_survives_the_slot(kind: Kind, step: Step, shares: Decimal | None, quantity: Quantity | None) -> None:
    draft = Draft(kind, "k", "s", NOW, step, fund="HY031", shares=shares, quantity=quantity)
    assert Draft.of(draft.to_slot()) == draft


@given(st.text(max_size=30))
def test_nothing_but_the_phrase_is_the_phrase(text: str) -> None:
    draft = Draft(Kind.REDEEM, "k", "s", NOW, Step.FINAL, fund="HY031", shares=Decimal(6000))
    if phrases.is_phrase(draft, text):
        assert "确认赎回" in text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("确认赎回6000份", True),
        ("确认赎回 6,000 份", True),
        ("确认赎回六千份", True),
        ("「确认赎回6000份」", True),
        ("确认赎回5000份", False),
        ("确认赎回", False),
        ("确认", False),
        ("不确认赎回6000份", False),
    ],
)
def test_the_closing_phrase(text: str, same: bool) -> None:
    draft = Draft(Kind.REDEEM, "k", "s", NOW, Step.FINAL, fund="HY031", shares=Decimal(6000))
    assert phrases.is_phrase(draft, text) is same


@pytest.mark.parametrize(
    ("text", "intent", "yes", "no"),
    [
        ("行就六千", "affirm", True, False),
        ("好的", "chitchat", True, False),
        ("行情怎么样", "ask_market", False, False),
        ("可以吗", "affirm", False, False),
        ("中证500呢", "ask_nav", False, False),
        ("对了我想问下", "chitchat", False, False),
        ("算了", "deny", False, True),
        ("我再想想", "chitchat", False, True),
        ("不是这只", "deny", False, False),
        ("不,五千", "deny", False, False),
    ],
)
def test_yes_and_no(text: str, intent: str, yes: bool, no: bool) -> None:
    heard = hear(Turn("C", "m", text, NOW, intent=intent), "redeem")
    assert (heard.yes, heard.no) == (yes, no)


def test_typesetting() -> None:
    assert typeset("6,000份(您有8,000份),15:00前:好") == "6,000份（您有8,000份），15:00前：好"
    assert half_width("６０００份（全部），好？") == "6000份(全部),好?"


def test_simpler_keeps_figures_and_drops_sources() -> None:
    assert simpler("您是C3。可以买R3。\n依据:RULE-SUIT") == "您是C3。\n可以买R3。"


@pytest.mark.parametrize(
    ("kind", "text", "months"),
    [
        # (60 - 35) * 12, whoever's age is said first
        ("plan_retirement", "我35岁,想60岁退休", 300),
        ("plan_retirement", "我今年35岁,退休后每月想领5000", 300),
        ("plan_retirement", "55岁以后不想干了", 240),
        ("plan_retirement", "到65岁吧", 360),
        # An age behind the client is no date to save for.
        ("plan_retirement", "30岁退休", None),
        ("plan_education", "我今年35岁,孩子刚出生", 216),
        # (20 - 3) * 12, (18 - 5) * 12
        ("plan_education", "到孩子20岁用,现在3岁", 204),
        ("plan_education", "我女儿今年5岁", 156),
        ("plan_education", "我35岁孩子3岁", 180),
        ("plan_education", "儿子今年25岁", None),
    ],
)
def test_the_time_that_an_age_means(kind: str, text: str, months: int | None) -> None:
    assert planning.hear(planning.Sketch(kind, "m", "2026-11-24T14:00:00+08:00"), text, 35).months == months


def test_past_the_usual_age_the_pension_begins_now() -> None:
    assert (
        planning.hear(planning.Sketch("plan_retirement", "m", "2026-11-24T14:00:00+08:00"), "养老规划", 63).months == 0
    )

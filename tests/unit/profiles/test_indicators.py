"""Each indicator on a case with its arithmetic, at the thresholds of the policy file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from institution.calendar import SHANGHAI
from profiles.alerts import level_of, measure
from profiles.indicators import DECLARED
from profiles.indicators.trades import most_within, rising, streak
from profiles.model import Facts, Level, LifeEvent
from profiles.policy import load
from tests.unit.profiles.scene import NOON, days, facts, person, position, said, scheme, trade

POLICY = load()
L, M, H = Level.LOW, Level.MEDIUM, Level.HIGH
ENERGY: dict[str, Any] = {
    "fund": "HY032", "name": "衡远新能源主题股票", "kind": "股票", "risk": 4, "sector": "新能源",
}  # fmt: skip
MONEY: dict[str, Any] = {"fund": "HY001", "name": "衡远日日盈货币", "kind": "货币", "risk": 1, "sector": "现金"}
QDII: dict[str, Any] = {"fund": "HY043", "name": "衡远纳指100QDII", "kind": "QDII", "risk": 4, "sector": "海外"}
INDEX = position(100_000)
EXPIRED = person(test_expired=True, test_valid_until=date(2026, 8, 31))


def held(share: float, **changes: Any) -> tuple[Any, ...]:
    """100,000 yuan, the share of it in one fund, the rest in a money fund."""
    return position(share * 100_000, **changes), position((1 - share) * 100_000, **MONEY)


CASES: list[tuple[str, Facts, Level | None]] = [
    # 62,000 of 100,000 in 新能源
    ("sector_share", facts(positions=held(0.62, **ENERGY)), M),
    ("sector_share", facts(positions=held(0.50, **ENERGY)), None),
    ("sector_share", facts(positions=(INDEX,)), None),
    ("fund_share", facts(positions=held(0.62, **ENERGY)), M),
    ("fund_share", facts(positions=held(0.41, **ENERGY)), L),
    ("fund_share", facts(positions=(position(100_000, **MONEY),)), None),
    ("qdii_share", facts(positions=held(0.45, **QDII)), L),
    ("private_share", facts(positions=held(0.7, kind="私募")), M),
    ("locked_share", facts(positions=held(0.8, locked=True)), M),
    # R4 of a C3
    ("above_level", facts(positions=held(0.1, **ENERGY)), L),
    ("above_level", facts(positions=held(0.1, **ENERGY), person=person(risk=4)), None),
    ("elderly_risk", facts(positions=held(0.55, **ENERGY), person=person(age=70)), M),
    ("elderly_risk", facts(positions=held(0.55, **ENERGY), person=person(age=40)), None),
    ("expired_test_risk", facts(positions=held(0.55, **ENERGY), person=EXPIRED), M),
    # 100 -> 84: 16 % below the peak
    ("drawdown", facts(worth=(90.0, 100.0, 84.0)), M),
    ("drawdown", facts(worth=(84.0, 90.0, 100.0)), None),
    # 78,000 of 100,000 paid: 22 %
    ("loss_of_all", facts(positions=(position(78_000, cost=100_000),)), M),
    ("loss_of_fund", facts(positions=held(0.5, profit_rate=-0.3)), M),
    ("loss_of_fund", facts(positions=held(0.05, profit_rate=-0.3)), None),
    ("plans_stopped_in_fall", facts(positions=held(0.5, profit_rate=-0.2), schemes=(scheme("stopped"),)), L),
    ("plans_stopped_in_fall", facts(positions=held(0.5, profit_rate=-0.2), schemes=(scheme(),)), None),
    # 20,000 of the 100,000 that still stand in the books
    ("one_day_redemption", facts(positions=(INDEX,), trades=(trade(),)), M),
    # 50,000 that have left and 50,000 that remain
    ("one_day_redemption", facts(positions=(position(50_000),), trades=(trade(amount=50_000, status="arrived"),)), H),
    ("one_day_redemption", facts(positions=(INDEX,), trades=(trade(amount=10_000),)), None),
    ("one_day_redemption", facts(positions=(INDEX,), trades=(trade(status="cancelled"),)), None),
    ("flight_from_risk", facts(positions=(position(40_000),), trades=(trade(amount=60_000, status="arrived"),)), M),
    # Wednesday to Tuesday, the weekend between
    ("redemption_streak", facts(trades=tuple(trade(ago=days(n)) for n in (0, 1, 4, 5, 6))), M),
    ("redemption_streak", facts(trades=tuple(trade(ago=days(n)) for n in (0, 1))), None),
    ("rebalancing_streak", facts(trades=tuple(trade("switch", ago=days(n)) for n in (0, 1, 4, 5, 6))), M),
    # 30-day months: 30,000 after 20,000 after 10,000 after nothing
    ("rising_redemptions", facts(trades=(trade(amount=30_000), trade(ago=days(40)), trade(amount=10_000, ago=days(70)))), M),
    ("frequent_switching", facts(trades=tuple(trade("switch", ago=days(n)) for n in range(6))), L),
    ("turnover", facts(positions=(INDEX,), trades=(trade("buy", 200_000, ago=days(3)),)), L),
    ("fees_paid", facts(positions=(INDEX,), trades=(trade(fee=600.0),)), L),
    ("chasing", facts(trades=(trade("buy", rise=0.21),)), L),
    ("chasing", facts(trades=(trade("buy", rise=0.2),)), None),
    ("selling_low", facts(trades=(trade(rise=-0.16),)), L),
    ("selling_low", facts(trades=(trade(rise=0.16),)), None),
    (
        "quick_reversal",
        facts(trades=(trade(), trade("buy", ago=days(3)), trade(ago=days(10)), trade("buy", ago=days(12)))), L,
    ),
    ("buying_above_level", facts(positions=(INDEX,), trades=(trade("buy", 5_000, risk=4),)), M),
    ("buying_above_level", facts(positions=(INDEX,), trades=(trade("buy", 5_000, risk=3),)), None),
    ("buying_untested", facts(trades=(trade("buy"),), person=EXPIRED), M),
    ("buying_untested", facts(trades=(trade("buy", ago=days(100)),), person=EXPIRED), None),
    # 100,000 on top of 100,000 that are not dealt yet: a half
    ("one_big_buy", facts(positions=(INDEX,), trades=(trade("buy", 100_000),)), L),
    ("doubling_down", facts(positions=held(0.5, profit_rate=-0.2), trades=(trade("buy", 30_000),)), M),
    ("cancelled_orders", facts(trades=tuple(trade(ago=days(n), status="cancelled") for n in range(3))), L),
    ("negative_share", facts(said=tuple(said(seq=n, emotion="焦虑" if n < 2 else "平静") for n in range(5))), L),
    ("negative_share", facts(said=tuple(said(seq=n, emotion="焦虑") for n in range(3))), None),
    ("panic", facts(said=(said(emotion="恐慌", strength=0.85),)), H),
    ("panic", facts(said=(said(emotion="恐慌", strength=0.85, ago=days(2)),)), None),
    ("talk_of_leaving", facts(said=tuple(said(seq=n, ago=days(n), intent="ask_should_sell") for n in range(3))), M),
    ("borrowed_money", facts(said=(said("我想贷款买点新能源"),)), M),
    ("borrowed_money", facts(said=(said("我不会借钱投资的"),)), None),
    ("alarm_and_redemption", facts(positions=(INDEX,), said=(said(intent="account_security"),), trades=(trade(),)), H),
    ("alarm_and_redemption", facts(positions=(INDEX,), trades=(trade(),)), None),
    (
        "new_device_redemption",
        facts(positions=(INDEX,), trades=(trade(),), events=(LifeEvent("d", "new_device", NOON - days(1), "report", ""),)), H,
    ),
    (
        "new_device_redemption",
        facts(positions=(INDEX,), trades=(trade(ago=days(2)),), events=(LifeEvent("d", "new_device", NOON, "report", ""),)), None,
    ),
    ("complaint_and_redemption", facts(positions=(INDEX,), said=(said(intent="complain_delay"),), trades=(trade(),)), L),
]  # fmt: skip


@pytest.mark.parametrize(("name", "known", "level"), CASES, ids=[f"{n}-{i}" for i, (n, _, _) in enumerate(CASES)])
def test_an_indicator_finds_its_case_and_no_other(name: str, known: Facts, level: Level | None) -> None:
    rule = POLICY.indicators[name]
    reading = rule.indicator.measure(known, rule.parameters)
    assert (level_of(reading.value, rule.bands) if reading else None) is level
    if reading:
        assert set(reading.figures) == set(rule.indicator.figures)
        assert "{" not in rule.words.format(**reading.figures) + rule.advice.format(**reading.figures)


def test_every_indicator_has_a_case_that_raises_it() -> None:
    night = {"night_orders", "order_burst"}
    assert {name for name, _, level in CASES if level} | night == set(DECLARED)
    assert len(DECLARED) >= 24


def test_orders_of_one_night_are_counted_over_midnight() -> None:
    at = datetime(2026, 11, 23, 23, 40, tzinfo=SHANGHAI)
    orders = tuple(replace(trade(), id=str(n), placed_at=at + timedelta(minutes=10 * n)) for n in range(5))
    read = measure(POLICY.indicators, facts(trades=orders))
    assert read["night_orders"]
    assert read["night_orders"].value == 5
    assert read["night_orders"].figures["day"] == "11月23日"
    assert read["order_burst"]
    assert read["order_burst"].value == 5


def test_a_quiet_client_raises_nothing() -> None:
    calm = facts(
        positions=(position(30_000), position(70_000, **MONEY)),
        said=(said("赎回几天到账", intent="ask_redeem_arrival", emotion="平静"),),
        worth=(99_000.0, 100_000.0),
        schemes=(scheme(),),
    )
    for name, reading in measure(POLICY.indicators, calm).items():
        assert reading is None or level_of(reading.value, POLICY.indicators[name].bands) is None, name


def test_the_advice_is_computed() -> None:
    """62,000 of 100,000; a half is 50,000: 12,000 have to leave."""
    rule = POLICY.indicators["sector_share"]
    reading = rule.indicator.measure(facts(positions=held(0.62, **ENERGY)), rule.parameters)
    assert reading
    assert rule.words.format(**reading.figures) == "新能源占资产 62%,单一行业超过一半"
    assert "约需转出 12,000 元" in rule.advice.format(**reading.figures)


def test_a_streak_goes_over_weekends_and_holidays() -> None:
    # 10月1日 to 10月7日 do not trade in 2026
    assert streak([date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9)], date(2026, 10, 9)) == 3
    assert streak([date(2026, 11, 2)], date(2026, 11, 24)) == 0


def test_small_counts() -> None:
    assert most_within([0, 10, 20, 100, 110], 20) == 3
    assert rising([30, 20, 10, 10]) == 2
    assert rising([10, 20]) == 0

"""Fees, suitability, holds and 定投 days: tables with the arithmetic beside them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from institution import calendar, rules
from institution.models import Lot
from institution.sandbox import catalog
from kit.clock import SHANGHAI

D = Decimal
T = date(2026, 11, 24)


def lot(shares: str, days: int) -> Lot:
    return Lot(shares=D(shares), confirmed_on=T - timedelta(days=days), cost=D(shares))


@pytest.mark.parametrize(
    ("kind", "days", "fee"),
    [
        # 1,000 shares at 1.25 = 1,250 yuan
        ("股票", 6, "18.75"),  # 1.5 %
        ("股票", 7, "12.50"),  # 1.0 %
        ("指数", 29, "12.50"),
        ("混合", 30, "6.25"),  # 0.5 %
        ("QDII", 179, "6.25"),
        ("QDII", 180, "0.00"),
        ("债券", 6, "18.75"),
        ("债券", 7, "0.00"),
        ("货币", 1, "0.00"),
    ],
)
def test_redemption_fee(kind: str, days: int, fee: str) -> None:
    (line,) = rules.redeem_fee_lines(kind, [lot("1000", days)], D(1000), D("1.25"), T)
    assert line.fee == D(fee)
    assert line.days == days


def test_the_oldest_shares_leave_first() -> None:
    lots = [lot("3000", 21), lot("5000", 266)]
    lines = rules.redeem_fee_lines("指数", lots, D(6000), D("1.25"), T)
    # 5,000 x 1.25 x 0 = 0; 1,000 x 1.25 x 1 % = 12.50
    assert [(line.shares, line.fee) for line in lines] == [(D(5000), D(0)), (D(1000), D("12.50"))]
    # The rate of the newer shares falls to 0.5 % 30 days after 2026-11-03.
    assert (lines[1].next_rate, lines[1].next_rate_from) == (D("0.005"), date(2026, 12, 3))
    assert rules.free_shares("指数", lots, T) == D(5000)


def test_cents_are_rounded_half_up() -> None:
    # 10.30 x 1.0 x 0.5 % = 0.0515 -> 0.05; 10.00 x 0.25 x 1 % = 0.025 -> 0.03
    assert rules.redeem_fee_lines("股票", [lot("10.30", 30)], D("10.30"), D(1), T)[0].fee == D("0.05")
    assert rules.redeem_fee_lines("股票", [lot("10", 7)], D(10), D("0.25"), T)[0].fee == D("0.03")


@pytest.mark.parametrize(("kind", "fee"), [("指数", "10.00"), ("股票", "10.00"), ("债券", "3.00"), ("货币", "0.00")])
def test_buying_fee_of_ten_thousand(kind: str, fee: str) -> None:
    assert rules.buy_fee(kind, D(10_000)) == D(fee)


@pytest.mark.parametrize(
    ("out", "into", "extra"),
    [
        ("债券", "股票", "7.00"),  # 0.10 % - 0.03 % of 10,000
        ("货币", "债券", "3.00"),
        ("股票", "债券", "0.00"),  # never paid back
    ],
)
def test_switching_pays_the_buying_fee_difference(out: str, into: str, extra: str) -> None:
    assert rules.switch_extra(out, into, D(10_000)) == D(extra)


@pytest.mark.parametrize(
    ("total", "aum", "held", "human"),
    [
        ("50000", "400000", True, False),  # 12.5 %
        ("49999.99", "100000", False, False),  # below 50,000
        ("50000", "500000", False, False),  # exactly 10 %
        ("60000", "200000", True, False),  # exactly 30 %
        ("60000.01", "200000", True, True),
    ],
)
def test_large_redemptions_are_held(total: str, aum: str, held: bool, human: bool) -> None:
    hold = rules.hold(D(total), D(aum))
    assert (hold is not None) is held
    assert bool(hold and hold.needs_human) is human


@pytest.mark.parametrize("level", range(1, 6))
@pytest.mark.parametrize("risk", range(1, 6))
def test_suitability(level: int, risk: int) -> None:
    refusal = rules.check_suitability(f"C{level}", f"R{risk}")
    assert (refusal is None) is (risk <= level)


def test_a_risk_test_holds_until_its_anniversary() -> None:
    end = rules.risk_test_end(date(2025, 11, 24))
    assert rules.check_test(end, date(2026, 11, 24)) is None
    refusal = rules.check_test(end, date(2026, 11, 25))
    assert refusal is not None
    assert (refusal.code, refusal.rule) == ("test_expired", "RULE-TEST")
    assert rules.risk_test_end(date(2024, 2, 29)) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("level", "qualified", "amount", "already", "code"),
    [
        ("C5", True, 1_000_000, 0, None),
        ("C5", True, 100_000, 1_000_000, None),
        ("C5", False, 1_000_000, 0, "not_qualified"),
        ("C4", True, 1_000_000, 0, "unsuitable"),
        ("C5", True, 999_999, 0, "below_minimum"),
    ],
)
def test_private_funds(level: str, qualified: bool, amount: int, already: int, code: str | None) -> None:
    refusal = rules.check_private(level, qualified, D(amount), D(already))
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("frequency", "day", "after", "expected"),
    [
        ("每月", 28, "2026-11-24", "2026-11-30"),  # the 28th is a Saturday
        ("每月", 24, "2026-11-24", "2026-12-24"),  # today's cannot be changed any more
        ("每月", 25, "2026-11-24", "2026-11-25"),
        ("每月", 28, "2026-11-28", "2026-11-30"),  # on the way: still to come on Monday
        ("每周", 3, "2026-11-24", "2026-11-25"),
        ("每周", 4, "2026-09-30", "2026-10-08"),  # Thursday the 1st is closed
        ("每日", 1, "2026-11-27", "2026-11-30"),
    ],
)
def test_next_deduction(frequency: str, day: int, after: str, expected: str) -> None:
    found = rules.next_deduction(frequency, day, date(2026, 1, 1), after=date.fromisoformat(after))
    assert found == date.fromisoformat(expected)


@given(
    st.sampled_from(["每日", "每周", "每两周", "每月"]),
    st.integers(1, 5),
    st.dates(date(2025, 1, 1), date(2026, 12, 1)),
)
def test_deductions_are_trading_days_and_none_is_lost(frequency: str, day: int, start: date) -> None:
    end = start + timedelta(days=90)
    whole = rules.deductions(frequency, day, start, start, end)
    middle = start + timedelta(days=37)
    parts = rules.deductions(frequency, day, start, start, middle)
    parts += rules.deductions(frequency, day, start, middle + timedelta(days=1), end)
    assert whole == parts
    assert all(calendar.is_trading(on) for on in whole)


def test_a_late_payment_is_worth_twenty_yuan_a_trading_day() -> None:
    due = datetime(2026, 11, 20, 18, tzinfo=SHANGHAI)
    # Friday evening; Monday and Tuesday have begun: 2 x 20
    assert rules.late_voucher(due, datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)) == D(40)


def test_the_lock_up_ends_a_year_after_confirmation() -> None:
    lots = [lot("100", 400), lot("50", 10)]
    assert rules.unlocked_shares(lots, 1, T) == D(100)
    assert rules.unlocked_shares(lots, 0, T) == D(150)


@given(
    st.lists(st.tuples(st.integers(1, 100_000), st.integers(0, 400)), min_size=1, max_size=6),
    st.decimals("0.01", "1", places=2),
)
def test_fee_lines_cover_the_shares_and_never_cost_more_than_the_highest_rate(
    made: list[tuple[int, int]], part: Decimal
) -> None:
    lots = [lot(str(shares), days) for shares, days in made]
    shares = rules.whole_shares(sum((one.shares for one in lots), D(0)) * part)
    lines = rules.redeem_fee_lines("股票", lots, shares, D("1.2345"), T)
    assert sum(line.shares for line in lines) == shares
    assert [line.days for line in lines] == sorted((line.days for line in lines), reverse=True)
    assert sum(line.fee for line in lines) <= shares * D("1.2345") * D("0.015") + D("0.01") * len(lines)


def test_every_rule_has_one_version_in_force_on_any_day_of_2026() -> None:
    book = catalog.load()
    for day in calendar.trading_days(date(2026, 7, 1), date(2026, 12, 31)):
        for rule_id in {rule.id for rule in book.rules}:
            rule = book.rule_in_force(rule_id, day)
            assert rule.effective <= day
    assert book.rule_in_force("RULE-RDM-EQ", date(2026, 6, 30)).version == 2
    assert book.rule_in_force("RULE-RDM-EQ", date(2026, 7, 1)).version == 3

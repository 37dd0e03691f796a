"""The trading calendar keeps the house's closed days, T and arrival days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from institution import calendar
from kit.clock import SHANGHAI

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "trading"),
    [
        ("2026-11-24", True),
        ("2026-11-28", False),  # Saturday
        ("2026-09-20", False),  # Sunday, a make-up working day
        ("2026-10-10", False),  # Saturday, a make-up working day
        ("2026-02-13", True),
        ("2026-02-16", False),
        ("2026-02-20", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2025-10-08", False),  # announced for 2025
        ("2027-01-01", False),  # not announced yet, fixed by law
    ],
)
def test_which_days_trade(day: str, trading: bool) -> None:
    assert calendar.is_trading(d(day)) is trading


@pytest.mark.parametrize(
    ("placed", "t"),
    [
        ("2026-11-24T14:59:59", "2026-11-24"),
        ("2026-11-24T15:00", "2026-11-25"),  # at 15:00 it is too late
        ("2026-11-27T15:01", "2026-11-30"),  # Friday afternoon -> Monday
        ("2026-11-28T09:00", "2026-11-30"),
        ("2026-09-30T16:00", "2026-10-08"),  # over the holidays
        ("2026-11-24T00:00", "2026-11-24"),
    ],
)
def test_t_day(placed: str, t: str) -> None:
    assert calendar.t_day(at(placed)) == d(t)


@pytest.mark.parametrize(
    ("kind", "t", "arrives"),
    [
        ("货币", "2026-11-24", "2026-11-25"),
        ("债券", "2026-11-24", "2026-11-26"),
        ("指数", "2026-11-24", "2026-11-27"),
        ("股票", "2026-11-26", "2026-12-01"),  # Thu + Fri, Mon, Tue
        ("混合", "2026-09-29", "2026-10-09"),  # 09-30, 10-08, 10-09
        ("QDII", "2026-11-24", "2026-12-04"),  # 25 26 27 30 1 2 3 4
        ("指数", "2026-06-30", "2026-07-06"),  # v2 of the rule: T+4 = 07-01 02 03 06
        ("指数", "2026-07-01", "2026-07-06"),  # v3: T+3
    ],
)
def test_arrival(kind: str, t: str, arrives: str) -> None:
    assert calendar.arrival(kind, d(t)) == at(f"{arrives}T18:00")


def test_the_nav_of_a_day_is_known_in_its_evening() -> None:
    assert calendar.last_nav_day(at("2026-11-24T19:59")) == d("2026-11-23")
    assert calendar.last_nav_day(at("2026-11-24T20:00")) == d("2026-11-24")
    assert calendar.last_nav_day(at("2026-11-29T12:00")) == d("2026-11-27")


@pytest.mark.parametrize(
    ("arrived", "days"),
    [
        ("2026-11-27T17:00", 0),
        ("2026-11-28T10:00", 0),  # Saturday: no trading day has begun
        ("2026-11-30T10:00", 1),
        ("2026-12-01T18:00", 2),
    ],
)
def test_trading_days_late(arrived: str, days: int) -> None:
    assert calendar.trading_days_late(at("2026-11-27T18:00"), at(arrived)) == days


@given(DAYS, st.integers(0, 20))
def test_adding_trading_days_counts_them(day: date, count: int) -> None:
    end = calendar.add_trading_days(day, count)
    assert len(calendar.trading_days(day + timedelta(days=1), end)) == count


@given(DAYS, st.times())
def test_t_is_a_trading_day_that_can_still_be_cancelled(day: date, clock_time: time) -> None:
    moment = datetime.combine(day, clock_time, SHANGHAI)
    t = calendar.t_day(moment)
    assert calendar.is_trading(t)
    assert moment < calendar.cut_off(t)

"""The trading calendar: which days trade, which day is T, when money arrives. Pure; days are Shanghai dates."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

#: The same zone as `kit.clock.SHANGHAI`; that module reaches asyncio, which rules must not.
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: RULE-T: an order before this wall-clock time has its own day as T.
CUT_OFF = time(15, 0)
#: RULE-RDM-*: redeemed money is there by this time of the arrival day.
ARRIVES_BY = time(18, 0)
#: The NAV of a trading day is published in its evening.
NAV_KNOWN_FROM = time(20, 0)


def _days(first: str, last: str) -> set[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return {start + timedelta(days=n) for n in range((end - start).days + 1)}


#: The house's announced closing days of 2026 (weekdays; weekends never trade, make-up working days included).
CLOSED_2026 = frozenset(
    _days("2026-01-01", "2026-01-02")
    | _days("2026-02-16", "2026-02-20")
    | _days("2026-02-23", "2026-02-23")
    | _days("2026-04-06", "2026-04-06")
    | _days("2026-05-01", "2026-05-01")
    | _days("2026-05-04", "2026-05-05")
    | _days("2026-06-19", "2026-06-19")
    | _days("2026-09-25", "2026-09-25")
    | _days("2026-10-01", "2026-10-02")
    | _days("2026-10-05", "2026-10-07")
)
#: Holidays whose date the law fixes, for years that are not announced yet (month, day).
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@lru_cache(maxsize=8192)
def is_trading(day: date) -> bool:
    if day.weekday() >= 5:
        return False
    if day.year == 2026:
        return day not in CLOSED_2026
    try:
        return not chinese_calendar.is_holiday(day)
    except NotImplementedError:
        return (day.month, day.day) not in FIXED_HOLIDAYS


def on_or_after(day: date) -> date:
    """The first trading day that is not before `day`."""
    while not is_trading(day):
        day += timedelta(days=1)
    return day


def on_or_before(day: date) -> date:
    while not is_trading(day):
        day -= timedelta(days=1)
    return day


def next_trading(day: date) -> date:
    """The first trading day after `day`."""
    return on_or_after(day + timedelta(days=1))


@lru_cache(maxsize=8192)
def add_trading_days(day: date, count: int) -> date:
    """The `count`-th trading day after `day` (count >= 0; 0 gives `day` itself)."""
    for _ in range(count):
        day = next_trading(day)
    return day


def trading_days(start: date, end: date) -> list[date]:
    """The trading days from `start` to `end`, both included."""
    return [day for n in range((end - start).days + 1) if is_trading(day := start + timedelta(days=n))]


def local(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI)


def t_day(at: datetime) -> date:
    """T of an order placed at `at` (RULE-T)."""
    here = local(at)
    if is_trading(here.date()) and here.time() < CUT_OFF:
        return here.date()
    return next_trading(here.date())


def cut_off(t: date) -> datetime:
    """Until when an order with this T may be cancelled (RULE-T)."""
    return datetime.combine(t, CUT_OFF, SHANGHAI)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), SHANGHAI)


def confirm_day(kind: str, t: date) -> date:
    """The day shares of a fund of this kind are confirmed: T+1, QDII T+2 (RULE-BUY)."""
    return add_trading_days(t, 2 if kind == "QDII" else 1)


#: First T of RULE-RDM-EQ v3 (T+3); v2 said T+4.
EQUITY_V3_FROM = date(2026, 7, 1)


def arrival_days(kind: str, t: date) -> int:
    """After how many trading days redeemed money arrives (RULE-RDM-*, in the version that holds on T).

    A FOF and a private fund follow the mixed fund: the house rules name no period of their own.
    """
    if kind == "货币":
        return 1
    if kind == "债券":
        return 2
    if kind == "QDII":
        return 8
    return 3 if t >= EQUITY_V3_FROM else 4


def arrival(kind: str, t: date) -> datetime:
    """By when the money of a redemption with this T is there."""
    return datetime.combine(add_trading_days(t, arrival_days(kind, t)), ARRIVES_BY, SHANGHAI)


def last_nav_day(now: datetime) -> date:
    """The newest trading day whose NAV is known at `now`."""
    here = local(now)
    day = here.date() if here.time() >= NAV_KNOWN_FROM else here.date() - timedelta(days=1)
    return on_or_before(day)


def trading_days_late(due: datetime, arrived: datetime) -> int:
    """Trading days begun after `due` until `arrived`: what RULE-CMP pays a voucher for."""
    if arrived <= due:
        return 0
    return len(trading_days(local(due).date() + timedelta(days=1), local(arrived).date()))

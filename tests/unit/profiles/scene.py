"""Clients for the rules' tests: small values with defaults, and only what a test is about written out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from institution.calendar import SHANGHAI
from profiles.model import Facts, Person, Position, Said, Scheme, Trade

#: A Tuesday at noon, a trading day.
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)


def person(**changes: Any) -> Person:
    fields: dict[str, Any] = {
        "id": "C1", "name": "王芳", "age": 36, "stage": "成长", "tier": "大众", "region": "上海", "risk": 3,
        "test_expired": False, "test_valid_until": date(2027, 6, 30), "member_level": "普通", "own_advisor": "A01",
        "aum": 100_000.0,
    }  # fmt: skip
    return Person(**fields | changes)


def position(value: float, total: float = 100_000, **changes: Any) -> Position:
    fields: dict[str, Any] = {
        "fund": "HY031", "name": "衡远沪深300指数", "kind": "指数", "risk": 3, "sector": "宽基", "value": value,
        "cost": value, "profit_rate": 0.0, "share": value / total, "locked": False,
    }  # fmt: skip
    return Position(**fields | changes)


def trade(kind: str = "redeem", amount: float = 20_000, *, ago: timedelta = timedelta(0), **changes: Any) -> Trade:
    at = NOON - ago
    fields: dict[str, Any] = {
        "id": f"O{ago.total_seconds():.0f}{kind}{amount:.0f}", "kind": kind, "fund": "HY031", "name": "衡远沪深300指数",
        "fund_kind": "指数", "risk": 3, "amount": amount, "fee": 0.0, "placed_at": at, "day": at.date(), "status": "dealing",
        "rise": None,
    }  # fmt: skip
    return Trade(**fields | changes)


def said(
    text: str = "你好", *, seq: int = 1, ago: timedelta = timedelta(0), intent: str | None = None, emotion: str | None = None,
    strength: float = 0.5,
) -> Said:  # fmt: skip
    return Said(f"m{seq}", seq, text, NOON - ago, intent, emotion, strength)


def facts(**changes: Any) -> Facts:
    fields: dict[str, Any] = {"person": person(), "now": NOON, "today": NOON.date()}
    return Facts(**fields | changes)


def scheme(status: str = "running", fund: str = "HY031") -> Scheme:
    return Scheme(fund, "衡远沪深300指数", 1000.0, status)


def days(count: float) -> timedelta:
    return timedelta(days=count)

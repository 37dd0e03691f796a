"""Money, days, rates and shares as they stand in an answer. Pure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from kit.clock import SHANGHAI

WEEKDAYS = "一二三四五六日"


def decimal(value: object) -> Decimal:
    """A Decimal of what the institution sent: decimal text, a number, nothing (0)."""
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def cents(value: object) -> Decimal:
    return decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def money(value: object) -> str:
    """`7,487.50元`."""
    return f"{cents(value):,.2f}元"


def signed(value: object) -> str:
    """`+120.00元`, `-136,100.00元`."""
    return f"{cents(value):+,.2f}元"


def plain(value: object) -> str:
    """A sum without idle zeros: `6000`, `12.5`; for phrases to type."""
    text = f"{cents(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shares(value: object) -> str:
    """`6,000.00份`; whole shares lose their zeros: `6,000份`."""
    amount = cents(value)
    return f"{amount:,.0f}份" if amount == amount.to_integral() else f"{amount:,.2f}份"


def rate(value: object, digits: int = 2) -> str:
    """A fraction as a percentage: 0.01 is `1.00%`."""
    return f"{float(decimal(value)) * 100:.{digits}f}%"


def points(value: object) -> str:
    """A difference of two rates: 0.148 is `14.80个百分点`."""
    return f"{abs(float(decimal(value))) * 100:.2f}个百分点"


def change(value: object) -> str:
    """A fraction as a move: `涨3.20%`, `跌18.00%`, `持平`."""
    fraction = decimal(value)
    if abs(fraction) < Decimal("0.00005"):
        return "持平"
    return f"{'涨' if fraction > 0 else '跌'}{rate(abs(fraction))}"


def gain(value: object) -> str:
    """A sum as a gain or loss: `赚120.00元`, `亏136,100.00元`, `不赚不亏`."""
    amount = cents(value)
    return "不赚不亏" if amount == 0 else f"{'赚' if amount > 0 else '亏'}{money(abs(amount))}"


def tone(value: object) -> str:
    """The colour of a figure on a card: up is red, down is green."""
    amount = decimal(value)
    return "up" if amount > 0 else "down" if amount < 0 else "muted"


def as_date(value: object) -> date | None:
    if isinstance(value, datetime):
        return (value.astimezone(SHANGHAI) if value.tzinfo else value).date()
    if isinstance(value, date):
        return value
    if not value:
        return None
    text = str(value)
    return as_date(datetime.fromisoformat(text)) if "T" in text or " " in text else date.fromisoformat(text)


def day(value: object) -> str:
    """`11月24日(周二)`."""
    on = as_date(value)
    return f"{on.month}月{on.day}日(周{WEEKDAYS[on.weekday()]})" if on else "日期待定"


def full_day(value: object) -> str:
    """`2026年11月24日`."""
    on = as_date(value)
    return f"{on.year}年{on.month}月{on.day}日" if on else "日期待定"


def moment(value: object) -> str:
    """`11月27日(周五)18:00`; a date alone stays a date."""
    if not value:
        return "时间待定"
    text = str(value)
    if not isinstance(value, datetime) and "T" not in text and " " not in text:
        return day(value)
    at = value if isinstance(value, datetime) else datetime.fromisoformat(text)
    at = at.astimezone(SHANGHAI) if at.tzinfo else at
    return f"{day(at)}{at:%H:%M}"


def wait(seconds: object) -> str:
    """A wait in words, rounded up so that it is not promised too short: `约2分钟`."""
    if seconds is None:
        return "暂时无法估计"
    count = int(float(str(seconds)))
    return "1分钟以内" if count <= 60 else f"约{-(-count // 60)}分钟"

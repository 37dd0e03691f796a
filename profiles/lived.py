"""Facts from what the systems told: the same rules look at simulated clients as at real ones. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from institution.calendar import SHANGHAI
from profiles.happenings import Happening
from profiles.model import Facts, LifeEvent, Person, Position, Said, Trade

KINDS: Mapping[str, tuple[str, int, str]] = {
    "HY001": ("货币", 1, "现金"), "HY011": ("债券", 2, "债券"), "HY031": ("指数", 3, "宽基"), "HY032": ("股票", 4, "新能源"),
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What stands in the client's file and books before anything was told. held: fund -> yuan."""

    person: Person
    held: Mapping[str, float]


def facts_at(known: Known, told: Iterable[Happening], now: datetime) -> Facts:
    """All that was told up to now, as the rules' facts; redemptions have arrived with the day's end."""
    past = sorted((one for one in told if one.at <= now), key=lambda one: (one.at, one.key))
    orders = [_trade(one) for one in past if one.kind == "order"]
    left = dict(known.held)
    for trade in orders:
        signed = trade.amount if trade.kind == "buy" else -trade.amount
        left[trade.fund] = max(0.0, left.get(trade.fund, 0.0) + signed)
    total = sum(left.values())
    said = [_said(number, one) for number, one in enumerate((one for one in past if one.kind == "message"), 1)]
    events = [
        LifeEvent(f"{one.kind}:{one.key}", one.kind, one.at, "report", "") for one in past if one.kind == "new_device"
    ]
    return Facts(
        known.person, now, now.astimezone(SHANGHAI).date(),
        positions=tuple(_position(fund, value, total) for fund, value in left.items() if value > 0),
        trades=tuple(reversed(orders)), said=tuple(said), events=tuple(events),
    )  # fmt: skip


def _trade(one: Happening) -> Trade:
    return Trade(
        one.key, str(one.body["order"]), str(one.body["fund"]), str(one.body["fund"]), str(one.body["fund_kind"]),
        int(one.number("risk")), one.number("amount"), 0.0, one.at, one.at.astimezone(SHANGHAI).date(), "arrived",
        rise=one.number("rise"),
    )  # fmt: skip


def _said(seq: int, one: Happening) -> Said:
    return Said(
        one.key, seq, str(one.body.get("text", "")), one.at, str(one.body.get("intent")), str(one.body.get("emotion")),
        one.number("strength"),
    )  # fmt: skip


def _position(fund: str, value: float, total: float) -> Position:
    kind, risk, sector = KINDS.get(fund, ("混合", 3, "均衡"))
    return Position(fund, fund, kind, risk, sector, value, value, 0.0, value / total, False)

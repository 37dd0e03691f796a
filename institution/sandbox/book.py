"""The book of orders: what each became, and the lots that follow from them. Pure.

placed -> dealing -> confirmed -> arrived (redeem); placed -> cancelled; held -> placed (released) or cancelled

Only `held` and `cancelled` are stored; the rest follows from T and the present instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from institution import calendar, rules
from institution.models import FeeLine, Hold, Lot, OrderKind, OrderStatus
from institution.sandbox.catalog import FundFile

NavOf = Callable[[str, date], Decimal]
Funds = dict[str, FundFile]


@dataclass(frozen=True)
class Booked:
    """An order as it was accepted.

    amount    buy, dca: yuan paid in
    shares    redeem, switch: shares that leave
    given     a lot that a fixture states instead of an amount dealt at T's NAV
    quick     quick redemption of a money fund: paid at once (RULE-RDM-MMF)
    late_until  when the money really comes, if it misses its time (a fixture's wish)
    changed_at  when it was cancelled, or released after a hold
    held_at     when it was held afterwards; an order of RULE-HOLD is held from the beginning
    """

    id: str
    client: str
    kind: OrderKind
    fund: str
    placed_at: datetime
    t_day: date
    amount: Decimal | None = None
    shares: Decimal | None = None
    to_fund: str | None = None
    plan: str | None = None
    state: str = "live"
    hold: Hold | None = None
    given: Lot | None = None
    quick: bool = False
    late_until: datetime | None = None
    changed_at: datetime | None = None
    held_at: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What an order made of T's NAV (an estimate at the last known one before). shares: leaving or bought."""

    nav: Decimal
    shares: Decimal
    gross: Decimal
    fee: Decimal
    net: Decimal
    fee_lines: tuple[FeeLine, ...] = ()
    buy_fee: Decimal = Decimal(0)
    shares_in: Decimal | None = None


@dataclass
class Position:
    lots: dict[str, list[Lot]]
    outcomes: dict[str, Outcome]


def confirm_day(order: Booked, funds: Funds) -> date:
    if order.quick:
        return calendar.local(order.placed_at).date()
    kinds = {funds[code].kind for code in (order.fund, order.to_fund) if code}
    return calendar.confirm_day("QDII" if "QDII" in kinds else funds[order.fund].kind, order.t_day)


def arrival(order: Booked, funds: Funds) -> datetime | None:
    if order.kind != "redeem":
        return None
    return order.placed_at if order.quick else calendar.arrival(funds[order.fund].kind, order.t_day)


def status(order: Booked, funds: Funds, now: datetime) -> OrderStatus:
    if order.state == "cancelled":
        return "cancelled"
    if order.state == "held":
        return "held"
    due = arrival(order, funds)
    if due is not None and now >= max(due, order.late_until or due):
        return "arrived"
    if calendar.local(now).date() >= confirm_day(order, funds):
        return "confirmed"
    return "placed" if now < calendar.cut_off(order.t_day) else "dealing"


def fold(orders: Iterable[Booked], funds: Funds, nav_of: NavOf, until: Callable[[Booked], bool]) -> Position:
    """The lots after every order for which `until` says that it counts, in the order of confirmation."""
    position = Position({}, {})
    live = (order for order in orders if order.state == "live" and until(order))
    for order in sorted(live, key=lambda order: (confirm_day(order, funds), order.placed_at, order.id)):
        _book(position, order, funds, nav_of)
    return position


def confirmed_by(day: date, funds: Funds) -> Callable[[Booked], bool]:
    """Orders whose shares are confirmed on `day` at the latest: what the client holds that day."""
    return lambda order: confirm_day(order, funds) <= day


def dealt_by(day: date) -> Callable[[Booked], bool]:
    """Orders whose T is `day` at the latest: what gains and loses after that day."""
    return lambda order: order.t_day <= day


def outcome(order: Booked, lots: list[Lot], funds: Funds, nav_of: NavOf) -> Outcome:
    """What an order makes of these lots of its fund at the NAV of T. ValueError: not enough shares."""
    kind, nav = funds[order.fund].kind, nav_of(order.fund, order.t_day)
    if order.kind in ("buy", "dca"):
        return _bought(order, kind, nav)
    shares = order.shares or Decimal(0)
    lines = tuple(rules.redeem_fee_lines(kind, lots, shares, nav, order.t_day))
    gross = rules.cents(shares * nav)
    fee = sum((line.fee for line in lines), Decimal(0))
    if order.kind == "redeem" or order.to_fund is None:
        return Outcome(nav, shares, gross, fee, gross - fee, lines)
    extra = rules.switch_extra(kind, funds[order.to_fund].kind, gross - fee)
    net = gross - fee - extra
    shares_in = rules.whole_shares(net / nav_of(order.to_fund, order.t_day))
    return Outcome(nav, shares, gross, fee + extra, net, lines, extra, shares_in)


def _bought(order: Booked, kind: str, nav: Decimal) -> Outcome:
    if order.given is not None:
        given = order.given
        paid = (given.cost / given.shares).quantize(rules.BASIS, ROUND_HALF_UP)
        return Outcome(paid, given.shares, given.cost, Decimal(0), given.cost)
    amount = order.amount or Decimal(0)
    fee = rules.buy_fee(kind, amount)
    return Outcome(nav, rules.whole_shares((amount - fee) / nav), amount, fee, amount - fee, buy_fee=fee)


def _book(position: Position, order: Booked, funds: Funds, nav_of: NavOf) -> None:
    lots = position.lots.get(order.fund, [])
    made = outcome(order, lots, funds, nav_of)
    position.outcomes[order.id] = made
    day = confirm_day(order, funds)
    if order.kind in ("buy", "dca"):
        cost = made.gross
        on = order.given.confirmed_on if order.given else day
        position.lots.setdefault(order.fund, []).append(Lot(shares=made.shares, confirmed_on=on, cost=cost))
        return
    position.lots[order.fund] = remaining(lots, made.shares)
    if order.to_fund and made.shares_in:
        lot = Lot(shares=made.shares_in, confirmed_on=day, cost=made.net)
        position.lots.setdefault(order.to_fund, []).append(lot)


def remaining(lots: list[Lot], shares: Decimal) -> list[Lot]:
    """The lots after `shares` left, first in first out; a lot's cost shrinks with its shares."""
    left: list[Lot] = []
    for lot in sorted(lots, key=lambda lot: lot.confirmed_on):
        gone = min(lot.shares, shares)
        shares -= gone
        if gone < lot.shares:
            kept = lot.shares - gone
            cost = rules.cents(lot.cost * kept / lot.shares)
            left.append(Lot(shares=kept, confirmed_on=lot.confirmed_on, cost=cost))
    return left

"""What each system tells of the clients: from their lives, or from the book. A function of the state and the instant.

told_at is when the system knew it and orders the pages; `at` of what is told may be earlier (an order is final the day
after it was placed).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from institution import calendar
from institution.sandbox.book import Booked, arrival, confirm_day
from institution.sandbox.life import Lived
from institution.sandbox.state import State
from kit.clock import SHANGHAI

#: How far back a first question reaches, by system; three days for the rest.
FIRST: dict[str, timedelta] = {
    "risk_test": timedelta(days=366), "service": timedelta(days=90), "complaint": timedelta(days=90),
    "compliance": timedelta(days=30), "crm": timedelta(days=366), "trading": timedelta(days=30),
}  # fmt: skip
LOOK_BACK = timedelta(days=3)
#: NAVs are known from 20:00.
NAV_HOUR = timedelta(hours=20)


@dataclass(frozen=True)
class Told:
    told_at: datetime
    lived: Lived

    @property
    def cursor(self) -> str:
        return f"{self.told_at.astimezone(SHANGHAI).isoformat(timespec='microseconds')}|{self.lived.key}"


def tell(state: State, source: str, since: datetime, now: datetime) -> list[Told]:
    """All that a system tells after `since` and up to now, the oldest first."""
    teller = _TELLERS.get(source)
    told = teller(state, source, since, now) if teller else _life(state, source, since, now)
    return sorted((one for one in told if since <= one.told_at <= now), key=lambda one: one.cursor)


def _life(state: State, source: str, since: datetime, now: datetime) -> Iterator[Told]:
    first, last = calendar.local(since).date(), calendar.local(now).date()
    for one in state.lives.between(source, first, last):
        yield Told(one.at, one)


def _trading(state: State, source: str, since: datetime, now: datetime) -> Iterator[Told]:
    """An order when it is placed, and once it is final; a deduction of a 定投 only once it is final."""
    for order in _orders(state, since):
        body = {"order": order.kind, "fund": order.fund}
        if order.kind != "dca":
            yield Told(
                order.placed_at, Lived(source, f"{order.id}-placed", order.client, "placed", order.placed_at, body)
            )
        final = calendar.midnight(confirm_day(order, state.catalog.funds))
        if order.state == "live" and since <= final <= now:
            told = {**body, "amount": float(_amount(state, order))}
            yield Told(final, Lived(source, order.id, order.client, "order", order.placed_at, told))


def _payment(state: State, source: str, since: datetime, now: datetime) -> Iterator[Told]:
    """Money comes with a purchase and leaves with the arrival of a redemption."""
    for order in _orders(state, since):
        if order.state != "live" or order.given is not None:
            continue
        if order.kind in ("buy", "dca") and order.amount is not None:
            body: dict[str, Any] = {"amount": float(order.amount)}
            paid = Lived(source, f"{order.id}-in", order.client, "transfer_in", order.placed_at, body)
            yield Told(order.placed_at, paid)
        due = arrival(order, state.catalog.funds)
        at = max(due, order.late_until or due) if due else None
        if at and since <= at <= now:
            body = {"amount": float(_amount(state, order, net=True))}
            yield Told(at, Lived(source, f"{order.id}-out", order.client, "transfer_out", at, body))


def _orders(state: State, since: datetime) -> Iterator[Booked]:
    young = since - timedelta(days=45)
    for book in state.world.orders.values():
        for order in book:
            if order.placed_at >= young:
                yield order


def _amount(state: State, order: Booked, *, net: bool = False) -> Decimal:
    """Yuan of an order: paid in, or what the shares were worth."""
    if order.amount is not None:
        return order.amount
    made = state.position(order.client).outcomes.get(order.id)
    if made is None:
        return (order.shares or Decimal(0)) * state.nav(order.fund, order.t_day)
    return made.net if net else made.gross


def _nav(state: State, source: str, _: datetime, __: datetime) -> Iterator[Told]:
    """What the holdings are worth at the newest NAVs: the file of the evening replaces the one before."""
    day = state.nav_day()
    at = calendar.midnight(day) + NAV_HOUR
    for client in state.world.people:
        lots = state.position(client).lots
        total = state.value(lots, day)
        if total > 0:
            cost = sum((lot.cost for some in lots.values() for lot in some), Decimal(0))
            body = {"day": day.isoformat(), "total": float(total), "cost": float(cost)}
            yield Told(at, Lived(source, f"{client}-{day:%Y%m%d}", client, "nav", at, body))


def _risk_test(state: State, source: str, _: datetime, __: datetime) -> Iterator[Told]:
    for who in state.world.people.values():
        if who.tested_on:
            at = calendar.midnight(who.tested_on)
            key = f"{who.id}-{who.tested_on:%Y%m%d}"
            yield Told(at, Lived(source, key, who.id, "tested", at, {"level": who.risk_level}))


def _crm(state: State, source: str, _: datetime, __: datetime) -> Iterator[Told]:
    """The file as it stands; another file has another key."""
    for who in state.world.people.values():
        body = {
            "stage": who.stage,
            "member_level": who.member_level,
            "own_advisor": who.own_advisor,
            "region": who.region,
        }
        print_of = hashlib.sha256(repr(sorted(body.items(), key=lambda item: item[0])).encode()).hexdigest()[:12]
        yield Told(state.began, Lived(source, f"{who.id}-{print_of}", who.id, "changed", state.began, body))


def _service(state: State, source: str, _: datetime, __: datetime) -> Iterator[Told]:
    for client, records in state.world.records.items():
        for one in records:
            body = {"topic": one.topic, "channel": one.channel, "by": one.by}
            yield Told(one.at, Lived(source, one.id, client, "served", one.at, body))


def _complaint(state: State, source: str, _: datetime, __: datetime) -> Iterator[Told]:
    for client, tickets in state.world.complaints.items():
        for one in tickets:
            yield Told(one.opened_at, Lived(source, one.id, client, "complaint", one.opened_at, {"about": one.kind}))


def _compliance(state: State, source: str, _: datetime, __: datetime) -> Iterator[Told]:
    for one in state.world.suitability:
        body = {"fund": one.fund, "verdict": one.verdict, "by": one.by}
        yield Told(one.at, Lived(source, one.id, one.client, "checked", one.at, body))


_TELLERS: dict[str, Callable[[State, str, datetime, datetime], Iterator[Told]]] = {
    "trading": _trading, "payment": _payment, "nav": _nav, "risk_test": _risk_test, "crm": _crm, "service": _service,
    "complaint": _complaint, "compliance": _compliance,
}  # fmt: skip

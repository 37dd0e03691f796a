"""The client's file and books as the rules' facts. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from institution.calendar import SHANGHAI
from institution.models import Client, Fund, Holdings, Nav, Order, Plan
from profiles.model import Facts, LifeEvent, Person, Position, Said, Scheme, Trade

#: A rise or fall before an order is that of sixty trading days; of less than twenty it says little.
RISE_DAYS, LEAST_RISE_DAYS = 60, 20
#: The drawdown's peak is looked for in some three months.
WORTH_DAYS = 63


@dataclass(frozen=True)
class Books:
    """As the institution tells them. navs: fund -> its NAVs, oldest first."""

    holdings: Holdings
    orders: Sequence[Order]
    plans: Sequence[Plan]
    funds: Mapping[str, Fund]
    navs: Mapping[str, Sequence[Nav]]


def facts_of(
    client: Client, books: Books | None, said: Sequence[Said], events: Sequence[LifeEvent], *, now: datetime
) -> Facts:
    """All that is known of a client now. Without books it has no positions, orders or plans."""
    today = now.astimezone(SHANGHAI).date()
    facts = Facts(person_of(client), now, today, said=tuple(said), events=tuple(events))
    if books is None:
        return facts
    return Facts(
        facts.person, now, today,
        positions=positions_of(books.holdings, today),
        trades=tuple(trade_of(order, books.funds, books.navs) for order in books.orders),
        schemes=tuple(Scheme(p.fund, p.name, float(p.amount), p.status) for p in books.plans),
        worth=worth_of(books.holdings, books.navs), said=facts.said, events=facts.events,
    )  # fmt: skip


def person_of(client: Client) -> Person:
    return Person(
        client.id, client.name, client.age, client.stage, client.tier, client.region, step(client.risk_level),
        client.risk_expired, client.risk_valid_until, client.member_level, client.own_advisor, float(client.aum),
    )  # fmt: skip


def step(level: str) -> int:
    """4 of C4 or R4; 0 of what is no level."""
    return int(level[1:]) if level[1:].isdigit() else 0


def positions_of(holdings: Holdings, today: date) -> tuple[Position, ...]:
    return tuple(
        Position(
            h.fund, h.name, h.kind, step(h.risk), h.sector, float(h.value), float(h.cost), float(h.profit_rate),
            float(h.share_of_assets), locked=h.locked_until is not None and h.locked_until > today,
        )
        for h in holdings.items
    )  # fmt: skip


def trade_of(order: Order, funds: Mapping[str, Fund], navs: Mapping[str, Sequence[Nav]]) -> Trade:
    fund = funds.get(order.fund)
    amount = order.amount if order.amount is not None else (order.shares or 0) * (order.nav or 0)
    return Trade(
        order.id, order.kind, order.fund, order.name, fund.kind if fund else "", step(fund.risk) if fund else 0,
        float(amount), float(order.fee), order.placed_at, order.t_day, order.status,
        rise=rise_before(navs.get(order.fund, ()), order.t_day),
    )  # fmt: skip


def rise_before(navs: Sequence[Nav], day: date) -> float | None:
    """The NAV's change over the sixty trading days before `day`; None when fewer than twenty are known."""
    last = bisect_left([nav.date for nav in navs], day) - 1
    first = max(0, last - RISE_DAYS)
    if last - first < LEAST_RISE_DAYS or navs[first].nav <= 0:
        return None
    return float(navs[last].nav / navs[first].nav) - 1


def worth_of(holdings: Holdings, navs: Mapping[str, Sequence[Nav]]) -> tuple[float, ...]:
    """What the present shares were worth on each of the last days, oldest first; a fund without NAVs counts as level."""
    days = sorted({nav.date for h in holdings.items for nav in navs.get(h.fund, ())})[-WORTH_DAYS:]
    if not days:
        return ()
    totals = [0.0] * len(days)
    for holding in holdings.items:
        known = {nav.date: float(nav.nav) for nav in navs.get(holding.fund, ())}
        level = next((known[day] for day in sorted(known)), float(holding.nav))
        for index, day in enumerate(days):
            level = known.get(day, level)
            totals[index] += float(holding.shares) * level
    return tuple(totals)

"""The feed of orders' states: what happened to which order, when. Pure; a function of the book and the present instant.

An event's id is its instant and what it is about, so that ids sort as time does and `after` is any id ever given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from institution import calendar
from institution.models import OrderStatus
from institution.records import OrderEvent, OrderEvents
from institution.sandbox.book import Booked, Funds, arrival, confirm_day
from institution.sandbox.words import day_words, moment_words

#: No order takes longer from T to the money, holidays and a late arrival included.
LONGEST = timedelta(days=45)
VERBS = {"buy": "申购", "dca": "定投", "redeem": "赎回", "switch": "转换"}


def cursor(at: datetime) -> str:
    """Stands before every event at this instant or later: something may still happen now."""
    return _stamp(at)


def since(orders: Iterable[Booked], funds: Funds, *, after: str, now: datetime, limit: int) -> OrderEvents:
    """What happened after the event `after` and up to now, the oldest first."""
    start = _instant(after)
    young = (order for order in orders if order.changed_at or calendar.cut_off(order.t_day) >= start - LONGEST)
    found = sorted(
        (event for order in young for event in _events(order, funds) if event.id > after and event.at <= now),
        key=lambda event: event.id,
    )
    page = tuple(found[:limit])
    more = len(found) > limit
    last = page[-1].id if page else after
    # Nothing can happen any more before now: the next question need not look at it again.
    ahead = last if more else max(cursor(now), last)
    return OrderEvents(events=page, next=ahead, more=more)


def _events(order: Booked, funds: Funds) -> Iterator[OrderEvent]:
    for status, at in _states(order, funds):
        yield OrderEvent(
            id=f"{_stamp(at)}|{order.id}|{status}", at=at, client=order.client, order=order.id, kind=order.kind, fund=order.fund,
            name=funds[order.fund].name, status=status, words=_words(order, status, funds),
        )  # fmt: skip


def _states(order: Booked, funds: Funds) -> Iterator[tuple[OrderStatus, datetime]]:
    """The states an order enters, with the instant of each; those after a cancellation never come."""
    if order.held_at is not None:
        yield "placed", order.placed_at
    if order.hold is not None:
        yield "held", order.held_at or order.placed_at
        if order.state == "held":
            return
    if order.hold is None or order.state == "live":
        yield "placed", order.changed_at if order.hold and order.changed_at else order.placed_at
    if order.state == "cancelled":
        if order.changed_at is not None:
            yield "cancelled", order.changed_at
        return
    due = arrival(order, funds)
    if not order.quick:
        yield "dealing", calendar.cut_off(order.t_day)
        yield "confirmed", calendar.midnight(confirm_day(order, funds))
    if due is not None:
        yield "arrived", max(due, order.late_until or due)


def _words(order: Booked, status: OrderStatus, funds: Funds) -> str:
    """What the client is told of it."""
    what = f"{funds[order.fund].name}的{VERBS[order.kind]}(单号{order.id})"
    due = arrival(order, funds)
    if status == "placed":
        return f"{what}已受理,{moment_words(calendar.cut_off(order.t_day))}前可以撤单。"
    if status == "held" and order.hold and order.hold.reason:
        return f"{what}先暂缓,没有撤单:和您核对过是您本人要办的,就照常处理。"
    if status == "held":
        return f"{what}属于大额赎回,先暂缓,等您再确认一次。"
    if status == "cancelled":
        return f"{what}已经撤单。"
    if status == "dealing":
        return f"{what}按{day_words(order.t_day)}的净值成交,{day_words(confirm_day(order, funds))}确认。"
    if status == "confirmed":
        return f"{what}已确认,资金{moment_words(due)}前到账。" if due else f"{what}已确认份额,可以在持仓里看到了。"
    return f"{what}的资金已到账。"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")


def _instant(after: str) -> datetime:
    """The instant of an event's id. ValueError when it is none."""
    stamp = after.split("|")[0]
    return datetime.strptime(f"{stamp}+0000", "%Y%m%dT%H%M%S%f%z")

"""The growth archive (requirement D6): what a client has come through with us, and a review of each full year. Pure.

Every figure is of the client's own books. Without `assets` nothing tells of a sum, a rate or a fund.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from institution.calendar import SHANGHAI
from institution.models import Client, Holdings, Nav, Order, Plan, Returns
from profiles.happenings import Happening
from profiles.indicators.declared import percent, yuan
from profiles.model import LifeEvent

Json = dict[str, Any]
#: A fall that tries one's patience.
DEEP = 0.10
MOST_REVIEWS = 2
LESSONS = (1, 10, 50)
DONE = ("confirmed", "arrived")


@dataclass(frozen=True)
class Past:
    """What is known of a client. navs: fund -> its NAVs, oldest first; returns: first day of a year -> what it made."""

    client: Client
    holdings: Holdings
    orders: Sequence[Order]
    plans: Sequence[Plan]
    navs: Mapping[str, Sequence[Nav]]
    told: Sequence[Happening]
    events: Sequence[LifeEvent]
    returns: Mapping[date, Returns] = field(default_factory=dict)


@dataclass(frozen=True)
class Milestone:
    """assets: it tells of money. rows: label and value, for who may see assets."""

    kind: str
    at: date
    title: str
    words: str
    rows: tuple[tuple[str, str], ...] = ()
    assets: bool = False


def growth(past: Past, today: date, *, assets: bool) -> Json:
    """`{client, since, milestones, reviews, next}`, the newest first."""
    since = past.client.since
    found = [one for one in milestones(past, today) if assets or not one.assets]
    reviews = [_review(past, number, first, last) for number, first, last in years(since, today)] if assets else []
    following = anniversary(since, _full_years(since, today) + 1) if since else None
    return {
        "client": past.client.id, "since": since.isoformat() if since else None,
        "milestones": [_json(one, assets=assets) for one in sorted(found, key=lambda one: (one.at, one.kind), reverse=True)],
        "reviews": reviews,
        "next": {"on": following.isoformat(), "years": _full_years(since, today) + 1} if since and following else None,
    }  # fmt: skip


def _json(one: Milestone, *, assets: bool) -> Json:
    rows = [{"label": label, "value": value} for label, value in one.rows] if assets else []
    return {"kind": one.kind, "at": one.at.isoformat(), "title": one.title, "words": one.words, "rows": rows}


def milestones(past: Past, today: date) -> list[Milestone]:
    found = [*_beginnings(past), *_plans(past, today), *_lessons(past.told), *_tests(past)]
    for fund in sorted({h.fund for h in past.holdings.items}):
        found += _fund(past, fund)
    found += [Milestone("life", e.at.astimezone(SHANGHAI).date(), "生活变化", e.words) for e in past.events if e.words]
    return [one for one in found if one.at <= today]


def _beginnings(past: Past) -> Iterable[Milestone]:
    if past.client.since:
        yield Milestone("joined", past.client.since, "成为客户", "在这一天开立账户。")
    bought = [order for order in past.orders if order.kind == "buy" and order.status in DONE]
    if bought:
        first = min(bought, key=lambda order: order.placed_at)
        rows = (("基金", first.name), ("金额", yuan(float(first.amount or 0))))
        yield Milestone(
            "first_buy", first.confirm_day, "第一笔申购", f"申购{first.name},份额已确认。", rows, assets=True
        )


def _plans(past: Past, today: date) -> Iterable[Milestone]:
    for plan in past.plans:
        yield Milestone("plan_began", plan.started_on, "开始定投", f"{plan.name},{plan.day_words}。",
                        (("每期", yuan(float(plan.amount))),), assets=True)  # fmt: skip
        if plan.status == "running" and (years := _full_years(plan.started_on, today)):
            rows = (("已扣款", f"{plan.times}期"), ("累计投入", yuan(float(plan.invested))))
            at = anniversary(plan.started_on, years)
            yield Milestone(
                "plan_year", at, f"定投满{years}年", f"{plan.name}的定投坚持了{years}年。", rows, assets=True
            )


def _lessons(told: Sequence[Happening]) -> Iterable[Milestone]:
    read = sorted((one for one in told if one.kind == "lesson_read"), key=lambda one: one.at)
    for number in LESSONS:
        if len(read) >= number:
            at = read[number - 1].at.astimezone(SHANGHAI).date()
            yield Milestone("lesson", at, "投资学习", "读完第一课。" if number == 1 else f"累计读完{number}课。")


def _tests(past: Past) -> Iterable[Milestone]:
    level: object = None
    for one in sorted((one for one in past.told if one.kind == "tested"), key=lambda one: one.at):
        now = one.body.get("level")
        words = f"风险等级{now}。" if level in (None, now) else f"风险等级由{level}变为{now}。"
        yield Milestone("risk_test", one.at.astimezone(SHANGHAI).date(), "风险测评", words)
        level = now


def _fund(past: Past, fund: str) -> Iterable[Milestone]:
    """The first day above cost, and the deepest fall that was sat through."""
    held = next(h for h in past.holdings.items if h.fund == fund)
    if not held.lots or held.shares <= 0:
        return
    begun = min(lot.confirmed_on for lot in held.lots)
    navs = [nav for nav in past.navs.get(fund, ()) if nav.date >= begun]
    cost = min(held.lots, key=lambda lot: lot.confirmed_on)
    price = float(cost.cost / cost.shares) if cost.shares else 0.0
    above = next((nav for nav in navs if float(nav.nav) > price > 0), None)
    if above and held.kind != "货币":
        words = f"{held.name}的净值第一次高于您最早一笔的成本。"
        yield Milestone("first_profit", above.date, "第一次盈利", words, (("当日净值", f"{above.nav:f}"),), assets=True)
    peak, trough, fall = drawdown(navs)
    left = any(o.fund == fund and o.kind in ("redeem", "switch") and o.status != "cancelled" and peak <= o.t_day
               for o in past.orders) if peak else True  # fmt: skip
    if peak and trough and fall >= DEEP and not left:
        rows = (
            ("期间", f"{peak:%Y-%m-%d} 至 {trough:%Y-%m-%d}"),
            ("最大回撤", percent(fall)),
            ("现在盈亏", yuan(float(held.profit))),
        )
        yield Milestone(
            "held_through", trough, "拿住了一次下跌", f"{held.name}回撤{percent(fall)}期间没有卖出。", rows, assets=True
        )


def drawdown(navs: Sequence[Nav]) -> tuple[date | None, date | None, float]:
    """The deepest fall: its peak, its trough, the share that was lost."""
    top: Nav | None = None
    deepest: tuple[date | None, date | None, float] = (None, None, 0.0)
    for nav in navs:
        if top is None or nav.nav > top.nav:
            top = nav
        fall = 1 - float(nav.nav / top.nav)
        if fall > deepest[2]:
            deepest = (top.date, nav.date, fall)
    return deepest


# -- the review of a year ------------------------------------------------------------------------------------------


def years(since: date | None, today: date) -> list[tuple[int, date, date]]:
    """The last full years as a client: number, first and last day, the newest first."""
    if since is None:
        return []
    full = _full_years(since, today)
    numbers = range(full, max(0, full - MOST_REVIEWS), -1)
    return [(n, anniversary(since, n - 1), anniversary(since, n) - timedelta(days=1)) for n in numbers]


def anniversary(day: date, years_on: int) -> date:
    """The same day so many years on; of 29 February the 1st of March."""
    try:
        return day.replace(year=day.year + years_on)
    except ValueError:
        return date(day.year + years_on, 3, 1)


def _full_years(since: date | None, today: date) -> int:
    if since is None or today < since:
        return 0
    count = today.year - since.year
    return count if anniversary(since, count) <= today else count - 1


def _review(past: Past, number: int, first: date, last: date) -> Json:
    orders = [o for o in past.orders if first <= o.t_day <= last and o.status in DONE]
    rows: list[Json] = []
    for kinds, label in ((("buy",), "申购"), (("dca",), "定投扣款"), (("redeem",), "赎回")):
        some = [o for o in orders if o.kind in kinds]
        total = sum(float(o.amount if o.amount is not None else (o.shares or 0) * (o.nav or 0)) for o in some)
        rows.append({"label": label, "value": f"{len(some)}笔,共{yuan(total)}" if some else "没有"})
    rows.append({"label": "手续费", "value": yuan(sum(float(o.fee) for o in orders))})
    made = past.returns.get(first)
    if made is not None:
        tone = "up" if made.profit > 0 else "down" if made.profit < 0 else "muted"
        rows.append({"label": "这一年盈亏", "value": yuan(float(made.profit)), "tone": tone})
        best = max(made.items, key=lambda item: item.profit, default=None)
        if best and best.profit > 0:
            rows.append({"label": "贡献最多", "value": f"{best.name} {yuan(float(best.profit))}", "tone": "up"})
    lessons = sum(
        one.kind == "lesson_read" and first <= one.at.astimezone(SHANGHAI).date() <= last for one in past.told
    )
    if lessons:
        rows.append({"label": "读完的课", "value": f"{lessons}课"})
    return {
        "year": number, "from": first.isoformat(), "to": last.isoformat(), "title": f"第{number}年回顾", "rows": rows,
        "note": "数字来自您自己的交易和持仓;过往情况不代表以后。",
    }  # fmt: skip

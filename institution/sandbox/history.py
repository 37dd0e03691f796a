"""Invented histories: the orders, plans and service of each client, from which the holdings follow. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from institution import calendar, rules
from institution.models import Complaint, DividendMode, Frequency, ServiceRecord
from institution.sandbox import people
from institution.sandbox.book import Booked, confirmed_by, fold
from institution.sandbox.catalog import Catalog, FundFile
from institution.sandbox.facts import Person, PlanFact, World
from institution.sandbox.market import Market
from kit.clock import SHANGHAI

CLIENTS = 320
#: Weights of a fund's kind in a portfolio, by the client's level.
KIND_WEIGHTS: dict[str, dict[str, int]] = {
    "C1": {"货币": 1},
    "C2": {"货币": 4, "债券": 6, "FOF": 3},
    "C3": {"货币": 3, "债券": 4, "混合": 3, "指数": 5, "FOF": 2},
    "C4": {"货币": 2, "债券": 2, "混合": 4, "指数": 4, "股票": 4, "QDII": 3},
    "C5": {"货币": 2, "混合": 2, "指数": 3, "股票": 6, "QDII": 4},
}
TOPICS = (
    ("赎回到账时间咨询", "说明到账规则后客户表示清楚"),
    ("定投扣款日咨询", "已告知顺延规则"),
    ("净值波动咨询", "介绍了持仓所属行业的走势,提示风险"),
    ("风险测评到期提醒", "客户表示稍后重做"),
    ("基金费率咨询", "已说明先进先出的赎回费"),
    ("登录问题", "指导后恢复"),
    ("持仓季度回顾", "发送季度报告"),
)
COMPLAINTS = (
    ("到账延迟", "赎回的钱比承诺的日子晚到了。"),
    ("收益异议", "页面显示的收益和我自己算的不一样。"),
    ("服务态度", "上次的客服不耐烦,问题也没说清。"),
    ("系统故障", "下单页面一直转圈,提交不了。"),
)


def generate(catalog: Catalog, market: Market, seed: int, now: datetime, count: int) -> World:
    """The same world for the same seed, catalogue and instant."""
    chance = random.Random(seed)
    world = World()
    today = calendar.local(now).date()
    for number in range(1, count + 1):
        person, target = people.make(chance, number, today)
        world.add(person)
        _invest(chance, world, person, target, catalog, market, now)
        person = _lawful(world, person, catalog, now)
        aum = _aum(world.orders[person.id], catalog, market, today)
        world.people[person.id] = people.settle(chance, person, aum, catalog.advisors)
        _serve(chance, world, world.people[person.id], now)
    return world


def _lawful(world: World, person: Person, catalog: Catalog, now: datetime) -> Person:
    """Nobody bought with a test out of date, or began a 定投: the test is as old as the last addition allows (RULE-TEST)."""
    book, today = world.orders[person.id], calendar.local(now).date()
    begun = [plan.started_on for plan in world.plans[person.id].values()]
    added = [order.t_day for order in book if order.kind == "buy" and order.t_day < today]
    person = people.tested_for(person, max((*begun, *added), default=None))
    bound = max((catalog.funds[order.fund].lockup_years for order in book), default=0)
    person = replace(person, horizon_years=max(person.horizon_years or 0, bound))
    if rules.check_test(person.valid_until, today) or person.conflicts:
        book[:] = [order for order in book if order.kind != "buy" or order.t_day < today]
    return person


def _aum(orders: Sequence[Booked], catalog: Catalog, market: Market, today: date) -> Decimal:
    lots = fold(orders, catalog.funds, market.nav, confirmed_by(today, catalog.funds)).lots
    return sum((lot.shares * market.nav(code, today) for code, some in lots.items() for lot in some), Decimal(0))


def _choose_funds(chance: random.Random, person: Person, target: Decimal, catalog: Catalog) -> list[FundFile]:
    weights = KIND_WEIGHTS[person.risk_level]
    fitting = [f for f in catalog.funds.values() if f.kind in weights and rules.suitable(person.risk_level, f.risk)]
    wanted = 1 + (target > 10_000) + (target > 60_000) + (target > 400_000) + chance.randint(0, 2)
    chosen: dict[str, FundFile] = {}
    for fund in chance.choices(fitting, [weights[f.kind] * (3 if f.code < "HY052" and f.code > "HY" else 1)
                                         for f in fitting], k=wanted):  # fmt: skip
        chosen[fund.code] = fund
    # Some keep a fund above their level since before the last test (RULE-SUIT lets them).
    if person.risk_level in ("C2", "C3") and chance.random() < 0.08:
        chosen["HY032"] = catalog.funds["HY032"]
    if person.qualified and person.risk_level == "C5" and target > 4_000_000:
        chosen["HY051"] = catalog.funds["HY051"]
    return list(chosen.values())


def _invest(
    chance: random.Random,
    world: World,
    person: Person,
    target: Decimal,
    catalog: Catalog,
    market: Market,
    now: datetime,
) -> None:
    funds = _choose_funds(chance, person, target, catalog)
    shares = [chance.uniform(0.4, 1.6) for _ in funds]
    today = calendar.local(now).date()
    first = max(person.since, today - timedelta(days=700))
    book = world.orders[person.id]
    for fund, share in zip(funds, shares, strict=True):
        part = target * Decimal(share / sum(shares))
        if fund.kind in ("指数", "混合", "QDII", "股票") and chance.random() < 0.3 and part < 400_000:
            part -= _plan(chance, world, person, fund, part, first, today)
        _buys(chance, book, person, fund, part, first, market, today)
    if chance.random() < 0.12:
        _pending(chance, book, person, funds, now)
    book.sort(key=lambda order: order.placed_at)
    for fund in funds:
        mode: DividendMode = "红利再投资" if chance.random() < 0.6 else "现金分红"
        world.dividend_modes[person.id, fund.code] = mode


def _buys(
    chance: random.Random,
    book: list[Booked],
    person: Person,
    fund: FundFile,
    part: Decimal,
    first: date,
    market: Market,
    today: date,
) -> None:
    """One to three purchases whose value today is about `part`, and now and then a sale of some of the oldest."""
    times = 1 if fund.kind == "私募" else chance.randint(1, 3)
    days = sorted(_trading_day(chance, first, today - timedelta(days=6)) for _ in range(times))
    for place, day in enumerate(days):
        growth = market.nav(fund.code, today) / market.nav(fund.code, day)
        amount = (part / times / growth).quantize(Decimal(10 if part < 20_000 else 100))
        amount = max(amount, fund.min_buy, Decimal(100))
        bought = _order(book, person, "buy", fund.code, day, chance, amount=amount)
        old_enough = fund.lockup_years == 0 and fund.kind != "私募" and (today - day).days > 60
        if place == 0 and old_enough and chance.random() < 0.3:
            nav = market.nav(fund.code, day)
            shares = rules.whole_shares((amount - rules.buy_fee(fund.kind, amount)) / nav * Decimal("0.4"))
            # Not before the purchase is confirmed, QDII's T+2 included.
            sold = _trading_day(chance, calendar.add_trading_days(bought.t_day, 3), today - timedelta(days=6))
            _order(book, person, "redeem", fund.code, sold, chance, shares=shares)


def _plan(
    chance: random.Random,
    world: World,
    person: Person,
    fund: FundFile,
    part: Decimal,
    first: date,
    today: date,
) -> Decimal:
    """A 定投 with the deductions it has made; gives what they added up to."""
    frequency: Frequency = chance.choices(("每月", "每周", "每两周"), (7, 2, 1))[0]
    day = chance.randint(1, 28) if frequency == "每月" else chance.randint(1, 5)
    started = first + timedelta(days=chance.randint(0, max((today - first).days - 90, 1)))
    dates = rules.deductions(frequency, day, started, started, today - timedelta(days=1))
    amount = min(max((part * Decimal("0.6") / max(len(dates), 1)).quantize(Decimal(100)), Decimal(100)), Decimal(5000))
    paused = chance.random() < 0.15
    if paused:
        dates = dates[: len(dates) * 2 // 3]
    plan = PlanFact(
        id=f"P-{person.id}-{len(world.plans[person.id]) + 1}",
        client=person.id,
        fund=fund.code,
        amount=amount,
        frequency=frequency,
        day=day,
        status="paused" if paused else "running",
        started_on=started,
        done_until=today - timedelta(days=1),
    )
    world.plans[person.id][plan.id] = plan
    world.orders[person.id].extend(deduction(plan, on) for on in dates)
    return amount * len(dates)


def deduction(plan: PlanFact, on: date) -> Booked:
    """The order that a plan makes on a deduction day; its id follows from plan and day."""
    return Booked(
        id=f"{plan.id}-{on:%Y%m%d}",
        client=plan.client,
        kind="dca",
        fund=plan.fund,
        placed_at=calendar.midnight(on),
        t_day=on,
        amount=plan.amount,
        plan=plan.id,
    )


def _pending(
    chance: random.Random, book: list[Booked], person: Person, funds: Sequence[FundFile], now: datetime
) -> None:
    """An order on its way now: a purchase placed within the last hours."""
    fund = chance.choice(funds)
    if fund.kind == "私募":
        return
    at = now - timedelta(minutes=chance.randint(5, 600))
    amount = Decimal(chance.choice((500, 1000, 2000, 5000)))
    number = f"{person.id}-{len(book) + 1:04d}"
    book.append(Booked(f"O-{number}", person.id, "buy", fund.code, at, calendar.t_day(at), amount=amount))


def _order(
    book: list[Booked],
    person: Person,
    kind: str,
    fund: str,
    day: date,
    chance: random.Random,
    *,
    amount: Decimal | None = None,
    shares: Decimal | None = None,
) -> Booked:
    at = datetime.combine(day, time(chance.randint(9, 14), chance.randint(0, 59), chance.randint(0, 59)), SHANGHAI)
    number = f"{person.id}-{len(book) + 1:04d}"
    order = Booked(f"O-{number}", person.id, kind, fund, at, calendar.t_day(at), amount, shares)  # type: ignore[arg-type]
    book.append(order)
    return order


def _trading_day(chance: random.Random, first: date, last: date) -> date:
    day = first + timedelta(days=chance.randint(0, max((last - first).days, 0)))
    return calendar.on_or_after(day)


def _serve(chance: random.Random, world: World, person: Person, now: datetime) -> None:
    for number in range(chance.randint(0, 4)):
        topic, outcome = chance.choice(TOPICS)
        world.records[person.id].append(
            ServiceRecord(
                id=f"S-{person.id}-{number + 1}",
                at=now - timedelta(days=chance.randint(1, 300), minutes=chance.randint(0, 600)),
                channel=person.channel,
                by=person.own_advisor or "客服中心",
                topic=topic,
                summary=f"客户来询:{topic}。",
                outcome=outcome,
            )
        )
    world.records[person.id].sort(key=lambda record: record.at, reverse=True)
    if chance.random() < 0.06:
        kind, text = chance.choice(COMPLAINTS)
        opened = now - timedelta(days=chance.randint(3, 200))
        world.complaints[person.id].append(
            complaint(f"T-{person.id}-0001", kind, text, opened, solved=True),
        )


def complaint(number: str, kind: str, text: str, opened: datetime, *, solved: bool = False) -> Complaint:
    """A ticket with its limits (RULE-CMP): answered within 1 h, solved within 24 h."""
    remedy = "规则说明 + 每延迟一个交易日20元代金券 + 财务加急处理" if kind == "到账延迟" else None
    return Complaint(
        id=number,
        kind=kind,
        text=text,
        opened_at=opened,
        answer_by=opened + rules.ANSWER_WITHIN,
        solve_by=opened + rules.SOLVE_WITHIN,
        status="solved" if solved else "open",
        status_words="已解决" if solved else "已受理,处理中",
        remedy=remedy,
    )

"""The answers about clients and funds, made from the state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from institution import calendar, rules
from institution.models import Advisor, Client, Day, Fund, FundReturn, Holding, Holdings, Lot, Nav, Order, Plan, Returns
from institution.sandbox.book import Booked, arrival, confirm_day, dealt_by, outcome, status
from institution.sandbox.facts import PlanFact, tier_of
from institution.sandbox.market import MONEY_YIELD
from institution.sandbox.refusals import Unknown
from institution.sandbox.state import State
from institution.sandbox.trading import Account, known_fund
from institution.sandbox.words import PLAN_STATUS, order_words, plan_day_words

#: Trading days of a yield are all days of the year for a money fund.
YEAR_DAYS = Decimal(365)


def account(state: State, client: str) -> Account:
    now = state.now()
    return Account(
        person=state.person(client),
        lots=state.position(client).lots,
        orders=tuple(state.world.orders[client]),
        aum=state.aum(client),
        now=now,
        nav_day=state.nav_day(),
        nav_of=state.nav,
    )


def client(state: State, client_id: str) -> Client:
    person = state.person(client_id)
    aum = state.aum(client_id)
    return Client(
        id=person.id,
        name=person.name,
        sex=person.sex,
        age=person.age,
        stage=person.stage,
        risk_level=person.risk_level,
        risk_tested_on=person.tested_on,
        risk_valid_until=person.valid_until,
        risk_expired=rules.check_test(person.valid_until, state.today()) is not None,
        risk_conflicts=person.conflicts,
        horizon_years=person.horizon_years,
        declared_assets=person.declared_assets,
        aum=aum,
        tier=tier_of(aum),
        channel=person.channel,
        own_advisor=person.own_advisor,
        region=person.region,
        phone=person.phone,
        card_tail=person.card_tail,
        member_level=person.member_level,
        qualified=person.qualified,
        dialect=person.dialect,
        language_hard=person.language_hard,
        since=person.since,
        tags=person.tags,
    )


def holdings(state: State, client_id: str) -> Holdings:
    mine = account(state, client_id)
    total = mine.aum
    items = [_holding(state, mine, code, lots, total) for code, lots in sorted(mine.lots.items()) if lots]
    return Holdings(
        as_of=mine.now,
        total=total,
        cost=sum((item.cost for item in items), Decimal(0)),
        profit=sum((item.profit for item in items), Decimal(0)),
        day_profit=sum((item.day_profit for item in items), Decimal(0)),
        items=tuple(sorted(items, key=lambda item: -item.value)),
    )


def _holding(state: State, mine: Account, code: str, lots: list[Lot], total: Decimal) -> Holding:
    fund = state.catalog.funds[code]
    nav = state.nav(code, mine.nav_day)
    shares = sum((lot.shares for lot in lots), Decimal(0))
    value = rules.cents(shares * nav)
    cost = sum((lot.cost for lot in lots), Decimal(0))
    profit = value - cost + (_income(lots, date.min, mine.nav_day) if fund.kind == "货币" else Decimal(0))
    # Shares gain from the evening of T+1 on: those confirmed by the day of the newest NAV.
    seen = [lot for lot in lots if lot.confirmed_on <= mine.nav_day]
    before = state.market.paths[code].previous(mine.nav_day)
    day_profit = (
        _income(seen, mine.nav_day, mine.nav_day)
        if fund.kind == "货币"
        else rules.cents(sum((lot.shares for lot in seen), Decimal(0)) * (nav - before))
    )
    locked = [rules.unlocked_on(lot.confirmed_on, fund.lockup_years) for lot in lots] if fund.lockup_years else []
    still = [day for day in locked if day > mine.today]
    return Holding(
        fund=code,
        name=fund.name,
        kind=fund.kind,
        risk=fund.risk,
        sector=fund.sector,
        shares=shares,
        available_shares=shares - mine.reserved(code, state.catalog),
        nav=nav,
        nav_date=mine.nav_day,
        value=value,
        cost=cost,
        profit=profit,
        profit_rate=_ratio(profit, cost),
        day_profit=day_profit,
        share_of_assets=_ratio(value, total),
        dividend_mode=state.world.dividend_modes.get((mine.person.id, code), "红利再投资"),
        locked_until=max(still) if still else None,
        lots=tuple(sorted(lots, key=lambda lot: lot.confirmed_on)),
    )


def _ratio(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole).quantize(rules.BASIS, ROUND_HALF_UP) if whole else Decimal(0)


def _income(lots: list[Lot], start: date, end: date) -> Decimal:
    """What a money fund's lots paid from `start` to `end`, both included."""
    days = sum(
        (lot.shares * max((end - max(start, lot.confirmed_on)).days + 1, 0) for lot in lots),
        Decimal(0),
    )
    return rules.cents(days * MONEY_YIELD / YEAR_DAYS)


def returns(state: State, client_id: str, start: date, end: date) -> Returns:
    """Value at the end, less value before the start, less what was paid in between; income of money funds on top."""
    state.person(client_id)
    end = min(end, state.nav_day())
    before = calendar.on_or_before(start - timedelta(days=1))
    first, last = state.fold(client_id, dealt_by(before)), state.fold(client_id, dealt_by(end))
    profits: dict[str, Decimal] = {}
    for sign, position, day in ((-1, first, before), (1, last, end)):
        for code, lots in position.lots.items():
            value = sum((lot.shares for lot in lots), Decimal(0)) * state.nav(code, day)
            profits[code] = profits.get(code, Decimal(0)) + sign * rules.cents(value)
    for order in state.world.orders[client_id]:
        made = last.outcomes.get(order.id)
        if made is None or order.t_day <= before:
            continue
        if order.kind in ("buy", "dca"):
            profits[order.fund] = profits.get(order.fund, Decimal(0)) - made.gross
        else:
            profits[order.fund] = profits.get(order.fund, Decimal(0)) + made.net
            if order.to_fund:
                profits[order.to_fund] = profits.get(order.to_fund, Decimal(0)) - made.net
    for code, lots in last.lots.items():
        if state.catalog.funds[code].kind == "货币":
            profits[code] += _income(lots, start, end)
    items = tuple(
        FundReturn(fund=code, name=state.catalog.funds[code].name, profit=profit)
        for code, profit in sorted(profits.items())
        if profit or code in last.lots
    )
    return Returns(start=start, end=end, profit=sum((item.profit for item in items), Decimal(0)), items=items)


def order(state: State, booked: Booked) -> Order:
    funds = state.catalog.funds
    now = state.now()
    mine = account(state, booked.client)
    fund = funds[booked.fund]
    if booked.state == "held":
        # While it is held, time goes on: the T it would get if it were released now.
        booked = _with_t(booked, max(booked.t_day, calendar.t_day(now)))
    made = state.position(booked.client).outcomes.get(booked.id)
    known = made is not None
    if made is None:
        lots = mine.lots.get(booked.fund, [])
        enough = booked.kind in ("buy", "dca") or sum(lot.shares for lot in lots) >= (booked.shares or 0)
        made = outcome(booked, lots, funds, state.nav) if enough else None
    is_buy = booked.kind in ("buy", "dca")
    where = status(booked, funds, now)
    due = arrival(booked, funds)
    late = calendar.trading_days_late(due, min(now, booked.late_until)) if due and booked.late_until else 0
    return Order(
        id=booked.id,
        kind=booked.kind,
        fund=booked.fund,
        name=fund.name,
        to_fund=booked.to_fund,
        to_name=funds[booked.to_fund].name if booked.to_fund else None,
        plan=booked.plan,
        quick=booked.quick,
        amount=booked.amount if is_buy else made.net if made else None,
        shares=(made.shares if made and known else None) if is_buy else booked.shares,
        nav=made.nav if made and known else None,
        placed_at=booked.placed_at,
        t_day=booked.t_day,
        confirm_day=confirm_day(booked, funds),
        arrival=due,
        cancellable_until=calendar.cut_off(booked.t_day) if where in ("placed", "held") else None,
        status=where,
        status_words=f"到账延迟{late}个交易日,财务加急处理中"
        if late and where != "arrived"
        else order_words(booked, where, funds),
        fee=made.fee if made else Decimal(0),
        hold=booked.hold,
        days_late=late,
    )


def _with_t(booked: Booked, t: date) -> Booked:
    return replace(booked, t_day=t)


def orders(state: State, client_id: str, limit: int) -> list[Order]:
    state.person(client_id)
    now = state.now()
    placed = [booked for booked in state.world.orders[client_id] if booked.placed_at <= now]
    newest = sorted(placed, key=lambda booked: (booked.placed_at, booked.id), reverse=True)[:limit]
    return [order(state, booked) for booked in newest]


def plan(state: State, fact: PlanFact) -> Plan:
    today = state.today()
    made = [o for o in state.world.orders[fact.client] if o.plan == fact.id and o.state != "cancelled"]
    running = fact.status == "running"
    return Plan(
        id=fact.id,
        fund=fact.fund,
        name=state.catalog.funds[fact.fund].name,
        amount=fact.amount,
        frequency=fact.frequency,
        day=fact.day,
        day_words=plan_day_words(fact.frequency, fact.day),
        next_date=rules.next_deduction(fact.frequency, fact.day, fact.started_on, after=today) if running else None,
        status=fact.status,
        status_words=PLAN_STATUS[fact.status],
        started_on=fact.started_on,
        times=len(made),
        invested=sum((o.amount or Decimal(0) for o in made), Decimal(0)),
    )


def fund(state: State, code: str) -> Fund:
    file = known_fund(state.catalog, code)
    day = state.nav_day()
    path = state.market.paths[code]
    nav = state.nav(code, day)
    return Fund(
        code=code,
        name=file.name,
        kind=file.kind,
        risk=file.risk,
        company=file.company,
        manager=file.manager,
        size=file.size,
        benchmark=file.benchmark,
        sector=file.sector,
        nicknames=file.nicknames,
        fees=file.fees,
        min_buy=file.min_buy,
        min_redeem_shares=file.min_redeem_shares,
        lockup_years=file.lockup_years,
        nav=nav,
        nav_date=day,
        day_change=_ratio(nav - path.previous(day), path.previous(day)),
        seven_day_yield=MONEY_YIELD if file.kind == "货币" else None,
    )


def navs(state: State, code: str, start: date, end: date) -> list[Nav]:
    file = known_fund(state.catalog, code)
    state.now()
    path, benchmark = state.market.paths[code], state.market.paths[file.benchmark]
    last = min(end, state.nav_day())
    return [
        Nav(date=day, nav=value, benchmark=benchmark.at(day))
        for day, value in zip(path.days, path.values, strict=True)
        if start <= day <= last
    ]


def day(state: State, which: date) -> Day:
    now = state.now()
    t = calendar.t_day(now) if which == state.today() else calendar.t_day(calendar.midnight(which))
    return Day(date=which, trading=calendar.is_trading(which), next_trading=calendar.next_trading(which), t_day=t)


def advisors(state: State) -> list[Advisor]:
    """The roster; own clients are those of the roster and those whose CRM entry names the advisor."""
    own: dict[str, list[str]] = {}
    for person in state.world.people.values():
        own.setdefault(person.own_advisor or "", []).append(person.id)
    return [
        advisor.model_copy(
            update={"own_clients": tuple(dict.fromkeys((*advisor.own_clients, *own.get(advisor.id, ()))))}
        )
        for advisor in state.catalog.advisors
    ]


def owned(state: State, client_id: str, fund_code: str) -> None:
    """Raise when the client holds nothing of the fund."""
    if not state.position(client_id).lots.get(fund_code):
        raise Unknown("您没有持有这只基金。", fund=fund_code)

"""What an order would do, and whether it may be: the checks and figures of a quote. Pure.

`quote` raises NotAllowed with the code and the rule of the first check that fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from institution import calendar, rules
from institution.models import FeeLine, Lot, Quote
from institution.sandbox import citing
from institution.sandbox.book import Booked, NavOf, arrival, confirm_day, outcome, remaining
from institution.sandbox.catalog import HOUSE, Catalog, FundFile
from institution.sandbox.facts import Person
from institution.sandbox.refusals import NotAllowed, Unknown, allow

#: RULE-RDM-MMF: quick redemption, yuan per client, fund and calendar day.
QUICK_MOST = Decimal(10_000)


class OrderRequest(BaseModel):
    """amount: yuan (buy; for redeem and switch turned into shares at the last NAV). shares: redeem, switch."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["buy", "redeem", "switch"]
    fund: str
    amount: Decimal | None = None
    shares: Decimal | None = None
    to_fund: str | None = None
    quick: bool = False


@dataclass(frozen=True)
class Account:
    """A client's books at one instant."""

    person: Person
    lots: dict[str, list[Lot]]
    orders: tuple[Booked, ...]
    aum: Decimal
    now: datetime
    nav_day: date
    nav_of: NavOf

    @property
    def today(self) -> date:
        return calendar.local(self.now).date()

    def free_lots(self, fund: str, catalog: Catalog) -> list[Lot]:
        """The lots of a fund that no order on its way takes."""
        return remaining(self.lots.get(fund, []), self.reserved(fund, catalog))

    def reserved(self, fund: str, catalog: Catalog) -> Decimal:
        on_way = (
            order.shares or Decimal(0)
            for order in self.orders
            if order.fund == fund
            and order.kind in ("redeem", "switch")
            and order.state != "cancelled"
            and (order.state == "held" or confirm_day(order, catalog.funds) > self.today)
        )
        return sum(on_way, Decimal(0))


def quote(account: Account, request: OrderRequest, catalog: Catalog, order_id: str = "") -> tuple[Quote, Booked]:
    """What the order does at the last known NAV, and the order as it would be booked."""
    fund = known_fund(catalog, request.fund)
    if request.kind == "buy":
        return _buy(account, request, fund, catalog, order_id)
    return _sell(account, request, fund, catalog, order_id)


def known_fund(catalog: Catalog, code: str | None) -> FundFile:
    fund = catalog.funds.get(code or "")
    if fund is None:
        raise Unknown("没有这只基金。", fund=code)
    return fund


def may_buy(account: Account, fund: FundFile) -> None:
    """The checks on the client that every way of adding to a fund shares."""
    allow(rules.check_suitability(account.person.risk_level, fund.risk))
    allow(rules.check_test(account.person.valid_until, account.today))
    allow(rules.check_answers(account.person.conflicts))
    allow(rules.check_term(fund.lockup_years, account.person.horizon_years, fund.name))


def _buy(
    account: Account, request: OrderRequest, fund: FundFile, catalog: Catalog, order_id: str
) -> tuple[Quote, Booked]:
    amount = _positive(request.amount, "amount")
    if amount != rules.cents(amount):
        raise NotAllowed("not_cents", "金额最多两位小数。")
    may_buy(account, fund)
    placed_from = account.now
    if fund.kind == "私募":
        there = sum((lot.cost for lot in account.lots.get(fund.code, [])), Decimal(0))
        allow(rules.check_private(account.person.risk_level, account.person.qualified, amount, there))
        placed_from = account.now + rules.PRIVATE_COOLING
    elif amount < fund.min_buy:
        raise NotAllowed("below_minimum", f"{fund.name}{fund.min_buy:f}元起购。", minimum=f"{fund.min_buy:f}")
    order = Booked(order_id, account.person.id, "buy", fund.code, account.now, calendar.t_day(placed_from), amount)
    return _quoted(account, order, fund, catalog), order


def _sell(
    account: Account, request: OrderRequest, fund: FundFile, catalog: Catalog, order_id: str
) -> tuple[Quote, Booked]:
    shares = _shares(account, request, fund)
    t = account.today if request.quick else calendar.t_day(account.now)
    lots = account.free_lots(fund.code, catalog)
    owned = sum((lot.shares for lot in lots), Decimal(0))
    if shares > owned:
        words = f"您的{fund.name}可用份额是{owned:,.2f}份,不足{shares:,.2f}份。"
        raise NotAllowed("insufficient_shares", words, available=f"{owned:f}")
    if shares > rules.unlocked_shares(lots, fund.lockup_years, t):
        opens = min(rules.unlocked_on(lot.confirmed_on, fund.lockup_years) for lot in lots)
        words = f"{fund.name}每笔持有满{fund.lockup_years}年才能赎回,最早一笔{opens.year}年{opens.month}月{opens.day}日到期。"
        raise NotAllowed("locked_up", words, opens=opens.isoformat())
    if shares < fund.min_redeem_shares and shares != owned:
        least = f"{fund.min_redeem_shares:f}"
        raise NotAllowed("below_minimum", f"{fund.name}最少赎回{least}份,或一次全部赎回。", minimum=least)
    if request.kind == "switch":
        _may_switch(account, fund, known_fund(catalog, request.to_fund))
    if request.quick:
        _may_be_quick(account, fund, shares)
    order = Booked(
        order_id,
        account.person.id,
        request.kind,
        fund.code,
        account.now,
        t,
        shares=shares,
        to_fund=request.to_fund if request.kind == "switch" else None,
        quick=request.quick,
    )
    return _quoted(account, order, fund, catalog), order


def _shares(account: Account, request: OrderRequest, fund: FundFile) -> Decimal:
    if request.shares is None and request.amount is not None:
        return rules.whole_shares(_positive(request.amount, "amount") / account.nav_of(fund.code, account.nav_day))
    shares = _positive(request.shares, "shares")
    if shares != rules.whole_shares(shares):
        raise NotAllowed("not_cents", "份额最多两位小数。")
    return shares


def _positive(value: Decimal | None, name: str) -> Decimal:
    if value is None or not value.is_finite() or value <= 0:
        raise NotAllowed("amount_missing", "请给出大于0的金额或份额。", field=name)
    return value


def _may_switch(account: Account, fund: FundFile, into: FundFile) -> None:
    if fund.code == into.code or "私募" in (fund.kind, into.kind) or {fund.company, into.company} != {HOUSE}:
        raise NotAllowed("not_switchable", "只有两只不同的衡远公募基金之间可以转换。", rule="RULE-SWITCH")
    may_buy(account, into)


def _may_be_quick(account: Account, fund: FundFile, shares: Decimal) -> None:
    if fund.kind != "货币":
        raise NotAllowed("not_quick", "只有货币基金支持快速赎回。", rule="RULE-RDM-MMF")
    today = sum(
        (
            order.shares or Decimal(0)
            for order in account.orders
            if order.quick and order.fund == fund.code and calendar.local(order.placed_at).date() == account.today
        ),
        Decimal(0),
    )
    if today + shares > QUICK_MOST:
        left = f"{max(QUICK_MOST - today, Decimal(0)):,.2f}"
        words = f"快速赎回每只基金每天最多10,000元,今天还可以快速赎回{left}元。"
        raise NotAllowed("quick_limit", words, rule="RULE-RDM-MMF", left=left)


def _quoted(account: Account, order: Booked, fund: FundFile, catalog: Catalog) -> Quote:
    selling = order.kind != "buy"
    lots = account.free_lots(fund.code, catalog)
    made = outcome(order, lots, catalog.funds, account.nav_of)
    into = catalog.funds[order.to_fund] if order.to_fund else None
    hold = rules.hold(_redeemed_on(account, order.t_day) + made.gross, account.aum) if order.kind == "redeem" else None
    return Quote(
        kind=order.kind,
        fund=fund.code,
        name=fund.name,
        to_fund=into.code if into else None,
        to_name=into.name if into else None,
        t_day=order.t_day,
        cancellable_until=account.now if order.quick else calendar.cut_off(order.t_day),
        confirm_day=confirm_day(order, catalog.funds),
        arrival=arrival(order, catalog.funds),
        nav=made.nav,
        nav_date=account.nav_day,
        shares=made.shares,
        owned_shares=sum((lot.shares for lot in lots), Decimal(0)) if selling else None,
        free_shares=rules.free_shares(fund.kind, lots, order.t_day) if selling else None,
        shares_in=made.shares_in,
        gross=made.gross,
        fee=made.fee,
        fee_lines=made.fee_lines if selling else (_buy_line(made.shares, fund, made.fee),),
        buy_fee=made.buy_fee if order.kind != "redeem" else None,
        net=made.net,
        hold=hold,
        rules=citing.of(order, made, hold, catalog),
    )


def _buy_line(shares: Decimal, fund: FundFile, fee: Decimal) -> FeeLine:
    return FeeLine(shares=shares, days=0, rate=rules.buy_rate(fund.kind), fee=fee)


def _redeemed_on(account: Account, t: date) -> Decimal:
    """Yuan of the redemptions with this T, at the last known NAV (RULE-HOLD counts a day's together)."""
    same = (o for o in account.orders if o.kind == "redeem" and o.t_day == t and o.state != "cancelled")
    return sum(
        (rules.cents((o.shares or Decimal(0)) * account.nav_of(o.fund, account.nav_day)) for o in same), Decimal(0)
    )

"""What the institution's systems tell about clients, funds and orders. Money, shares and NAV are `Decimal`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer


def _plain(number: Decimal) -> str:
    return f"{number:f}"


#: A number that crosses as decimal text, never as 1E+3.
Number = Annotated[Decimal, PlainSerializer(_plain, return_type=str, when_used="json")]

#: A field called `date` hides the type of that name in its class.
CalendarDate = date

OrderKind = Literal["buy", "redeem", "dca", "switch"]
OrderStatus = Literal["placed", "dealing", "held", "confirmed", "arrived", "cancelled"]
PlanStatus = Literal["running", "paused", "stopped"]
Frequency = Literal["每日", "每周", "每两周", "每月"]
DividendMode = Literal["现金分红", "红利再投资"]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Client(Model):
    """A client as the CRM knows them; phone and card are masked at the source (requirement H2).

    aum            what the client holds here, in yuan
    risk_expired   the risk test is out of date now (RULE-TEST)
    risk_conflicts answers of the risk test that contradict each other, in words; empty when there are none
    horizon_years, declared_assets  what the client stated in the risk test; None when not stated
    qualified      certified qualified investor (RULE-PRIV)
    language_hard  the client cannot be served in another language than `dialect`
    """

    id: str
    name: str
    sex: str
    age: int
    stage: str
    risk_level: str
    risk_tested_on: date | None
    risk_valid_until: date | None
    risk_expired: bool = False
    risk_conflicts: tuple[str, ...] = ()
    horizon_years: int | None = None
    declared_assets: Number | None = None
    aum: Number
    tier: str
    channel: str
    own_advisor: str | None = None
    region: str
    phone: str
    card_tail: str
    member_level: str
    qualified: bool = False
    dialect: str | None = None
    language_hard: bool = False
    since: date | None = None
    tags: tuple[str, ...] = ()


class Lot(Model):
    """Shares bought together. cost: yuan paid for them, fee included."""

    shares: Number
    confirmed_on: date
    cost: Number


class Holding(Model):
    """profit counts from the first purchase of what is still held; a money fund's income is in profit, paid out."""

    fund: str
    name: str
    kind: str
    risk: str
    sector: str
    shares: Number
    available_shares: Number
    nav: Number
    nav_date: date
    value: Number
    cost: Number
    profit: Number
    profit_rate: Number
    day_profit: Number
    share_of_assets: Number
    dividend_mode: DividendMode
    locked_until: date | None = None
    lots: tuple[Lot, ...]


class Holdings(Model):
    as_of: datetime
    total: Number
    cost: Number
    profit: Number
    day_profit: Number
    items: tuple[Holding, ...]


class FundReturn(Model):
    fund: str
    name: str
    profit: Number


class Returns(Model):
    """The profit of a period, both days included."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")
    profit: Number
    items: tuple[FundReturn, ...]


class RuleCited(Model):
    """The rule a figure follows. words: what the rule made of this case."""

    rule: str
    version: int
    effective: date
    words: str


class FeeLine(Model):
    """One lot of a redemption. next_rate applies from next_rate_from on, if the rate still falls."""

    shares: Number
    confirmed_on: date | None = None
    days: int
    rate: Number
    fee: Number
    next_rate: Number | None = None
    next_rate_from: date | None = None


class Hold(Model):
    """Why an order is held. needs_human: a person must have spoken with the client.

    reason  "" for RULE-HOLD; else what a risk alert saw, in words
    """

    share_of_aum: Number
    needs_human: bool
    reason: str = ""


class Quote(Model):
    """What an order would do at the last known NAV; the real NAV is that of T.

    gross          yuan: the amount bought, or shares x NAV redeemed
    net            buy: yuan that buy shares; redeem: yuan that arrive; switch: yuan that go into the new fund
    shares         redeem, switch: shares that leave; buy: shares expected
    free_shares    how many shares could leave today without a fee
    shares_in      switch: shares of `to_fund` expected
    """

    kind: OrderKind
    fund: str
    name: str
    to_fund: str | None = None
    to_name: str | None = None
    t_day: date
    cancellable_until: datetime
    confirm_day: date
    arrival: datetime | None
    nav: Number
    nav_date: date
    shares: Number
    owned_shares: Number | None = None
    free_shares: Number | None = None
    shares_in: Number | None = None
    gross: Number
    fee: Number
    fee_lines: tuple[FeeLine, ...] = ()
    buy_fee: Number | None = None
    net: Number
    hold: Hold | None = None
    rules: tuple[RuleCited, ...]


class Order(Model):
    """amount: yuan paid in (buy, dca), or yuan that arrive after the fee (redeem, switch; an estimate before the
    NAV of T is known). days_late: trading days past `arrival` for money that is not there yet (RULE-CMP)."""

    id: str
    kind: OrderKind
    fund: str
    name: str
    to_fund: str | None = None
    to_name: str | None = None
    plan: str | None = None
    quick: bool = False
    amount: Number | None
    shares: Number | None
    nav: Number | None = None
    placed_at: datetime
    t_day: date
    confirm_day: date
    arrival: datetime | None
    cancellable_until: datetime | None
    status: OrderStatus
    status_words: str
    fee: Number
    hold: Hold | None = None
    days_late: int = 0


class Plan(Model):
    """A 定投. day: 1-28 (每月) or 1-5 for 周一-周五 (每周, 每两周); next_date: None unless running."""

    id: str
    fund: str
    name: str
    amount: Number
    frequency: Frequency
    day: int
    day_words: str
    next_date: date | None
    status: PlanStatus
    status_words: str
    started_on: date
    times: int = 0
    invested: Number = Decimal(0)


class ServiceRecord(Model):
    id: str
    at: datetime
    channel: str
    by: str
    topic: str
    summary: str
    outcome: str


class Complaint(Model):
    id: str
    kind: str
    text: str
    opened_at: datetime
    answer_by: datetime
    solve_by: datetime
    status: Literal["open", "answered", "solved"]
    status_words: str
    remedy: str | None = None


class RateStep(Model):
    """A redemption rate for shares held at least `from_days` and less than `to_days` days."""

    from_days: int
    to_days: int | None
    rate: Number


class FundFees(Model):
    """Rates: buy and redeem once, the others per year of the fund's assets, charged daily inside the NAV."""

    buy: Number
    redeem: tuple[RateStep, ...]
    management: Number
    custody: Number
    service: Number = Decimal(0)


class Fund(Model):
    """seven_day_yield: money funds only, a year's rate."""

    code: str
    name: str
    kind: str
    risk: str
    company: str
    manager: str
    size: Number
    benchmark: str
    sector: str
    nicknames: tuple[str, ...]
    fees: FundFees
    min_buy: Number
    min_redeem_shares: Number
    lockup_years: int = 0
    nav: Number
    nav_date: date
    day_change: Number
    seven_day_yield: Number | None = None


class Nav(Model):
    """benchmark: the level of the fund's benchmark index the same day."""

    date: CalendarDate
    nav: Number
    benchmark: Number


class Day(Model):
    """next_trading: the first trading day after it; t_day: T of an order placed now, or at 00:00 of another day."""

    date: CalendarDate
    trading: bool
    next_trading: CalendarDate
    t_day: CalendarDate


class Rule(Model):
    id: str
    version: int
    effective: date
    until: date | None = None
    title: str
    text: str


class Advisor(Model):
    """Someone of the roster; shifts and slots as the roster writes them (`{days: 周一-周五, from, to}`)."""

    id: str
    name: str
    role: str
    skills: dict[str, int]
    licences: tuple[str, ...]
    tiers: tuple[str, ...]
    languages: tuple[str, ...]
    regions: tuple[str, ...]
    capacity: int
    default_load: int = 0
    live: bool = True
    voice: bool = False
    queue: str | None = None
    shifts: tuple[dict[str, Any], ...] = ()
    slots: tuple[dict[str, Any], ...] = ()
    slot_minutes: int | None = None
    own_clients: tuple[str, ...] = ()
    ratings: dict[str, tuple[float, int]]


class PastMessage(Model):
    client_id: str
    author: Literal["client", "ai", "human", "expert", "system"]
    author_id: str | None = None
    text: str
    at: datetime
    channel: str
    emotion: str | None = None
    intent: str | None = None


class AdvisorState(Model):
    load: int | None = None
    presence: Literal["online", "busy", "offline"] | None = None


class Fixture(Model):
    """What a loaded fixture says beside the institution's own data.

    presence_by_shift  True when one is loaded: everybody on shift is online unless `advisors` says otherwise, with
                       the roster's default load
    owners             conversations that an advisor owns already: {client: {advisor, since}}
    clients            whom it speaks of: their earlier talk is over
    """

    now: datetime
    messages: tuple[PastMessage, ...] = ()
    advisors: dict[str, AdvisorState] = {}
    owners: dict[str, dict[str, Any]] = {}
    clients: tuple[str, ...] = ()
    presence_by_shift: bool = False

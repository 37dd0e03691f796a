"""A fixture: a situation put on top of the seeded world. `docs/sandbox.md` documents the format."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from institution import calendar, rules
from institution.models import (
    AdvisorState,
    DividendMode,
    Fixture,
    Frequency,
    Hold,
    Lot,
    PastMessage,
    PlanStatus,
    ServiceRecord,
)
from institution.sandbox import history
from institution.sandbox.book import Booked, confirmed_by, fold
from institution.sandbox.catalog import Catalog
from institution.sandbox.facts import Person, PlanFact, World
from institution.sandbox.market import Market, Shift
from institution.sandbox.refusals import FixtureInvalid
from kit.clock import SHANGHAI

#: Lots whose date the fixture leaves open were bought so long ago that they cost no redemption fee.
OLD_ENOUGH = timedelta(days=200)
#: Assets that no lot explains lie in this money fund.
REST_FUND = "HY001"
#: The rest is not filled up below this share of the assets: it is rounding.
ROUNDING = Decimal("0.0005")


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    @field_validator("*", mode="after")
    @classmethod
    def _in_shanghai(cls, value: Any) -> Any:
        """A time without a zone is Shanghai time."""
        return value.replace(tzinfo=SHANGHAI) if isinstance(value, datetime) and value.tzinfo is None else value


class LotEntry(Entry):
    """shares or value (yuan at the last NAV); cost in yuan, else what the shares cost at the NAV of their T."""

    fund: str
    shares: Decimal | None = None
    value: Decimal | None = None
    confirmed_on: date | None = Field(None, validation_alias=AliasChoices("confirmed_on", "confirmed"))
    cost: Decimal | None = None

    @model_validator(mode="after")
    def _one_of(self) -> LotEntry:
        if (self.shares is None) == (self.value is None):
            raise ValueError(f"lot of {self.fund}: give either shares or value")
        return self


class OrderEntry(Entry):
    id: str | None = None
    kind: Literal["buy", "redeem", "dca", "switch"]
    fund: str
    amount: Decimal | None = None
    shares: Decimal | None = None
    to_fund: str | None = None
    placed_at: datetime
    status: Literal["live", "held", "cancelled"] = "live"
    late_until: datetime | None = None


class PlanEntry(Entry):
    """history: the deductions from `started_on` to yesterday were made, and their shares are held."""

    id: str | None = None
    fund: str
    amount: Decimal
    frequency: Frequency = "每月"
    day: int = Field(1, ge=1, le=28)
    status: PlanStatus = "running"
    started_on: date | None = None
    history: bool = False


class RecordEntry(Entry):
    at: datetime
    channel: str = "app"
    by: str = "客服中心"
    topic: str
    summary: str = ""
    outcome: str = ""


class ComplaintEntry(Entry):
    kind: str
    text: str
    opened_at: datetime
    solved: bool = False


class MessageEntry(Entry):
    client_id: str | None = Field(None, validation_alias=AliasChoices("client_id", "client"))
    author: Literal["client", "ai", "human", "expert", "system"]
    author_id: str | None = None
    text: str
    at: datetime
    channel: str = "web"
    emotion: str | None = None
    intent: str | None = None


class ClientEntry(Entry):
    """A new client, or changes of a known one; fields left out keep their value or a usual one."""

    id: str = Field(validation_alias=AliasChoices("id", "client"))
    name: str | None = None
    sex: Literal["男", "女"] | None = None
    age: int | None = None
    stage: Literal["新手", "成长", "成熟", "退休"] | None = None
    risk_level: Literal["C1", "C2", "C3", "C4", "C5"] | None = Field(
        None, validation_alias=AliasChoices("risk_level", "risk")
    )
    risk_tested_on: date | None = None
    risk_valid_until: date | None = None
    risk_conflicts: list[str] | None = None
    horizon_years: int | None = None
    declared_assets: Decimal | None = None
    aum: Decimal | None = None
    channel: str | None = None
    own_advisor: str | None = None
    region: str | None = None
    phone: str | None = None
    card_tail: str | None = None
    member_level: str | None = None
    qualified: bool | None = None
    dialect: str | None = None
    language_hard: bool | None = None
    since: date | None = None
    tags: list[str] | None = None
    lots: list[LotEntry] | None = None
    orders: list[OrderEntry] = []
    plans: list[PlanEntry] = []
    dividend_modes: dict[str, DividendMode] = {}
    records: list[RecordEntry] = []
    complaints: list[ComplaintEntry] = []
    messages: list[MessageEntry] = []


class NavEntry(Entry):
    """nav: the newest one; change over the last `days` days (-0.18 = -18 %)."""

    nav: Decimal | None = Field(None, gt=0)
    days: int = Field(30, ge=7, le=600)
    change: float | None = Field(None, gt=-0.95, lt=10)


class OwnerEntry(Entry):
    advisor: str
    since: datetime


class FixtureFile(Entry):
    title: str = ""
    now: datetime | None = None
    clients: list[ClientEntry] = []
    navs: dict[str, NavEntry] = {}
    benchmarks: dict[str, NavEntry] = {}
    messages: list[MessageEntry] = []
    advisors: dict[str, AdvisorState] = {}
    owners: dict[str, OwnerEntry] = {}

    def listed(self) -> dict[str, Decimal]:
        return {code: entry.nav for code, entry in self.navs.items() if entry.nav is not None}

    def shifts(self) -> dict[str, Shift]:
        both = self.navs | self.benchmarks
        return {name: Shift(e.days, e.change) for name, e in both.items() if e.change is not None}


def read(body: Any, catalog: Catalog) -> FixtureFile:
    """A checked fixture. Raises FixtureInvalid with every fault and its place."""
    try:
        file = FixtureFile.model_validate(body)
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()]
        raise FixtureInvalid("夹具文件有误:" + ";".join(faults)) from None
    faults = list(_unknown_names(file, catalog))
    if faults:
        raise FixtureInvalid("夹具文件有误:" + ";".join(faults))
    return file


def _unknown_names(file: FixtureFile, catalog: Catalog) -> list[str]:
    funds = set(file.navs)
    for client in file.clients:
        funds |= {lot.fund for lot in client.lots or []} | {plan.fund for plan in client.plans}
        funds |= {order.fund for order in client.orders} | {o.to_fund for o in client.orders if o.to_fund}
        funds |= set(client.dividend_modes)
    staff = set(file.advisors) | {owner.advisor for owner in file.owners.values()}
    staff |= {client.own_advisor for client in file.clients if client.own_advisor not in (None, "none", "")}
    faults = [f"funds: {code} is not known" for code in sorted(funds - set(catalog.funds))]
    faults += [f"benchmarks: {name} is not known" for name in sorted(set(file.benchmarks) - set(catalog.benchmarks))]
    known = {advisor.id for advisor in catalog.advisors}
    faults += [f"advisors: {code} is not known" for code in sorted(str(code) for code in staff - known)]
    faults += [f"messages.{n}: client_id is missing" for n, m in enumerate(file.messages) if m.client_id is None]
    return faults


def put_on_top(file: FixtureFile, world: World, catalog: Catalog, market: Market, at: datetime) -> Fixture:
    """Change `world` as the fixture says; gives what the fixture says beside it. Raises FixtureInvalid."""
    for entry in file.clients:
        _put_client(entry, world, catalog, market, at)
    spoken = [(message.client_id, message) for message in file.messages]
    spoken += [(client.id, message) for client in file.clients for message in client.messages]
    messages = [
        PastMessage.model_validate(message.model_dump(exclude={"client_id"}) | {"client_id": client})
        for client, message in spoken
    ]
    return Fixture(
        now=at,
        messages=tuple(sorted(messages, key=lambda message: message.at)),
        advisors=file.advisors,
        owners={client: owner.model_dump(mode="json") for client, owner in file.owners.items()},
        clients=tuple(entry.id for entry in file.clients),
        presence_by_shift=True,
    )


def _put_client(entry: ClientEntry, world: World, catalog: Catalog, market: Market, at: datetime) -> None:
    today = calendar.local(at).date()
    person = _person(entry, world.people.get(entry.id), today)
    world.add(person)
    if entry.lots is not None or entry.aum is not None:
        lots = enumerate(entry.lots or [])
        world.orders[person.id] = [_given(person.id, n, lot, catalog, market, today) for n, lot in lots]
        world.plans[person.id] = {}
    for n, plan in enumerate(entry.plans):
        fact = _plan(person.id, n, plan, today)
        world.plans[person.id][fact.id] = fact
        if plan.history:
            past = rules.deductions(fact.frequency, fact.day, fact.started_on, fact.started_on, fact.done_until)
            world.orders[person.id] += [history.deduction(fact, on) for on in past]
    _fill_up(entry, world.orders[person.id], catalog, market, today)
    assets = _assets(world.orders[person.id], catalog, market, today)
    for n, order in enumerate(entry.orders):
        gross = (order.shares or Decimal(0)) * market.nav(order.fund, market.anchor)
        world.orders[person.id].append(_order(person.id, n, order, rules.hold(gross, assets)))
    for code, mode in entry.dividend_modes.items():
        world.dividend_modes[person.id, code] = mode
    for n, record in enumerate(entry.records):
        world.records[person.id].insert(0, ServiceRecord(id=f"S-{person.id}-F{n + 1}", **record.model_dump()))
    for n, said in enumerate(entry.complaints):
        number = f"T-{person.id}-F{n + 1}"
        ticket = history.complaint(number, said.kind, said.text, said.opened_at, solved=said.solved)
        world.complaints[person.id].append(ticket)
    try:
        fold(world.orders[person.id], catalog.funds, market.nav, lambda _: True)
    except ValueError as error:
        raise FixtureInvalid(f"夹具文件有误:clients.{person.id}.orders: {error}") from None


def _person(entry: ClientEntry, known: Person | None, today: date) -> Person:
    said = entry.model_dump(
        exclude_none=True,
        include={"name", "sex", "age", "stage", "risk_level", "channel", "region", "phone", "card_tail", "member_level",
                 "qualified", "dialect", "language_hard", "since", "horizon_years", "declared_assets"},
    )  # fmt: skip
    if entry.tags is not None:
        said["tags"] = tuple(entry.tags)
    if entry.risk_conflicts is not None:
        said["conflicts"] = tuple(entry.risk_conflicts)
    if "own_advisor" in entry.model_fields_set:
        said["own_advisor"] = entry.own_advisor if entry.own_advisor not in ("none", "") else None
    if entry.risk_tested_on:
        said |= {"tested_on": entry.risk_tested_on, "valid_until": rules.risk_test_end(entry.risk_tested_on)}
    if entry.risk_valid_until:
        said["valid_until"] = entry.risk_valid_until
    return replace(known or _newcomer(entry, today), **said)


def _newcomer(entry: ClientEntry, today: date) -> Person:
    chance = random.Random(entry.id)
    tested = today - timedelta(days=120)
    age = entry.age or 35
    stage = "新手" if age < 27 else "成长" if age < 42 else "成熟" if age < 60 else "退休"
    return Person(
        id=entry.id,
        name=entry.name or entry.id,
        sex=entry.sex or chance.choice("男女"),
        age=age,
        stage=stage,
        risk_level="C3",
        tested_on=tested,
        valid_until=rules.risk_test_end(tested),
        channel="app",
        region="",
        phone=f"138****{chance.randint(0, 9999):04d}",
        card_tail=f"{chance.randint(0, 9999):04d}",
        member_level="普通",
        since=today - timedelta(days=500),
    )


def _given(client: str, number: int, entry: LotEntry, catalog: Catalog, market: Market, today: date) -> Booked:
    """A purchase whose confirmed shares the fixture states."""
    nav_now = market.nav(entry.fund, market.anchor)
    shares = entry.shares if entry.shares is not None else rules.whole_shares((entry.value or Decimal(0)) / nav_now)
    confirmed = entry.confirmed_on or calendar.on_or_before(today - OLD_ENOUGH)
    t = _t_before(catalog.funds[entry.fund].kind, confirmed)
    cost = entry.cost if entry.cost is not None else rules.cents(shares * market.nav(entry.fund, t))
    at = datetime.combine(t, time(10, 0), SHANGHAI)
    lot = Lot(shares=shares, confirmed_on=confirmed, cost=cost)
    return Booked(f"O-{client}-L{number + 1:03d}", client, "buy", entry.fund, at, t, amount=cost, given=lot)


def _t_before(kind: str, confirmed: date) -> date:
    """T of a purchase that was confirmed on this day."""
    day = confirmed
    for _ in range(2 if kind == "QDII" else 1):
        day = calendar.on_or_before(day - timedelta(days=1))
    return day


def _fill_up(entry: ClientEntry, book: list[Booked], catalog: Catalog, market: Market, today: date) -> None:
    """Put the assets that no lot explains into the money fund."""
    if entry.aum is None:
        return
    rest = rules.cents(entry.aum - _assets(book, catalog, market, today))
    if rest > entry.aum * ROUNDING:
        lot = LotEntry(fund=REST_FUND, shares=rest, cost=rest)
        book.append(_given(entry.id, len(book), lot, catalog, market, today))


def _assets(book: list[Booked], catalog: Catalog, market: Market, today: date) -> Decimal:
    lots = fold(book, catalog.funds, market.nav, confirmed_by(today, catalog.funds)).lots
    navs = {code: market.nav(code, market.anchor) for code in lots}
    return sum((lot.shares * navs[code] for code, some in lots.items() for lot in some), Decimal(0))


def _order(client: str, number: int, entry: OrderEntry, hold: Hold | None) -> Booked:
    return Booked(
        id=entry.id or f"O-{client}-F{number + 1:03d}",
        client=client,
        kind=entry.kind,
        fund=entry.fund,
        placed_at=entry.placed_at,
        t_day=calendar.t_day(entry.placed_at),
        amount=entry.amount if entry.kind in ("buy", "dca") else None,
        shares=entry.shares,
        to_fund=entry.to_fund,
        state=entry.status,
        hold=hold if entry.status == "held" else None,
        late_until=entry.late_until,
    )


def _plan(client: str, number: int, entry: PlanEntry, today: date) -> PlanFact:
    return PlanFact(
        id=entry.id or f"P-{client}-{number + 1}",
        client=client,
        fund=entry.fund,
        amount=entry.amount,
        frequency=entry.frequency,
        day=entry.day,
        status=entry.status,
        started_on=entry.started_on or today - timedelta(days=180),
        done_until=today - timedelta(days=1),
    )

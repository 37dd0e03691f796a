"""The sandbox's memory: a seeded world, moved on by time and by the journal's events.

State is a function of the journal: an `epoch` (seed, instant, fixture) makes the world, every later event is a fact
that was decided before it was written. After a crash the same events give the same state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from institution import calendar, rules
from institution.models import Complaint, Fixture, Lot
from institution.records import LifePlan, SuitabilityRecord
from institution.sandbox import fixture as fixtures
from institution.sandbox import history
from institution.sandbox.book import Booked, Position, confirmed_by, fold
from institution.sandbox.catalog import Catalog
from institution.sandbox.facts import Person, PlanFact
from institution.sandbox.journal import Event, Journal
from institution.sandbox.lives import Lives
from institution.sandbox.market import Market
from institution.sandbox.refusals import NotAnyMore, Unknown
from kit.clock import OffsetClock

BOOKED = TypeAdapter(Booked)
PLAN = TypeAdapter(PlanFact)


class State:
    """Read through `account`, `nav` and the public fields; change through `commit`."""

    def __init__(self, catalog: Catalog, clock: OffsetClock, journal: Journal, seed: int, clients: int) -> None:
        self.catalog = catalog
        self.clock = clock
        self.seed = seed
        self._clients = clients
        self._journal = journal
        events = journal.read()
        # A journal without effects holds nothing to keep: begin at the present instant.
        if len(events) > 1 or (events and events[0]["fixture"]):
            for event in events:
                self._apply(event)
        else:
            self.restart()

    # -- time ------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The present instant; the world is brought up to it first."""
        now = self.clock.now()
        self._catch_up(now)
        return now

    def today(self) -> date:
        return calendar.local(self.now()).date()

    def nav_day(self) -> date:
        """The newest day whose NAV is known."""
        return calendar.last_nav_day(self.clock.now())

    def nav(self, code: str, day: date) -> Decimal:
        """The NAV of a day, or the last known one when the day's own is not known yet."""
        return self.market.nav(code, min(day, self.nav_day()))

    # -- reading ---------------------------------------------------------------------------------------------

    def person(self, client: str) -> Person:
        try:
            return self.world.people[client]
        except KeyError:
            raise Unknown("没有这位客户。", client=client) from None

    def position(self, client: str) -> Position:
        """What the client holds now: orders confirmed by today."""
        self.person(client)
        token = (len(self._changes.setdefault(client, [])), self.today(), self.nav_day())
        cached = self._positions.get(client)
        if cached is None or cached[0] != token:
            cached = (token, self.fold(client, confirmed_by(token[1], self.catalog.funds)))
            self._positions[client] = cached
        return cached[1]

    def fold(self, client: str, until: Callable[[Booked], bool]) -> Position:
        return fold(self.world.orders[client], self.catalog.funds, self.nav, until)

    def value(self, lots: dict[str, list[Lot]], day: date) -> Decimal:
        """Yuan, each fund rounded to cents as the client sees it."""
        return sum(
            (rules.cents(sum((lot.shares for lot in some), Decimal(0)) * self.nav(code, day)) for code, some in lots.items()),
            Decimal(0),
        )  # fmt: skip

    def aum(self, client: str) -> Decimal:
        return self.value(self.position(client).lots, self.nav_day())

    def order(self, client: str, order_id: str) -> Booked:
        self.person(client)
        for order in self.world.orders[client]:
            if order.id == order_id:
                return order
        raise Unknown("没有这笔交易。", order=order_id)

    def plan(self, client: str, plan_id: str) -> PlanFact:
        self.person(client)
        try:
            return self.world.plans[client][plan_id]
        except KeyError:
            raise Unknown("没有这份定投。", plan=plan_id) from None

    def done(self, client: str, key: str, what: str) -> str | None:
        """The id that this key led to before. Raises NotAnyMore when it was used for something else."""
        before = self._done.get((client, key))
        if before is None:
            return None
        if before[0] != what:
            raise NotAnyMore("key_reused", "这个请求编号已用于另一项业务。")
        return before[1]

    # -- change ----------------------------------------------------------------------------------------------

    def restart(self, *, at: datetime | None = None, fixture: dict[str, Any] | None = None) -> None:
        """A fresh world at `at` (default: the real time), a fixture on top; earlier effects are gone."""
        real = self.clock.now() - self.clock.offset
        offset = at - real if at is not None else timedelta(0)
        event = {
            "event": "epoch",
            "at": (real + offset).isoformat(),
            "offset_seconds": offset.total_seconds(),
            "seed": self.seed,
            "fixture": fixture,
        }
        self._apply(event)
        self._journal.restart(event)

    def commit(self, kind: str, client: str, key: str, what: str, result: str, **facts: Any) -> None:
        """Write an effect down, then let it hold. what, result: what the key answers with from now on."""
        event = {"event": kind, "at": self.now().isoformat(), "client": client, "key": key, "what": what,
                 "result": result, **facts}  # fmt: skip
        self._journal.append(event)
        self._apply(event)

    def move_clock(self, at: datetime) -> None:
        self.clock.set(at)
        event = {"event": "clock", "at": at.isoformat(), "offset_seconds": self.clock.offset.total_seconds()}
        self._journal.append(event)
        self._apply(event)

    def _apply(self, event: Event) -> None:
        kind = event["event"]
        if kind == "epoch":
            self._begin(event)
            return
        self._catch_up(datetime.fromisoformat(event["at"]))
        if kind == "clock":
            self.clock.offset = timedelta(seconds=event["offset_seconds"])
            return
        client = event["client"]
        self._done[client, event["key"]] = (event["what"], event["result"])
        self._changes.setdefault(client, []).append(kind)
        if kind == "order":
            self._put_order(BOOKED.validate_python(event["order"]))
        elif kind == "plan":
            plan = PLAN.validate_python(event["plan"])
            self.world.plans[client][plan.id] = plan
        elif kind == "complaint":
            self.world.complaints[client].append(Complaint.model_validate(event["complaint"]))
        elif kind == "dividend":
            self.world.dividend_modes[client, event["fund"]] = event["mode"]
        elif kind == "suitability":
            self.world.suitability.extend(SuitabilityRecord.model_validate(record) for record in event["records"])
        elif kind == "life_plan":
            kept = [plan for plan in self.world.life_plans[client] if plan.id != event["result"]]
            self.world.life_plans[client] = [*kept, LifePlan.model_validate(event["life_plan"])]
        else:
            raise ValueError(f"an event that nobody knows: {kind}")

    def _begin(self, event: Event) -> None:
        at = datetime.fromisoformat(event["at"])
        file = fixtures.read(event["fixture"], self.catalog) if event["fixture"] else fixtures.FixtureFile()
        nav_day = calendar.last_nav_day(at)
        market = Market(self.catalog, event["seed"], nav_day, listed=file.listed(), shifts=file.shifts())
        world = history.generate(self.catalog, market, event["seed"], at, self._clients)
        beside = Fixture(now=at)
        if event["fixture"]:
            beside = fixtures.put_on_top(file, world, self.catalog, market, at)
        # Only now: a fixture that is refused leaves everything as it was.
        self.began = at
        self.clock.offset = timedelta(seconds=event["offset_seconds"])
        self.market, self.world, self.fixture = market, world, beside
        written = {str(entry["id"]) for entry in (event["fixture"] or {}).get("clients", [])}
        self.lives = Lives([name for name in world.people if name not in written], calendar.local(at).date())
        self._positions: dict[str, tuple[tuple[int, date, date], Position]] = {}
        self._changes: dict[str, list[str]] = {}
        self._done: dict[tuple[str, str], tuple[str, str]] = {}
        self._caught_up = calendar.local(at).date() - timedelta(days=1)
        self._catch_up(at)

    def _put_order(self, order: Booked) -> None:
        book = self.world.orders[order.client]
        self.world.orders[order.client] = [old for old in book if old.id != order.id] + [order]

    def _catch_up(self, now: datetime) -> None:
        """Publish the NAVs and make the 定投 deductions that are due by `now`."""
        self.market.extend(calendar.last_nav_day(now))
        today = calendar.local(now).date()
        if today <= self._caught_up:
            return
        self._caught_up = today
        for client, plans in self.world.plans.items():
            for plan in list(plans.values()):
                plans[plan.id] = self._deduct(client, plan, today)

    def _deduct(self, client: str, plan: PlanFact, today: date) -> PlanFact:
        if plan.done_until >= today:
            return plan
        if plan.status == "running":
            first = plan.done_until + timedelta(days=1)
            due = rules.deductions(plan.frequency, plan.day, plan.started_on, first, today)
            self.world.orders[client].extend(history.deduction(plan, on) for on in due)
            self._changes.setdefault(client, []).append("dca")
        return replace(plan, done_until=today)


def plain(fact: Booked | PlanFact) -> dict[str, Any]:
    """A fact as the journal writes it."""
    found = asdict(fact)
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value

"""The profile service: listens to the talk, reads the books, keeps evidence, events and alerts. The gateway's door.

What has been taken in stands in SQL as a mark in the conversation: a message is taken in once, in order, in the background;
what failed is taken in with the next turn or the daily sweep.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from institution.calendar import SHANGHAI
from kit import log
from kit.clock import Clock
from kit.due import Due
from kit.errors import AgentError, Conflict, Invalid, NotFound
from kit.ids import NewId
from profiles import churn, days, interventions, nightly, services, store, view
from profiles.acting import Acts
from profiles.alerts import OUTCOMES, Alert, State, close, false_share, measure, observe
from profiles.archive import Archive
from profiles.behaviour import WINDOW
from profiles.books import facts_of, person_of, positions_of
from profiles.deciding import Deciding
from profiles.dry_run import dry_run
from profiles.leaving import leaving, settled, spoken
from profiles.model import Evidence, Facts, LifeEvent, Said
from profiles.mood_figures import Moods
from profiles.newsroom import Newsroom
from profiles.policy import Policy
from profiles.ports import Institution, Talk
from profiles.reading import Reader
from profiles.serving import Serving
from profiles.streams import store_new
from profiles.systems import Systems
from profiles.tags import counted, heard, new_events
from profiles.targets import Targets, renew
from profiles.thresholds import Thresholds
from profiles.trend import WINDOW as TREND
from profiles.view import Json, Known
from profiles.when import wants_books as wants_books

logger = log.get(__name__)
#: Evidence older than this has faded, and no indicator looks back further.
LOOK_BACK = timedelta(days=90)
#: Profiles brought up to date at once: turns go first.
AT_ONCE = 2
#: A brief or a page is never late for the institution.
PATIENCE_SECONDS = 2.0
#: Beside the turns of this very process: some hundredths of a second at a time.
NIGHTLY_AT_ONCE = 100
STOP_SECONDS = 3.0


class AlertUnknown(NotFound):
    """没有这条预警。"""

    code = "alert_unknown"


class AlertClosed(Conflict):
    """这条预警已经处理过了。"""

    code = "alert_closed"


class EventUnknown(Invalid):
    """没有这类事件。"""

    code = "event_unknown"


class Profiles:
    """Meets `handoff.ports.Profiles`."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, new_id: NewId, policy: Policy, talk: Talk, institution: Institution
    ) -> None:
        self._engine, self._clock, self._new_id = engine, clock, new_id
        self.thresholds = Thresholds(engine, clock, new_id, policy)
        self.acts = Acts(engine, clock, interventions.load())
        self.moods = Moods(engine, clock, talk)
        self.deciding = Deciding(engine, clock)
        self.newsroom = Newsroom(clock)
        self.archive = Archive(engine, clock, institution)
        self.serving = Serving(engine, clock, talk, services.load(policy))
        self.targets = Targets(engine, clock, new_id, lambda: self.policy)
        self.systems = Systems(engine, clock, new_id)
        self.systems.look = lambda client_id: self.follow_quietly(client_id, books=True)
        self._talk, self._reader = talk, Reader(institution)
        self._locks: dict[str, asyncio.Lock] = {}
        self._due = Due(self._work)
        self._turnstile = asyncio.Semaphore(AT_ONCE)

    @property
    def policy(self) -> Policy:
        """The file's rules with the thresholds that were set since."""
        return self.thresholds.policy

    # -- what comes in ---------------------------------------------------------------------------------------

    def heard(self, client_id: str) -> None:
        """A turn of the client is over: take it in, in the background. Never raises, never waits."""
        self._due.wake(client_id)

    async def settled(self, client_id: str, *, seconds: float | None = None) -> None:
        """Wait until what was heard of the client is taken in, at most so long."""
        if task := self._due.of(client_id):
            await asyncio.wait({task}, timeout=seconds)

    async def stop(self) -> None:
        """Let what is being taken in end for a moment; the rest is taken in later."""
        await self.systems.stop()
        if tasks := self._due.running:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def report(self, client_id: str, kind: str, *, key: str, at: datetime) -> None:
        """A system of the institution tells of an event (a new device, a new child); the same key is the same event.

        Raises EventUnknown.
        """
        if kind not in self.policy.events:
            raise EventUnknown
        event = LifeEvent(f"{kind}:{key}", kind, at, "report", self.policy.events[kind].words)
        async with self._engine.begin() as sql:
            await store.put_events(sql, client_id, [event])
        await self.follow(client_id, books=True)

    async def forget(self, client_id: str) -> None:
        """A fixture begins the client's story afresh."""
        self._reader.forget()
        async with self._locks.setdefault(client_id, asyncio.Lock()), self._engine.begin() as sql:
            await store.forget(sql, client_id)
            await days.forget(sql, client_id)
            await self.acts.forget(sql, client_id)

    async def _work(self, client_id: str) -> None:
        await self.follow_quietly(client_id)

    async def follow_quietly(self, client_id: str, *, books: bool = False) -> bool:
        """The same as `follow`; what fails is logged and taken in the next time. Whether it was done."""
        try:
            await self.follow(client_id, books=books)
            return True
        except AgentError as error:
            logger.warning("A profile waits for the institution", action="profile_waits", cause=error.code)
        except Exception:
            logger.exception("A profile was not brought up to date", action="profile_broke", client_id=client_id)
        return False

    # -- one client brought up to date ----------------------------------------------------------------------

    async def follow(self, client_id: str, *, books: bool = False) -> None:
        """Take in what the client has said since, and look at the indicators.

        books  read them in any case; else only when the talk is about them or they were not read for a day
        """
        async with self._locks.setdefault(client_id, asyncio.Lock()), self._turnstile:
            await self.thresholds.ready()
            now = self._clock.now()
            fresh, afresh, place, talk, events = await self._taken(client_id, now)
            evidence, happened = self._understand(fresh)
            happened = new_events(events, happened, self.policy.events)
            wanted = books or wants_books({one.intent for one in fresh if one.intent}, place.books_at, now)
            # Until the books are read they count as never read: a failure is made good with the next turn.
            place = replace(place, books_at=None) if wanted else place
            async with self._engine.begin() as sql:
                if afresh:
                    await store.forget(sql, client_id)
                    await days.forget(sql, client_id)
                await store.put_evidence(sql, client_id, evidence)
                await store.put_events(sql, client_id, happened)
                await store_new(sql, spoken(client_id, fresh))
                await store.set_mark(sql, client_id, place)
            await self.deciding.heard(client_id, fresh)
            client = await self._reader.client(client_id)
            read = await self._reader.books(client_id, now=now) if wanted else None
            facts = facts_of(client, read, talk, [*events, *happened], now=now)
            await self._judge(client_id, facts, place, whole=read is not None)

    async def _taken(
        self, client_id: str, now: datetime
    ) -> tuple[list[Said], bool, store.Mark, Sequence[Said], list[LifeEvent]]:
        """The client's new messages, whether the story begins afresh, the mark after them, all recent talk, known events."""
        async with self._engine.connect() as sql:
            before = await store.mark(sql, client_id)
            told = await self._talk.heard(sql, client_id, since=now - LOOK_BACK)
            events = await store.events_of(sql, client_id)
        afresh = before.epoch not in ("", told.epoch)
        seq = 0 if afresh else before.seq
        fresh = [one for one in told.said if one.seq > seq]
        place = store.Mark(told.epoch, max([seq, *(one.seq for one in fresh)]), None if afresh else before.books_at)
        return fresh, afresh, place, told.said, [] if afresh else events

    def _understand(self, fresh: Sequence[Said]) -> tuple[list[Evidence], list[LifeEvent]]:
        evidence: list[Evidence] = []
        happened: list[LifeEvent] = []
        for one in fresh:
            found, events = heard(one, self.policy)
            evidence += found
            happened += events
        return evidence, happened

    async def _judge(self, client_id: str, facts: Facts, place: store.Mark, *, whole: bool) -> None:
        """Keep what file and books speak for, and bring the alerts up to date; without books only the talk's."""
        evidence, happened = counted(facts, self.policy)
        if not whole:
            evidence = [one for one in evidence if one.source != "books"]
            happened = [one for one in happened if one.source != "books"]
        rules = {name: rule for name, rule in self.policy.indicators.items() if whole or not rule.indicator.assets}
        readings = measure(rules, facts)
        to_do: list[str] = []
        async with self._engine.begin() as sql:
            latest = store.latest(await store.alerts_of(sql, client_id))
            changed = [
                alert
                for name, rule in rules.items()
                if (
                    alert := observe(
                        rule,
                        latest.get(name),
                        readings[name],
                        client_id=client_id,
                        new_id=self._new_id(),
                        now=facts.now,
                    )
                )
            ]
            await store.put_evidence(sql, client_id, evidence)
            await store.put_events(sql, client_id, new_events(facts.events, happened, self.policy.events))
            await store.put_alerts(sql, changed)
            for alert in changed:
                act = await self.acts.plan(sql, alert, latest.get(alert.indicator), rules[alert.indicator], facts)
                to_do += [act] if act else []
            if whole:
                await store_new(sql, settled(facts))
                await renew(sql, facts, self.policy)
                await self.serving.plan(sql, facts, self.policy)
                await store.set_mark(sql, client_id, replace(place, books_at=facts.now))
        for alert in changed:
            logger.info(
                "A risk alert has changed", action="alert_changed", client_id=client_id, indicator=alert.indicator,
                level=alert.level.value, state=alert.state.value,
            )  # fmt: skip
        await self.acts.perform_ids(to_do)

    # -- what is told ----------------------------------------------------------------------------------------

    async def alerts(self, client_id: str, *, assets: bool) -> list[str]:
        """The open alerts as lines of a brief, the gravest first."""
        return view.alert_lines(await self._known(client_id), self.policy, assets=assets)

    async def tags(self, client_id: str, *, assets: bool) -> list[str]:
        """The tags that weigh, the heaviest first."""
        return view.tag_names(await self._known(client_id), self.policy, assets=assets, now=self._clock.now())

    async def profile(self, client_id: str, *, reader_id: str, role: str, address: str, assets: bool) -> Json:
        """The profile as the reader may see it; the read is written down (requirement H4)."""
        now = self._clock.now()
        await self.settled(client_id, seconds=PATIENCE_SECONDS)
        (client, holdings), known = await asyncio.gather(
            self._reader.told(client_id, assets=assets, seconds=PATIENCE_SECONDS), self._known(client_id, talk=True)
        )
        positions = positions_of(holdings, now.astimezone(SHANGHAI).date()) if holdings else None
        shown = view.profile(
            person_of(client) if client else None, positions, known, self.policy, assets=assets, now=now
        )
        parts = [name for name, part in shown.items() if part]
        await self._note(client_id, reader_id, role, address, parts, now)
        return shown

    async def judge(
        self, client_id: str, alert_id: str, outcome: str, *, note: str, reader_id: str, role: str, address: str
    ) -> None:
        """Somebody has looked at an alert and at those shown with it (requirement E4). Raises AlertUnknown, AlertClosed."""
        now = self._clock.now()
        after = await self._afterwards(client_id)
        async with self._engine.begin() as sql:
            everything = await store.alerts_of(sql, client_id)
            head = next((one for one in everything if one.id == alert_id), None)
            if (
                head is None
                or head.indicator not in self.policy.indicators
                or outcome not in {o.value for o in OUTCOMES}
            ):
                raise AlertUnknown
            if head.state is not State.OPEN:
                raise AlertClosed
            closed = [
                close(one, State(outcome), by=reader_id, note=note, now=now)
                for one in self._shown_with(head, everything)
            ]
            await store.put_alerts(sql, closed)
            await self.acts.judged(sql, closed, outcome=outcome, note=note, by=reader_id, after=after)
        await self._note(client_id, reader_id, role, address, [f"{outcome}:{one.indicator}" for one in closed], now)

    async def _afterwards(self, client_id: str) -> Json:
        """How the client's orders and assets stand now, beside what stood before; {} when the institution is away."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                total, orders = await self._reader.standing(client_id)
        except (AgentError, TimeoutError):
            return {}
        return {"total": total, "orders": orders}

    def _shown_with(self, head: Alert, everything: Sequence[Alert]) -> list[Alert]:
        rules = self.policy.indicators
        return [
            one
            for one in everything
            if one.state is State.OPEN
            and one.indicator in rules
            and rules[one.indicator].group == rules[head.indicator].group
        ]

    async def accuracy(self) -> list[Json]:
        """Of each indicator: how many alerts were judged, and the share that was false."""
        async with self._engine.connect() as sql:
            judged = await store.judged(sql)
        of = {name: [one for one in judged if one.indicator == name] for name in self.policy.indicators}
        return [
            {"indicator": name, "title": rule.title, "judged": len(of[name]), "false_share": false_share(of[name])}
            for name, rule in self.policy.indicators.items()
        ]

    async def _known(self, client_id: str, *, talk: bool = False) -> Known:
        """talk  with the messages that the curve and the topics of a page are made of"""
        async with self._engine.connect() as sql:
            told = await self._talk.heard(sql, client_id, since=self._clock.now() - TREND) if talk else None
            return Known(
                await store.evidence_of(sql, client_id), await store.events_of(sql, client_id),
                await store.alerts_of(sql, client_id), told.said if told else (),
            )  # fmt: skip

    async def noted(self, client_id: str, reader_id: str, role: str, address: str, what: list[str]) -> None:
        """Write down that somebody read something of a client."""
        await self._note(client_id, reader_id, role, address, what, self._clock.now())

    async def _note(
        self, client_id: str, reader_id: str, role: str, address: str, what: list[str], at: datetime
    ) -> None:
        row = {
            "id": self._new_id(), "at": at, "reader_id": reader_id, "role": role, "address": address,
            "client_id": client_id, "what": what,
        }  # fmt: skip
        async with self._engine.begin() as sql:
            await store.note_read(sql, row)

    async def leaving(self, client_id: str) -> Json:
        """`{probability, level, reasons, action}`, or `{why}` when too little is known. Raises NotFound, Unavailable."""
        now = self._clock.now()
        client, books = await self._reader.client(client_id), await self._reader.books(client_id, now=now)
        async with self._engine.connect() as sql:
            told = await self._talk.heard(sql, client_id, since=now - LOOK_BACK)
            streamed = await days.of_client(sql, client_id, since=now.date() - 2 * WINDOW * timedelta(days=1))
        return leaving(facts_of(client, books, told.said, [], now=now), streamed)

    async def news(self, client_id: str) -> list[Json]:
        """Outside news that concerns what the client holds, the newest first. Raises NotFound, Unavailable."""
        holdings = await self._reader.holdings(client_id)
        return await self.newsroom.of(positions_of(holdings, self._clock.now().astimezone(SHANGHAI).date()))

    async def dry_run(self, text: str) -> Json:
        """What other rules for tags would make of the talk so far. Raises PolicyBroken."""
        return await dry_run(self._engine, self._talk, self._clock, self.policy, text)

    # -- every day -------------------------------------------------------------------------------------------

    async def sweep(self, day: str, *, pause_seconds: float = 0.0) -> int:
        """Look at every client once this day; how many were looked at, 0 when the day's sweep is done."""
        async with self._engine.connect() as sql:
            if await store.swept(sql, day):
                return 0
        done = failed = 0
        for client_id in await self._reader.client_ids():
            ok = await self.follow_quietly(client_id, books=True)
            done, failed = done + ok, failed + (not ok)
            await asyncio.sleep(pause_seconds)
        await nightly.run(self._engine, self.policy, churn.load(), now=self._clock.now(), at_once=NIGHTLY_AT_ONCE)
        row = {"day": day, "at": self._clock.now(), "clients": done, "failed": failed}
        async with self._engine.begin() as sql:
            await store.note_sweep(sql, row)
        logger.info("Every client was looked at", action="profiles_swept", clients=done, failed=failed)
        return done

"""Clients and advisors that go on whatever breaks, and a house that breaks on purpose.

A kill is an error out of the blue at a random statement or commit (the transaction is rolled back as when a process
dies), or at a random push after the commit (the change stays, the answer is lost); then everything in flight is
cancelled, the engine is thrown away and a new service starts on the same database. Clients repeat a request under the
same key until they get an answer, sometimes twice at once, in any order; advisors act on what their desk shows, also
on what it showed some time ago.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from handoff import store, tables
from handoff.model import OPEN
from kit.database import connect
from kit.errors import AgentError
from tests.unit.handoff.roster import ADVISORS
from tests.unit.handoff.world import World, staff

TOPICS = ("投资", "教育金", "账户安全", "交易操作", "新手", "养老", "情绪安抚+持仓建议")
PEOPLE = ("A01", "A02", "A06", "A07", "A09", "A10", "A11", "A14")


#: Clients in the house above which no more come in.
ENOUGH = 30


class Killed(Exception):
    """The process died here."""


@dataclass
class Faults:
    """When the next fatal blow falls: after so many statements, commits or pushes."""

    random: Random
    left: int = -1
    kills: int = 0
    dead: bool = False

    def arm(self) -> None:
        self.left = self.random.randint(1, 300)

    def step(self, *_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            self.kills += 1
            self.dead = True
        if self.dead:
            # A dead process does nothing more, whoever in it would go on.
            raise Killed

    def watch(self, engine: AsyncEngine) -> None:
        event.listen(engine.sync_engine, "before_cursor_execute", self.step)
        event.listen(engine.sync_engine, "commit", self.step)


@dataclass
class Report:
    handoffs: int = 0
    lost: int = 0
    owned_twice: int = 0
    stuck: int = 0
    kills: int = 0
    pauses: int = 0
    duplicates: int = 0
    over_capacity: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in vars(self).items())


@dataclass
class Crowd:
    """`size` clients, each of whom must be served exactly once."""

    world: World
    url: str
    random: Random
    size: int
    faults: Faults
    report: Report = field(default_factory=Report)
    answered: dict[str, str] = field(default_factory=dict)
    open: int = 0
    seen: list[tuple[str, str, int]] = field(default_factory=list)

    async def run(self, kills: int) -> Report:
        self.faults.watch(self.world.engine)
        waiting = [f"U{number:05d}" for number in range(self.size)]
        done = 0
        # So much goes on between two kills that all of them fall before the last client is served.
        while waiting or done < self.size:
            if self.faults.kills < kills:
                self.faults.arm()
            try:
                while waiting or done < self.size:
                    # About as many as can be served: a queue that only grows would only make the test slow.
                    if self.open < ENOUGH:
                        await self._ask(waiting[: self.random.randint(1, 24)])
                    waiting = [one for one in waiting if one not in self.answered]
                    await self._work()
                    done = await self._closed()
            except (Killed, SQLAlchemyError):
                await self._restart()
                waiting = [one for one in waiting if one not in self.answered]
        self.faults.left = -1
        await self._judge()
        return self.report

    async def _ask(self, group: list[str]) -> None:
        calls = [one for one in group for _ in range(self.random.choice((1, 1, 2, 3)))]
        self.report.duplicates += len(calls) - len(group)
        self.random.shuffle(calls)
        asked = [
            self.world.ask(one, topic=TOPICS[int(one[1:]) % len(TOPICS)], key=f"{one}/ask", announce=False)
            for one in calls
        ]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        for one, answer in zip(calls, answers, strict=True):
            if isinstance(answer, dict):
                # An answer that was given is kept for ever: the same handoff under the same key.
                assert self.answered.setdefault(one, answer["handoff_id"]) == answer["handoff_id"]
        _raise_kill(answers)

    async def _work(self) -> None:
        """Time, heartbeats, and what some of the advisors do now."""
        if self.random.random() < 0.05:
            # The machine sleeps: leases and offers run out.
            self.report.pauses += 1
            self.world.clock.advance(timedelta(seconds=self.random.choice((25, 50, 200))))
        else:
            self.world.clock.advance(timedelta(seconds=self.random.choice((0, 1, 5))))
        # Most pages are heard of in time (a lease is 60 s); some are not, and lose what they had.
        for advisor_id in self.random.sample(PEOPLE, 3):
            await self.world.handoffs.presence(advisor_id, "online")
        await self.world.handoffs.tick()
        async with self.world.engine.begin() as connection:
            found = await store.all_open(connection)
        self.report.over_capacity += sum(
            held > ADVISORS[who].capacity for who, held in Counter(h.holder for h in found if h.holder).items() if who
        )
        self.open = len(found)
        now = [(h.id, h.holder, h.version) for h in found if h.holder]
        # Some act on what they saw before, or on another's case, at the same time.
        stale = self.random.sample(self.seen, min(3, len(self.seen)))
        self.seen = now
        acts = [self._act(*one) for one in (*now, *stale) if self.random.random() < 0.9]
        acts += [self._act(one, self.random.choice(PEOPLE), version) for one, _, version in now[:3]]
        # Whom all have missed or declined is taken by hand.
        acts += [
            self._act(h.id, self.random.choice(PEOPLE), h.version)
            for h in found
            if h.holder is None and (h.excluded or self.random.random() < 0.1)
        ]
        self.random.shuffle(acts)
        _raise_kill(await asyncio.gather(*acts, return_exceptions=True))

    async def _act(self, handoff_id: str, advisor_id: str, version: int) -> None:
        door, who = self.world.handoffs, staff(advisor_id)
        try:
            if self.random.random() < 0.05:
                await door.decline(handoff_id, who, "忙", version)
            answer = await door.accept(handoff_id, who, version)
            if self.random.random() < 0.8:
                await door.close(handoff_id, who, "solved", version=answer["handoff"]["version"])
        except AgentError:
            return

    async def _closed(self) -> int:
        table = tables.handoffs
        async with self.world.engine.begin() as connection:
            query = select(table.c.conversation_id).where(table.c.outcome == "solved").distinct()
            return len((await connection.scalars(query)).all())

    async def _restart(self) -> None:
        """What the dead process held is gone; a new one starts."""
        self.faults.dead = False
        await self.world.engine.dispose()
        self.world.engine = connect(self.url)
        self.faults.watch(self.world.engine)
        self.world.restart()

    async def _judge(self) -> None:
        table, events = tables.handoffs, tables.handoff_events
        async with self.world.engine.begin() as connection:
            rows = (await connection.execute(select(table.c.id, table.c.client_id, table.c.state))).all()
            query = select(events.c.handoff_id, events.c.event).order_by(events.c.id)
            told = (await connection.execute(query)).all()
        of_client = Counter(row.client_id for row in rows)
        self.report.handoffs = len(rows)
        self.report.lost = sum(one not in of_client for one in self.answered) + self.size - len(self.answered)
        self.report.stuck = sum(row.state in {state.value for state in OPEN} for row in rows)
        self.report.owned_twice = sum(count > 1 for count in of_client.values()) + owned_twice(told)
        self.report.kills = self.faults.kills


def owned_twice(told: Any) -> int:
    """Handoffs that were taken while somebody had them, by their own record."""
    owned: dict[str, bool] = {}
    twice = set()
    for handoff_id, what in told:
        if what in ("accept", "pull"):
            if owned.get(handoff_id):
                twice.add(handoff_id)
            owned[handoff_id] = True
        elif what in ("lose", "transfer", "close", "return_to_bot"):
            owned[handoff_id] = False
    return len(twice)


def _raise_kill(answers: list[Any]) -> None:
    """One dead task means a dead process."""
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, AgentError):
            raise answer if isinstance(answer, Killed | SQLAlchemyError) else Killed from answer

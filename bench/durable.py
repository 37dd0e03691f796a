"""Request -> priority -> match -> offer committed, through the handoff service, and the same rules one by one.

Both run on one database, in one run, with the same advisors and cases. Ours is `Handoffs.request` as the gateway calls
it, many clients at once. The baseline is what is usually built: each request one transaction, then each decision one
transaction that claims a waiting row with `FOR UPDATE SKIP LOCKED`, reads the loads, decides with the same rules (the
same columns, kept in memory) and writes offer, decision and event. Advisors take and finish what they are offered at
once, in one statement every tenth of a second, so that places never run out; that work is part of the measured time.
Messages and live pages are not part of it: the timeline here is empty, frames are built and thrown away.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bench.figures import percentile
from bench.people import make_advisors, make_cases
from handoff import store, tables
from handoff.index import AdvisorIndex
from handoff.matching import candidates
from handoff.model import Advisor, AdvisorView, Case, HandoffState, Presence
from handoff.policy import Policy, load_policy
from handoff.ports import Json
from handoff.priority import prioritise
from handoff.record import Handoff, from_row
from handoff.service import Handoffs
from handoff.worker import calm_collector
from institution import models
from kit.clock import Clock, SystemClock
from kit.database import connect, metadata
from kit.ids import uuid7

ADVISORS, CLIENTS, BASELINE_WORKERS = 300, 96, 8
DESK_PERIOD_SECONDS = 0.1
SHOWN = 5
HELD = (HandoffState.OFFERED.value, HandoffState.ACTIVE.value)
Request = Callable[[Case], Awaitable[None]]


class Quiet:
    """Neither messages nor pages."""

    async def append_system(self, *_: Any, **__: Any) -> None:
        return None

    async def history(self, *_: Any, **__: Any) -> list[Any]:
        return []

    async def to_client(self, _conversation_id: str, _frame: Json) -> None:
        return None

    async def to_advisors(self, _frame: Json, _advisor_ids: set[str] | None) -> None:
        return None


class House:
    """An institution whose staff and clients are in memory."""

    def __init__(self, advisors: list[Advisor]) -> None:
        self._advisors = advisors
        self.cases: dict[str, Case] = {}

    async def advisors(self) -> list[models.Advisor]:
        always = ({"days": "周一-周日", "from": "00:00", "to": "24:00"},)
        return [
            models.Advisor(
                id=a.id, name=a.name, role=a.role, skills=a.skills, licences=tuple(a.licences), tiers=tuple(a.tiers),
                languages=tuple(a.languages), regions=tuple(a.regions), capacity=a.capacity, default_load=0, live=True,
                shifts=always, slots=(), ratings={topic: (rated, 10) for topic, rated in a.ratings.items()},
            )
            for a in self._advisors
        ]  # fmt: skip

    async def client(self, client_id: str) -> Any:
        return self.cases[client_id].client

    async def holdings(self, client_id: str) -> models.Holdings:
        raise NotImplementedError


@dataclass(frozen=True)
class Stage:
    engine: AsyncEngine
    clock: Clock
    policy: Policy
    advisors: list[Advisor]
    seconds: float


async def measure(url: str, *, seconds: float = 6.0, seed: int = 7) -> dict[str, float]:
    """{durable_per_s, durable_p99_ms (at half that load), baseline_per_s, baseline_p99_ms, durable_ratio}."""
    random, policy = Random(seed), load_policy()
    engine = connect(url)
    calm_collector()
    stage = Stage(engine, SystemClock(), policy, make_advisors(ADVISORS, random, always=True), seconds)
    try:
        await _prepare(stage)
        house = House(stage.advisors)
        ours = _ours(stage, house)
        cases = _cases(stage, random, house)
        full, _ = await _run(stage, ours, cases, workers=CLIENTS)
        _, latency = await _run(stage, ours, cases, workers=CLIENTS, per_second=full / 2)
        await _prepare(stage)
        base, base_latency = await _run(stage, _baseline(stage), cases, workers=BASELINE_WORKERS)
    finally:
        await engine.dispose()
    return {
        "durable_per_s": round(full, 1), "durable_p99_ms": round(percentile(latency, 0.99) * 1000, 1),
        "baseline_per_s": round(base, 1), "baseline_p99_ms": round(percentile(base_latency, 0.99) * 1000, 1),
        "durable_ratio": round(full / base, 1) if base else 0.0,
    }  # fmt: skip


async def _prepare(stage: Stage) -> None:
    async with stage.engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        rows = [
            {"advisor_id": a.id, "state": "online", "heartbeat_at": None, "pinned": "online", "base_load": 0}
            for a in stage.advisors
        ]
        await connection.execute(insert(tables.presence), rows)


def _cases(stage: Stage, random: Random, house: House) -> Any:
    """Cases without end; nobody asks twice."""

    def instants() -> Any:
        while True:
            yield stage.clock.now()

    for case in make_cases(random, stage.advisors, stage.policy.matching, instants()):
        # The house has a place for each; a supervisor or a language of few would only wait.
        plain = replace(case, client=replace(case.client, language_hard=False))
        house.cases[plain.client.id] = plain
        yield plain


def _ours(stage: Stage, house: House) -> Request:
    quiet = Quiet()
    handoffs = Handoffs(stage.engine, stage.clock, uuid7, stage.policy, quiet, quiet, house)

    async def request(case: Case) -> None:
        one = case.client.id
        await handoffs.request(f"cv-{one}", one, case.reasons, topic=case.topic, key=f"{one}/ask", announce=False)

    return request


def _baseline(stage: Stage) -> Request:
    index = AdvisorIndex([AdvisorView(a, Presence.ONLINE, 0) for a in stage.advisors], stage.policy.matching)

    async def request(case: Case) -> None:
        handoff = Handoff(
            id=uuid7(), conversation_id=f"cv-{case.client.id}", client_id=case.client.id, client=case.client,
            topic=case.topic, reasons=case.reasons, requested_at=stage.clock.now(), emotion=case.emotion,
            strength=case.strength,
        )  # fmt: skip
        async with stage.engine.begin() as connection:
            await store.add(connection, handoff)
            await _note(connection, stage, handoff.id, "request")
        async with stage.engine.begin() as connection:
            await _claim(connection, stage, index)

    return request


async def _claim(connection: AsyncConnection, stage: Stage, index: AdvisorIndex) -> None:
    """The oldest waiting case that nobody else looks at gets its best advisor."""
    table = tables.handoffs
    query = select(table).where(table.c.state == "waiting").order_by(table.c.requested_at).limit(1)
    row = (await connection.execute(query.with_for_update(skip_locked=True))).mappings().first()
    if row is None:
        return
    handoff, now = from_row(row), stage.clock.now()
    holder = func.coalesce(table.c.offered_to, table.c.owner_id)
    counted = select(holder, func.count()).where(table.c.state.in_(HELD)).group_by(holder)
    loads = {one: int(count) for one, count in await connection.execute(counted)}
    for view in index.views:
        if view.load != loads.get(view.id, 0):
            index.change(replace(view, load=loads.get(view.id, 0)))
    best = index.best(handoff.case, now=now, count=SHOWN)
    if not best:
        return
    found = prioritise(handoff.case, stage.policy.priority, now=now)
    ranked = candidates(handoff.case, best, stage.policy.matching, now=now)
    result = {
        "priority": found.points, "explanation": found.explanation,
        "candidates": [[c.advisor.id, [[p.code, p.points, p.words] for p in c.points]] for c in ranked],
    }  # fmt: skip
    await connection.execute(
        insert(tables.handoff_decisions).values(
            id=uuid7(), handoff_id=handoff.id, at=now, advisor_id=best[0].id, policy_version=stage.policy.version,
            inputs={"advisors": {v.id: [v.presence.value, v.load] for v in index.views}}, result=result,
        )
    )  # fmt: skip
    await connection.execute(
        update(table)
        .where(table.c.id == handoff.id, table.c.version == handoff.version)
        .values(
            state="offered", version=handoff.version + 1, offered_to=best[0].id, offered_at=now,
            offer_expires_at=now + timedelta(seconds=stage.policy.matching.offer_seconds),
            because=list(ranked[0].because),
        )
    )  # fmt: skip
    await _note(connection, stage, handoff.id, "offer")


async def _note(connection: AsyncConnection, stage: Stage, handoff_id: str, event: str) -> None:
    await store.note_event(connection, handoff_id, event, "bench", {}, id=uuid7(), at=stage.clock.now())


async def _run(
    stage: Stage, request: Request, cases: Any, *, workers: int, per_second: float | None = None
) -> tuple[float, list[float]]:
    """Offers committed a second, and how long each request took; at full load unless `per_second` paces it."""
    taken: list[float] = []
    begin = time.perf_counter()
    number = 0

    async def worker() -> None:
        nonlocal number
        while time.perf_counter() - begin < stage.seconds:
            due = begin if per_second is None else begin + number / per_second
            number += 1
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            # Late starts count: a paced request is due whether the one before is done or not.
            start = time.perf_counter() if per_second is None else due
            await request(next(cases))
            taken.append(time.perf_counter() - start)

    before = await _offers(stage)
    desk = asyncio.create_task(_desk(stage))
    await asyncio.gather(*(worker() for _ in range(workers)))
    elapsed = time.perf_counter() - begin
    desk.cancel()
    await asyncio.gather(desk, return_exceptions=True)
    return (await _offers(stage) - before) / elapsed, taken


async def _offers(stage: Stage) -> int:
    async with stage.engine.begin() as connection:
        return int(await connection.scalar(select(func.count()).select_from(tables.handoff_decisions)) or 0)


async def _desk(stage: Stage) -> None:
    """Advisors accept and finish what they have been offered."""
    table = tables.handoffs
    while True:
        await asyncio.sleep(DESK_PERIOD_SECONDS)
        now = stage.clock.now()
        async with stage.engine.begin() as connection:
            await store.next_turn(connection)
            await connection.execute(
                update(table)
                .where(table.c.state == "offered")
                .values(
                    state="closed", version=table.c.version + 1, owner_id=table.c.offered_to, offered_to=None,
                    accepted_at=now, ended_at=now, outcome="solved",
                )
            )  # fmt: skip

"""Thousands of open consoles and waiting clients for minutes: memory over time, missed pushes, what one request costs.

    .venv/bin/python -m bench.consoles --consoles 2000 --clients 5000 --seconds 180

One process: the handoff service on a database of its own and the gateway's hub, whose pages are read to the last frame.
Clients come and are served all the time, so that every step is pushed. The WebSockets are not part of it: what 5,000 of
them hold is `bench.idle`'s figure, what one push takes through all layers `bench.push`'s.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any

import uvloop
from sqlalchemy import insert

from bench.durable import House, Quiet
from bench.figures import percentile, resident_mb
from bench.handoff import database
from bench.people import make_advisors, make_cases
from gateway.hub import RESET, Hub, Page
from handoff import tables
from handoff.model import Case, Staff
from handoff.policy import load_policy
from handoff.service import Handoffs
from handoff.worker import calm_collector
from kit import log
from kit.clock import SystemClock
from kit.database import close, connect, metadata
from kit.errors import AgentError
from kit.ids import uuid7

ADVISORS, WORKING, ALONE = 300, 20, 30
SAMPLE_SECONDS = 10.0
#: The growth of memory is looked at after this share of the run: before it, caches fill.
WARM = 0.3
Json = dict[str, Any]


class Counted(Hub):
    """A hub that counts what each page must get, as it is told, before it is delivered."""

    def __init__(self, epoch: str) -> None:
        super().__init__(epoch)
        self.due: Counter[str] = Counter()

    def deliver(self, envelope: Json) -> None:
        if "client" in envelope:
            self.due[envelope["client"]] += 1
        else:
            self.due.update(self.desks() if envelope["desks"] is None else envelope["desks"])
        super().deliver(envelope)


@dataclass
class Reader:
    """A page that is read to the last frame: how many came, how often it was told to start afresh, whether in order."""

    key: str
    page: Page
    got: int = 0
    resets: int = 0
    disorder: int = 0
    last: int = 0

    async def read(self) -> None:
        while True:
            frame = await self.page.frames.get()
            self.resets += frame is RESET
            self.got += frame is not RESET
            if (seq := frame.get("seq")) is not None:
                self.disorder += seq <= self.last
                self.last = seq


@dataclass
class Hall:
    """The service, its pages and its clients."""

    handoffs: Handoffs
    hub: Counted
    advisors: list[Staff]
    cases: Any
    readers: list[Reader] = field(default_factory=list)
    asked: int = 0
    served: int = 0

    async def ask(self, case: Case) -> None:
        one = case.client.id
        self.asked += 1
        await self.handoffs.request(f"cv-{one}", one, case.reasons, topic=case.topic, key=one, announce=False)

    async def come(self, clients: int) -> None:
        for _ in range(0, clients, 100):
            await asyncio.gather(*(self.ask(next(self.cases)) for _ in range(min(100, clients - self.asked))))

    async def serve(self) -> None:
        """Whoever works accepts what he is offered and ends what he has; as many clients come anew."""
        who = self.advisors[self.served % WORKING]
        snapshot = await self.handoffs.desk_snapshot(who.id)
        for offer in snapshot["offers"]:
            try:
                taken = await self.handoffs.accept(offer["id"], who)
                await self.handoffs.close(offer["id"], who, "solved", version=taken["handoff"]["version"])
            except AgentError:
                continue
        self.served += 1
        await self.ask(next(self.cases))

    def missed(self) -> int:
        return sum(
            abs(self.hub.due[reader.key] - reader.got) + reader.resets + reader.disorder for reader in self.readers
        )


async def one_request_ms(hall: Hall) -> list[float]:
    """Processor time of one request that comes alone, everybody else waiting."""
    taken = []
    for _ in range(ALONE):
        begin = time.process_time()
        await hall.ask(next(hall.cases))
        taken.append((time.process_time() - begin) * 1000)
    return taken


async def soak(asked: argparse.Namespace, url: str) -> Json:
    random, policy, engine, quiet = Random(asked.seed), load_policy(), connect(url), Quiet()
    staff, clock = make_advisors(ADVISORS, random, always=True), SystemClock()
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        rows = [
            # All but some have their hands full, or nobody would wait.
            {"advisor_id": a.id, "state": "online", "heartbeat_at": None, "pinned": "online",
             "base_load": 0 if number < WORKING else a.capacity}
            for number, a in enumerate(staff)
        ]  # fmt: skip
        await connection.execute(insert(tables.presence), rows)
    house, hub = House(staff), Counted("soak")
    hall = Hall(Handoffs(engine, clock, uuid7, policy, quiet, hub, house),
                hub, [Staff(a.id, a.name, a.role) for a in staff], _cases(random, staff, policy, house))  # fmt: skip
    calm_collector()
    with ExitStack() as pages:
        await hall.come(asked.clients)
        alone = await one_request_ms(hall)
        hub.due.clear()
        keys = [staff[number % ADVISORS].id for number in range(asked.consoles)]
        hall.readers = [
            Reader(key, pages.enter_context(hub.desk_page(key, epoch=hub.epoch, after=hub.seq))) for key in keys
        ]
        waiting = [f"cv-C{number:06d}" for number in range(asked.clients)]
        hall.readers += [Reader(key, pages.enter_context(hub.client_page(key))) for key in waiting]
        reading = [asyncio.create_task(reader.read()) for reader in hall.readers]
        memory, steps = await _go_on(hall, asked.seconds)
        while any(not reader.page.frames.empty() for reader in hall.readers):  # noqa: ASYNC110 - the last frames
            await asyncio.sleep(0.1)
        for task in reading:
            task.cancel()
    await close(engine)
    warm = memory[round(len(memory) * WARM) :]
    return {
        "consoles": asked.consoles, "waiting": asked.clients, "seconds": asked.seconds, "memory_mb": memory,
        "grown_mb_after_warming": round(warm[-1] - warm[0], 1), "pushes": sum(reader.got for reader in hall.readers),
        "missed": hall.missed(), "steps": steps,
        "one_request_cpu_ms": {"p50": round(percentile(alone, 0.5), 1), "max": round(max(alone), 1)},
    }  # fmt: skip


def _cases(random: Random, staff: Any, policy: Any, house: House) -> Any:
    clock = SystemClock()
    for case in make_cases(random, staff, policy.matching, iter(clock.now, None)):
        house.cases[case.client.id] = case
        yield case


async def _go_on(hall: Hall, seconds: float) -> tuple[list[float], int]:
    """Memory every ten seconds, and how many steps were made: about five a second, a tick of the clock every fifth."""
    begin, sampled, memory, steps = time.monotonic(), 0.0, [resident_mb([os.getpid()])], 0
    while (passed := time.monotonic() - begin) < seconds:
        await hall.serve()
        steps += 1
        if steps % 5 == 0:
            await hall.handoffs.tick()
        if passed - sampled >= SAMPLE_SECONDS:
            sampled = passed
            memory.append(resident_mb([os.getpid()]))
        await asyncio.sleep(0.2)
    return [*memory, resident_mb([os.getpid()])], steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("consoles", 2000), ("clients", 5000), ("seed", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=180.0)
    asked = parser.parse_args()
    log.configure("ERROR")
    with database() as (kind, url):
        found = {"database": kind, **uvloop.run(soak(asked, url))}
    print(json.dumps(found, indent=2))
    sys.exit(1 if found["missed"] else 0)


if __name__ == "__main__":
    main()

"""One decision at a time, with 10,000 advisors and 100,000 who wait: priority, match, and the points of both.

Half of the decisions are arrivals (how urgent, and who of the staff should have it), half are advisors who become
free (who of the queue is next). Each ends with all reasons' points of what is shown: the case's priority and the
best three candidates. Bringing the columns up to date is part of the time.
"""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from bench.figures import percentile
from bench.people import make_advisors, make_cases
from handoff.index import AdvisorIndex
from handoff.matching import candidates
from handoff.model import AdvisorView, Case, Presence
from handoff.policy import Policy, load_policy
from handoff.priority import prioritise
from handoff.waiting import WaitingIndex

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
#: The longest wait of a queue so long.
LONGEST_WAIT_SECONDS = 1800
SHOWN = 3


def measure(
    *, advisors: int = 10_000, waiting: int = 100_000, decisions: int = 4_000, seed: int = 7
) -> dict[str, float]:
    """{decide_p50_ms, decide_p99_ms, …} in one core's time, and decide_wall_p99_ms by the clock on the wall.

    They differ by what other processes take of the core meanwhile.
    """
    random, policy = Random(seed), load_policy()
    staff = make_advisors(advisors, random, always=True)
    instants = (NOW - timedelta(seconds=random.uniform(0, LONGEST_WAIT_SECONDS)) for _ in range(waiting + decisions))
    cases = list(make_cases(random, staff, policy.matching, instants))
    index = AdvisorIndex(
        [AdvisorView(one, Presence.ONLINE, random.randrange(one.capacity + 1)) for one in staff], policy.matching
    )
    queue = WaitingIndex(policy, cases[:waiting])
    arriving = iter(cases[waiting:])
    taken: dict[str, list[float]] = {"arrival": [], "freed": [], "wall": []}
    gc.collect()
    gc.disable()
    try:
        for number in range(decisions):
            kind = "freed" if number % 2 else "arrival"
            case, freed = next(arriving), random.choice(index.views)
            begin, wall = time.thread_time(), time.perf_counter()
            if kind == "arrival":
                _arrival(replace(case, requested_at=NOW), index, queue, policy)
            else:
                _freed(freed, index, queue, policy)
            taken[kind].append(time.thread_time() - begin)
            taken["wall"].append(time.perf_counter() - wall)
            if kind == "freed":
                queue.add(case)
    finally:
        gc.enable()
    both = taken["arrival"] + taken["freed"]
    return {
        "decide_p50_ms": _ms(both, 0.5), "decide_p99_ms": _ms(both, 0.99),
        "arrival_p99_ms": _ms(taken["arrival"], 0.99), "freed_p99_ms": _ms(taken["freed"], 0.99),
        "decide_wall_p99_ms": _ms(taken["wall"], 0.99), "advisors": advisors, "waiting": waiting,
    }  # fmt: skip


def _arrival(case: Case, index: AdvisorIndex, queue: WaitingIndex, policy: Policy) -> None:
    priority = prioritise(case, policy.priority, now=NOW)
    best = index.best(case, now=NOW, count=SHOWN)
    shown = candidates(case, best, policy.matching, now=NOW)
    if shown:
        index.take(shown[0].advisor.id)
    else:
        queue.add(case)
    assert priority.explanation


def _freed(view: AdvisorView, index: AdvisorIndex, queue: WaitingIndex, policy: Policy) -> Any:
    index.take(view.id, places=-1 if view.load else 0)
    case = queue.next_for(index.view(view.id), now=NOW)
    if case is None:
        return None
    queue.remove(case.id)
    priority = prioritise(case, policy.priority, now=NOW)
    shown = candidates(case, [index.view(view.id)], policy.matching, now=NOW)
    index.take(view.id)
    return priority, shown


def _ms(seconds: list[float], share: float) -> float:
    return round(percentile(seconds, share) * 1000, 3)


if __name__ == "__main__":
    print(measure())
    print(measure(advisors=2_500, waiting=25_000))

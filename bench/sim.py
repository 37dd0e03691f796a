"""A day of arrivals under our routing and three usual ones. Pure: a seed gives the same day and the same figures.

Every routing keeps the same hard requirements (licence, tier, language, shift, places) and sees the same clients, the
same staff and the same handling times: nobody is made quicker by the one who serves him. What differs is who is next
and who takes it:

    ours          priority that grows with waiting; matching with relaxation, as in production
    fifo          the earliest first, to the first on the list who can
    longest_idle  the earliest first, to the one who has been without a new case the longest
    skills_only   the earliest first, to the highest skill in the topic
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from bench.figures import percentile
from bench.people import make_advisors, make_cases
from handoff.index import AdvisorIndex
from handoff.matching import skill, terms
from handoff.model import Advisor, AdvisorView, Case, Presence
from handoff.policy import Policy, PriorityPolicy, load_policy
from handoff.priority import prioritise
from handoff.waiting import WaitingIndex

#: A Tuesday, 08:00 in Shanghai.
START = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
#: Arrivals by hour from 08:00 on, in parts of the day's: the opening, the afternoon, the time after dinner.
HOURS = (6, 12, 14, 9, 6, 7, 10, 12, 9, 6, 4, 3, 2)
ROUTINGS = ("ours", "fifo", "longest_idle", "skills_only")
#: Minutes of handling: lognormal around the median, as talks are.
HANDLING_MEDIAN_MINUTES, HANDLING_SPREAD = 14.0, 0.6
#: Nobody may wait this long whom FIFO would have served in that time.
STARVED, SERVED_BY_FIFO = 900.0, 600.0


@dataclass(frozen=True)
class Day:
    advisors: Sequence[Advisor]
    cases: Sequence[Case]
    handling: dict[str, timedelta]
    policy: Policy


def make_day(seed: int, arrivals: int, advisors: int) -> Day:
    random, policy = Random(seed), load_policy()
    staff = make_advisors(advisors, random)
    hours = random.choices(range(len(HOURS)), HOURS, k=arrivals)
    instants = sorted(START + timedelta(hours=hour, seconds=random.uniform(0, 3600)) for hour in hours)
    cases = list(make_cases(random, staff, policy.matching, iter(instants)))
    handling = {
        case.id: timedelta(minutes=HANDLING_MEDIAN_MINUTES * random.lognormvariate(0, HANDLING_SPREAD))
        for case in cases
    }
    return Day(staff, cases, handling, policy)


def rules(policy: Policy, routing: str) -> Policy:
    """The policy that makes our engine route in the usual way: no priority, no relaxation, one preference or none."""
    if routing == "ours":
        return policy
    preferences = ("skill",) if routing == "skills_only" else ()
    matching = replace(policy.matching, preferences=preferences, least_skill=1, relaxation=(), reserved=frozenset())
    return replace(policy, priority=_flat(policy.priority), matching=matching)


def _flat(policy: PriorityPolicy) -> PriorityPolicy:
    """Everybody is equally urgent: what is left is the order of arrival."""
    caps = dict.fromkeys(policy.caps, 0)
    return replace(policy, caps=caps)


@dataclass
class _Floor:
    """The day as it goes on under one routing."""

    day: Day
    routing: str
    index: AdvisorIndex
    queue: WaitingIndex
    events: list[tuple[datetime, int, str, str]] = field(default_factory=list)
    served: dict[str, tuple[float, str]] = field(default_factory=dict)
    idle_since: dict[str, datetime] = field(default_factory=dict)
    count: int = 0

    def plan(self, at: datetime, kind: str, whom: str) -> None:
        self.count += 1
        heapq.heappush(self.events, (at, self.count, kind, whom))

    def choose(self, case: Case, now: datetime) -> AdvisorView | None:
        if self.routing != "longest_idle":
            return next(iter(self.index.best(case, now=now)), None)
        rows = self.index.able(case, terms(case, self.queue.policy.matching, now=now), now=now)
        able = [self.index.views[row] for row in rows]
        return min(able, key=lambda view: (self.idle_since.get(view.id, START), view.id), default=None)

    def give(self, case: Case, advisor_id: str, now: datetime) -> None:
        if case.id in self.queue:
            self.queue.remove(case.id)
        self.served[case.id] = ((now - case.requested_at).total_seconds(), advisor_id)
        self.index.take(advisor_id)
        self.idle_since[advisor_id] = now
        self.plan(now + self.day.handling[case.id], "freed", advisor_id)


def play(day: Day, routing: str) -> dict[str, tuple[float, str]]:
    """Case -> (seconds waited, who served it); those whom nobody served are missing."""
    policy = rules(day.policy, routing)
    views = [AdvisorView(advisor, Presence.ONLINE, 0) for advisor in day.advisors]
    floor = _Floor(day, routing, AdvisorIndex(views, policy.matching), WaitingIndex(policy))
    cases = {case.id: case for case in day.cases}
    for case in day.cases:
        floor.plan(case.requested_at, "asked", case.id)
    for advisor in day.advisors:
        for shift in advisor.shifts:
            floor.plan(START + timedelta(minutes=shift.begin - 8 * 60), "begins", advisor.id)
    while floor.events:
        now, _, kind, whom = heapq.heappop(floor.events)
        if kind in ("asked", "relaxed"):
            _look_at(floor, cases[whom], now, policy, kind)
        else:
            if kind == "freed":
                floor.index.take(whom, places=-1)
            _fill(floor, whom, now)
    return floor.served


def _look_at(floor: _Floor, case: Case, now: datetime, policy: Policy, kind: str) -> None:
    if kind == "relaxed" and case.id not in floor.queue:
        return
    view = floor.choose(case, now)
    if view is not None:
        floor.give(case, view.id, now)
    elif kind == "asked":
        floor.queue.add(case)
        for step in policy.matching.relaxation:
            floor.plan(now + timedelta(seconds=step.after_seconds), "relaxed", case.id)


def _fill(floor: _Floor, advisor_id: str, now: datetime) -> None:
    while (case := floor.queue.next_for(floor.index.view(advisor_id), now=now)) is not None:
        floor.give(case, advisor_id, now)


def measure(*, seed: int = 7, arrivals: int = 20_000, advisors: int = 300) -> dict[str, Any]:
    """Figures of each routing on one day, and how ours compares with the best of the others."""
    day = make_day(seed, arrivals, advisors)
    days = {routing: play(day, routing) for routing in ROUTINGS}
    found = {routing: _figures(day, served) for routing, served in days.items()}
    starved = [
        case.id
        for case in day.cases
        if _wait(days["ours"], case) > STARVED and _wait(days["fifo"], case) < SERVED_BY_FIFO
    ]
    usual = [found[routing] for routing in ROUTINGS if routing != "ours"]
    best = min(figures["wait_p95_s"]["urgent"] for figures in usual)
    return {
        "seed": seed, "arrivals": arrivals, "advisors": advisors, "routings": found, "starved": len(starved),
        "urgent_wait_ratio": round(found["ours"]["wait_p95_s"]["urgent"] / best, 3) if best else 0.0,
        "own_advisor_share_gain": round(
            found["ours"]["own_advisor_share"] - max(figures["own_advisor_share"] for figures in usual), 3
        ),
        "skill_fit_gain": round(found["ours"]["skill_fit"] - max(figures["skill_fit"] for figures in usual), 3),
        "skilled_share_gain": round(
            found["ours"]["skilled_share"] - max(figures["skilled_share"] for figures in usual), 3
        ),
    }  # fmt: skip


def _wait(served: dict[str, tuple[float, str]], case: Case) -> float:
    """Seconds waited; those whom nobody served wait for ever."""
    return served[case.id][0] if case.id in served else float("inf")


def _figures(day: Day, served: dict[str, tuple[float, str]]) -> dict[str, Any]:
    """Waiting by class of urgency, and how well people were served. The class is what a case is worth on arrival."""
    classes: dict[str, list[float]] = {"urgent": [], "high": [], "medium": [], "low": []}
    for case in day.cases:
        if case.id in served:
            classes[_class(case, day.policy)].append(served[case.id][0])
    by_id = {advisor.id: AdvisorView(advisor, Presence.ONLINE, 0) for advisor in day.advisors}
    done = [(case, by_id[served[case.id][1]]) for case in day.cases if case.id in served]
    with_own = [(case, view) for case, view in done if case.client.own_advisor]
    fit = [skill(view, case.topic, day.policy.matching) for case, view in done]
    return {
        "served": len(done), "unserved": len(day.cases) - len(done),
        "cases": {name: len(waits) for name, waits in classes.items()},
        "wait_p50_s": {name: round(percentile(waits, 0.5), 1) for name, waits in classes.items()},
        "wait_p95_s": {name: round(percentile(waits, 0.95), 1) for name, waits in classes.items()},
        "wait_max_s": {name: round(max(waits, default=0.0), 1) for name, waits in classes.items()},
        "own_advisor_share": round(_share(view.id == case.client.own_advisor for case, view in with_own), 3),
        "skill_fit": round(sum(fit) / max(1, len(fit)), 3),
        "skilled_share": round(_share(level >= day.policy.matching.least_skill for level in fit), 3),
    }  # fmt: skip


def _share(values: Iterator[bool] | Any) -> float:
    known = list(values)
    return sum(known) / len(known) if known else 0.0


def _class(case: Case, policy: Policy) -> str:
    """Level at the request. 「紧急」 is rare by points alone: what must be dealt with at once counts as urgent too."""
    if policy.priority.high_risk_reasons & set(case.reasons):
        return "urgent"
    return prioritise(case, policy.priority, now=case.requested_at).level

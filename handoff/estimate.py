"""An honest word to the client who waits: the place in the queue, how long, or that nobody is on duty. Pure."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handoff.hours import at_minute, day_words, local_minute, next_start
from handoff.matching import blocks, never, possible, skill, terms
from handoff.model import SUPERVISOR, AdvisorView, Case, Presence
from handoff.policy import MatchingPolicy

#: What an advisor takes to see an offer and accept it.
ANSWER_SECONDS = 20.0
#: Below this a wait is said to be short, above in minutes rounded up: a wait must not be longer than what was said.
SOON_SECONDS = 40.0


@dataclass(frozen=True)
class Estimate:
    """position counts from 1; wait_seconds is None when nobody is on duty who could take the case.

    resumes_at   when the next who could begins his shift
    appointment  the next slot of an expert who serves by appointment only
    """

    position: int
    wait_seconds: int | None
    resumes_at: datetime | None = None
    appointment: datetime | None = None


@dataclass(frozen=True)
class Able:
    """Those who could ever take cases of one kind.

    number   of the kind, in the line
    on_duty  of them at work now, busy ones too
    free     their free places now
    """

    number: int
    views: Sequence[AdvisorView]
    on_duty: Sequence[AdvisorView]
    ids: frozenset[str]
    free: int


class Line:
    """The queue as it is walked through from its head: how many of those passed compete for the same people."""

    def __init__(
        self,
        advisors: Sequence[AdvisorView],
        policy: MatchingPolicy,
        *,
        now: datetime,
        known: dict[Hashable, list[int]] | None = None,
    ) -> None:
        """known: kind -> the places of its `views` among the advisors; kept by whoever makes lines often."""
        self._places = {} if known is None else known
        self._advisors = advisors
        self._policy = policy
        self._now = now
        self._known: dict[Hashable, Able] = {}
        at = local_minute(now)
        self._at_work = [v.presence is not Presence.OFFLINE and at_minute(v.advisor, at) for v in advisors]
        #: For each kind: how many of it were passed, and which kinds compete with it.
        self._passed: list[int] = []
        self._rivals: list[list[int]] = []

    def able(self, case: Case) -> Able:
        """`matching.possible`, worked out once for cases that are alike."""
        alike = kind_of(case, self._policy)
        if alike not in self._known:
            if alike not in self._places:
                ids = {view.id for view in possible(case, self._advisors, self._policy)}
                self._places[alike] = [place for place, view in enumerate(self._advisors) if view.id in ids]
            self._known[alike] = self._kind(self._places[alike])
        return self._known[alike]

    def _kind(self, places: Sequence[int]) -> Able:
        views = [self._advisors[place] for place in places]
        on_duty = [self._advisors[place] for place in places if self._at_work[place]]
        free = sum(view.free for view in on_duty if view.presence is Presence.ONLINE)
        kind = Able(len(self._passed), views, on_duty, frozenset(view.id for view in views), free)
        meets = [other.number for other in self._known.values() if not other.ids.isdisjoint(kind.ids)]
        for other in meets:
            self._rivals[other].append(kind.number)
        self._passed.append(0)
        self._rivals.append([*meets, kind.number] if kind.ids else [])
        return kind

    def step(self, case: Case) -> int:
        """How many rivals are before this case, which then is passed itself."""
        kind = self.able(case).number
        rivals = sum(map(self._passed.__getitem__, self._rivals[kind]))
        self._passed[kind] += 1
        return rivals

    def steps(self, kinds: Iterable[tuple[Hashable, Case]]) -> list[int]:
        """`step` of many, each with its `kind_of`, which a caller with thousands of them keeps."""
        passed, rivals, found = self._passed, self._rivals, []
        for alike, case in kinds:
            kind = (self._known.get(alike) or self.able(case)).number
            found.append(sum(map(passed.__getitem__, rivals[kind])))
            passed[kind] += 1
        return found


def kind_of(case: Case, policy: MatchingPolicy) -> Hashable:
    """Cases that are alike here have the same people who could ever take them."""
    client = case.client
    language = client.dialect if client.language_hard else None
    anyone = not policy.anyone_for.isdisjoint(case.reasons)
    return case.topic, client.tier, language, anyone, case.complained_about


def estimate(
    case: Case,
    rivals: int,
    able: Able,
    advisors: Sequence[AdvisorView],
    policy: MatchingPolicy,
    *,
    now: datetime,
    handling_seconds: float,
) -> Estimate:
    """The estimate for `case`: who is `able` could ever take it, `rivals` before it compete for them."""
    position, on_duty = rivals + 1, able.on_duty
    if not on_duty:
        resumes = next_start([s for v in able.views for s in v.advisor.shifts], now)
        return Estimate(position, None, resumes, _appointment(case, advisors, policy, now))
    # Where too few places are free whoever asks, no terms need to be tried.
    free_at = _free_after(case, rivals, on_duty, policy, now) if able.free > rivals else None
    # Places come free evenly: all of them once in the time that one case takes.
    places = sum(view.advisor.capacity for view in on_duty)
    turn_comes = max(0, rivals + 1 - able.free) * handling_seconds / max(1, places)
    only_supervisor = all(view.advisor.role == SUPERVISOR for view in on_duty)
    wait = free_at if free_at is not None else max(turn_comes, _supervisor_after(case, policy, now) * only_supervisor)
    return Estimate(position, math.ceil(wait + ANSWER_SECONDS))


def _free_after(
    case: Case, rivals: int, on_duty: Sequence[AdvisorView], policy: MatchingPolicy, now: datetime
) -> float | None:
    """Seconds until the terms are low enough for a place that is free now, those ahead served; None when never."""
    waited = case.waited_seconds(now)
    lapses = [(end - now).total_seconds() for end in case.until.values()]
    for seconds in sorted([0.0, *lapses, *(step.after_seconds - waited for step in policy.relaxation)]):
        at = now + timedelta(seconds=seconds)
        then = replace(case, excluded={who: why for who, why in case.excluded.items() if _bars(case, who, at)})
        asked = terms(case, policy, now=max(now, at))
        able = [v for v in on_duty if next(blocks(then, v, asked, policy, now=now), None) is None]
        if seconds >= 0 and sum(view.free for view in able) > rivals:
            return seconds
    return None


def _bars(case: Case, advisor_id: str, at: datetime) -> bool:
    return advisor_id not in case.until or case.until[advisor_id] > at


def _supervisor_after(case: Case, policy: MatchingPolicy, now: datetime) -> float:
    waited = case.waited_seconds(now)
    return max(0.0, min((s.after_seconds for s in policy.relaxation if s.supervisor), default=0.0) - waited)


def _appointment(case: Case, advisors: Iterable[AdvisorView], policy: MatchingPolicy, now: datetime) -> datetime | None:
    """The next slot of an expert who could have the case were it not for his serving by appointment only."""
    able = [
        view.advisor
        for view in advisors
        if not view.advisor.live
        and view.id not in case.excluded
        and skill(view, case.topic, policy) >= policy.least_skill
        and not any(never(case, replace(view, advisor=replace(view.advisor, live=True)), policy))
    ]
    return next_start([slot for advisor in able for slot in advisor.slots], now)


def wait_words(seconds: int) -> str:
    if seconds <= SOON_SECONDS:
        return "很快就有顾问接入"
    return f"预计等待约 {math.ceil(seconds / 60)} 分钟"


def words(found: Estimate, *, topic: str, now: datetime) -> str:
    """What the client is told: a place and a wait, or when service starts again and what to do meanwhile."""
    if found.wait_seconds is not None:
        return (
            f"您前面还有 {found.position - 1} 位客户,{wait_words(found.wait_seconds)}。"
            if found.position > 1
            else (f"您排在第 1 位,{wait_words(found.wait_seconds)}。")
        )
    if found.appointment is not None:
        return (
            f"{topic}由专家预约服务,最近可约的时间是{day_words(found.appointment, now)}。"
            "回复「预约」为您登记这个时间,也可以回复「留言」或「回电」。"
        )
    if found.resumes_at is not None:
        return (
            f"现在没有能处理这类问题的顾问在线,{day_words(found.resumes_at, now)} 恢复服务。您的排队会一直保留;"
            "也可以回复「留言」写下问题,或回复「回电」,恢复服务后顾问会尽快联系您。"
        )
    return (
        "现在没有能处理这类问题的顾问在线。您的排队会一直保留;也可以回复「留言」写下问题,或回复「回电」请我们联系您。"
    )


def average_handling(seconds: Sequence[float], default: float) -> float:
    """The mean of past handling times, pulled towards the default while there are few of them."""
    return (sum(seconds) + 5 * default) / (len(seconds) + 5)

"""Who may have a case, who should, and why: the matching policy as pure functions.

Hard requirements are never relaxed. Among those who meet them the preferences decide one after the other
(a lexicographic key, lower is better); the schedule of `policy/matching.yml` drops some of them as the client
waits. `dispatch.py` decides for all who wait at once; `index.py` is the same choice for thousands of advisors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handoff.hours import on_shift
from handoff.model import (
    SUPERVISOR,
    AdvisorView,
    Candidate,
    Case,
    Presence,
    Reason,
)
from handoff.policy import MatchingPolicy

#: Parts that a load and a rating are compared in.
LOAD_PARTS, RATING_PARTS = 10_000, 500
MOST_SKILL = 5
#: The steps that one preference can show on the desk.
STEPS = {"skill": MOST_SKILL, "second_skill": MOST_SKILL, "load": 5}
COMPLAINT_REASON = "complaint"
#: What a client who must be soothed about holdings needs next, when nobody said.
SECOND_TOPIC = {"情绪安抚+持仓建议": "投资"}


@dataclass(frozen=True)
class Terms:
    """What is asked of an advisor after some waiting."""

    least_skill: int
    dropped: frozenset[str]
    supervisor: bool
    anyone: bool
    #: Whether the last place of who holds a rare licence is kept for those who need it.
    reserve: bool = False


def terms(case: Case, policy: MatchingPolicy, *, now: datetime) -> Terms:
    waited = case.waited_seconds(now)
    least, dropped, supervisor, reserve = (
        policy.least_skill,
        frozenset[str](),
        False,
        bool(policy.reserved) and not case.unreserved,
    )
    for step in policy.relaxation:
        if waited >= step.after_seconds:
            least = least if step.least_skill is None else step.least_skill
            dropped |= step.drop
            supervisor |= step.supervisor
            reserve &= step.reserve
    anyone = bool(policy.anyone_for & set(case.reasons))
    return Terms(least, dropped, supervisor or anyone or about_colleague(case), anyone, reserve and not anyone)


def last_terms(case: Case, policy: MatchingPolicy) -> Terms:
    """What is asked in the end."""
    last = max((step.after_seconds for step in policy.relaxation), default=0.0)
    return terms(case, policy, now=case.requested_at + timedelta(seconds=last))


def about_colleague(case: Case) -> bool:
    """A complaint that names one of the staff goes to the supervisor at once."""
    return case.complained_about is not None and COMPLAINT_REASON in case.reasons


def next_relaxation(case: Case, policy: MatchingPolicy, *, now: datetime) -> float | None:
    """Seconds until the terms change, None after the last step."""
    waited = case.waited_seconds(now)
    return min((step.after_seconds - waited for step in policy.relaxation if step.after_seconds > waited), default=None)


def skill(view: AdvisorView, topic: str | None, policy: MatchingPolicy) -> int:
    return view.advisor.skills.get(policy.skill_of.get(topic, topic), 0) if topic else 0


def never(case: Case, view: AdvisorView, policy: MatchingPolicy, anyone: bool = False) -> Iterator[str]:
    """Why this advisor cannot have this case at any time, in words."""
    advisor, client = view.advisor, case.client
    if advisor.id == case.complained_about:
        yield "是被投诉的同事,须回避"
    if not anyone:
        missing = policy.licences[case.topic] - advisor.licences
        if missing:
            yield f"没有{'、'.join(sorted(missing))}资格"
        if client.tier and client.tier not in advisor.tiers:
            yield f"不服务{client.tier}客户"
    if client.language_hard and client.dialect and client.dialect not in advisor.languages:
        yield f"不会{client.dialect}"
    if not advisor.live:
        yield "只接受预约"


def blocks(case: Case, view: AdvisorView, asked: Terms, policy: MatchingPolicy, *, now: datetime) -> Iterator[str]:
    """Why this advisor cannot have this case now, in words; nothing when he can."""
    advisor = view.advisor
    yield from never(case, view, policy, asked.anyone)
    if advisor.id in case.excluded and advisor.id != case.complained_about:
        yield case.excluded[advisor.id]
    if view.presence is not Presence.ONLINE:
        yield "忙碌" if view.presence is Presence.BUSY else "不在线"
    if not asked.anyone and not on_shift(advisor, now):
        yield "不在班"
    if view.load >= advisor.capacity:
        yield f"已满负荷 {view.load}/{advisor.capacity}"
    elif asked.reserve and 0 < view.free <= policy.reserved_places and _kept(case, view, policy):
        yield f"剩下的名额留给需要{'、'.join(sorted(policy.reserved & advisor.licences))}的客户"
    if advisor.role == SUPERVISOR and not asked.supervisor:
        yield "主管暂不参与派单"
    level = skill(view, case.topic, policy)
    if level < asked.least_skill and not (asked.anyone or _standing(case, view, asked)):
        yield f"{case.topic}技能 {level} 级,现要求至少 {asked.least_skill} 级"


def _kept(case: Case, view: AdvisorView, policy: MatchingPolicy) -> bool:
    """Whether this case needs none of the rare licences that the advisor holds, nor means him alone."""
    rare = policy.reserved & view.advisor.licences
    means_him = view.id in (case.client.own_advisor, case.directed_to, case.knew)
    return bool(rare) and not rare & policy.licences[case.topic] and not means_him


def _standing(case: Case, view: AdvisorView, asked: Terms) -> bool:
    own = view.id == case.client.own_advisor and "standing_order" in case.reasons
    return own and "standing_order" not in asked.dropped


def _preference(name: str, case: Case, view: AdvisorView, asked: Terms, policy: MatchingPolicy) -> tuple[int, int]:
    """How far this advisor is from the best in one preference, and the worst that could be."""
    if name in asked.dropped:
        return 0, 0
    advisor = view.advisor
    if name == "load":
        return load_digit(view), LOAD_PARTS
    if name == "rating":
        rated = advisor.ratings.get(policy.skill_of.get(case.topic, case.topic), 0.0)
        return RATING_PARTS - round(rated * 100), RATING_PARTS
    if name == "skill":
        return MOST_SKILL - skill(view, case.topic, policy), MOST_SKILL
    if name == "second_skill":
        second = case.second_topic or SECOND_TOPIC.get(case.topic)
        return MOST_SKILL - skill(view, second, policy), MOST_SKILL
    return int(not MET[name](case, view, asked, policy)), 1


def load_digit(view: AdvisorView) -> int:
    """The share of his places that is taken, in `LOAD_PARTS`."""
    return view.load * LOAD_PARTS // max(1, view.advisor.capacity)


#: Preferences that an advisor meets or not.
MET: dict[str, Callable[[Case, AdvisorView, Terms, MatchingPolicy], bool]] = {
    "supervisor": lambda case, view, asked, policy: about_colleague(case) and view.advisor.role == SUPERVISOR,
    "directed": lambda case, view, asked, policy: view.id == case.directed_to,
    "standing_order": lambda case, view, asked, policy: _standing(case, view, asked),
    "own_advisor": lambda case, view, asked, policy: (
        view.id == case.client.own_advisor and skill(view, case.topic, policy) >= policy.own_advisor_least_skill
    ),
    "knew_case": lambda case, view, asked, policy: view.id == case.knew,
    "dialect": lambda case, view, asked, policy: case.client.dialect in view.advisor.languages,
    "region": lambda case, view, asked, policy: case.client.region in view.advisor.regions,
}


def preference_key(case: Case, view: AdvisorView, asked: Terms, policy: MatchingPolicy) -> tuple[int, ...]:
    return tuple(_preference(name, case, view, asked, policy)[0] for name in policy.preferences)


def _points(
    case: Case, view: AdvisorView, measured: Sequence[tuple[int, int]], policy: MatchingPolicy
) -> tuple[Reason, ...]:
    """The key as points for people: one step of a preference outweighs everything after it."""
    parts: list[Reason] = []
    weight, said = 1, _words(case, view, policy)
    for name, (far, worst) in zip(reversed(policy.preferences), reversed(measured), strict=True):
        steps = STEPS.get(name, 1)
        met = 0 if not worst else (worst - far) * steps // worst
        if name == "rating":
            met = int(worst > 0 and worst - far >= RATING_PARTS * 9 // 10)
        parts.append(Reason(name, met * weight, said[name]))
        weight += weight * steps
    return tuple(reversed(parts))


def _words(case: Case, view: AdvisorView, policy: MatchingPolicy) -> dict[str, str]:
    advisor, client = view.advisor, case.client
    second = case.second_topic or SECOND_TOPIC.get(case.topic)
    return {
        "supervisor": "投诉同事由主管处理",
        "directed": "同事点名转给他",
        "standing_order": "专属顾问预设了接手条件",
        "own_advisor": "客户的专属顾问",
        "knew_case": "最近处理过该客户",
        "skill": f"{case.topic}技能 {skill(view, case.topic, policy)} 级",
        "second_skill": f"{second}技能 {skill(view, second, policy)} 级" if second else "第二主题",
        "dialect": f"会{client.dialect}" if client.dialect else "方言",
        "region": f"同在{client.region}" if client.region else "同地区",
        "load": f"负荷 {view.load}/{advisor.capacity}",
        "rating": f"{case.topic}评分 {advisor.ratings.get(policy.skill_of.get(case.topic, case.topic), 0.0):.1f}",
    }


#: What a preference is called.
_NAMES = {
    "supervisor": "投诉同事由主管处理", "directed": "同事点名", "standing_order": "专属顾问预设的接手条件",
    "own_advisor": "专属顾问", "knew_case": "最近处理过该客户", "skill": "主题技能", "second_skill": "第二主题技能",
    "dialect": "方言", "region": "地区", "load": "负荷", "rating": "评分",
}  # fmt: skip


def preference_words(name: str) -> str:
    return _NAMES[name]


def candidates(
    case: Case, advisors: Iterable[AdvisorView], policy: MatchingPolicy, *, now: datetime
) -> list[Candidate]:
    """Every advisor with his points and what stands in his way; the eligible first, the best before the others."""
    asked = terms(case, policy, now=now)
    found = []
    for view in advisors:
        measured = [_preference(name, case, view, asked, policy) for name in policy.preferences]
        found.append(
            Candidate(
                view.advisor,
                _points(case, view, measured, policy),
                tuple(blocks(case, view, asked, policy, now=now)),
                tuple(far for far, _ in measured),
            )
        )
    return sorted(found, key=lambda candidate: (not candidate.eligible, candidate.key, candidate.advisor.id))


def possible(case: Case, advisors: Iterable[AdvisorView], policy: MatchingPolicy) -> list[AdvisorView]:
    """Those who could ever have this case, free or not, once all is relaxed; absent ones too."""
    anyone = bool(policy.anyone_for & set(case.reasons))
    return [
        view
        for view in advisors
        if not any(never(case, view, policy, anyone)) and (anyone or skill(view, case.topic, policy) >= 1)
    ]

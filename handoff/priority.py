"""How urgent a case is, 0..100, and why, in words. Pure; never lower for more reasons, emotion or waiting."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from handoff.model import Case, Priority, Reason
from handoff.policy import LEVELS, Ageing, PriorityPolicy

LEVEL_WORDS = {"low": "低优先级", "medium": "中优先级", "high": "高优先级", "urgent": "紧急"}
#: The emotion behind a reason: one outburst counts once.
EMOTION_OF = {"emotion_panic": "恐慌", "emotion_anger": "愤怒"}
MOST = 100


@dataclass(frozen=True)
class _Part:
    group: str
    code: str
    points: int
    words: str


@dataclass(frozen=True)
class Standing:
    """What a case weighs whatever the time: its parts, their sum, and how many points waiting may still add."""

    parts: tuple[Reason, ...]
    points: int
    room: int


def standing(case: Case, policy: PriorityPolicy) -> Standing:
    spent: dict[str, int] = {}
    left = MOST
    parts = []
    wanted = [*_reasons(case, policy), *_emotion(case, policy), *_member(case, policy)]
    wanted.sort(key=lambda part: (-part.points, part.code))
    for part in wanted:
        points = min(part.points, policy.caps[part.group] - spent.get(part.group, 0), left)
        if points > 0:
            spent[part.group] = spent.get(part.group, 0) + points
            left -= points
            parts.append(Reason(part.code, points, part.words))
    room = min(policy.caps[policy.ageing_group] - spent.get(policy.ageing_group, 0), left)
    return Standing(tuple(parts), MOST - left, room)


def prioritise(case: Case, policy: PriorityPolicy, *, now: datetime, given: Standing | None = None) -> Priority:
    """The case's priority at `now`; the parts' points sum up to it. `given`: its standing, when it is known."""
    given = given or standing(case, policy)
    parts, total = given.parts, points_at(given, case, policy, now=now)
    if total > given.points:
        waited = duration(case.waited_seconds(now))
        parts = (*parts, Reason("sla_age", total - given.points, f"已等 {waited}"))
    level = [name for name in LEVELS if total >= policy.levels[name]][-1]
    listed = ",".join(f"{part.words} +{part.points}" for part in parts)
    return Priority(total, level, parts, f"{LEVEL_WORDS[level]} {total}" + (f":{listed}" if listed else ""))


def points_at(given: Standing, case: Case, policy: PriorityPolicy, *, now: datetime) -> int:
    """The points of a case with this standing, waiting included."""
    aged = math.floor(ageing_of(case, policy).points(case.waited_seconds(now)))
    return given.points + max(0, min(aged, given.room))


def ageing_of(case: Case, policy: PriorityPolicy) -> Ageing:
    """How waiting makes this case more urgent."""
    return policy.high_risk if policy.high_risk_reasons & set(case.reasons) else policy.normal


def _reasons(case: Case, policy: PriorityPolicy) -> list[_Part]:
    codes = dict.fromkeys(case.reasons)
    weights = [(code, policy.reasons[code]) for code in codes if code in policy.reasons]
    return [_Part(weight.group, code, weight.points, weight.words) for code, weight in weights]


def _emotion(case: Case, policy: PriorityPolicy) -> list[_Part]:
    """What the latest emotion weighs beyond the reason that already names it."""
    if case.emotion is None:
        return []
    named = max(
        (
            policy.reasons[c].points
            for c in set(case.reasons)
            if EMOTION_OF.get(c) == case.emotion and c in policy.reasons
        ),
        default=0,
    )
    points = math.floor(policy.emotions.get(case.emotion, 0) * min(1.0, max(0.0, case.strength)))
    return [_Part(policy.emotion_group, "emotion", max(0, points - named), f"情绪{case.emotion}")]


def _member(case: Case, policy: PriorityPolicy) -> list[_Part]:
    level = case.client.member_level
    points = max((points for name, points in policy.member_levels.items() if name in level), default=0)
    return [_Part(policy.member_group, "member_level", points, f"{level.removesuffix('客户')}客户")]


def duration(seconds: float) -> str:
    """A wait as people say it: 40 秒, 2 分钟, 1 小时 5 分钟."""
    if seconds < 60:
        return f"{int(seconds)} 秒"
    hours, minutes = divmod(int(seconds // 60), 60)
    if not hours:
        return f"{minutes} 分钟"
    return f"{hours} 小时 {minutes} 分钟" if minutes else f"{hours} 小时"

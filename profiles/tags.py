"""Which tags a client has, how much each weighs and why. Pure.

A tag's weight is what its evidence makes likely together: 1 - product of (1 - strength), each strength halved with every
half-life. A life event limits a tag for a time: its weight times the factor, and never above the cap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import prod

from institution.calendar import SHANGHAI
from profiles.features import feature
from profiles.model import Evidence, Facts, LifeEvent, Said
from profiles.policy import EventRule, EvidenceRule, Policy, Sign, TagRule

#: Less is forgotten.
LEAST_WEIGHT = 0.05
LONGEST_QUOTE = 40
DAY = timedelta(days=1)
CLAUSE = re.compile(r"[,,。;;!!??\n]+")


@dataclass(frozen=True)
class Tag:
    """A tag of a client. evidence: what speaks for it, the strongest first, each with what it still weighs.

    limited  the words of the events that hold it down
    """

    name: str
    group: str
    weight: float
    evidence: tuple[tuple[Evidence, float], ...]
    limited: tuple[str, ...] = ()


def faded(evidence: Evidence, half_life_days: float, *, now: datetime) -> float:
    """What is left of its strength; evidence of the future (the clock was set back) counts as new."""
    age = max(0.0, (now - evidence.at) / DAY)
    return float(evidence.strength * 0.5 ** (age / half_life_days))


def weight(strengths: Iterable[float]) -> float:
    return 1 - prod(1 - strength for strength in strengths)


def tags_of(
    evidence: Sequence[Evidence], events: Sequence[LifeEvent], policy: Policy, *, now: datetime
) -> tuple[Tag, ...]:
    """The client's tags, the heaviest first."""
    all_evidence = [*evidence, *raised(events, policy.events)]
    found = [
        tag
        for rule in policy.tags.values()
        if (tag := _tag(rule, [one for one in all_evidence if one.tag == rule.name], events, policy.events, now))
    ]
    return tuple(sorted(found, key=lambda tag: (-tag.weight, tag.name)))


def raised(events: Iterable[LifeEvent], rules: Mapping[str, EventRule]) -> list[Evidence]:
    """The evidence that life events are by themselves."""
    return [
        Evidence(tag, f"event:{event.key}", strength, event.at, "event", event.words)
        for event in events
        if event.kind in rules
        for tag, strength in rules[event.kind].raises.items()
    ]


def _tag(
    rule: TagRule, evidence: Sequence[Evidence], events: Sequence[LifeEvent], rules: Mapping[str, EventRule], now: datetime
) -> Tag | None:  # fmt: skip
    left = sorted(
        ((one, faded(one, rule.half_life_days, now=now)) for one in evidence), key=lambda pair: (-pair[1], pair[0].key)
    )
    value, limited = weight(part for _, part in left), []
    for event in events:
        limit = rules[event.kind].limits.get(rule.name) if event.kind in rules else None
        if limit and timedelta(0) <= now - event.at < limit.days * DAY:
            value = min(value * limit.factor, limit.cap)
            limited.append(event.words)
    return (
        Tag(rule.name, rule.group, value, tuple(left), tuple(dict.fromkeys(limited))) if value >= LEAST_WEIGHT else None
    )


# -- what speaks for a tag -------------------------------------------------------------------------------------


def heard(said: Said, policy: Policy) -> tuple[list[Evidence], list[LifeEvent]]:
    """The evidence and the life events in one message; the same message gives the same keys."""
    evidence = [
        Evidence(rule.tag, f"{rule.id}:{said.message_id}", rule.strength, said.at, "talk", quote(said))
        for rule in policy.evidence
        if in_message(rule.sign, said)
    ]
    events = [
        LifeEvent(f"{rule.kind}:{said.message_id}", rule.kind, said.at, "talk", f"{rule.words}({quote(said)})")
        for rule in policy.events.values()
        if any(in_message(sign, said) for sign in rule.signs)
    ]
    return evidence, events


def counted(facts: Facts, policy: Policy) -> tuple[list[Evidence], list[LifeEvent]]:
    """The evidence and the life events in the client's file and books, as of now."""
    evidence = [
        Evidence(rule.tag, rule.id, rule.strength, facts.now, rule.sign.source, rule.words)
        for rule in policy.evidence
        if in_features(rule.sign, facts)
    ]
    events = [
        LifeEvent(f"{rule.kind}:{facts.today.isoformat()}", rule.kind, facts.now, sign.source, rule.words)
        for rule in policy.events.values()
        for sign in rule.signs
        if in_features(sign, facts)
    ]
    return evidence, events


def new_events(
    known: Sequence[LifeEvent], found: Iterable[LifeEvent], rules: Mapping[str, EventRule]
) -> list[LifeEvent]:
    """Those that were not known: the same kind again within its `again_days` is the same event."""
    fresh: list[LifeEvent] = []
    for event in found:
        again = rules[event.kind].again_days * DAY
        if not any(e.kind == event.kind and abs(e.at - event.at) <= again for e in (*known, *fresh)):
            fresh.append(event)
    return fresh


def in_message(sign: Sign, said: Said) -> bool:
    """Whether a message shows it. Words count in their own clause: what speaks of others there undoes them."""
    if sign.when is not None:
        return False
    if said.intent in sign.intents and not any(pattern.search(said.text) for pattern in sign.unless):
        return True
    return any(
        pattern.search(clause) and not any(other.search(clause) for other in sign.unless)
        for clause in CLAUSE.split(said.text)
        for pattern in sign.says
    )


def in_features(sign: Sign, facts: Facts) -> bool:
    return sign.when is not None and all(
        span.least <= feature(facts, name) <= span.most for name, span in sign.when.items()
    )


def quote(said: Said) -> str:
    """「…」 with the day it was said."""
    flat = " ".join(said.text.split())
    short = flat if len(flat) <= LONGEST_QUOTE else flat[: LONGEST_QUOTE - 1] + "…"
    day = said.at.astimezone(SHANGHAI)
    return f"{day.month}月{day.day}日说「{short}」"


__all__ = ["EvidenceRule", "Tag", "counted", "heard", "new_events", "tags_of"]

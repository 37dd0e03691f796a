"""Which of the five stories the rules see in a client's facts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from profiles.alerts import level_of, measure
from profiles.churn import Model, probability
from profiles.churn import level_of as churn_level
from profiles.model import Facts, Level
from profiles.policy import Policy
from profiles.tags import heard

#: Indicators that tell of flight and of theft, with the level from which they do.
PANIC = {"panic": Level.MEDIUM, "flight_from_risk": Level.MEDIUM}
THEFT = {"new_device_redemption": Level.MEDIUM, "alarm_and_redemption": Level.HIGH}
SPOKEN = ("new_child", "retirement")


def spoken(facts: Facts, policy: Policy) -> set[str]:
    """Life events that the client told of."""
    return {event.kind for one in facts.said for event in heard(one, policy)[1] if event.kind in SPOKEN}


def alerted(facts: Facts, policy: Policy) -> set[str]:
    """panic and theft, when an indicator of theirs reaches its level."""
    wanted = {"panic": PANIC, "theft": THEFT}
    rules = {name: policy.indicators[name] for names in wanted.values() for name in names}
    readings = measure(rules, facts)
    found = set()
    for story, names in wanted.items():
        for name, least in names.items():
            reading = readings[name]
            level = level_of(reading.value, rules[name].bands) if reading else None
            if level and level.rank >= least.rank:
                found.add(story)
    return found


def leaving(model: Model, rows: Iterable[tuple[float, ...]]) -> bool:
    """Whether the churn model says high after it said medium or more a look before: what passes in a week is no leaving."""
    ranks = [-1 if (level := churn_level(model, probability(model, row))) is None else level.rank for row in rows]
    return any(before >= Level.MEDIUM.rank and now == Level.HIGH.rank for before, now in pairwise(ranks))

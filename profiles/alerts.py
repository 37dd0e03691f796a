"""When an alert is raised, kept, cleared and kept quiet. Pure.

    none -> open -> handled | false_alarm   somebody has looked
                 -> cleared                 it is over by itself

An open alert holds its level until the value is clearly below it (hysteresis). After its end it is quiet for a while
(cool-down) unless it comes back at a higher level. What was called a false alarm comes back only when it is clearly
more than what was judged. Alerts of one group are shown as one (merging).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from profiles.model import LEVELS, Facts, Level, Reading
from profiles.policy import Bands, IndicatorRule

#: What cleared by itself and comes back the same day is the same thing wavering.
RETURNS_AFTER = timedelta(hours=24)
#: After a false alarm the value must be this much higher, for this long.
CLEARLY_MORE, JUDGED_FOR = 1.1, timedelta(days=90)


class State(str, Enum):
    OPEN = "open"
    HANDLED = "handled"
    FALSE_ALARM = "false_alarm"
    CLEARED = "cleared"


OUTCOMES = (State.HANDLED, State.FALSE_ALARM)


@dataclass(frozen=True)
class Alert:
    """One alert of a client. updated_at: when the indicator last said it."""

    id: str
    client_id: str
    indicator: str
    level: Level
    value: float
    words: str
    advice: str
    opened_at: datetime
    updated_at: datetime
    state: State = State.OPEN
    closed_at: datetime | None = None
    closed_by: str | None = None
    note: str = ""


def level_of(value: float, bands: Bands, before: Level | None = None) -> Level | None:
    """The level of a value; one that held `before` is kept down to its threshold less the margin."""
    found: Level | None = None
    for level, threshold in bands.thresholds.items():
        reached = value > threshold or (value == threshold and not bands.strict)
        held = before is not None and level.rank <= before.rank and value >= threshold * (1 - bands.margin)
        if reached or held:
            found = level
    return found


def measure(rules: Mapping[str, IndicatorRule], facts: Facts) -> dict[str, Reading | None]:
    """What each indicator reads in the facts."""
    return {name: rule.indicator.measure(facts, rule.parameters) for name, rule in rules.items()}


def observe(
    rule: IndicatorRule, latest: Alert | None, reading: Reading | None, *, client_id: str, new_id: str, now: datetime
) -> Alert | None:
    """The alert as it is after this reading, or None when nothing changes.

    latest  the client's last alert of this indicator, open or not
    new_id  the id of an alert that is opened now
    """
    value = reading.value if reading else 0.0
    if latest is not None and latest.state is State.OPEN:
        return _still_open(rule, latest, reading, value, now)
    level = level_of(value, rule.bands)
    if reading is None or level is None or (latest is not None and _quiet(rule, latest, level, value, now)):
        return None
    words, advice = rule.words.format(**reading.figures), rule.advice.format(**reading.figures)
    return Alert(new_id, client_id, rule.indicator.id, level, value, words, advice, now, now)


def _still_open(
    rule: IndicatorRule, alert: Alert, reading: Reading | None, value: float, now: datetime
) -> Alert | None:
    level = level_of(value, rule.bands, alert.level)
    if reading is None or level is None:
        over = now - alert.updated_at >= timedelta(hours=rule.keep_hours)
        return replace(alert, state=State.CLEARED, closed_at=now) if rule.kind == "state" and over else None
    if rule.kind == "event":
        # What has happened does not become smaller because other days have passed.
        level = max(level, alert.level, key=lambda one: one.rank)
        if value < alert.value:
            return None
    words, advice = rule.words.format(**reading.figures), rule.advice.format(**reading.figures)
    told = replace(alert, level=level, value=value, words=words, advice=advice)
    return replace(told, updated_at=now) if told != alert else None


def _quiet(rule: IndicatorRule, latest: Alert, level: Level, value: float, now: datetime) -> bool:
    if level.rank > latest.level.rank or latest.closed_at is None:
        return False
    since = now - latest.closed_at
    if since < timedelta(0):
        # The clock was set back to an earlier scene: what was judged later is not judged yet.
        return False
    if latest.state is State.CLEARED:
        return since < RETURNS_AFTER
    if latest.state is State.FALSE_ALARM and since < JUDGED_FOR and value <= latest.value * CLEARLY_MORE:
        return True
    return since < timedelta(hours=rule.cooldown_hours)


def close(alert: Alert, outcome: State, *, by: str, note: str, now: datetime) -> Alert:
    """The alert after somebody has looked. ValueError for what is no outcome or for one that is not open."""
    if outcome not in OUTCOMES or alert.state is not State.OPEN:
        raise ValueError(f"{alert.state.value} -> {outcome.value}")
    return replace(alert, state=outcome, closed_at=now, closed_by=by, note=note)


def merged(alerts: Iterable[Alert], rules: Mapping[str, IndicatorRule]) -> list[tuple[Alert, ...]]:
    """The alerts of each group, the gravest first in its group and of the groups; alerts without a rule are left out."""
    ordered = sorted(
        (alert for alert in alerts if alert.indicator in rules),
        key=lambda alert: (-alert.level.rank, list(rules).index(alert.indicator), alert.id),
    )
    groups: dict[str, list[Alert]] = {}
    for alert in ordered:
        groups.setdefault(rules[alert.indicator].group, []).append(alert)
    return [tuple(group) for group in groups.values()]


def false_share(alerts: Iterable[Alert]) -> float | None:
    """Of the alerts that somebody judged, the share that was false (requirement E4); None when none was judged."""
    judged = [alert for alert in alerts if alert.state in OUTCOMES]
    return sum(alert.state is State.FALSE_ALARM for alert in judged) / len(judged) if judged else None


__all__ = [
    "LEVELS", "OUTCOMES", "Alert", "State", "close", "false_share", "level_of", "measure", "merged", "observe",
]  # fmt: skip

"""What the outcomes of alerts say about their thresholds (requirement E4). Pure.

A threshold that had stood higher would have spared the false alarms below it and missed the true ones below it: the
curve shows both for every value that was judged. Nothing is changed by itself; a supervisor sees the curve, previews
a set of thresholds on the history and decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from profiles.alerts import OUTCOMES, Alert, State, level_of
from profiles.model import LEVELS, Level
from profiles.policy import IndicatorRule

#: Requirement E1: at most 8 % false, and of the true ones no more is given up than one in eight (88 % caught).
MOST_FALSE, LEAST_KEPT = 0.08, 0.88
#: Fewer outcomes say little, and a threshold that was set too high by chance is never judged below again. With 10, sixty
#: simulated years came to rest anywhere from 0.45 to 0.62 of a truth of 0.50; with 40 from 0.46 to 0.54 (test_tuning).
LEAST_JUDGED = 40


@dataclass(frozen=True)
class Point:
    """A threshold and what it would have made of the judged alerts. kept: the share of the true ones still raised."""

    threshold: float
    raised: int
    false_share: float
    kept: float


def curve(alerts: Sequence[Alert], *, strict: bool) -> tuple[Point, ...]:
    """One point for each judged value, rising; the alerts below the first are all raised."""
    judged = [alert for alert in alerts if alert.state in OUTCOMES]
    true = sum(alert.state is State.HANDLED for alert in judged)
    points: list[Point] = []
    for threshold in sorted({alert.value for alert in judged}):
        raised = [a for a in judged if a.value >= threshold]
        false = sum(a.state is State.FALSE_ALARM for a in raised)
        kept = (len(raised) - false) / true if true else 0.0
        # A strict threshold has to lie below the value that it still lets through.
        points.append(Point(threshold * (1 - 1e-6) if strict else threshold, len(raised), false / len(raised), kept))
    return tuple(points)


def suggested(points: Sequence[Point], judged: int, now_at: float) -> Point | None:
    """The lowest threshold that keeps both promises, when the present one breaks one of them; None when there is none.

    A threshold that keeps both is left alone, however well another would do: following every suggestion comes to rest.
    """
    if judged < LEAST_JUDGED:
        return None
    fit = [p for p in points if p.false_share <= MOST_FALSE and p.kept >= LEAST_KEPT]
    present = next((p for p in points if p.threshold >= now_at), None)
    return fit[0] if fit and present not in fit else None


def with_thresholds(rule: IndicatorRule, levels: Mapping[Level, float]) -> IndicatorRule:
    """The rule with other thresholds for the levels it has. ValueError when it has not these levels or they do not rise."""
    ordered = {level: levels[level] for level in LEVELS if level in levels}
    values = list(ordered.values())
    if set(ordered) != set(rule.bands.thresholds) or values != sorted(set(values)) or values[0] < 0:
        raise ValueError("thresholds")
    return replace(rule, bands=replace(rule.bands, thresholds=ordered))


def preview(alerts: Sequence[Alert], rule: IndicatorRule, levels: Mapping[Level, float]) -> dict[str, dict[str, int]]:
    """How many alerts of the history have each level, with the present thresholds and with the others; `none`: not raised."""
    other = with_thresholds(rule, levels)
    found: dict[str, dict[str, int]] = {}
    for name, bands in (("before", rule.bands), ("after", other.bands)):
        counts = {"none": 0, **{level.value: 0 for level in LEVELS}}
        for alert in alerts:
            level = level_of(alert.value, bands)
            counts[level.value if level else "none"] += 1
        found[name] = counts
    return found

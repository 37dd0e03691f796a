"""What the outcomes of alerts say about their thresholds."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from profiles.alerts import Alert, State
from profiles.tuning import curve, suggested
from tests.unit.profiles.test_alerts import opened


def judged(true: list[float], false: list[float]) -> list[Alert]:
    base = opened(0.62)
    return [replace(base, value=v, state=State.HANDLED) for v in true] + [
        replace(base, value=v, state=State.FALSE_ALARM) for v in false
    ]


def test_the_threshold_rises_over_the_false_ones() -> None:
    """False at 0.51..0.55, true from 0.60 on: at 0.60 nothing is false and all ten are kept."""
    alerts = judged([0.60 + n / 100 for n in range(10)], [0.51, 0.52, 0.53, 0.54, 0.55])
    points = curve(alerts, strict=False)
    assert points[0].false_share == 5 / 15
    best = suggested(points, len(alerts), 0.5)
    assert best
    assert (round(best.threshold, 2), best.false_share, best.kept) == (0.6, 0.0, 1.0)


def test_few_outcomes_and_good_thresholds_suggest_nothing() -> None:
    few = judged([0.6, 0.7], [0.5])
    assert suggested(curve(few, strict=False), 3, 0.5) is None
    good = judged([0.6 + n / 100 for n in range(12)], [])
    assert suggested(curve(good, strict=False), 12, 0.6) is None


@given(st.lists(st.floats(0, 1), max_size=20), st.lists(st.floats(0, 1), max_size=20))
def test_a_higher_threshold_never_keeps_more(true: list[float], false: list[float]) -> None:
    points = curve(judged(true, false), strict=False)
    kept = [point.kept for point in points]
    assert kept == sorted(kept, reverse=True)
    assert all(0 <= point.false_share <= 1 for point in points)

"""What the outcomes of alerts say about their thresholds."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest
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
    """False at 0.51..0.55, true from 0.60 on: at 0.53 three of 43 are false (7 %; four of 44 were 9 %), all forty are kept."""
    alerts = judged([0.60 + n / 100 for n in range(40)], [0.51, 0.52, 0.53, 0.54, 0.55])
    points = curve(alerts, strict=False)
    assert points[0].false_share == 5 / 45
    best = suggested(points, len(alerts), 0.5)
    assert best
    assert (round(best.threshold, 2), best.false_share, best.kept) == (0.53, 3 / 43, 1.0)


def test_few_outcomes_and_good_thresholds_suggest_nothing() -> None:
    few = judged([0.6, 0.7], [0.5])
    assert suggested(curve(few, strict=False), 3, 0.5) is None
    good = judged([0.6 + n / 100 for n in range(42)], [])
    assert suggested(curve(good, strict=False), 42, 0.6) is None


@given(st.lists(st.floats(0, 1), max_size=20), st.lists(st.floats(0, 1), max_size=20))
def test_a_higher_threshold_never_keeps_more(true: list[float], false: list[float]) -> None:
    points = curve(judged(true, false), strict=False)
    kept = [point.kept for point in points]
    assert kept == sorted(kept, reverse=True)
    assert all(0 <= point.false_share <= 1 for point in points)


def followed(seed: int, start: float, true_from: float, weeks: int = 40) -> list[float]:
    """The threshold week by week when every suggestion is set: twenty clients a week, values 0..1, true from `true_from` on.

    Two in a hundred are judged wrongly. Only what the threshold of its week raises is ever judged.
    """
    chance, at, story = random.Random(seed), start, [start]
    past: list[Alert] = []
    for _ in range(weeks):
        for _ in range(20):
            value = chance.random()
            true = (value >= true_from) != (chance.random() < 0.02)
            if value >= at:
                past += judged([value] if true else [], [] if true else [value])
        best = suggested(curve(past, strict=False), len(past), at)
        at = best.threshold if best else at
        story.append(at)
    return story


@pytest.mark.parametrize("seed", range(8))
def test_following_the_outcomes_comes_to_rest_where_both_promises_hold(seed: int) -> None:
    """Started far too low (0.2, true from 0.5): it rises, and in the second half of forty weeks moves at most twice."""
    story = followed(seed, 0.2, 0.5)
    assert 0.42 <= story[-1] <= 0.56
    late = story[len(story) // 2 :]
    assert sum(one != other for one, other in pairwise(late)) <= 2
    turns = [two - one for one, two in pairwise(story) if two != one]
    # It does not swing: what goes up does not come down and up again by more than a wavering.
    assert sum(step < -0.05 for step in turns) <= 1


def test_a_threshold_that_keeps_its_promises_is_left_alone() -> None:
    """All of forty alerts are true: there is nothing to gain above the lowest of them."""
    past = judged([0.5 + n / 100 for n in range(40)], [])
    assert suggested(curve(past, strict=False), 40, 0.45) is None


def test_a_threshold_set_too_high_is_suggested_lower() -> None:
    """Of forty true alerts the new threshold would keep four: the lowest fitting one keeps them all."""
    past = judged([0.5 + n / 100 for n in range(40)], [])
    best = suggested(curve(past, strict=False), 40, 0.855)
    assert best is not None
    assert best.threshold == 0.5

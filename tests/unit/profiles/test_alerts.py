"""Alerts: hysteresis, cool-down, merging."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.alerts import Alert, State, close, false_share, level_of, merged, observe
from profiles.model import Level, Reading
from profiles.policy import Bands, load
from tests.unit.profiles.scene import NOON, days

POLICY = load()
RULE = POLICY.indicators["sector_share"]
EVENT = POLICY.indicators["one_day_redemption"]
BANDS = Bands({Level.LOW: 0.3, Level.MEDIUM: 0.5, Level.HIGH: 0.8}, strict=True, margin=0.1)
values = st.floats(0, 2, allow_nan=False)


def reading(value: float) -> Reading:
    names = dict.fromkeys((*RULE.indicator.figures, *EVENT.indicator.figures), "某")
    return Reading(value, {**names, "share": f"{value:.0%}"})


def seen(latest: Alert | None, value: float, *, after: timedelta = timedelta(0), rule: object = RULE) -> Alert | None:
    chosen = EVENT if rule is EVENT else RULE
    return observe(chosen, latest, reading(value), client_id="C1", new_id="a", now=NOON + after)


def opened(value: float, rule: object = RULE) -> Alert:
    alert = seen(None, value, rule=rule)
    assert alert
    return alert


@given(values, values)
def test_a_higher_value_never_has_a_lower_level(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ranks = [level.rank if level else -1 for level in (level_of(low, BANDS), level_of(high, BANDS))]
    assert ranks == sorted(ranks)


@given(st.sampled_from(list(Level)), st.lists(st.floats(0.9001, 1.0), min_size=1, max_size=20))
def test_a_value_that_wavers_below_its_threshold_never_flaps(level: Level, parts: list[float]) -> None:
    """Once raised, the level holds for every value between threshold x (1 - margin) and the threshold."""
    held: Level | None = level
    for part in parts:
        held = level_of(BANDS.thresholds[level] * part, BANDS, held)
        assert held is level


@given(st.lists(values, max_size=30))
def test_hysteresis_never_hides_a_level_that_is_reached(series: list[float]) -> None:
    before: Level | None = None
    for value in series:
        plain, before = level_of(value, BANDS), level_of(value, BANDS, before)
        assert (before.rank if before else -1) >= (plain.rank if plain else -1)


@given(st.lists(st.floats(0.4751, 0.52), min_size=1, max_size=30))
def test_an_alert_near_its_threshold_stays_one_alert(series: list[float]) -> None:
    """sector_share: above 50 %, margin 5 %: it clears only below 47.5 %."""
    alert = opened(0.62)
    for hours, value in enumerate(series):
        alert = seen(alert, value, after=timedelta(hours=hours)) or alert
        assert (alert.state, alert.level, alert.opened_at) == (State.OPEN, Level.MEDIUM, NOON)


def test_it_clears_by_itself_and_is_quiet_for_the_day() -> None:
    cleared = seen(opened(0.62), 0.4)
    assert cleared
    assert cleared.state is State.CLEARED
    assert seen(cleared, 0.62, after=timedelta(hours=3)) is None
    assert seen(cleared, 0.62, after=timedelta(hours=25))


def test_it_rises() -> None:
    risen = seen(opened(0.62), 0.9, after=days(1))
    assert risen
    assert (risen.id, risen.level, risen.opened_at, risen.updated_at) == ("a", Level.HIGH, NOON, NOON + days(1))


def test_handled_is_quiet_for_the_cool_down_unless_it_is_worse() -> None:
    handled = close(opened(0.62), State.HANDLED, by="A01", note="", now=NOON)
    assert seen(handled, 0.7, after=days(5)) is None
    worse = seen(handled, 0.9, after=days(5))
    assert worse
    assert worse.level is Level.HIGH
    assert seen(handled, 0.62, after=days(31))


def test_a_false_alarm_comes_back_only_when_it_is_clearly_more() -> None:
    false = close(opened(0.62), State.FALSE_ALARM, by="A01", note="", now=NOON)
    assert seen(false, 0.66, after=days(40)) is None
    assert seen(false, 0.70, after=days(40))  # 0.70 > 0.62 x 1.1 = 0.682
    assert seen(false, 0.62, after=days(91))


def test_what_happened_waits_for_somebody() -> None:
    """An event does not clear when its days are over, nor become smaller."""
    alert = opened(0.4, EVENT)
    assert alert.level is Level.HIGH
    assert seen(alert, 0.15, after=days(1), rule=EVENT) is None
    assert observe(EVENT, alert, None, client_id="C1", new_id="b", now=NOON + days(9)) is None


def test_only_an_open_alert_is_closed() -> None:
    with pytest.raises(ValueError, match="handled"):
        close(close(opened(0.62), State.HANDLED, by="A", note="", now=NOON), State.HANDLED, by="A", note="", now=NOON)
    with pytest.raises(ValueError, match="cleared"):
        close(opened(0.62), State.CLEARED, by="A", note="", now=NOON)


def test_alerts_of_a_group_are_shown_as_one_the_gravest_first() -> None:
    sector = opened(0.62)
    fund = replace(sector, id="f", indicator="fund_share", level=Level.HIGH)
    mood = replace(sector, id="m", indicator="negative_share", level=Level.LOW)
    assert [[a.id for a in group] for group in merged([mood, sector, fund], POLICY.indicators)] == [["f", "a"], ["m"]]


def test_the_false_share_counts_what_was_judged() -> None:
    alert = opened(0.62)
    handled, false = replace(alert, state=State.HANDLED), replace(alert, state=State.FALSE_ALARM)
    assert false_share([alert, handled, handled, handled, false]) == 0.25
    assert false_share([alert]) is None

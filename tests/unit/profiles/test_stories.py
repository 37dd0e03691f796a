"""Planted stories are caught and quiet lives left alone; the whole table is `python -m profiles.stories`."""

from __future__ import annotations

from profiles.stories import play, table


def test_stories_are_caught_and_quiet_clients_left_alone() -> None:
    """A small house: the bounds allow for its size."""
    found = table(play(60, 77))
    assert found["caught"] >= 0.88
    assert found["false_alarms"] <= 0.12
    assert found["quiet"] >= 20

"""Ids sort by time, clocks refuse naive times."""

from datetime import UTC, datetime, timedelta

import pytest

from kit.clock import ManualClock, OffsetClock, check_aware
from kit.ids import uuid7


def test_ids_are_version_7_and_grow() -> None:
    ids = [uuid7() for _ in range(5000)]
    assert len(set(ids)) == 5000
    assert ids == sorted(ids)
    assert all(len(i) == 36 and i[14] == "7" and i[19] in "89ab" for i in ids)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        check_aware(datetime(2026, 1, 1))  # noqa: DTZ001


def test_an_offset_clock_runs_on_from_where_it_was_set() -> None:
    base = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock = OffsetClock(base)
    clock.set(datetime(2026, 11, 24, tzinfo=UTC))
    base.advance(timedelta(seconds=5))
    assert clock.now() == datetime(2026, 11, 24, 0, 0, 5, tzinfo=UTC)

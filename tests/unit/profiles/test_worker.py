"""When the daily sweep may run."""

from __future__ import annotations

from datetime import datetime

import pytest

from institution.calendar import SHANGHAI
from profiles.worker import due


@pytest.mark.parametrize(
    ("hour", "minute", "day"), [(12, 0, None), (20, 29, None), (20, 30, "2026-11-24"), (23, 59, "2026-11-24")]
)
def test_the_sweep_waits_for_the_navs(hour: int, minute: int, day: str | None) -> None:
    assert due(datetime(2026, 11, 24, hour, minute, tzinfo=SHANGHAI)) == day

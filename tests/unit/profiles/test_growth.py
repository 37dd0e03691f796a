"""The growth archive: milestones of a client's own books, a review of each full year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from institution.models import Nav
from profiles.growth import anniversary, drawdown, years
from tests.unit.profiles.stage import Scenes


def nav(day: int, value: str) -> Nav:
    return Nav.model_validate({"date": date(2026, 3, day), "nav": Decimal(value), "benchmark": Decimal(1)})


def test_the_deepest_fall_is_from_its_own_peak() -> None:
    """1.20 -> 0.90 loses 25 %; the later 1.30 -> 1.17 only 10 %."""
    navs = [nav(2, "1.00"), nav(3, "1.20"), nav(4, "0.90"), nav(5, "1.30"), nav(6, "1.17")]
    peak, trough, fall = drawdown(navs)
    assert (peak, trough) == (date(2026, 3, 3), date(2026, 3, 4))
    assert fall == pytest.approx(0.25)
    assert drawdown([]) == (None, None, 0.0)


def test_full_years_as_a_client() -> None:
    assert years(date(2024, 3, 1), date(2026, 11, 24)) == [
        (2, date(2025, 3, 1), date(2026, 2, 28)), (1, date(2024, 3, 1), date(2025, 2, 28)),
    ]  # fmt: skip
    assert years(date(2026, 3, 1), date(2026, 11, 24)) == []
    assert years(None, date(2026, 11, 24)) == []
    assert anniversary(date(2024, 2, 29), 1) == date(2025, 3, 1)


async def test_desk_and_client_read_it_and_who_sees_no_assets_reads_no_sums(scenes: Scenes) -> None:
    clients = (await scenes.sandbox.get("/v1/clients")).json()
    who = next(one for one in clients if one["since"] and one["since"] < "2025-11-01")["id"]
    async with scenes.world.staff("A14") as desk:
        told = (await desk.get(f"/api/desk/clients/{who}/growth")).json()
    assert {"joined", "first_buy"} <= {one["kind"] for one in told["milestones"]}
    days = [one["at"] for one in told["milestones"]]
    assert days == sorted(days, reverse=True)
    assert told["reviews"]
    assert told["reviews"][0]["rows"]
    assert told["next"]["years"] == told["reviews"][0]["year"] + 1
    async with scenes.world.client(who) as chat:
        assert (await chat.get("/api/chat/growth")).json() == told
    bare = await scenes.world.parts.profiles.archive.of(who, assets=False)
    assert "元" not in str(bare)
    assert bare["reviews"] == []

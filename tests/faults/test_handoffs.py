"""Whatever breaks, and when: nobody lost, nobody owned twice, nobody stuck."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from tests.faults.crowd import Crowd, Faults, Report
from tests.unit.handoff.world import world_in


async def crowd_in(folder: Path, size: int, kills: int, seed: int) -> Report:
    random = Random(seed)
    async with world_in(folder) as world:
        url = os.environ.get("HUIBAN_TEST_DATABASE_URL") or f"sqlite+aiosqlite:///{folder}/handoff.db"
        crowd = Crowd(world, url, random, size, Faults(Random(seed + 1)))
        report = await crowd.run(kills)
        await world.engine.dispose()
    print(f"\nhandoffs under faults: {report}")
    return report


def nothing_went_wrong(report: Report, size: int, kills: int) -> None:
    assert (report.lost, report.owned_twice, report.stuck, report.over_capacity) == (0, 0, 0, 0), str(report)
    assert report.handoffs == size
    assert report.kills >= kills


@pytest.mark.timeout(180)
async def test_six_hundred_handoffs_and_sixty_kills(tmp_path: Path) -> None:
    nothing_went_wrong(await crowd_in(tmp_path, 600, 60, seed=11), 600, 60)


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_ten_thousand_handoffs_and_a_thousand_kills(tmp_path: Path) -> None:
    nothing_went_wrong(await crowd_in(tmp_path, 10_000, 1_000, seed=12), 10_000, 1_000)

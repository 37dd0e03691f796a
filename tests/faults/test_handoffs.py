"""Whatever breaks, and when: nobody lost, nobody owned twice, nobody stuck."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from kit import log
from kit.settings import ROOT
from tests.faults.crowd import Crowd, Faults, Report
from tests.unit.handoff.world import world_in


async def crowd_in(folder: Path, size: int, kills: int, seed: int) -> Report:
    # A line for each step of thousands of handoffs would bury what went wrong.
    log.configure("ERROR")
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


@pytest.mark.timeout(300)
async def test_two_hundred_handoffs_and_twenty_kills(tmp_path: Path) -> None:
    nothing_went_wrong(await crowd_in(tmp_path, 200, 20, seed=11), size=200, kills=20)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_six_hundred_handoffs_and_sixty_kills(tmp_path: Path) -> None:
    nothing_went_wrong(await crowd_in(tmp_path, 600, 60, seed=11), size=600, kills=60)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(100, 110))
async def test_ten_thousand_handoffs_and_a_thousand_kills(tmp_path: Path, seed: int) -> None:
    """Ten pieces of a thousand: each has its own crowd and database, so that they can run beside each other."""
    nothing_went_wrong(await crowd_in(tmp_path, 1_000, 100, seed=seed), size=1_000, kills=100)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_processes_that_are_killed(tmp_path: Path) -> None:
    """kill -9 at random, fifteen times, each new process on the file the last one left."""
    random, url, size = Random(13), f"sqlite+aiosqlite:///{tmp_path}/killed.db", 300
    command = [sys.executable, "-m", "tests.faults.process", url, str(size)]
    for life in range(15):
        with subprocess.Popen([*command, str(life)], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(random.uniform(2.0, 6.0))
            process.kill()
    told = subprocess.run([*command, "15"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    print(f"\nhandoffs under kill -9: {told}")
    assert f"handoffs {size}, lost 0, owned twice 0, stuck 0," in told
    assert "over capacity 0" in told

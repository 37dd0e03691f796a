"""The night's batch gives each client what a look at him alone gives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from institution.calendar import SHANGHAI
from kit.database import connect, metadata
from profiles import churn, nightly, policy, store, tables
from profiles.behaviour import features, fold
from profiles.model import Evidence
from profiles.streams import store_new
from profiles.tags import tags_of
from tests.unit.profiles.scene import NOON, days
from tests.unit.profiles.test_lists import ROW
from tests.unit.profiles.test_streams import MANY, happening

TODAY = NOON.astimezone(SHANGHAI).date()
RULES, MODEL = policy.load(), churn.load()
#: C1 and C2 of `MANY`; C3 signed in 45 days ago for the last time; C4 was never seen.
PEOPLE = {"C1": 1e5, "C2": 2e5, "C3": 5e4, "C4": 1e4}
TOLD = [*MANY, happening(900, client="C2", ago=3), happening(901, client="C3", ago=45)]
TAG = Evidence("子女教育需求", "e1", 0.6, NOON - days(200), "talk", "10月1日说「教育金」")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = connect(f"sqlite+aiosqlite:///{tmp_path}/night.db")
    async with made.begin() as sql:
        await sql.run_sync(metadata.create_all)
        rows = [
            {**ROW, "client_id": client, "assets": assets, "tags": ",子女教育需求,"}
            for client, assets in PEOPLE.items()
        ]
        await sql.execute(insert(tables.targets), rows)
        await store_new(sql, TOLD)
        await store.put_evidence(sql, "C1", [TAG])
    yield made
    await made.dispose()


async def all_of(engine: AsyncEngine, table: Any) -> dict[str, Any]:
    async with engine.connect() as sql:
        return {row["client_id"]: dict(row) for row in (await sql.execute(select(table))).mappings()}


@pytest.mark.parametrize("at_once", [1, 3, 1000])
async def test_the_ten_numbers_of_all_are_those_of_each(engine: AsyncEngine, at_once: int) -> None:
    """Assets before: what is held and what the thirty days took out (C1: 5 x 1,000, so 5,000 of 105,000)."""
    clients = list(PEOPLE)
    for start in range(0, len(clients), at_once):
        part = {client: PEOPLE[client] for client in clients[start : start + at_once]}
        span = (clients[start - 1] if start else "", list(part)[-1])
        async with engine.connect() as sql:
            _, rows, seen = await nightly.features_of(sql, part, span, TODAY)
        for place, client in enumerate(part):
            if client == "C4":
                assert not seen[place]
                continue
            gone = 5000 if client == "C1" else 0
            wanted = features(fold(TOLD)[client], TODAY, PEOPLE[client] + gone)
            assert rows[:, place] == pytest.approx(wanted, rel=1e-12)


async def test_the_night_weighs_leaving_and_tags_afresh(engine: AsyncEngine) -> None:
    """After 200 days 子女教育需求 has faded below what a list means by its name; C4 is not judged: never seen."""
    done = await nightly.run(engine, RULES, MODEL, now=NOON, at_once=2)
    assert (done["clients"], done["chances"], done["tags"]) == (4, 3, 1)
    found = await all_of(engine, tables.chances)
    assert set(found) == {"C1", "C2", "C3"}
    numbers = features(fold(TOLD)["C2"], TODAY, PEOPLE["C2"])
    assert found["C2"]["probability"] == pytest.approx(churn.probability(MODEL, numbers))
    weight = tags_of([TAG], (), RULES, now=NOON)[0].weight
    weights = await all_of(engine, tables.target_tags)
    assert weights["C1"]["weight"] == pytest.approx(weight)
    targets = await all_of(engine, tables.targets)
    assert targets["C1"]["tags"] == (",子女教育需求," if weight >= 0.3 else ",,")
    assert targets["C2"]["tags"] == ",,"


async def test_the_same_night_twice_is_the_same(engine: AsyncEngine) -> None:
    await nightly.run(engine, RULES, MODEL, now=NOON)
    before = [await all_of(engine, table) for table in (tables.chances, tables.targets, tables.target_tags)]
    await nightly.run(engine, RULES, MODEL, now=NOON, at_once=3)
    assert [await all_of(engine, table) for table in (tables.chances, tables.targets, tables.target_tags)] == before
    assert np.isfinite([row["probability"] for row in before[0].values()]).all()

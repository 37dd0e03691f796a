"""The twelve sources, their schedule and failure, and the dictionary of fields."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from institution.sandbox.life import STORIES, Life
from kit.errors import Invalid
from profiles.dictionary import hidden, load, read
from profiles.happenings import of
from profiles.sources import SOURCES, due
from tests.unit.profiles.scene import NOON
from tests.unit.profiles.stage import Scenes

MINUTE = timedelta(minutes=1)
LIFE = Life(5, 300, date(2026, 1, 1), 300)


def test_twelve_systems_and_twenty_eight_fields() -> None:
    fields = load()
    assert (len(SOURCES), len(fields)) == (12, 28)
    assert {one.source for one in fields} == set(SOURCES), "every system gives at least one field"
    assert {"total", "positions", "trades"} <= hidden(fields, assets=False)
    assert hidden(fields, assets=True) == frozenset()


def test_a_field_of_no_system_is_refused_with_its_line() -> None:
    with pytest.raises(Invalid, match="第 3 行"):
        read("version: 1\nfields:\n  x: {words: 甲, type: 整数, source: ufo, sensitivity: assets, retention_days: 1}\n")


@pytest.mark.parametrize(
    ("minutes", "failures", "asked"),
    # 5 minutes, doubled with each failure, at most 30
    [(None, 0, True), (4, 0, False), (5, 0, True), (9, 1, False), (10, 1, True), (29, 9, False), (30, 9, True), (-60, 0, True)],
)  # fmt: skip
def test_a_source_is_asked_on_its_schedule(minutes: int | None, failures: int, asked: bool) -> None:
    tried = None if minutes is None else NOON - minutes * MINUTE
    assert due(SOURCES["app"], tried, failures, NOON) is asked
    assert not due(SOURCES["conversation"], None, 0, NOON), "our own: taken in with each turn"


def test_a_life_is_the_same_each_time_and_tells_what_the_sources_know() -> None:
    again = Life(5, 300, date(2026, 1, 1), 300)
    name = next(iter(LIFE.dwellers))
    lived = LIFE.lived(name, date(2026, 3, 1), date(2026, 3, 31))
    assert lived
    assert lived == again.lived(name, date(2026, 3, 1), date(2026, 3, 31))
    assert lived[:0] + LIFE.lived(name, date(2026, 3, 31), date(2026, 3, 31)) == [
        one for one in lived if one.at.date() == date(2026, 3, 31)
    ]
    for one in lived:
        of(
            {
                "source": one.source,
                "key": one.key,
                "client": one.client,
                "kind": one.kind,
                "at": one.at.isoformat(),
                "body": one.body,
            }
        )


def test_stories_are_planted_and_nothing_tells_of_them() -> None:
    kinds = {story.kind for story in LIFE.stories.values()}
    assert set(STORIES) <= kinds
    told = str([LIFE.lived(name, date(2026, 2, 1), date(2026, 2, 5)) for name in list(LIFE.dwellers)[:50]])
    assert not any(kind in told for kind in ("churn", "theft", "story", "lull"))


async def test_systems_are_read_from_where_they_were_left_and_failures_are_shown(scenes: Scenes) -> None:
    profiles = scenes.world.parts.profiles
    connectors = profiles.systems.connectors
    await scenes.sandbox.post("/v1/admin/faults", json={"mode": "fail"})
    assert await connectors.step() == 0
    shown = {one["name"]: one for one in await connectors.shown()}
    assert (shown["app"]["failures"], shown["app"]["fresh"]) == (1, False)
    await scenes.sandbox.post("/v1/admin/faults", json={"mode": "none"})
    scenes.world.parts.clock.set(scenes.world.parts.clock.now() + timedelta(hours=3))
    assert await connectors.step() > 0
    assert await connectors.step() == 0, "not due again"
    shown = {one["name"]: one for one in await connectors.shown()}
    assert (shown["app"]["failures"], shown["app"]["fresh"], shown["app"]["why"]) == (0, True, "")
    async with scenes.world.staff("A14") as desk:
        told = (await desk.get("/api/desk/sources")).json()
    assert (len(told["sources"]), len(told["fields"])) == (12, 28)
    async with scenes.world.staff("A09") as desk:
        assert (await desk.get("/api/desk/sources")).status_code == 403

"""The mood by cohort, and after soothing and help."""

from __future__ import annotations

from datetime import timedelta

import pytest

from profiles.moods import Drop, Told, drop, helped, soothed
from tests.unit.profiles.scene import NOON
from tests.unit.profiles.stage import Scenes

WHO = {"c": "client", "b": "ai", "h": "human", "e": "expert"}
FELT = {"-": "焦虑", "+": "安心", "0": "平静", ".": None}


def talk(*said: str, apart: timedelta = timedelta(minutes=1)) -> list[Told]:
    """`c-` is a client's anxious message, `b.` the bot's, `h.` a person's."""
    return [Told("cv", WHO[one[0]], NOON + n * apart, FELT[one[1]]) for n, one in enumerate(said)]


@pytest.mark.parametrize(
    ("said", "bot", "people"),
    [
        ("c- b. c0", [1], []),
        ("c0 b. c- b. c-", [3], []),
        ("c- h. c0 h. c+", [], [1]),
        ("c- b. c- h. e. c+ b. h.", [1], [3, 7]),
        ("b. c-", [], []),
    ],
)
def test_the_moments(said: str, bot: list[int], people: list[int]) -> None:
    told = talk(*said.split())
    assert (soothed(told), helped(told)) == (bot, people)


def test_the_share_before_and_after() -> None:
    """Before the bot's answer: 1 of 1; after it: - 0 +, 1 of 3. The moment without a message after it is left out."""
    told = talk("c-", "b.", "c-", "c0", "c+")
    found = drop([told], {"cv": soothed(told)})
    assert (found.moments, found.before) == (1, 1.0)
    assert found.drop == pytest.approx(2 / 3)
    alone = talk("c-", "b.")
    assert drop([alone], {"cv": soothed(alone)}) == Drop(0, 0.0, 0.0)


def test_another_day_is_another_mood() -> None:
    told = talk("c-", "b.", "c0", apart=timedelta(hours=13))
    assert drop([told], {"cv": [1]}).moments == 1
    told = talk("c-", "b.", "c0", apart=timedelta(hours=25))
    assert drop([told], {"cv": [1]}).moments == 0


async def test_supervisors_see_cohorts_and_others_do_not(scenes: Scenes) -> None:
    """Every client of the six says two things; the understanding of the stage feels them all the same."""
    clients = [f"C000{n}" for n in range(1, 7)]
    for client in clients:
        for n in range(2):
            await scenes.says(client, f"m-{client}-{n}", "一直跌,我都睡不着了")
        await scenes.world.parts.profiles.follow(client, books=True)
    async with scenes.world.staff("A14") as boss:
        found = (await boss.get("/api/desk/moods?by=tier&days=7")).json()
        assert (await boss.get("/api/desk/moods?by=name")).status_code == 422
    assert sum(row["messages"] for row in found["curve"]) == 12
    assert all(row["clients"] >= 5 for row in found["cohorts"])
    assert set(found["soothing"]) == {"moments", "before", "after", "drop"} == set(found["help"])
    async with scenes.world.staff("A09") as advisor:
        assert (await advisor.get("/api/desk/moods")).status_code == 403

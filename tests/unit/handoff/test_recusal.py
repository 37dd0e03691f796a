"""Nobody has anything to do with a complaint about himself: neither as an advisor nor as a supervisor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from handoff.joint import Recused
from handoff.offers import NotSuitable
from handoff.service import BriefClosed
from kit.errors import Refused
from tests.unit.handoff.world import World, staff

Act = Callable[[World, str], Awaitable[Any]]
ACTS: dict[str, Act] = {
    "take over": lambda world, one: world.handoffs.take_over(one, staff("A14")),
    "listen": lambda world, one: world.handoffs.listen(one, staff("A14")),
    "whisper": lambda world, one: world.handoffs.whisper(one, staff("A14"), "别记"),
    "transfer": lambda world, one: world.handoffs.transfer(one, staff("A14"), to="A02"),
    "read": lambda world, one: world.handoffs.detail(one, staff("A14")),
    "pull": lambda world, one: world.handoffs.accept(one, staff("A14")),
}


async def barred(world: World, who: str) -> bool:
    async with world.engine.begin() as connection:
        return await world.handoffs.barred(connection, "cv-U113", who)


@pytest.mark.parametrize("act", ACTS)
async def test_an_accused_supervisor_can_do_nothing_with_the_case(world: World, act: str) -> None:
    asked = await world.ask("U113", "complaint", topic="投诉", about="A14")
    if act in ("listen", "whisper"):
        await world.online("A06")
        await world.handoffs.accept(asked["handoff_id"], staff("A06"))
    with pytest.raises((Recused, BriefClosed, NotSuitable)):
        await ACTS[act](world, asked["handoff_id"])
    assert issubclass(Recused, Refused)


@pytest.mark.parametrize("who", ["A14", "A06"])
async def test_an_accused_is_neither_matched_nor_a_reader(world: World, who: str) -> None:
    other = "A06" if who == "A14" else "A14"
    await world.online(who)
    asked = await world.ask("U113", "complaint", topic="投诉", about=who)
    await world.wait(600, who)
    assert (await world.shown_to(asked["handoff_id"], other))["state"] == "waiting"
    assert await barred(world, who)
    assert not await barred(world, other)
    snapshot = await world.handoffs.desk_snapshot(who)
    assert (snapshot["queue"], snapshot["active"], snapshot["alerts"]) == ([], [], [])
    # Later cases do not make the old complaint readable, unless he serves the client again.
    await world.handoffs.cancel("cv-U113")
    assert await barred(world, who)


async def test_a_complaint_that_comes_later_takes_the_offer_back(world: World) -> None:
    await world.online("A06", "A14")
    asked = await world.ask("U113", topic="投诉")
    assert (await world.shown_to(asked["handoff_id"], "A02"))["offered_to"]["id"] == "A06"
    await world.ask("U113", "complaint", topic="投诉", about="A06")
    shown = await world.shown_to(asked["handoff_id"], "A02")
    assert (shown["state"], shown["offered_to"]["id"]) == ("offered", "A14")

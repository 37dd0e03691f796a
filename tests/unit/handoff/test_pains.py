"""What goes wrong elsewhere and must not here; `docs/handoff.md` names the test of each."""

from __future__ import annotations

import re
from datetime import timedelta

from kit.settings import ROOT
from tests.unit.handoff.roster import shanghai
from tests.unit.handoff.world import World, staff, world_in


async def test_a_returning_client_is_not_sent_to_an_absent_advisor(world: World) -> None:
    await world.online("A01", "A10")
    asked = await world.ask()
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    await world.handoffs.return_to_bot(asked["handoff_id"], staff("A01"))
    await world.handoffs.presence("A01", "offline")
    back = await world.ask()
    assert (await world.shown(back["handoff_id"]))["offered_to"]["id"] == "A10"


async def test_who_has_waited_for_days_is_asked_first_the_moment_somebody_comes(tmp_path) -> None:  # type: ignore[no-untyped-def]
    async with world_in(tmp_path, shanghai("2026-11-16T14:10")) as world:
        old = await world.ask("U1")
        world.clock.advance(timedelta(days=8))
        await world.handoffs.tick()
        fresh = await world.ask("U2")
        # One place: capacity 4, three are taken elsewhere.
        await world.online("A01")
        assert (await world.shown(old["handoff_id"]))["offered_to"]["id"] == "A01"
        decided = await world.shown(fresh["handoff_id"])
        assert decided["priority"] < (await world.shown(old["handoff_id"]))["priority"]


async def test_a_client_who_writes_after_the_end_is_the_bots_and_can_ask_again(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    await world.handoffs.close(asked["handoff_id"], staff("A01"), "solved")
    # During wrap-up nobody has to look into a closed talk: the bot answers.
    assert (await world.owner())["kind"] == "bot"
    again = await world.ask()
    assert again["handoff_id"] != asked["handoff_id"]
    assert again["already"] is False


async def test_places_that_wake_up_do_not_overrun_the_capacity(world: World) -> None:
    """Being a guest takes a place, too: the matching gives out no more than there are."""
    await world.online("A01", "A10")
    first = await world.ask("U1")
    await world.handoffs.accept(first["handoff_id"], staff("A01"))
    invite = (await world.handoffs.invite(first["handoff_id"], staff("A01"), "A10"))["invite_id"]
    await world.handoffs.accept_invite(invite, staff("A10"))
    for number in range(12):
        await world.ask(f"V{number}")
    snapshot = await world.handoffs.desk_snapshot("A14")
    loads = {one["id"]: (one["load"], one["capacity"]) for one in snapshot["colleagues"]}
    assert loads["A01"] == (4, 4)
    assert loads["A10"] == (5, 5)
    # 4 + 5 places: one conversation, one visit, seven offers; five wait.
    assert sum(one["state"] == "waiting" for one in snapshot["queue"]) == 12 - (4 - 1) - (5 - 1)


def test_every_test_that_the_table_names_is_there() -> None:
    table = (ROOT / "docs" / "handoff.md").read_text(encoding="utf-8").split("## What goes wrong elsewhere")[1]
    sources = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    missing, file, count = [], "", 0
    for quoted in re.findall(r"`([^`]+)`", table):
        name = quoted
        if quoted.startswith("test_") and ": " in quoted:
            file, name = quoted.split(": ")
        elif " " in quoted or "/" in quoted:
            # A command, a folder, or a test of the pages.
            continue
        count += 1
        # A property's test is named after what it asserts, a machine's is its invariant.
        if not re.search(rf"def (test_)?{name}\b", sources.get(file, "")):
            missing.append(quoted)
    assert missing == []
    assert count > 40

"""The board in memory says what the tables say, whoever writes; and what is read does not grow with the queue."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from handoff import board
from handoff.service import Handoffs
from handoff.states import HandoffChanged
from tests.unit.handoff.world import World, staff


async def agrees(world: World, handoffs: Handoffs | None = None) -> None:
    """What a reader sees is what a start would read."""
    async with world.engine.begin() as connection:
        seen = await (handoffs or world.handoffs).boards.see(connection)
        fresh = await board.read(connection, seen.number)
    assert dict(seen.handoffs) == dict(fresh.handoffs)
    assert (seen.presences, list(seen.guests), list(seen.handling)) == (
        fresh.presences,
        list(fresh.guests),
        list(fresh.handling),
    )
    assert {k: v for k, v in seen.loads.items() if v} == {k: v for k, v in fresh.loads.items() if v}


async def test_it_follows_a_case_from_request_to_end(world: World) -> None:
    await world.online("A01", "A10")
    asked = await world.ask()
    await agrees(world)
    await world.handoffs.decline(asked["handoff_id"], staff("A01"), "忙")
    await agrees(world)
    await world.handoffs.accept(asked["handoff_id"], staff("A10"))
    await world.handoffs.invite(asked["handoff_id"], staff("A10"), "A01")
    await agrees(world)
    await world.handoffs.close(asked["handoff_id"], staff("A10"), "solved")
    await world.wait(200, "A01", "A10")
    await agrees(world)


async def test_two_processes_see_what_the_other_wrote(world: World) -> None:
    first = world.handoffs
    await world.online("A01")
    asked = await world.ask("U1")
    second = world.restart()
    await second.accept(asked["handoff_id"], staff("A01"))
    await agrees(world, first)
    # The first one decides from what the second did: A01 holds a case.
    answer = await first.request("cv-U2", "U2", ["explicit_ask"], topic="投资")
    shown = {one["id"]: one["load"] for one in (await first.desk_snapshot("A01"))["colleagues"]}
    assert (answer["state"], shown["A01"]) == ("offered", 2)
    await agrees(world, second)


async def test_a_transaction_that_fails_leaves_the_board_as_it_was(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    with pytest.raises(HandoffChanged):
        await world.handoffs.accept(asked["handoff_id"], staff("A01"), 99)

    def refuse(_connection: object) -> None:
        raise RuntimeError("no commit")

    event.listen(world.engine.sync_engine, "commit", refuse)
    with pytest.raises(RuntimeError):
        await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    event.remove(world.engine.sync_engine, "commit", refuse)
    await agrees(world)
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    await agrees(world)


async def test_what_one_request_reads_does_not_grow_with_the_queue(world: World) -> None:
    # The first one after a start reads everything.
    await world.ask("U899")
    sent = await _sent_for_a_request(world, "U900")
    for number in range(60):
        await world.ask(f"U{number}")
    assert await _sent_for_a_request(world, "U901") == sent


async def _sent_for_a_request(world: World, client: str) -> list[str]:
    """The statements of one request, as they are sent."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(world.engine.sync_engine, "before_cursor_execute", note)
    await world.ask(client)
    event.remove(world.engine.sync_engine, "before_cursor_execute", note)
    assert not any("state IN" in statement and "FROM handoffs " in statement for statement in sent), sent
    return [statement.split(" ")[0] for statement in sent]

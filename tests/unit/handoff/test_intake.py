"""Requests that come at once share a transaction, and notice nothing of it."""

from __future__ import annotations

import asyncio

from sqlalchemy import event

from handoff import store
from handoff.requests import ReasonUnknown
from kit.errors import Unavailable
from tests.unit.handoff.world import World


async def test_many_at_once_are_served_in_their_order_with_few_commits(world: World) -> None:
    await world.online("A01", "A02", "A10")
    commits = []
    event.listen(world.engine.sync_engine, "commit", commits.append)
    answers = await asyncio.gather(*(world.ask(f"U{n}", key=f"k{n}") for n in range(20)))
    assert len(commits) == 1
    async with world.engine.begin() as connection:
        found = await store.all_open(connection)
    assert [h.client_id for h in found] == [f"U{n}" for n in range(20)]
    assert [h.id for h in found] == [answer["handoff_id"] for answer in answers]
    assert [h.estimated_seconds for h in found] == [answer["wait_seconds"] for answer in answers]
    assert all("已为您转人工" in world.book.system(f"U{n}")[0] for n in range(20))


async def test_the_same_twice_in_a_group_is_one_handoff(world: World) -> None:
    first = world.ask("U9")
    pairs = [world.ask("U1", key="a"), world.ask("U1", key="a"), world.ask("U1", "complaint", key="b")]
    _, *answers = await asyncio.gather(first, *pairs)
    assert len({answer["handoff_id"] for answer in answers}) == 1
    assert [answer["already"] for answer in answers] == [False, True, True]
    shown = await world.shown(answers[0]["handoff_id"])
    assert {reason["code"] for reason in shown["reasons"]} >= {"explicit_ask", "complaint"}


async def test_one_that_fails_harms_nobody_else(world: World) -> None:
    history = world.book.history

    async def broken(connection, conversation_id, limit=200):  # type: ignore[no-untyped-def]
        if conversation_id == "cv-U2":
            raise Unavailable
        return await history(connection, conversation_id, limit)

    world.book.history = broken  # type: ignore[method-assign]
    asked = [world.ask("U0"), world.ask("U1"), world.ask("U2"), world.ask("U3"), world.ask("U4", "nonsense")]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(answers[2], Unavailable)
    assert isinstance(answers[4], ReasonUnknown)
    assert [answers[n]["state"] for n in (0, 1, 3)] == ["waiting"] * 3  # type: ignore[index]

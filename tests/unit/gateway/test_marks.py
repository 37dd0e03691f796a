"""Delivered and read: stored, over all devices, only ever growing, dead with their epoch."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway import marks
from gateway.timeline import store
from gateway.timeline.model import Author, Draft
from tests.unit.gateway.conftest import World, sign_in
from tests.unit.gateway.owning import owned

WHERE = "cv-C0001"


async def fill(world: World, count: int) -> None:
    async with world.parts.engine.begin() as sql:
        await world.parts.timeline.open(sql, WHERE)
        for number in range(count):
            draft = Draft(f"a{number}", WHERE, Author.AI, "您好", world.parts.clock.now())
            await world.parts.timeline.append(sql, draft)


async def move(world: World, side: marks.Side, delivered: int, read: int) -> marks.Marks | None:
    async with world.parts.engine.begin() as sql:
        return await marks.move(sql, WHERE, side, delivered=delivered, read=read, at=world.parts.clock.now())


def numbers(found: marks.Marks | None, side: str = "client") -> tuple[int, int] | None:
    return (found[side]["delivered"], found[side]["read"]) if found else None


@pytest.mark.parametrize(
    ("steps", "last"),
    [
        # five messages; (delivered, read) as a page says them -> as they stand
        ([(3, 0)], (3, 0)),
        ([(3, 2), (2, 1)], None),  # a second device that is behind moves nothing
        ([(0, 4)], (4, 4)),  # who has read has got
        ([(9, 9)], (5, 5)),  # nobody has read what is not said yet
        ([(1, 1), (5, 3)], (5, 3)),
    ],
)
async def test_a_mark_grows(world: World, steps: list[tuple[int, int]], last: tuple[int, int] | None) -> None:
    await fill(world, 5)
    moved = None
    for delivered, read in steps:
        moved = await move(world, "client", delivered, read)
    assert numbers(moved) == last


async def test_they_die_with_the_epoch(world: World) -> None:
    await fill(world, 3)
    await move(world, "client", 3, 3)
    async with world.parts.engine.begin() as sql:
        await store.forget(sql, WHERE, epoch="another")
        assert numbers(await marks.now(sql, WHERE)) == (0, 0)
    await fill(world, 2)
    assert numbers(await move(world, "client", 1, 1)) == (1, 1)


async def test_the_desk_reads_them_with_the_handoff(world: World) -> None:
    async with owned(world) as talk:
        await move(world, "client", 2, 1)
        detail = (await talk.advisor.get(f"/api/desk/handoffs/{talk.handoff_id}")).json()
        assert detail["marks"]["client"]["read"] == 1
        assert detail["marks"]["client"]["read_at"] is not None


def said(socket: Any, kind: str) -> dict[str, Any]:
    while (frame := socket.receive_json())["type"] != kind:
        pass
    found: dict[str, Any] = frame
    return found


def test_a_page_says_how_far_it_is_and_every_device_knows(browser: TestClient) -> None:
    sign_in(browser)
    browser.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
    with (
        browser.websocket_connect("/api/chat/socket") as phone,
        browser.websocket_connect("/api/chat/socket") as tablet,
    ):
        assert said(phone, "hello")["marks"]["client"]["read"] == 0
        phone.send_json({"type": "marks", "delivered": 1, "read": 1})
        assert said(tablet, "marks")["marks"]["client"]["read"] == 1
        phone.send_json({"type": "marks", "delivered": "1", "read": 1})
        assert said(phone, "refused")["code"] == "frame_unknown"
    assert browser.get("/api/chat/snapshot").json()["marks"]["client"]["read"] == 1
    with browser.websocket_connect("/api/chat/socket") as again:
        assert said(again, "hello")["marks"]["client"]["read"] == 1

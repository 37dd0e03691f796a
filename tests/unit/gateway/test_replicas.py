"""Two gateways on one database and one Redis: a client's devices see the same, wherever each of them is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import redis.asyncio as redis_client

from gateway.hub import RESET, Hub, Page
from gateway.relay import STREAM, Relay
from tests.unit.gateway.conftest import World, running
from tests.unit.gateway.peers import House, Rasa
from tests.unit.gateway.test_relay import Redis, redis, relayed  # noqa: F401


@asynccontextmanager
async def replicas(folder: Path, url: str) -> AsyncIterator[tuple[World, World]]:
    rasa, house = Rasa(), House()
    async with AsyncExitStack() as stack:
        found = [
            await stack.enter_async_context(running(folder, rasa, house, redis_url=url, redis_port=1)) for _ in range(2)
        ]
        yield found[0], found[1]


async def messages(page: Page, count: int) -> list[tuple[int, str]]:
    """The next messages on a page, by number and text."""
    found: list[tuple[int, str]] = []
    async with asyncio.timeout(30):
        while len(found) < count:
            frame = await page.frames.get()
            if frame["type"] == "message":
                found.append((frame["message"]["seq"], frame["message"]["text"]))
    return found


async def joined(url: str, world: World) -> None:
    """Until a frame of this world comes out of Redis: its relay listens."""
    connection = redis_client.from_url(url)
    try:
        async with asyncio.timeout(30):
            while True:
                await world.parts.hub.to_client("cv-nobody", {"type": "typing"})
                told = await connection.xrevrange(STREAM)
                if any(json.loads(body[b"body"])["origin"] == world.parts.hub.epoch for _, body in told):
                    return
    finally:
        await connection.aclose()


async def test_three_devices_on_two_replicas_see_the_same(tmp_path: Path, redis: Redis) -> None:  # noqa: F811
    await redis.ready()
    async with replicas(tmp_path, redis.url) as (one, other):
        await joined(redis.url, one)
        await joined(redis.url, other)
        hubs = [one.parts.hub, other.parts.hub, other.parts.hub]
        with (
            hubs[0].client_page("cv-C0001") as a,
            hubs[1].client_page("cv-C0001") as b,
            hubs[2].client_page("cv-C0001") as c,
        ):
            async with one.client() as phone, other.client() as tablet:
                await phone.post("/api/chat/messages", json={"id": "m1", "text": "一"})
                await one.turn("m1", 20)
                await tablet.post("/api/chat/messages", json={"id": "m2", "text": "二"})
                # Asked on the replica that did not answer it.
                assert (await one.turn("m2", 20)).json()["replies"][0]["text"] == "答:二"
            seen = [await messages(page, 4) for page in (a, b, c)]
    assert seen[0] == [(1, "一"), (2, "答:一"), (3, "二"), (4, "答:二")]
    assert [sorted(one_of_them) for one_of_them in seen[1:]] == [seen[0], seen[0]]


def waiting(page: Page) -> list[dict[str, Any]]:
    return [page.frames.get_nowait() for _ in range(page.frames.qsize())]


async def test_a_wiped_redis_costs_a_reset_and_no_frame_after_it(redis: Redis) -> None:  # noqa: F811
    await redis.ready()
    one, other = Hub("e1"), Hub("e2")
    connection = redis_client.from_url(redis.url)
    async with relayed(one, redis.url) as first, relayed(other, redis.url) as second, asyncio.timeout(30):
        await first.listening.wait()
        await second.listening.wait()
        with other.client_page("cv-C0001") as page:
            await one.to_client("cv-C0001", {"type": "typing", "number": 1})
            assert (await page.frames.get())["number"] == 1
            # What is wiped before it is read is missed; the next one tells that it was.
            second.listening.clear()
            first._number += 1
            await connection.flushall()
            second.listening.set()
            await one.to_client("cv-C0001", {"type": "typing", "number": 3})
            assert await page.frames.get() == RESET
            assert (await page.frames.get())["number"] == 3
    await connection.aclose()


async def test_a_jump_in_anothers_numbers_is_a_reset() -> None:
    """The stream was cut before this reader had read it, or the sender's queue was full."""
    hub = Hub("e2")
    relay = Relay(hub, "redis://127.0.0.1:1/0")
    with hub.client_page("cv-C0001") as page:
        for number in (1, 2, 5):
            body = {
                "client": "cv-C0001",
                "frame": {"type": "typing", "number": number},
                "origin": "e1",
                "number": number,
            }
            relay._take(json.dumps(body).encode())
        assert [frame.get("number", frame["type"]) for frame in waiting(page)] == [1, 2, "reset", 5]
    await relay._redis.aclose()

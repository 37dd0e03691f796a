"""A client's live page without a browser: WebSocket in, WebSocket out."""

from __future__ import annotations

import asyncio
import json

import httpx
import websockets

from kit.ids import uuid7
from kit.settings import Settings

ANSWER_SECONDS = 60.0


class Page:
    def __init__(self, settings: Settings, client_id: str) -> None:
        self._settings = settings
        self._client_id = client_id

    async def open(self) -> Page:
        headers = {"X-Internal-Key": self._settings.key}
        async with httpx.AsyncClient(base_url=self._settings.gateway, trust_env=False, timeout=30) as http:
            ticket = (await http.post("/internal/tickets", json={"client_id": self._client_id}, headers=headers)).json()
            await http.get(ticket["path"])
            snapshot = (await http.get("/api/chat/snapshot")).json()
            cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
        address = (
            self._settings.gateway.replace("http", "ws", 1)
            + f"/api/chat/socket?after={snapshot['seq']}&epoch={snapshot['epoch']}"
        )
        self._socket = await websockets.connect(address, additional_headers={"Cookie": cookie}, proxy=None)
        return self

    async def turn(self, text: str) -> None:
        """Say it; return when the bot's answer has come to this page."""
        await self._socket.send(json.dumps({"type": "message", "id": uuid7(), "text": text}))
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                frame = json.loads(await self._socket.recv())
                if frame["type"] == "message" and frame["message"]["author"] == "ai":
                    return

    async def close(self) -> None:
        await self._socket.close()

"""A gateway with a partner: a signed caller, and a receiver of webhooks that checks every signature."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from examples.open_api_client import genuine, sign
from gateway.main import create_app
from tests.unit.gateway.conftest import World, settings_in
from tests.unit.gateway.peers import House, Rasa

HOOK = "https://partner.example/hook?from=huiban"


@dataclass
class Receiver:
    """Takes webhooks; `answers` are the statuses of the next ones, then 200."""

    secret: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    tried: int = 0
    app: FastAPI = field(default_factory=FastAPI)

    def __post_init__(self) -> None:
        self.app.post("/hook")(self._take)

    async def _take(self, request: Request) -> Response:
        self.tried += 1
        body = await request.body()
        headers = {name.title(): value for name, value in request.headers.items()}
        assert genuine(self.secret, "/hook?from=huiban", headers, body), "a webhook that nobody can trust"
        if self.answers and (status := self.answers.pop(0)) != 200:
            return Response(status_code=status)
        self.got.append(json.loads(body))
        return Response(status_code=204)


@dataclass
class Partner:
    world: World
    receiver: Receiver
    key: str = ""
    secret: str = ""
    serial: int = 0

    async def made(self, **fields: Any) -> Partner:
        """A key made by a supervisor."""
        async with self.world.staff("A14") as supervisor:
            body = {"name": "合作方", "channel": "partner", "webhook": HOOK, **fields}
            answer = await supervisor.post("/api/desk/open-keys", json=body)
        assert answer.status_code == 200, answer.text
        self.key, self.secret = answer.json()["key"]["id"], answer.json()["secret"]
        self.receiver.secret = self.secret
        return self

    def signed(self, method: str, target: str, content: bytes = b"", **changes: Any) -> dict[str, Any]:
        """The parts of a call; `changes` spoil it."""
        self.serial += 1
        stamp = changes.get("stamp", str(int(self.world.parts.wall.now().timestamp())))
        nonce = changes.get("nonce", f"nonce-{self.serial:08d}")
        right = sign(changes.get("secret", self.secret), method, target, stamp, nonce, content)
        headers = {
            "X-Huiban-Key": changes.get("key", self.key), "X-Huiban-Timestamp": stamp, "X-Huiban-Nonce": nonce,
            "X-Huiban-Signature": right, "Content-Type": "application/json",
        }  # fmt: skip
        return {"method": method, "url": target, "content": changes.get("sent", content), "headers": headers}

    async def call(self, method: str, path: str, body: Any = None, **changes: Any) -> httpx.Response:
        content = b"" if body is None else json.dumps(body).encode()
        async with self.world.http() as http:
            return await http.request(**self.signed(method, f"/open/v1{path}", content, **changes))

    async def say(self, text: str, own_id: str = "p1", client_id: str = "C0001", **changes: Any) -> httpx.Response:
        body = {"client_msg_id": own_id, "text": text}
        return await self.call("POST", f"/clients/{client_id}/messages", body, **changes)


@asynccontextmanager
async def opened(folder: Path, changes: dict[str, Any] | None = None, **adapters: Any) -> AsyncIterator[Partner]:
    rasa, house, receiver = Rasa(), House(), Receiver()
    app = create_app(
        settings_in(folder, **changes or {}), folder=folder / "dist", rasa=httpx.ASGITransport(app=rasa.app),
        institution=httpx.ASGITransport(app=house.app), webhooks=httpx.ASGITransport(app=receiver.app), **adapters,
    )  # fmt: skip
    async with app.router.lifespan_context(app):
        yield Partner(World(app, rasa, house), receiver)


@pytest.fixture
async def partner(tmp_path: Path) -> AsyncIterator[Partner]:
    async with opened(tmp_path) as found:
        yield await found.made()


async def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Yield to the loop until it is true."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.wait({asyncio.ensure_future(asyncio.to_thread(lambda: None))})

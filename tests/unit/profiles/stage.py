"""The stage: a client's chat, the institution's sandbox, an advisor's desk, all in one process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from gateway.main import create_app
from institution.sandbox.app import create_app as create_sandbox
from institution.sandbox.app import open_state
from kit.clock import ManualClock
from profiles import tables
from tests.unit.gateway.conftest import World, settings_in
from tests.unit.gateway.peers import KEY, Rasa
from tests.unit.institution.conftest import NOON, fixture_file

Json = dict[str, Any]


@dataclass
class Core(Rasa):
    """Understands every message as `intent`."""

    intent: str = "ask_assets"

    def _answer(self, body: Json) -> Json:
        return {**super()._answer(body), "intent": self.intent}


@dataclass
class Scenes:
    """The gateway before a real sandbox with few clients."""

    world: World
    sandbox: httpx.AsyncClient

    async def load(self, name: str, **more: Any) -> None:
        loaded = await self.sandbox.post("/v1/admin/load", json={**fixture_file(name), **more})
        assert loaded.status_code == 200, loaded.text
        async with self.world.http() as http:
            taken = await http.post("/internal/fixture", headers={"X-Internal-Key": KEY})
            assert taken.status_code == 200, taken.text

    async def says(self, client_id: str, message_id: str, text: str) -> None:
        async with self.world.client(client_id) as chat:
            assert (await chat.post("/api/chat/messages", json={"id": message_id, "text": text})).status_code == 200
        assert (await self.world.turn(message_id)).status_code == 200
        await self.world.parts.profiles.settled(client_id)

    async def profile(self, client_id: str, staff_id: str) -> httpx.Response:
        async with self.world.staff(staff_id) as desk:
            return await desk.get(f"/api/desk/clients/{client_id}/profile")

    async def reads(self) -> list[Any]:
        async with self.world.parts.engine.connect() as sql:
            return list((await sql.execute(select(tables.reads).order_by(tables.reads.c.id))).mappings())


@pytest.fixture
async def scenes(tmp_path: Path) -> AsyncIterator[Scenes]:
    state = open_state(tmp_path / "sandbox.jsonl", clock=ManualClock(NOON), seed=7, clients=6)
    transport = httpx.ASGITransport(create_sandbox(key=KEY, state=state))
    rasa = Core()
    app = create_app(
        settings_in(tmp_path), folder=tmp_path / "dist", rasa=httpx.ASGITransport(app=rasa.app), institution=transport
    )
    headers = {"X-Internal-Key": KEY}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(base_url="http://sandbox", transport=transport, headers=headers) as sandbox,
    ):
        yield Scenes(World(app, rasa, None), sandbox)  # type: ignore[arg-type]

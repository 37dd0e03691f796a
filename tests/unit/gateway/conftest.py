"""A gateway on a database of its own, with strict peers instead of Rasa and the institution."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.main import create_app
from gateway.services import Services
from kit.settings import Settings
from tests.unit.gateway.peers import KEY, House, Rasa

INTERNAL = {"X-Internal-Key": KEY}
BASE = "http://testserver"


def settings_in(folder: Path, **changes: Any) -> Settings:
    fields: dict[str, Any] = {
        "var": folder, "internal_key": KEY, "database_url": "", "redis_url": "", "redis_port": 1, "quiet_seconds_web": 0.0,
        "turn_deadline_seconds": 5.0, "log_level": "ERROR",
    }  # fmt: skip
    return Settings(**fields | changes, _env_file=None)


@dataclass
class World:
    """A running gateway and its peers."""

    app: FastAPI
    rasa: Rasa
    house: House

    @property
    def parts(self) -> Services:
        found: Services = self.app.state.services
        return found

    def http(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=BASE)

    @asynccontextmanager
    async def client(self, client_id: str = "C0001") -> AsyncIterator[httpx.AsyncClient]:
        async with self.http() as http:
            made = await http.post("/internal/tickets", json={"client_id": client_id}, headers=INTERNAL)
            assert (await http.get(made.json()["path"])).status_code == 303
            yield http

    @asynccontextmanager
    async def staff(self, staff_id: str = "A01") -> AsyncIterator[httpx.AsyncClient]:
        async with self.http() as http:
            made = await http.post("/internal/staff-tickets", json={"staff_id": staff_id}, headers=INTERNAL)
            assert (await http.get(made.json()["path"])).status_code == 303
            yield http

    async def turn(self, message_id: str, seconds: float = 5.0) -> httpx.Response:
        async with self.http() as http:
            return await http.get(f"/internal/turns/{message_id}?wait_seconds={seconds}", headers=INTERNAL)

    async def messages(self, client_id: str = "C0001") -> list[dict[str, Any]]:
        async with self.http() as http:
            found = await http.get(f"/internal/conversations/cv-{client_id}/messages", headers=INTERNAL)
            said: list[dict[str, Any]] = found.json()["messages"]
            return said


def make(folder: Path, rasa: Rasa, house: House, **changes: Any) -> FastAPI:
    return create_app(
        settings_in(folder, **changes), folder=folder / "dist", rasa=httpx.ASGITransport(app=rasa.app),
        institution=httpx.ASGITransport(app=house.app),
    )  # fmt: skip


@asynccontextmanager
async def running(
    folder: Path, rasa: Rasa | None = None, house: House | None = None, **changes: Any
) -> AsyncIterator[World]:
    """A gateway from start to stop."""
    rasa, house = rasa or Rasa(), house or House()
    app = make(folder, rasa, house, **changes)
    async with app.router.lifespan_context(app):
        yield World(app, rasa, house)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path) as found:
        yield found


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[TestClient]:
    """A synchronous browser, for sockets; signed in as nobody yet."""
    rasa = Rasa()
    app = make(tmp_path, rasa, House())
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as found:
        found.rasa = rasa  # type: ignore[attr-defined]
        yield found


def sign_in(browser: TestClient, client_id: str = "C0001") -> None:
    made = browser.post("/internal/tickets", json={"client_id": client_id}, headers=INTERNAL).json()
    assert browser.get(made["path"], follow_redirects=False).status_code == 303

"""A sandbox in memory at a fixed instant, and a client that reaches it without a network."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from cli.sandbox import _plain
from institution.client import Institution
from institution.sandbox.app import create_app, open_state
from institution.sandbox.state import State
from kit.clock import SHANGHAI, ManualClock

KEY = "test-key"
#: Enough clients for what is not about the clients.
FEW = 20
FIXTURES = Path(__file__).parents[2] / "fixtures"
#: A Tuesday at noon, a trading day.
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)


def fixture_file(name: str) -> dict[str, Any]:
    """A fixture as `huiban sandbox load` sends it."""
    plain = _plain(yaml.safe_load((FIXTURES / f"{name}.yaml").read_text(encoding="utf-8")))
    sent: dict[str, Any] = json.loads(json.dumps(plain))
    return sent


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.jsonl"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def state(journal: Path, clock: ManualClock) -> State:
    return open_state(journal, clock=clock, seed=7, clients=FEW)


@pytest.fixture
def reopened(journal: Path, clock: ManualClock) -> Callable[[], State]:
    """The state as a new process finds it after the old one was killed."""
    return lambda: open_state(journal, clock=clock, seed=7, clients=FEW)


@pytest.fixture
async def http(state: State) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(key=KEY, state=state))
    headers = {"X-Internal-Key": KEY}
    async with httpx.AsyncClient(base_url="http://sandbox", transport=transport, headers=headers) as client:
        yield client


@pytest.fixture
async def institution(http: httpx.AsyncClient) -> AsyncIterator[Institution]:
    async with Institution("http://sandbox", KEY, transport=http._transport) as client:
        yield client


@pytest.fixture
def load(http: httpx.AsyncClient) -> Callable[[str], Any]:
    async def put(name: str) -> dict[str, Any]:
        answer = await http.post("/v1/admin/load", json=fixture_file(name))
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    return put

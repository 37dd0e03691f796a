"""Actions through the rasa-sdk executor, against the real sandbox in this process; the gateway is a fake of its one call."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import settings
from rasa_sdk.executor import ActionExecutor

from actions.services import Gateway, House
from actions.shell import executor
from cli.sandbox import _plain
from institution.client import Institution
from institution.sandbox.app import create_app, open_state
from institution.sandbox.state import State
from kit.clock import SHANGHAI, ManualClock
from knowledge.search import Library

# Other work shares the machine: a slow example is no failure.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")

KEY = "test-key"
FIXTURES = Path(__file__).parents[2] / "fixtures"
LIBRARY = Library.load()


@dataclass
class Said:
    """One action's outcome. text: all bubbles; quick: the last bubble's quick replies."""

    replies: list[dict[str, Any]]
    slots: dict[str, Any]

    @property
    def text(self) -> str:
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def quick(self) -> list[str]:
        return list(self.replies[-1]["custom"]["quick_replies"])


@dataclass
class Talk:
    """A conversation as the core drives it: slots are kept from turn to turn."""

    executor: ActionExecutor
    institution: Institution
    state: State
    client_id: str = "U107"
    person: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, Any] = field(default_factory=dict)
    emotion: tuple[str, float] = ("平静", 0.0)
    count: itertools.count = field(default_factory=itertools.count)  # type: ignore[type-arg]

    async def say(
        self,
        text: str,
        intent: str,
        *,
        funds: tuple[str, ...] = (),
        message_id: str = "",
        action: str = "",
        **slots: Any,
    ) -> Said:
        message_id = message_id or f"m{next(self.count)}"
        self.slots |= {
            "client_id": self.client_id, "message_id": message_id, "now": self.state.now().isoformat(), "client": self.person,
            "channel": "web", "owner": "bot", "emotion": self.emotion[0], "emotion_strength": self.emotion[1], **slots,
        }  # fmt: skip
        message = {
            "text": text, "intent": {"name": intent, "confidence": 0.9}, "intent_ranking": [{"name": intent}],
            "entities": [{"entity": "fund", "value": code, "text": code} for code in funds],
        }  # fmt: skip
        tracker = {"sender_id": f"cv-{self.client_id}", "slots": dict(self.slots), "latest_message": message, "events": [],
                   "latest_event_time": 0, "paused": False, "followup_action": None, "latest_action_name": None,
                   "active_loop": {}, "latest_input_channel": "turn"}  # fmt: skip
        call = {"next_action": f"action_{action or intent}", "tracker": tracker, "domain": {}, "sender_id": "x"}
        result = await self.executor.run(call)
        assert result is not None
        done = result.model_dump()
        changed = {event["name"]: event["value"] for event in done["events"] if event["event"] == "slot"}
        self.slots |= changed
        return Said(done["responses"], changed)


@dataclass
class Desk:
    """What the gateway was asked. open: the answer it gives."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    down: bool = False
    answer: dict[str, Any] = field(default_factory=lambda: {
        "handoff_id": "h1", "state": "waiting", "position": 2, "wait_seconds": 100, "words": "", "already": False})  # fmt: skip

    def handle(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("down")
        if request.method == "POST":
            self.asked.append(json.loads(request.content))
        return httpx.Response(200, json=self.answer)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def state(tmp_path: Path) -> State:
    clock = ManualClock(datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI))
    return open_state(tmp_path / "sandbox.jsonl", clock=clock, seed=7, clients=20)


@pytest.fixture
async def http(state: State) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(key=KEY, state=state))
    async with httpx.AsyncClient(
        base_url="http://sandbox", transport=transport, headers={"X-Internal-Key": KEY}
    ) as client:
        yield client


@pytest.fixture
async def talk(state: State, http: httpx.AsyncClient, desk: Desk) -> AsyncIterator[Talk]:
    institution = Institution("http://sandbox", KEY, transport=http._transport)
    gateway = Gateway("http://gateway", KEY, transport=httpx.MockTransport(desk.handle))
    house = House(institution, gateway, LIBRARY)
    yield Talk(executor(house), institution, state)
    await house.close()


@pytest.fixture
def load(http: httpx.AsyncClient, talk: Talk) -> Callable[[str], Any]:
    """Load a scenario's fixture; its first client is the one who talks."""

    async def put(name: str) -> Talk:
        plain = _plain(yaml.safe_load((FIXTURES / f"{name}.yaml").read_text(encoding="utf-8")))
        answer = await http.post("/v1/admin/load", json=json.loads(json.dumps(plain)))
        assert answer.status_code == 200, answer.text
        first = plain["clients"][0]
        talk.client_id = first["id"]
        talk.person = {"name": first["name"], "age": first["age"], "stage": first["stage"], "tier": "大众",
                       "risk_level": first.get("risk_level", ""), "own_advisor": first.get("own_advisor")}  # fmt: skip
        return talk

    return put

"""Strict local peers: a dialogue core and an institution that speak the contract and nothing else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import yaml
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from kit.settings import ROOT

KEY = "unit-key"
REQUEST_FIELDS = {
    "conversation_id", "message_id", "client_id", "text", "channel", "now", "figures", "answer", "owner", "client",
}  # fmt: skip
ROSTER = ROOT / "institution/sandbox/roster.yaml"


def reply(text: str, **fields: Any) -> dict[str, Any]:
    return {"text": text, "card": None, "quick_replies": [], **fields}


@dataclass
class Rasa:
    """Answers a turn by repeating it; a message id that it has answered is answered the same again."""

    app: FastAPI = field(default_factory=FastAPI)
    asked: list[dict[str, Any]] = field(default_factory=list)
    known: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    silent: bool = False
    emotion: str = "平静"
    gate: asyncio.Event | None = None
    forgotten: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app.post("/webhooks/turn/message")(self._turn)
        self.app.get("/status")(self._status)
        self.app.post("/conversations/{conversation_id}/tracker/events")(self._events)

    async def _turn(self, request: Request) -> Response:
        assert request.query_params["token"] == KEY
        body = await request.json()
        assert set(body) == REQUEST_FIELDS, set(body) ^ REQUEST_FIELDS
        assert datetime.fromisoformat(body["now"]).tzinfo is not None
        self.asked.append(body)
        if self.gate:
            await self.gate.wait()
        if self.status != 200:
            return Response(status_code=self.status)
        known = self.known.setdefault((body["conversation_id"], body["message_id"]), self._answer(body))
        return JSONResponse(known)

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        replies = [] if self.silent or not body["answer"] else [reply(f"答:{body['text']}")]
        return {
            "replies": replies, "intent": "ask_assets", "confidence": 0.93, "emotion": self.emotion, "strength": 0.4,
            "entities": [], "actions": ["action_ask_assets"] if body["answer"] else [], "slots": {}, "escalation": None,
        }  # fmt: skip

    async def _status(self) -> Response:
        return Response(status_code=self.status)

    async def _events(self, conversation_id: str) -> dict[str, str]:
        self.forgotten.append(conversation_id)
        return {}


@dataclass
class House:
    """The institution: a clock, a roster, clients C0001 to C0009 and U110, a fixture."""

    app: FastAPI = field(default_factory=FastAPI)
    now: datetime = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
    fixture: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.app.get("/v1/clock")(self._clock)
        self.app.get("/v1/advisors")(self._advisors)
        self.app.get("/v1/clients/{client_id}")(self._client)
        self.app.get("/v1/clients/{client_id}/holdings")(self._holdings)
        self.app.get("/v1/admin/fixture")(self._fixture)

    async def _clock(self) -> dict[str, str]:
        return {"now": self.now.isoformat()}

    async def _advisors(self) -> Any:
        found: Any = yaml.safe_load(ROSTER.read_text(encoding="utf-8"))["advisors"]
        return [{"ratings": {}, **advisor} for advisor in found]

    async def _client(self, client_id: str) -> Response:
        if not client_id.startswith(("C000", "U110")):
            return JSONResponse({"code": "client_unknown", "detail": "没有这位客户。", "status": 404}, 404)
        return JSONResponse({
            "id": client_id, "name": "王芳", "sex": "女", "age": 36, "stage": "成长", "risk_level": "C3",
            "risk_tested_on": "2026-07-01", "risk_valid_until": "2027-06-30", "aum": "130000", "tier": "大众", "channel": "app",
            "own_advisor": "A01", "region": "上海", "phone": "138****5678", "card_tail": "0123", "member_level": "银",
            "tags": [],
        })  # fmt: skip

    async def _holdings(self, client_id: str) -> Any:
        zero = "0"
        return {
            "as_of": self.now.isoformat(),
            "total": zero,
            "cost": zero,
            "profit": zero,
            "day_profit": zero,
            "items": [],
        }

    async def _fixture(self) -> Any:
        return self.fixture or {"now": self.now.isoformat()}

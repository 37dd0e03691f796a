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


def fund(
    code: str, name: str, kind: str, risk: str, size: str, management: str, nickname: str, company: str = "衡远基金"
) -> dict[str, Any]:
    fees = {"buy": "0.0003", "redeem": [], "management": management, "custody": "0.0010"}
    return {
        "code": code, "name": name, "kind": kind, "risk": risk, "company": company, "manager": "程雅文", "size": size,
        "benchmark": "中债综合指数", "sector": "债", "nicknames": [nickname], "fees": fees, "min_buy": "10",
        "min_redeem_shares": "10", "nav": "1.0856", "nav_date": "2026-11-23", "day_change": "0.0001",
    }  # fmt: skip


FUNDS = [
    fund("HY001", "衡远日日盈货币", "货币", "R1", "386", "0.0015", "日日盈"),
    fund("HY002", "衡远天天宝货币", "货币", "R1", "120", "0.0015", "天天宝"),
    fund("HY011", "衡远安心纯债", "债券", "R2", "92", "0.0030", "安心债"),
    fund("HY012", "衡远添利二级债", "债券", "R3", "47", "0.0030", "添利债"),
    fund("HY023", "衡远稳健养老一年持有FOF", "FOF", "R2", "28", "0.0060", "稳健养老"),
    fund("MD023", "明渡安养一年持有FOF", "FOF", "R2", "51", "0.0060", "安养", "明渡基金"),
    fund("HY034", "衡远科创半导体股票", "股票", "R5", "60", "0.0120", "半导体"),
]


@dataclass
class Rasa:
    """Answers a turn by repeating it; a message id that it has answered is answered the same again."""

    app: FastAPI = field(default_factory=FastAPI)
    asked: list[dict[str, Any]] = field(default_factory=list)
    known: dict[tuple[str, str, bool], dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    #: The code of the problem document that goes with a status other than 200; none: an empty body.
    code: str | None = None
    silent: bool = False
    emotion: str = "平静"
    gate: asyncio.Event | None = None
    forgotten: list[str] = field(default_factory=list)
    #: Messages of people that it was told, and whether it takes them.
    heard: list[dict[str, Any]] = field(default_factory=list)
    deaf: bool = False
    forgetful: bool = True
    actions: tuple[str, ...] = ()
    slots: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app.post("/webhooks/turn/message")(self._turn)
        self.app.post("/webhooks/turn/heard")(self._heard)
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
            problem = {"status": self.status, "code": self.code}
            return JSONResponse(problem, self.status) if self.code else Response(status_code=self.status)
        # What was only read along is answered when it is asked for.
        known = self.known.setdefault((body["conversation_id"], body["message_id"], body["answer"]), self._answer(body))
        return JSONResponse(known)

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        replies = [] if self.silent or not body["answer"] else [reply(f"答:{body['text']}")]
        return {
            "replies": replies, "intent": "ask_assets", "confidence": 0.93, "emotion": self.emotion, "strength": 0.4,
            "entities": [], "actions": [*self.actions, "action_ask_assets"] if body["answer"] else [], "slots": self.slots,
            "escalation": None,
        }  # fmt: skip

    async def _heard(self, request: Request) -> Response:
        assert request.query_params["token"] == KEY
        if self.deaf:
            return Response(status_code=503)
        body = await request.json()
        assert set(body) == {"conversation_id", "message_id", "author", "text"}
        self.heard.append(body)
        return JSONResponse({})

    async def _status(self) -> Response:
        return Response(status_code=self.status)

    async def _events(self, conversation_id: str) -> Response:
        if not self.forgetful:
            return Response(status_code=503)
        self.forgotten.append(conversation_id)
        return JSONResponse({})


@dataclass
class House:
    """The institution: a clock, a roster, clients C0001 to C0009 and U110, a fixture."""

    app: FastAPI = field(default_factory=FastAPI)
    now: datetime = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
    fixture: dict[str, Any] | None = None
    level: str = "C3"
    #: Advisors who are not on the roster any more.
    left: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.app.get("/v1/clock")(self._clock)
        self.app.get("/v1/advisors")(self._advisors)
        self.app.get("/v1/clients/{client_id}")(self._client)
        self.app.get("/v1/clients/{client_id}/holdings")(self._holdings)
        self.app.get("/v1/admin/fixture")(self._fixture)
        self.app.get("/v1/funds")(self._funds)

    async def _clock(self) -> dict[str, str]:
        return {"now": self.now.isoformat()}

    async def _advisors(self) -> Any:
        found: Any = yaml.safe_load(ROSTER.read_text(encoding="utf-8"))["advisors"]
        if "everybody" in self.left:
            return []
        return [{"ratings": {}, **advisor} for advisor in found if advisor["id"] not in self.left]

    async def _client(self, client_id: str) -> Response:
        if not client_id.startswith(("C000", "U110")):
            return JSONResponse({"code": "client_unknown", "detail": "没有这位客户。", "status": 404}, 404)
        return JSONResponse({
            "id": client_id, "name": "王芳", "sex": "女", "age": 36, "stage": "成长", "risk_level": self.level,
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

    async def _funds(self) -> Any:
        return FUNDS

    async def _fixture(self) -> Any:
        return self.fixture or {"now": self.now.isoformat()}

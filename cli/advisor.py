"""An advisor on the running gateway, as the desk page is one: signs in by ticket, takes offers, talks, closes."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import httpx

from kit.errors import AgentError, Unavailable
from kit.ids import uuid7
from kit.settings import Settings

CALL_SECONDS = 20.0
Json = dict[str, Any]


class DeskRefused(AgentError):
    """工作台没有接受这一步。"""

    code = "desk_refused"


class AdvisorClient:
    """One signed-in member of staff. Use as `async with AdvisorClient(settings, "A01") as advisor`.

    Refusals raise DeskRefused with the fields `status` and `code`, and the whole `problem`.
    """

    def __init__(self, settings: Settings, advisor_id: str) -> None:
        self.advisor_id = advisor_id
        self._settings = settings
        self._http = httpx.AsyncClient(base_url=settings.gateway, timeout=CALL_SECONDS, trust_env=False)

    async def __aenter__(self) -> AdvisorClient:
        headers = {"X-Internal-Key": self._settings.key}
        ticket = await self._call("POST", "/internal/staff-tickets", {"staff_id": self.advisor_id}, headers=headers)
        await self._call("GET", ticket["path"])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    @property
    def cookie(self) -> str:
        """The header by which a live page is signed in."""
        return "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())

    async def snapshot(self) -> Json:
        return await self._call("GET", "/api/desk/snapshot")

    async def presence(self, state: str | None = None) -> None:
        """Say where one is; without a state only that one is still there."""
        await self._call("POST", "/api/desk/presence", {"state": state} if state else {})

    async def detail(self, handoff_id: str) -> Json:
        """{handoff, brief, messages, candidates}"""
        return await self._call("GET", f"/api/desk/handoffs/{handoff_id}")

    async def move(self, handoff_id: str, step: str, **fields: Any) -> Json:
        """One transition (accept, decline, return, close, transfer, done); the handoff after it."""
        moved: Json = (await self._call("POST", f"/api/desk/handoffs/{handoff_id}/{step}", fields))["handoff"]
        return moved

    async def say(self, conversation_id: str, text: str, message_id: str | None = None) -> Json:
        """{id, seq}; the same id again is the same message."""
        body = {"id": message_id or uuid7(), "text": text}
        return await self._call("POST", f"/api/desk/conversations/{conversation_id}/messages", body)

    async def _call(self, method: str, path: str, body: Json | None = None, **options: Any) -> Json:
        try:
            answer = await self._http.request(method, path, json=body, **options)
        except httpx.HTTPError as error:
            raise Unavailable(f"the gateway at {self._settings.gateway} does not answer") from error
        said: Json = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        if answer.status_code >= 400:
            raise DeskRefused(
                said.get("detail") or f"{method} {path}: {answer.status_code}",
                status=answer.status_code,
                code=said.get("code"),
                problem=said,
            )
        return said

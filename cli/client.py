"""A client of the running gateway, as the web page is one: signs in by ticket, says things, reads what comes back."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import httpx

from kit.errors import AgentError, Unavailable
from kit.ids import uuid7
from kit.settings import Settings

#: A turn's own deadline is 8 s; when Rasa is starting again it is completed later, and we wait that long.
TURN_WAIT_SECONDS = 60.0


class ChatClient:
    """One signed-in client. Use as `async with ChatClient(settings, "C0001") as client`."""

    def __init__(self, settings: Settings, client_id: str, channel: str = "web") -> None:
        self.client_id, self.channel = client_id, channel
        self._settings = settings
        self._http = httpx.AsyncClient(base_url=settings.gateway, timeout=TURN_WAIT_SECONDS + 10, trust_env=False)

    @property
    def _who(self) -> dict[str, Any]:
        return {"client_id": self.client_id, "channel": self.channel}

    async def __aenter__(self) -> ChatClient:
        ticket = await self._call("POST", "/internal/tickets", self._who, internal=True)
        await self._call("GET", ticket["path"])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def snapshot(self) -> dict[str, Any]:
        return await self._call("GET", "/api/chat/snapshot")

    async def say(self, text: str) -> dict[str, Any]:
        """One turn: say it, wait for what the bot makes of it.

        returns {text, replies, intent, confidence, emotion, entities, actions, owner, ms}
        """
        return await self.answer(await self.send(text))

    async def send(self, text: str, message_id: str | None = None) -> str:
        """Say it without waiting for an answer; its id. The same id again is the same message."""
        message_id = message_id or uuid7()
        await self._call("POST", "/api/chat/messages", {"id": message_id, "text": text})
        return message_id

    async def answer(self, message_id: str) -> dict[str, Any]:
        """What the bot made of a message; waits for it."""
        return await self._call(
            "GET", f"/internal/turns/{message_id}?wait_seconds={TURN_WAIT_SECONDS:.0f}", internal=True
        )

    async def ask_person(self) -> dict[str, Any]:
        """一键转人工: {handoff_id, state, position, wait_seconds, words}."""
        return await self._call("POST", "/api/chat/handoff", {})

    async def rate(self, handoff_id: str, score: int) -> None:
        await self._call("POST", "/api/chat/rating", {"handoff_id": handoff_id, "score": score})

    async def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, internal: bool = False
    ) -> dict[str, Any]:
        headers = {"X-Internal-Key": self._settings.key} if internal else {}
        try:
            answer = await self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Unavailable(
                f"the gateway at {self._settings.gateway} does not answer; start the product with `make run`"
            ) from error
        if answer.status_code >= 400:
            said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
            raise AgentError(said.get("detail") or f"{method} {path}: {answer.status_code}")
        return answer.json() if "json" in answer.headers.get("content-type", "") else {}

"""The dialogue core over HTTP: one call a turn, told apart by what a failure means."""

from __future__ import annotations

import httpx

from contracts.turn import TurnAnswer, TurnRequest
from kit.errors import AgentError, Category, Unavailable

#: One call; the turn's own deadline is shorter, a late answer is still worth waiting for.
CALL_SECONDS = 60.0
#: Answers of a Rasa (or of a proxy before it) that is there, but cannot work now.
NOT_READY = frozenset({409, 502, 503, 504})
#: Codes that our channel in Rasa gives with such a status while it is whole again soon; any other code is this message's.
RECOVERING = frozenset({"no_model", "actions_away"})


class CoreAway(Unavailable):
    """智能助手正在恢复,请稍候。"""

    code = "core_away"


class CoreFailed(AgentError):
    """智能助手没能处理这条消息。"""

    code = "core_failed"
    category = Category.UNAVAILABLE


class DialogueCore:
    def __init__(self, url: str, key: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        timeout = httpx.Timeout(CALL_SECONDS, connect=2.0)
        self._http = httpx.AsyncClient(
            base_url=url, params={"token": key}, timeout=timeout, transport=transport, trust_env=False
        )

    async def turn(self, request: TurnRequest) -> TurnAnswer:
        """What the core makes of a turn. Raises CoreAway (ask again later), CoreFailed (this message fails it)."""
        try:
            answer = await self._http.post("/webhooks/turn/message", json=request.to_json())
        except httpx.ReadTimeout as error:
            # It took the call, and does not get done with it.
            raise CoreFailed(cause=type(error).__name__) from error
        except httpx.HTTPError as error:
            raise CoreAway(cause=type(error).__name__) from error
        check(answer)
        try:
            return TurnAnswer.from_json(answer.json())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CoreFailed(cause=f"malformed answer: {error!r}") from error

    async def heard(self, conversation_id: str, message_id: str, author: str, text: str) -> None:
        """Let the core know what a person said to the client. Raises CoreAway, CoreFailed."""
        body = {"conversation_id": conversation_id, "message_id": message_id, "author": author, "text": text}
        try:
            answer = await self._http.post("/webhooks/turn/heard", json=body)
        except httpx.HTTPError as error:
            raise CoreAway(cause=type(error).__name__) from error
        check(answer)

    async def forget(self, conversation_id: str) -> None:
        """Start the tracker of a conversation afresh. Raises CoreAway."""
        try:
            path = f"/conversations/{conversation_id}/tracker/events"
            (await self._http.post(path, json=[{"event": "restart"}])).raise_for_status()
        except httpx.HTTPError as error:
            raise CoreAway(cause=type(error).__name__) from error

    async def reachable(self) -> bool:
        try:
            return (await self._http.get("/status", timeout=1.0)).status_code == 200
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        await self._http.aclose()


def check(answer: httpx.Response) -> None:
    """Raises CoreAway (it will be back), CoreFailed (it is there, and this call makes it fail)."""
    if answer.status_code == 200:
        return
    code = code_of(answer)
    if answer.status_code in NOT_READY and (code is None or code in RECOVERING):
        raise CoreAway(status=answer.status_code, answered=code)
    raise CoreFailed(status=answer.status_code, answered=code)


def code_of(answer: httpx.Response) -> str | None:
    """The code of a problem document; None for any other body."""
    try:
        body = answer.json()
    except ValueError:
        return None
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, str) else None

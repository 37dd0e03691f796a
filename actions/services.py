"""The only network code of the actions: the institution's systems and the gateway's internal calls."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from institution.client import Institution
from institution.models import Fund, Holding, Rule
from kit.errors import Unavailable
from kit.settings import Settings
from knowledge.search import Library


@dataclass(frozen=True)
class HandoffState:
    """Where the wish for a person stands. position counts from 1; wait_seconds is an honest estimate or None."""

    handoff_id: str
    state: str
    position: int | None = None
    wait_seconds: int | None = None
    words: str = ""
    already: bool = False
    advisor: str | None = None

    @classmethod
    def of(cls, body: dict[str, Any]) -> HandoffState:
        advisor = body.get("advisor")
        return cls(
            body["handoff_id"], body["state"], body.get("position"), body.get("wait_seconds"),
            body.get("words") or "", bool(body.get("already")),
            advisor.get("name") if isinstance(advisor, dict) else advisor,
        )  # fmt: skip


class Gateway:
    """The gateway's calls for our own processes."""

    def __init__(
        self,
        base_url: str,
        key: str,
        timeout_seconds: float = 3.0,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"X-Internal-Key": key},
            timeout=timeout_seconds,
            transport=transport,
            trust_env=False,
        )

    async def request_handoff(
        self,
        *,
        conversation_id: str,
        client_id: str,
        reasons: Sequence[str],
        topic: str | None,
        key: str,
        second_topic: str | None = None,
        facts: Sequence[dict[str, str]] = (),
        note: str = "",
    ) -> HandoffState:
        """Ask for a person; an open handoff takes the new reasons in. Raises Unavailable."""
        body = {
            "conversation_id": conversation_id, "client_id": client_id, "reasons": list(reasons), "topic": topic,
            "second_topic": second_topic, "facts": list(facts), "note": note, "key": key,
        }  # fmt: skip
        return HandoffState.of(await self._ask("POST", "/internal/handoffs", json=body))

    async def handoff(self, conversation_id: str) -> HandoffState | None:
        """The open handoff of a conversation, if there is one."""
        body = await self._ask("GET", f"/internal/conversations/{conversation_id}/handoff")
        return HandoffState.of(body) if body.get("handoff_id") else None

    async def leave(self, conversation_id: str, *, kind: str, text: str) -> None:
        """Give up the place in the queue for a message or a call-back. Raises Unavailable, also when nobody waits."""
        await self._ask("POST", f"/internal/conversations/{conversation_id}/leave", json={"kind": kind, "text": text})

    async def close(self) -> None:
        await self._http.aclose()

    async def _ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        try:
            answer = await self._http.request(method, path, **request)
            answer.raise_for_status()
            body: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("人工服务系统暂时没有响应。", call=path, cause=type(error).__name__) from error
        return body


@dataclass(frozen=True)
class House:
    """Everything an answer may ask."""

    institution: Institution
    gateway: Gateway
    library: Library

    async def holding(self, client_id: str, code: str | None) -> Holding | None:
        """The client's holding of a fund; with no code, the only one there is."""
        items = (await self.institution.holdings(client_id)).items
        if code is None:
            return items[0] if len(items) == 1 else None
        return next((item for item in items if item.fund == code), None)

    async def rules(self, today: date, *ids: str) -> list[Rule]:
        """The versions in force today of the rules named, in the order asked."""
        known = in_force(await self.institution.rules(), today)
        return [known[name] for name in ids if name in known]

    async def funds_by_code(self) -> dict[str, Fund]:
        return {fund.code: fund for fund in await self.institution.funds()}

    async def close(self) -> None:
        await asyncio.gather(self.institution.close(), self.gateway.close())


def in_force(rules: Sequence[Rule], today: date) -> dict[str, Rule]:
    """The newest version of each rule that holds on a day."""
    held = [rule for rule in rules if rule.effective <= today and (rule.until is None or today <= rule.until)]
    return {rule.id: rule for rule in sorted(held, key=lambda rule: rule.version)}


def connect(settings: Settings, library: Library) -> House:
    return House(Institution(settings.institution, settings.key), Gateway(settings.gateway, settings.key), library)

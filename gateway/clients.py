"""What a turn and a page must know of a client, from the institution, kept for a short time."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Protocol

from kit.errors import AgentError, NotFound

#: A client's tier or risk level does not change within a talk; a fixture's load empties the cache.
FRESH_SECONDS = 60.0
#: The institution is slow: the turn goes on with what is known.
PATIENCE_SECONDS = 1.5
#: Requirement A7 and the roster's voice seat: large type and plain words.
ELDERLY_AGE = 60
FIELDS = ("name", "age", "stage", "tier", "risk_level", "own_advisor")


class ClientSource(Protocol):
    async def client(self, client_id: str) -> Any: ...


class Clients:
    def __init__(self, source: ClientSource) -> None:
        self._source = source
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}

    async def get(self, client_id: str) -> dict[str, Any]:
        """{id, name, age, stage, tier, risk_level, own_advisor}; the last known, or only the id, when nobody answers.

        Raises NotFound.
        """
        if not client_id:
            return {"id": ""}
        taken_at, known = self._known.get(client_id, (0.0, {"id": client_id}))
        if time.monotonic() - taken_at < FRESH_SECONDS and len(known) > 1:
            return known
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                client = await self._source.client(client_id)
        except NotFound:
            raise
        except (AgentError, TimeoutError):
            return known
        known = {"id": client_id, **{name: getattr(client, name, None) for name in FIELDS}}
        self._known[client_id] = (time.monotonic(), known)
        return known

    def forget(self) -> None:
        self._known.clear()


def elderly(client: dict[str, Any]) -> bool:
    return (client.get("age") or 0) >= ELDERLY_AGE

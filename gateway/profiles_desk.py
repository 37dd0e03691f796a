"""What the profile can have done, by the gateway's own means: a person called, the client spoken to, an order held."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.timeline.model import Author, Draft, conversation_of
from gateway.timeline.timeline import NAMES, Timeline
from handoff.service import Handoffs
from institution.client import Institution
from kit.clock import Clock
from profiles.service import Profiles


class ProfileDesk:
    """Meets `profiles.ports.Desk`."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, timeline: Timeline, handoffs: Handoffs, source: Institution
    ) -> None:
        self._engine, self._clock, self._timeline, self._handoffs = engine, clock, timeline, handoffs
        # A port call that the institution may not have; asked for once, then known.
        self._hold: Any = getattr(source, "hold_order", None)

    async def call(
        self, client_id: str, reasons: list[str], *, topic: str | None, facts: list[dict[str, str]], note: str, key: str
    ) -> dict[str, Any]:
        return await self._handoffs.request(
            conversation_of(client_id), client_id, reasons, topic=topic, facts=facts, note=note, key=key
        )

    async def say(self, client_id: str, text: str, *, key: str) -> bool:
        draft = Draft(key, conversation_of(client_id), Author.AI, text, self._clock.now(), name=NAMES.get(Author.AI))
        async with self._engine.begin() as sql:
            _, new = await self._timeline.append(sql, draft)
        return new

    async def bot_owns(self, client_id: str) -> bool:
        async with self._engine.connect() as sql:
            owner = await self._handoffs.owner_of(sql, conversation_of(client_id))
        return owner.kind == "bot"

    async def hold(self, client_id: str, order_id: str, *, reason: str, key: str) -> bool:
        if self._hold is None:
            return False
        await self._hold(client_id, order_id, reason=reason, key=key)
        return True


def attach(
    profiles: Profiles, engine: AsyncEngine, clock: Clock, timeline: Timeline, handoffs: Handoffs, source: Institution
) -> None:
    """Give the profile its desk."""
    desk = ProfileDesk(engine, clock, timeline, handoffs, source)
    profiles.acts.desk = profiles.serving.desk = desk

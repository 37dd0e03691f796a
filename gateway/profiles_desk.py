"""What the profile can have done, by the gateway's own means: a person called, the client spoken to, an order held."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.timeline.model import Author, Draft, conversation_of
from gateway.timeline.timeline import NAMES, Timeline
from handoff.service import Handoffs
from institution.client import Institution
from kit.clock import Clock
from kit.errors import Conflict, NotFound, Refused
from profiles.service import Profiles


class ProfileDesk:
    """Meets `profiles.ports.Desk`."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, timeline: Timeline, handoffs: Handoffs, source: Institution
    ) -> None:
        self._engine, self._clock, self._timeline, self._handoffs = engine, clock, timeline, handoffs
        self._source = source

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
        try:
            await self._source.hold_order(client_id, order_id, reason=reason, key=key)
        except (Conflict, NotFound):
            return False
        return True

    async def bot_may_speak(self, client_id: str) -> bool:
        async with self._engine.connect() as sql:
            owner = await self._handoffs.owner_of(sql, conversation_of(client_id))
        return owner.kind != "advisor"

    async def release(self, client_id: str, order_id: str, *, spoken: bool, key: str) -> bool:
        try:
            await self._source.release_order(client_id, order_id, key, human_spoken=spoken)
        except (Conflict, Refused):
            return False
        return True

    async def cancel(self, client_id: str, order_id: str, *, key: str) -> None:
        await self._source.cancel_order(client_id, order_id, key)


def attach(
    profiles: Profiles, engine: AsyncEngine, clock: Clock, timeline: Timeline, handoffs: Handoffs, source: Institution
) -> None:
    """Give the profile its desk."""
    desk = ProfileDesk(engine, clock, timeline, handoffs, source)
    profiles.acts.desk = profiles.serving.desk = profiles.deciding.desk = desk

"""What a loaded fixture of the sandbox means for the staff and their cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handoff import store
from handoff.core import LONGEST_GAP, Work
from handoff.intake import Intake
from handoff.leaving import RECENT
from handoff.model import Advisor, HandoffState
from handoff.record import BY_SHIFT, SCENE_OVER, Handoff
from handoff.states import Event
from institution.models import AdvisorState


class Fixtures(Intake):
    async def set_fixture(
        self,
        loads: Mapping[str, AdvisorState],
        presence_by_shift: bool,
        owners: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Take over what a loaded fixture says of the staff; {} and False forget the last one.

        owners  client -> {advisor, since}: conversations that an advisor has already

        Another scene (no fixture any more, or the clock went back or far ahead) ends every open handoff.
        """
        self.forget_roster()
        roster = await self.roster()
        async with self.work() as work:
            another = self._scene_from is not None and abs(work.now - self._scene_from) < LONGEST_GAP
            for handoff in await store.all_open(work.connection) if another or not presence_by_shift else ():
                await self._end_scene(work, handoff)
            for advisor in roster.values():
                told = loads.get(advisor.id, AdvisorState())
                pinned = told.presence or (BY_SHIFT if presence_by_shift else None)
                usual = advisor.default_load if presence_by_shift else 0
                base = told.load if told.load is not None else usual
                await store.set_presence(work.connection, advisor.id, pinned=pinned, base_load=base)
            work.staff_changed = True
        for client_id, owned in (owners or {}).items():
            await self._give(client_id, roster.get(owned["advisor"]), owned.get("since"))
        async with self.work() as work:
            await self.match(work)

    async def _give(self, client_id: str, advisor: Advisor | None, since: Any) -> None:
        """Make an advisor the owner of a client's conversation, as a fixture says."""
        if advisor is None:
            return
        at = datetime.fromisoformat(since) if isinstance(since, str) else since or self._clock.now()
        client = await self._client(client_id)
        async with self.work() as work:
            if await store.open_of(work.connection, f"cv-{client_id}") is not None:
                return
            recent = await self._timeline.history(work.connection, f"cv-{client_id}", RECENT)
            handoff = self._opened(
                f"cv-{client_id}", client, ["explicit_ask"], recent, topic=None, second_topic=None, facts=(), note="",
                channel=None, about=None, now=at, knew=None,
            )  # fmt: skip
            await store.add(work.connection, handoff)
            await self.step(work, handoff, Event.PULL, actor="fixture", owner_id=advisor.id, accepted_at=at)

    async def forget(self, conversation_id: str) -> None:
        """Quietly end what this conversation's client had before the scene that begins now."""
        async with self.work() as work:
            for handoff in await store.of_conversation(work.connection, conversation_id):
                if handoff.open:
                    await self._end_scene(work, handoff)
                elif handoff.outcome != SCENE_OVER:
                    await store.amend(work.connection, handoff.id, outcome=SCENE_OVER)

    async def _end_scene(self, work: Work, handoff: Handoff) -> None:
        await self._withdraw_offer(work, handoff)
        active = handoff.state is HandoffState.ACTIVE
        await self.step(
            work, handoff, Event.RETURN_TO_BOT if active else Event.CANCEL, actor="fixture", ended_at=work.now,
            outcome=SCENE_OVER, offered_to=None, offer_expires_at=None,
        )  # fmt: skip

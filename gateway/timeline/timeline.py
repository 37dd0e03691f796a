"""The timeline as the rest of the product uses it: append durably, tell the live pages after the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from compliance.policy_file import Wording
from gateway.committed import later
from gateway.guard import guard
from gateway.hub import Hub
from gateway.timeline import store
from gateway.timeline.model import Author, Draft, Message, client_of
from handoff.ports import TimelineMessage
from kit import log
from kit.clock import Clock
from kit.ids import NewId
from kit.masking import mask

#: Shown where a person's name would stand.
NAMES = {Author.AI: "慧伴", Author.SYSTEM: None}


class OwnerLookup(Protocol):
    async def __call__(self, connection: AsyncConnection, conversation_id: str) -> Any: ...


class ReadersLookup(Protocol):
    async def __call__(self, connection: AsyncConnection, conversation_id: str) -> set[str]: ...


class Timeline:
    """Meets `handoff.ports.Timeline`. `owner_of` and `readers_of` are set at bootstrap: handoffs need the timeline, too."""

    def __init__(self, hub: Hub, clock: Clock, new_id: NewId, wording: Wording) -> None:
        self._hub = hub
        self._wording = wording
        self._log = log.get(__name__)
        self._clock = clock
        self._new_id = new_id
        self.owner_of: OwnerLookup | None = None
        self.readers_of: ReadersLookup | None = None
        #: Notes a new message, in its transaction, for those who hear of it outside. Set at bootstrap.
        self.outbox: Callable[[AsyncConnection, Message], Awaitable[None]] | None = None

    async def open(self, connection: AsyncConnection, conversation_id: str) -> store.Conversation:
        return await store.open_conversation(
            connection, conversation_id, client_of(conversation_id), epoch=self._new_id(), at=self._clock.now()
        )

    async def append(
        self, connection: AsyncConnection, draft: Draft, *, readers: set[str] | None = None
    ) -> tuple[Message, bool]:
        """Store a message and, once it is committed, show it; (message, whether it is new).

        readers  whose desks see it, when the caller knows: the owner's
        """
        message, new = await self.put(connection, self._guarded(draft) if draft.author is Author.AI else draft)
        if new:
            if self.outbox:
                await self.outbox(connection, message)
            seen_by = await self.readers(connection, draft.conversation_id) if readers is None else readers
            later(connection, lambda: self._hub.message(message, seen_by))
        return message, new

    def _guarded(self, draft: Draft) -> Draft:
        lawful, findings = guard(draft, self._wording)
        if findings:
            self._log.error(
                "The bot was about to say what may not be said", action="bot_wording", message_id=draft.id,
                rules=[finding.code for finding in findings],
            )  # fmt: skip
        return lawful

    async def put(self, connection: AsyncConnection, draft: Draft) -> tuple[Message, bool]:
        """Store a message and show it to nobody."""
        if (added := await store.add(connection, draft)) is None:
            await self.open(connection, draft.conversation_id)
            added = await store.add(connection, draft)
        assert added is not None
        return added

    async def readers(self, connection: AsyncConnection, conversation_id: str) -> set[str]:
        """The desks that see the conversation live: its owner's, and those of whoever has joined."""
        return await self.readers_of(connection, conversation_id) if self.readers_of else set()

    async def append_system(
        self,
        connection: AsyncConnection,
        conversation_id: str,
        text: str,
        *,
        at: datetime,
        author: str = "system",
        card: dict[str, Any] | None = None,
    ) -> None:
        who = Author(author)
        draft = Draft(self._new_id(), conversation_id, who, mask(text), at, name=NAMES.get(who), card=card)
        await self.append(connection, draft)

    async def history(
        self, connection: AsyncConnection, conversation_id: str, limit: int = 200
    ) -> list[TimelineMessage]:
        return [plain(message) for message in await store.before(connection, conversation_id, None, limit)]


def plain(message: Message) -> TimelineMessage:
    said, known = message.draft, message.understanding
    return TimelineMessage(
        seq=message.seq, id=said.id, conversation_id=said.conversation_id, author=said.author.value, text=said.text,
        at=said.at, author_id=said.author_id, name=said.name, card=said.card, quick_replies=said.quick_replies,
        channel=said.channel, intent=known.intent if known else None, confidence=known.confidence if known else None,
        emotion=known.emotion if known else None, strength=known.strength if known else None,
    )  # fmt: skip

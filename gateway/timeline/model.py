"""A message of a conversation and what was understood of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any


class Author(str, Enum):
    """Who said it (requirement C8: every message is tagged)."""

    CLIENT = "client"
    AI = "ai"
    HUMAN = "human"
    EXPERT = "expert"
    SYSTEM = "system"


@dataclass(frozen=True)
class Understanding:
    """What the dialogue core made of a client's message; confidence and strength 0..1."""

    intent: str
    confidence: float
    emotion: str
    strength: float


@dataclass(frozen=True)
class Draft:
    """A message that has no number yet. `id` is unique within the conversation."""

    id: str
    conversation_id: str
    author: Author
    text: str
    at: datetime
    channel: str = "web"
    author_id: str | None = None
    name: str | None = None
    card: dict[str, Any] | None = None
    quick_replies: tuple[str, ...] = ()
    turn_id: str | None = None


@dataclass(frozen=True)
class Message:
    """A stored message. `seq` counts from 1 in its conversation."""

    seq: int
    draft: Draft
    understanding: Understanding | None = None

    def for_client(self) -> dict[str, Any]:
        """The message as the client's page gets it (docs/protocol.md)."""
        said = self.draft
        return {
            "seq": self.seq, "id": said.id, "conversation_id": said.conversation_id, "author": said.author.value,
            "author_id": said.author_id, "name": said.name, "text": said.text, "card": said.card,
            "quick_replies": list(said.quick_replies), "channel": said.channel, "at": said.at.isoformat(),
        }  # fmt: skip

    def for_desk(self) -> dict[str, Any]:
        """The same, and what was understood of it: null until it is."""
        known = self.understanding
        return {
            **self.for_client(),
            "intent": known.intent if known else None,
            "confidence": known.confidence if known else None,
            "emotion": known.emotion if known else None,
            "strength": known.strength if known else None,
        }


def conversation_of(client_id: str) -> str:
    """One conversation per client, on all channels."""
    return f"cv-{client_id}"


def client_of(conversation_id: str) -> str:
    """The client; empty for the conversation of somebody who is not bound to an account yet."""
    return conversation_id.removeprefix("cv-") if conversation_id.startswith("cv-") else ""


def person_of(conversation_id: str) -> str:
    """Who is served there: the client, or somebody not bound yet, whom we know by his conversation alone."""
    return client_of(conversation_id) or conversation_id

"""A turn as it is asked, and the bubbles that its answer becomes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contracts.turn import TurnAnswer, TurnRequest
from gateway import turn_store
from gateway.timeline.model import Author, Draft, Message
from gateway.timeline.timeline import NAMES


class Core(Protocol):
    async def turn(self, request: TurnRequest) -> TurnAnswer: ...


@dataclass(frozen=True)
class Timing:
    """Seconds: how long to wait for more bubbles, and until the client is told that it takes longer."""

    quiet_web: float
    quiet_wechat: float
    deadline: float

    def quiet(self, channel: str) -> float:
        return self.quiet_wechat if channel == "wechat" else self.quiet_web


@dataclass(frozen=True)
class Asked:
    """A frozen turn and all that is needed to close it."""

    turn: turn_store.Turn
    request: TurnRequest
    bubbles: tuple[Message, ...]


def drafts_of(asked: Asked, answer: TurnAnswer | None, at: datetime) -> list[Draft]:
    """The bubbles that the answer puts into the timeline; ids follow from the turn's, so a replay adds none."""
    replies = [reply for reply in (answer.replies if answer else ()) if reply.text.strip() or reply.card]
    return [
        Draft(
            f"{asked.turn.id}.{number}", asked.turn.conversation_id, Author.AI, reply.text, at,
            asked.request.channel, name=NAMES[Author.AI], card=reply.card, quick_replies=tuple(reply.quick_replies),
            turn_id=asked.turn.id,
        )
        for number, reply in enumerate(replies, 1)
    ]  # fmt: skip

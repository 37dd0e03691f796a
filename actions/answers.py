"""What an answer is, and which function answers which intent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from actions.services import House
from actions.turn import Turn
from contracts.turn import Reply

HUMAN = "转人工"


@dataclass(frozen=True)
class Answer:
    """Bubbles, and the slots that remember. `topic_fund` is the fund that was talked of."""

    replies: tuple[Reply, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: Answer) -> Answer:
        return Answer(self.replies + other.replies, {**self.slots, **other.slots})

    def remembering(self, **slots: Any) -> Answer:
        return replace(self, slots={**self.slots, **slots})

    @property
    def text(self) -> str:
        return "\n".join(reply.text for reply in self.replies)


def say(text: str, *, card: Mapping[str, Any] | None = None, quick: tuple[str, ...] = ()) -> Answer:
    return Answer((Reply(text, dict(card) if card else None, quick),))


def about(fund: str | None) -> dict[str, Any]:
    """The slot that remembers the fund talked of."""
    return {"last_topic_fund": fund} if fund else {}


Handler = Callable[[Turn, House], Awaitable[Answer]]

#: Intent (or the name of an extra action) -> what answers it. Filled by the modules of each kind of business.
HANDLERS: dict[str, Handler] = {}


def answers(*names: str) -> Callable[[Handler], Handler]:
    """Register a function as the answer to these intents."""

    def register(handler: Handler) -> Handler:
        for name in names:
            if name in HANDLERS:
                raise ValueError(f"two answers to {name}")
            HANDLERS[name] = handler
        return handler

    return register

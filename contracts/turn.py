"""A turn as the gateway sends it to the dialogue core, and what comes back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figures:
    """Running figures of a conversation, kept by the timeline (requirement B2, C1).

    failures         answers in a row that missed
    repeats          how often the present question stood before
    recent_emotions  of the client's messages before the present one, on all channels, at most nine, oldest first; the
                     core makes the share of negative ones of them and the present message
    """

    failures: int = 0
    repeats: int = 0
    recent_emotions: tuple[str, ...] = ()


@dataclass(frozen=True)
class TurnRequest:
    conversation_id: str
    message_id: str
    client_id: str
    text: str
    channel: str = "web"
    now: str = ""
    figures: Figures = field(default_factory=Figures)
    #: False while a person owns the conversation: understand, say nothing.
    answer: bool = True
    #: Who owns the conversation now: bot, queue or advisor. In the queue the bot goes on helping.
    owner: str = "bot"
    #: What the bot must know of the client to decide and to choose its tone: name, age, stage, tier, risk_level, own_advisor …
    client: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Reply:
    """One bubble: text, an optional card of figures, optional quick replies."""

    text: str
    card: dict[str, Any] | None = None
    quick_replies: tuple[str, ...] = ()


@dataclass(frozen=True)
class TurnAnswer:
    """What the dialogue core made of a turn.

    confidence 0..1; strength 0..1; `escalation` is None or {"reasons": [...], "topic": ...}.
    """

    replies: tuple[Reply, ...]
    intent: str
    confidence: float
    emotion: str
    strength: float
    entities: tuple[dict[str, Any], ...] = ()
    actions: tuple[str, ...] = ()
    slots: dict[str, Any] = field(default_factory=dict)
    escalation: dict[str, Any] | None = None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> TurnAnswer:
        """The answer in a decoded JSON object; KeyError or TypeError when it is malformed."""
        return cls(
            replies=tuple(
                Reply(r.get("text", ""), r.get("card"), tuple(r.get("quick_replies", ()))) for r in body["replies"]
            ),
            intent=body["intent"],
            confidence=float(body["confidence"]),
            emotion=body["emotion"],
            strength=float(body["strength"]),
            entities=tuple(body.get("entities", ())),
            actions=tuple(body.get("actions", ())),
            slots=dict(body.get("slots", {})),
            escalation=body.get("escalation"),
        )

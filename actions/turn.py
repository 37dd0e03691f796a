"""A turn as an action sees it: the tracker's slots and the latest message, read once into a frozen value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from contracts.reasons import NEGATIVE
from kit.clock import SHANGHAI

#: From this age on sentences are short and come one a line (requirement A7).
ELDERLY = 60
#: How many earlier messages of each side an answer may look at.
REMEMBERED = 20


@dataclass(frozen=True)
class Person:
    name: str = ""
    age: int = 0
    stage: str = ""
    tier: str = ""
    risk_level: str = ""
    own_advisor: str | None = None

    @classmethod
    def of(cls, client: Mapping[str, Any] | None) -> Person:
        known = {key: value for key, value in (client or {}).items() if key in cls.__dataclass_fields__}
        known["age"] = int(known.get("age") or 0)
        return cls(**known)

    @property
    def elderly(self) -> bool:
        return self.age >= ELDERLY


@dataclass(frozen=True)
class Turn:
    """What was said, by whom, when; and what the conversation remembers. `now` is aware."""

    client_id: str
    message_id: str
    text: str
    now: datetime
    intent: str = ""
    confidence: float = 0.0
    ranking: tuple[str, ...] = ()
    entities: tuple[Mapping[str, Any], ...] = ()
    person: Person = field(default_factory=Person)
    channel: str = "web"
    owner: str = "bot"
    emotion: str = "平静"
    strength: float = 0.0
    negative_share: float = 0.0
    failures: int = 0
    repeats: int = 0
    last_fund: str | None = None
    last_answer: str | None = None
    order: Mapping[str, Any] | None = None
    plan: Mapping[str, Any] | None = None
    escalation: Mapping[str, Any] | None = None
    worry_told: str | None = None
    #: Earlier texts of this talk, the client's and the bot's, oldest first.
    said: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    #: Another action of this very turn has spoken already.
    answered: bool = False
    #: How long the client wishes answers to be: "short", "long", or not said.
    reply_length: str | None = None

    @classmethod
    def of(
        cls,
        slots: Mapping[str, Any],
        message: Mapping[str, Any],
        *,
        conversation_id: str,
        events: Sequence[Mapping[str, Any]] = (),
    ) -> Turn:
        intent = message.get("intent") or {}
        return cls(
            client_id=slots.get("client_id") or conversation_id.removeprefix("cv-"),
            message_id=slots.get("message_id") or "",
            text=half_width(message.get("text") or ""),
            now=_instant(slots.get("now")),
            intent=intent.get("name") or "",
            confidence=float(intent.get("confidence") or 0),
            ranking=tuple(found.get("name", "") for found in message.get("intent_ranking") or ()),
            entities=tuple(message.get("entities") or ()),
            person=Person.of(slots.get("client")),
            channel=slots.get("channel") or "web",
            owner=slots.get("owner") or "bot",
            emotion=slots.get("emotion") or "平静",
            strength=float(slots.get("emotion_strength") or 0),
            negative_share=float(slots.get("negative_share") or 0),
            failures=int(slots.get("failures") or 0),
            repeats=int(slots.get("repeats") or 0),
            last_fund=slots.get("last_topic_fund"),
            last_answer=slots.get("last_answer"),
            order=slots.get("order"),
            plan=slots.get("plan"),
            escalation=slots.get("escalation"),
            worry_told=slots.get("worry_told"),
            said=_texts(events, "user")[:-1],
            told=_texts(events, "bot"),
            answered=next(
                (event.get("event") == "bot" for event in reversed(events) if event.get("event") in ("bot", "user")),
                False,
            ),
            reply_length=slots.get("reply_length"),
        )

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    @property
    def conversation_id(self) -> str:
        # Who is not bound to an account yet is known by the conversation alone.
        return self.client_id if self.client_id.startswith("wx-") else f"cv-{self.client_id}"

    @property
    def upset(self) -> bool:
        return self.emotion in NEGATIVE

    @property
    def funds(self) -> tuple[str, ...]:
        """The codes of the funds named in this message, each once, in order."""
        return tuple(dict.fromkeys(str(value) for value in self._values("fund")))

    @property
    def period(self) -> tuple[date, date] | None:
        for value in self._values("period"):
            if isinstance(value, Mapping) and value.get("from") and value.get("to"):
                return date.fromisoformat(str(value["from"])[:10]), date.fromisoformat(str(value["to"])[:10])
        for value in self._values("date"):
            day = date.fromisoformat(str(value)[:10])
            return day, day
        return None

    def _values(self, entity: str) -> list[Any]:
        return [found["value"] for found in self.entities if found.get("entity") == entity and found.get("value")]


def _texts(events: Sequence[Mapping[str, Any]], kind: str) -> tuple[str, ...]:
    """The last texts of one side of the talk; what was said before it was begun anew is forgotten."""
    begun = max((at for at, event in enumerate(events, 1) if event.get("event") == "restart"), default=0)
    found = [half_width(event.get("text") or "") for event in events[begun:] if event.get("event") == kind]
    return tuple(found[-REMEMBERED:])


def half_width(text: str) -> str:
    """The text with full-width punctuation, digits and letters made half-width, one for one, so that offsets stay."""
    return "".join(chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char for char in text)


def _instant(text: str | None) -> datetime:
    """The turn's time; the epoch when the channel sent none, so that a missing clock shows at once."""
    if not text:
        return datetime.fromtimestamp(0, UTC)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)

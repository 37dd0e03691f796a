"""The plain values of a handoff: what the rules take and give. Frozen, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class HandoffState(str, Enum):
    WAITING = "waiting"
    OFFERED = "offered"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"
    ABANDONED = "abandoned"


#: States in which the conversation is not the bot's alone; one such handoff a conversation.
OPEN = frozenset({HandoffState.WAITING, HandoffState.OFFERED, HandoffState.ACTIVE})
QUEUED = frozenset({HandoffState.WAITING, HandoffState.OFFERED})


class OwnerKind(str, Enum):
    BOT = "bot"
    QUEUE = "queue"
    ADVISOR = "advisor"


class Presence(str, Enum):
    ONLINE = "online"
    BUSY = "busy"
    OFFLINE = "offline"


SUPERVISOR = "主管"


@dataclass(frozen=True)
class Reason:
    """One part of a decision: a code for programs, what it weighs, words for people."""

    code: str
    points: int
    words: str


@dataclass(frozen=True)
class Priority:
    """points 0..100, the sum of the parts' points."""

    points: int
    level: str
    parts: tuple[Reason, ...]
    explanation: str


@dataclass(frozen=True)
class Shift:
    """Hours of service on some weekdays (0 is Monday), in minutes of the institution's day."""

    weekdays: frozenset[int]
    begin: int
    end: int


@dataclass(frozen=True)
class Advisor:
    """An advisor as the roster names him.

    skills    topic -> 1..5, absent is 0
    ratings   topic -> average of 5
    slots     times of day by appointment, for those who are not live
    """

    id: str
    name: str
    role: str
    skills: dict[str, int] = field(default_factory=dict)
    licences: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"普通话"})
    regions: frozenset[str] = frozenset()
    capacity: int = 1
    default_load: int = 0
    shifts: tuple[Shift, ...] = ()
    slots: tuple[Shift, ...] = ()
    own_clients: frozenset[str] = frozenset()
    ratings: dict[str, float] = field(default_factory=dict)
    live: bool = True


@dataclass(frozen=True)
class AdvisorView:
    """An advisor at one instant, as matching sees him.

    load   conversations he holds or has been offered
    """

    advisor: Advisor
    presence: Presence
    load: int

    @property
    def id(self) -> str:
        return self.advisor.id

    @property
    def free(self) -> int:
        return max(0, self.advisor.capacity - self.load)


@dataclass(frozen=True)
class ClientView:
    """What matching and priority may know of a client.

    language_hard  he cannot be served in another language than `dialect`
    """

    id: str
    name: str = ""
    stage: str = ""
    tier: str = ""
    age: int | None = None
    risk_level: str = ""
    member_level: str = ""
    region: str = ""
    own_advisor: str | None = None
    dialect: str | None = None
    language_hard: bool = False


@dataclass(frozen=True)
class Case:
    """A wish for a person, as the rules see it.

    requested_at       the first request; waiting counts from it
    emotion, strength  of the client's latest message, strength 0..1
    excluded           advisor -> why he cannot have this case now
    until              advisor -> when that ends
    unreserved         nobody else is there: places that are kept for others are open to it
    again              advisor who had it and did not keep it -> why he may be asked again
    complained_about   the advisor a complaint names
    knew               the advisor who last handled a case of this client within 24 hours
    """

    id: str
    client: ClientView
    topic: str
    reasons: tuple[str, ...]
    requested_at: datetime
    second_topic: str | None = None
    emotion: str | None = None
    strength: float = 0.0
    excluded: dict[str, str] = field(default_factory=dict)
    complained_about: str | None = None
    knew: str | None = None
    directed_to: str | None = None
    until: dict[str, datetime] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)
    unreserved: bool = False

    def waited_seconds(self, now: datetime) -> float:
        return max(0.0, (now - self.requested_at).total_seconds())


@dataclass(frozen=True)
class Candidate:
    """How one advisor stands to one case; `key` sorts the better first, lower wins."""

    advisor: Advisor
    points: tuple[Reason, ...]
    blocked_by: tuple[str, ...]
    key: tuple[int, ...]

    @property
    def eligible(self) -> bool:
        return not self.blocked_by

    @property
    def total(self) -> int:
        return sum(part.points for part in self.points)

    @property
    def because(self) -> tuple[str, ...]:
        return tuple(part.words for part in self.points if part.points > 0)


@dataclass(frozen=True)
class Assignment:
    """This case goes to this advisor."""

    case_id: str
    advisor_id: str


@dataclass(frozen=True)
class Owner:
    """Who answers the client now; exactly one."""

    kind: OwnerKind
    handoff_id: str | None = None
    advisor_id: str | None = None
    name: str | None = None
    role: str | None = None

    def to_json(self) -> dict[str, object]:
        advisor = {"id": self.advisor_id, "name": self.name, "role": self.role} if self.advisor_id else None
        return {"kind": self.kind.value, "advisor": advisor}


@dataclass(frozen=True)
class Staff:
    """The signed-in member of staff who reads or acts."""

    id: str
    name: str
    role: str


@dataclass(frozen=True)
class TimelineMessage:
    """One message of the timeline, as `docs/protocol.md` has it; the client's carry what was understood.

    author     client, ai, human, expert or system
    at         aware, UTC
    strength   0..1, None until understood
    """

    seq: int
    id: str
    conversation_id: str
    author: str
    text: str
    at: datetime
    author_id: str | None = None
    name: str | None = None
    card: dict[str, Any] | None = None
    quick_replies: tuple[str, ...] = ()
    channel: str = "web"
    intent: str | None = None
    confidence: float | None = None
    emotion: str | None = None
    strength: float | None = None

"""A handoff as it is stored, and as the rules see it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from handoff.hours import on_shift, parse_shifts, parse_slots
from handoff.model import (
    OPEN,
    QUEUED,
    Advisor,
    AdvisorView,
    Case,
    ClientView,
    HandoffState,
    Owner,
    OwnerKind,
    Presence,
)
from handoff.states import Event, apply

SLOT_MINUTES = 60
BY_SHIFT = "shift"
#: The outcome of what ended with a scene: it was not a service, nobody rates it, nobody knew the case.
SCENE_OVER = "scene_over"


@dataclass(frozen=True)
class Handoff:
    """One row of `handoffs`; `tables.py` says what each column means."""

    id: str
    conversation_id: str
    client_id: str
    client: ClientView
    topic: str
    reasons: tuple[str, ...]
    requested_at: datetime
    version: int = 1
    state: HandoffState = HandoffState.WAITING
    channel: str = "web"
    second_topic: str | None = None
    facts: tuple[dict[str, str], ...] = ()
    note: str = ""
    emotion: str | None = None
    strength: float = 0.0
    last_message: dict[str, Any] | None = None
    directed_to: str | None = None
    complained_about: str | None = None
    knew: str | None = None
    excluded: dict[str, str] = field(default_factory=dict)
    offered_to: str | None = None
    offered_at: datetime | None = None
    offer_expires_at: datetime | None = None
    owner_id: str | None = None
    accepted_at: datetime | None = None
    because: tuple[str, ...] = ()
    ended_at: datetime | None = None
    outcome: str | None = None
    close_note: str = ""
    tags: tuple[str, ...] = ()
    score: int | None = None
    score_comment: str | None = None
    estimated_seconds: int | None = None
    told_closed_at: datetime | None = None
    first_reply_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def queued(self) -> bool:
        return self.state in QUEUED

    @property
    def holder(self) -> str | None:
        """Whose place it takes: the owner's, or the one's to whom it is offered."""
        if not self.open:
            return None
        return self.owner_id if self.state is HandoffState.ACTIVE else self.offered_to

    @cached_property
    def case(self) -> Case:
        return Case(
            self.id, self.client, self.topic, self.reasons, self.requested_at, self.second_topic, self.emotion,
            self.strength, self.excluded, self.complained_about, self.knew, self.directed_to,
        )  # fmt: skip


def moved(handoff: Handoff, event: Event, changes: Mapping[str, Any]) -> Handoff:
    """The handoff as it is stored after this event."""
    values: dict[str, Any] = {name: tuple(value) if name in TUPLES else value for name, value in changes.items()}
    return replace(handoff, state=apply(handoff.state, event), version=handoff.version + 1, **values)


TUPLES = ("reasons", "facts", "because", "tags")
_COLUMNS = tuple(f.name for f in fields(Handoff))
_CLIENT = tuple(f.name for f in fields(ClientView))


def to_row(handoff: Handoff) -> dict[str, Any]:
    row = {name: getattr(handoff, name) for name in _COLUMNS}
    return row | {
        "state": handoff.state.value,
        "client": {name: getattr(handoff.client, name) for name in _CLIENT},
        **{name: list(row[name]) for name in TUPLES},
    }


def from_row(row: Any) -> Handoff:
    """The handoff in a mapping of `handoffs`' columns."""
    values = {name: row[name] for name in _COLUMNS}
    return Handoff(**values | {
        "state": HandoffState(values["state"]),
        "client": ClientView(**values["client"]),
        **{name: tuple(values[name]) for name in TUPLES},
    })  # fmt: skip


@dataclass(frozen=True)
class PresenceRow:
    advisor_id: str
    state: str = Presence.OFFLINE.value
    heartbeat_at: datetime | None = None
    pinned: str | None = None
    base_load: int = 0


def live_presence(row: PresenceRow | None, advisor: Advisor, lease: timedelta, *, now: datetime) -> Presence:
    """Absent as a fixture pins it; else what his page says while it says anything; else present as pinned."""
    if row is None:
        return Presence.OFFLINE
    if row.pinned in (Presence.OFFLINE.value, Presence.BUSY.value):
        return Presence(row.pinned)
    if row.heartbeat_at is not None and now - row.heartbeat_at < lease:
        return Presence(row.state)
    if row.pinned == BY_SHIFT:
        return Presence.ONLINE if on_shift(advisor, now) else Presence.OFFLINE
    return Presence(row.pinned) if row.pinned else Presence.OFFLINE


def view_staff(
    advisors: Iterable[Advisor],
    presences: Mapping[str, PresenceRow],
    loads: Mapping[str, int],
    lease: timedelta,
    *,
    now: datetime,
) -> list[AdvisorView]:
    """Every advisor at `now`; `loads`: conversations he holds, has been offered, or is invited into."""
    return [
        AdvisorView(
            advisor,
            live_presence(presences.get(advisor.id), advisor, lease, now=now),
            loads.get(advisor.id, 0) + (presences[advisor.id].base_load if advisor.id in presences else 0),
        )
        for advisor in advisors
    ]


def owner_of(handoff: Handoff | None, names: Mapping[str, Advisor]) -> Owner:
    """Who owns a conversation whose open handoff is this one."""
    if handoff is None or not handoff.open:
        return Owner(OwnerKind.BOT)
    if handoff.state is not HandoffState.ACTIVE or handoff.owner_id is None:
        return Owner(OwnerKind.QUEUE, handoff.id)
    advisor = names.get(handoff.owner_id)
    name, role = (advisor.name, advisor.role) if advisor else (handoff.owner_id, "顾问")
    return Owner(OwnerKind.ADVISOR, handoff.id, handoff.owner_id, name, role)


def read_advisor(told: Any) -> Advisor:
    """An advisor of `institution.models.Advisor`."""
    return Advisor(
        id=told.id,
        name=told.name,
        role=told.role,
        skills=dict(told.skills),
        licences=frozenset(told.licences),
        tiers=frozenset(told.tiers),
        languages=frozenset(told.languages),
        regions=frozenset(told.regions),
        capacity=told.capacity,
        default_load=told.default_load,
        shifts=parse_shifts(told.shifts),
        slots=parse_slots(told.slots, told.slot_minutes or SLOT_MINUTES),
        own_clients=frozenset(told.own_clients),
        ratings={topic: rating[0] for topic, rating in told.ratings.items()},
        live=told.live,
    )


def read_client(told: Any) -> ClientView:
    """A client of `institution.models.Client`."""
    return ClientView(
        id=told.id, name=told.name, stage=told.stage, tier=told.tier, age=told.age, risk_level=told.risk_level,
        member_level=told.member_level, region=told.region, own_advisor=told.own_advisor, dialect=told.dialect,
        language_hard=told.language_hard,
    )  # fmt: skip

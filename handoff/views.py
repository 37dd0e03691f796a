"""Handoffs, colleagues and waiting as docs/protocol.md has them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from handoff import estimate as estimating
from handoff import exclusion
from handoff.guests import Guest, GuestState
from handoff.index import AdvisorIndex
from handoff.matching import terms
from handoff.model import (
    SUPERVISOR,
    Advisor,
    AdvisorView,
    Candidate,
    Case,
    HandoffState,
    Priority,
    Staff,
    TimelineMessage,
)
from handoff.policy import MatchingPolicy, Policy, PriorityPolicy
from handoff.priority import Standing, points_at, prioritise, standing
from handoff.record import Handoff

Json = dict[str, Any]
CUSTOMER_SERVICE, TRAINER = "客服", "训练师"


def _as_weighty(one: Handoff, other: Handoff) -> bool:
    """Whether two states of a case have the same standing."""
    return one is other or (one.reasons, one.emotion, one.strength, one.client) == (
        other.reasons, other.emotion, other.strength, other.client,
    )  # fmt: skip


class Memory:
    """What scenes of one process have worked out: how weighty a case is whatever the time, and the staff as columns."""

    def __init__(self) -> None:
        self._standing: dict[str, tuple[Handoff, PriorityPolicy, Standing]] = {}
        self._index: AdvisorIndex | None = None
        self._roster: Sequence[Advisor] = ()
        self._kinds_policy: MatchingPolicy | None = None
        self._kinds: dict[Hashable, list[int]] = {}
        self._alike: dict[str, tuple[Handoff, MatchingPolicy, Hashable]] = {}

    def alike(self, handoff: Handoff, policy: MatchingPolicy) -> Hashable:
        """`estimate.kind_of`, worked out once for a handoff as it is."""
        known = self._alike.get(handoff.id)
        if known is None or known[0] is not handoff or known[1] is not policy:
            known = self._alike[handoff.id] = (handoff, policy, estimating.kind_of(handoff.case, policy))
        return known[2]

    def standing(self, handoff: Handoff, weights: PriorityPolicy) -> Standing:
        known = self._standing.get(handoff.id)
        if known is None or known[1] is not weights or not _as_weighty(known[0], handoff):
            known = self._standing[handoff.id] = (handoff, weights, standing(handoff.case, weights))
        return known[2]

    def index(self, staff: Sequence[AdvisorView], policy: MatchingPolicy) -> AdvisorIndex:
        if self._index is None or self._index.policy is not policy or not self._index.follow(staff):
            self._index = AdvisorIndex(staff, policy)
        return self._index

    def kinds(self, staff: Sequence[AdvisorView], policy: MatchingPolicy) -> dict[Hashable, list[int]]:
        """What `estimate.Line` found for this roster: who could ever take a kind of case does not change in a day."""
        advisors = [view.advisor for view in staff]
        same = self._kinds_policy is policy and len(advisors) == len(self._roster)
        if not same or any(one is not other for one, other in zip(advisors, self._roster, strict=True)):
            self._roster, self._kinds_policy, self._kinds = advisors, policy, {}
        return self._kinds

    def keep(self, handoffs: Mapping[str, Handoff]) -> None:
        """Forget the cases that are not open any more, once they are many."""
        if len(self._standing) > 2 * len(handoffs) + 1000:
            self._standing = {one: known for one, known in self._standing.items() if one in handoffs}
            self._alike = {one: known for one, known in self._alike.items() if one in handoffs}


@dataclass(frozen=True)
class Scene:
    """All open handoffs and all staff at one instant: what a decision, a snapshot or a frame is made from."""

    handoffs: Sequence[Handoff]
    staff: Sequence[AdvisorView]
    handling_seconds: float
    policy: Policy
    now: datetime
    #: handoff -> those who are invited or take part beside its owner.
    guests: Mapping[str, Sequence[Guest]] = field(default_factory=dict)
    #: What outlives a scene, so that the next one need not work it out again.
    memory: Memory = field(default_factory=lambda: Memory())
    #: handoff -> its points at this instant; handed on to the scene after a change.
    counted: dict[str, tuple[Handoff, int]] = field(default_factory=dict)

    @cached_property
    def _priorities(self) -> dict[str, Priority]:
        return {}

    @property
    def index(self) -> AdvisorIndex:
        """The staff as columns; to be asked before anything else is awaited, since other scenes share it."""
        return self.memory.index(self.staff, self.policy.matching)

    @cached_property
    def _settled(self) -> dict[str, Case]:
        return {}

    def case(self, handoff: Handoff) -> Case:
        """The case as the rules see it now: with those exclusions that still hold."""
        policy = self.policy.matching
        reserved = terms(handoff.case, policy, now=self.now).reserve
        if not handoff.excluded and not reserved:
            return handoff.case
        if handoff.id not in self._settled:
            past, index = exclusion.read(handoff.excluded, handoff.requested_at), self.index
            case = exclusion.settled(
                handoff.case, past, lambda case: index.anybody(case, now=self.now), policy, now=self.now
            )
            lonely = reserved and index.only_rare(case, now=self.now)
            self._settled[handoff.id] = replace(case, unreserved=True) if lonely else case
        return self._settled[handoff.id]

    def points(self, handoff: Handoff) -> int:
        """`priority(handoff).points`, without the words."""
        known = self.counted.get(handoff.id)
        if known is not None and known[0] is handoff:
            return known[1]
        if handoff.accepted_at or handoff.ended_at:
            found = self.priority(handoff).points
        else:
            weights = self.policy.priority
            found = points_at(self.memory.standing(handoff, weights), handoff.case, weights, now=self.now)
        self.counted[handoff.id] = (handoff, found)
        return found

    def priority(self, handoff: Handoff) -> Priority:
        if handoff.id not in self._priorities:
            # A case that is over does not grow more urgent.
            at, weights = handoff.accepted_at or handoff.ended_at or self.now, self.policy.priority
            given = self.memory.standing(handoff, weights)
            self._priorities[handoff.id] = prioritise(handoff.case, weights, now=at, given=given)
        return self._priorities[handoff.id]

    def after(self, moved: Sequence[Handoff]) -> Scene:
        """The scene with these handoffs, known to it or not, as they are now."""
        known = {handoff.id: handoff for handoff in self.handoffs}
        then = known | {handoff.id: handoff for handoff in moved}
        change = Counter(h.holder for h in then.values())
        change.subtract(h.holder for h in known.values())
        staff = [AdvisorView(v.advisor, v.presence, v.load + change[v.id]) if change[v.id] else v for v in self.staff]
        return replace(self, handoffs=[h for h in then.values() if h.open], staff=staff)

    @cached_property
    def staff_inputs(self) -> Json:
        """Presence and load of everybody, as each decision of this scene remembers them."""
        return {view.id: [view.presence.value, view.load] for view in self.staff}

    @cached_property
    def by_conversation(self) -> dict[str, Handoff]:
        return {handoff.conversation_id: handoff for handoff in self.handoffs}

    @cached_property
    def names(self) -> dict[str, Advisor]:
        return {view.id: view.advisor for view in self.staff}

    @cached_property
    def queue(self) -> list[Handoff]:
        """Waiting and offered ones, the next to be served first."""
        found = [h for h in self.handoffs if h.queued]
        return sorted(found, key=lambda h: (-self.points(h), h.requested_at, h.id))

    @property
    def waiting(self) -> list[Handoff]:
        """Those who wait for an offer, the next to be served first."""
        return [h for h in self.queue if h.state is HandoffState.WAITING]

    def cases(self) -> list[tuple[Case, int]]:
        return [(self.case(handoff), self.points(handoff)) for handoff in self.waiting]

    @cached_property
    def _line(self) -> estimating.Line:
        policy = self.policy.matching
        return estimating.Line(self.staff, policy, now=self.now, known=self.memory.kinds(self.staff, policy))

    @cached_property
    def _rivals(self) -> dict[str, int]:
        waiting, policy = self.waiting, self.policy.matching
        steps = self._line.steps((self.memory.alike(handoff, policy), handoff.case) for handoff in waiting)
        return dict(zip((handoff.id for handoff in waiting), steps, strict=True))

    @cached_property
    def _estimates(self) -> dict[str, estimating.Estimate]:
        return {}

    def estimate(self, handoff: Handoff) -> estimating.Estimate:
        if handoff.state is HandoffState.OFFERED:
            return estimating.Estimate(1, int(estimating.ANSWER_SECONDS))
        if handoff.id not in self._estimates:
            self._estimates[handoff.id] = estimating.estimate(
                self.case(handoff),
                self._rivals.get(handoff.id, 0),
                self._line.able(handoff.case),
                self.staff,
                self.policy.matching,
                now=self.now,
                handling_seconds=self.handling_seconds,
            )
        return self._estimates[handoff.id]

    def words(self, handoff: Handoff) -> str:
        if handoff.state is HandoffState.ACTIVE:
            advisor = self.names.get(handoff.owner_id or "")
            return f"{title(advisor)}正在为您服务。" if advisor else "顾问正在为您服务。"
        return estimating.words(self.estimate(handoff), topic=handoff.topic, now=self.now)


def title(advisor: Advisor | Staff) -> str:
    """「顾问林静怡」."""
    return f"{advisor.role}{advisor.name}"


def _named(advisor_id: str | None, names: Mapping[str, Advisor]) -> Json | None:
    if advisor_id is None:
        return None
    return {"id": advisor_id, "name": names[advisor_id].name if advisor_id in names else advisor_id}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def handoff_json(handoff: Handoff, scene: Scene) -> Json:
    """`Handoff` of the protocol."""
    found, names, client = scene.priority(handoff), scene.names, handoff.client
    weights = {part.code: part for part in found.parts}
    codes = [*handoff.reasons, *(part.code for part in found.parts if part.code not in handoff.reasons)]
    catalogue = scene.policy.priority.reasons
    return {
        "id": handoff.id, "version": handoff.version, "state": handoff.state.value,
        "conversation_id": handoff.conversation_id,
        "client": {
            "id": client.id, "name": client.name, "stage": client.stage, "tier": client.tier, "age": client.age,
            "risk_level": client.risk_level, "member_level": client.member_level,
        },
        "topic": handoff.topic, "second_topic": handoff.second_topic,
        "reasons": [
            {
                "code": code,
                "words": weights[code].words if code in weights else catalogue[code].words if code in catalogue else code,
                "points": weights[code].points if code in weights else 0,
            }
            for code in codes
        ],
        "priority": found.points, "level": found.level, "explanation": found.explanation,
        "emotion": handoff.emotion, "strength": handoff.strength,
        "requested_at": handoff.requested_at.isoformat(),
        "waited_seconds": int(handoff.case.waited_seconds(handoff.accepted_at or handoff.ended_at or scene.now)),
        "owner": _named(handoff.owner_id, names), "offered_to": _named(handoff.offered_to, names),
        "offer_expires_at": _iso(handoff.offer_expires_at), "because": list(handoff.because),
        "last_message": handoff.last_message, "channel": handoff.channel,
        "accepted_at": _iso(handoff.accepted_at), "ended_at": _iso(handoff.ended_at), "outcome": handoff.outcome,
        "note": handoff.note, "first_reply_at": _iso(handoff.first_reply_at),
        "guests": [guest_json(guest, names) for guest in scene.guests.get(handoff.id, ())],
    }  # fmt: skip


def by_handoff(guests: Iterable[Guest]) -> dict[str, list[Guest]]:
    found: dict[str, list[Guest]] = {}
    for guest in guests:
        found.setdefault(guest.handoff_id, []).append(guest)
    return found


def guest_json(guest: Guest, names: Mapping[str, Advisor]) -> Json:
    """`Guest` of the protocol: who takes part beside the owner."""
    advisor = names.get(guest.advisor_id)
    return {
        "invite_id": guest.id, "id": guest.advisor_id, "name": advisor.name if advisor else guest.advisor_id,
        "role": advisor.role if advisor else "", "kind": guest.kind.value, "state": guest.state.value,
        "expires_at": _iso(guest.expires_at),
    }  # fmt: skip


def invite_json(guest: Guest, handoff: Handoff, scene: Scene) -> Json:
    """`Invite` of the protocol, for the invited and for who invites."""
    return {
        "id": guest.id, "state": guest.state.value, "advisor": _named(guest.advisor_id, scene.names),
        "by": _named(guest.invited_by, scene.names), "note": guest.note, "why": guest.why,
        "expires_at": _iso(guest.expires_at), "handoff": handoff_json(handoff, scene),
    }  # fmt: skip


def follow_up_json(row: Mapping[str, Any]) -> Json:
    """`FollowUp` of the protocol."""
    return {
        "id": row["id"], "kind": row["kind"], "text": row["text"], "client_id": row["client_id"],
        "client_name": row["client"]["name"], "topic": row["topic"], "advisor_id": row["advisor_id"],
        "due_at": _iso(row["due_at"]), "created_at": row["created_at"].isoformat(),
    }  # fmt: skip


def colleague_json(view: AdvisorView) -> Json:
    advisor = view.advisor
    return {
        "id": advisor.id, "name": advisor.name, "role": advisor.role, "presence": view.presence.value,
        "load": view.load, "capacity": advisor.capacity, "skills": dict(advisor.skills),
    }  # fmt: skip


def candidate_json(candidate: Candidate, chosen: str | None) -> Json:
    advisor = candidate.advisor
    return {
        "advisor": {"id": advisor.id, "name": advisor.name, "role": advisor.role},
        "eligible": candidate.eligible, "chosen": advisor.id == chosen,
        "points": [{"code": p.code, "words": p.words, "points": p.points} for p in candidate.points],
        "total": candidate.total, "blocked_by": list(candidate.blocked_by),
    }  # fmt: skip


def message_json(message: TimelineMessage) -> Json:
    """`Message` as the desk reads it."""
    return {
        "seq": message.seq, "id": message.id, "conversation_id": message.conversation_id, "author": message.author,
        "author_id": message.author_id, "name": message.name, "text": message.text, "card": message.card,
        "quick_replies": list(message.quick_replies), "channel": message.channel, "at": message.at.isoformat(),
        "intent": message.intent, "confidence": message.confidence, "emotion": message.emotion,
        "strength": message.strength,
    }  # fmt: skip


def waiting_json(handoff: Handoff, scene: Scene) -> Json:
    """`Waiting` of the protocol."""
    found = scene.estimate(handoff)
    return {
        "handoff_id": handoff.id, "since": handoff.requested_at.isoformat(), "position": found.position,
        "wait_seconds": found.wait_seconds, "words": scene.words(handoff),
    }  # fmt: skip


def status_json(handoff: Handoff, scene: Scene, *, already: bool) -> Json:
    """The answer to a request."""
    found = scene.estimate(handoff) if handoff.queued else None
    owner = scene.names.get(handoff.owner_id or "") if handoff.state is HandoffState.ACTIVE else None
    return {
        "handoff_id": handoff.id, "state": handoff.state.value, "position": found.position if found else 0,
        "wait_seconds": found.wait_seconds if found else 0, "words": scene.words(handoff) if handoff.open else "",
        "already": already,
        "advisor": {"id": owner.id, "name": owner.name, "role": owner.role} if owner else None,
    }  # fmt: skip


def is_his(reader: Staff, handoff: Handoff, guests: Iterable[Guest] = ()) -> bool:
    """Whether the reader answers for this case: he has it, had it, is offered it, is the own advisor, is invited into
    the conversation, or supervises. Never of a complaint about himself."""
    if reader.id == handoff.complained_about:
        return False
    people = {handoff.owner_id, handoff.offered_to, handoff.client.own_advisor, *(g.advisor_id for g in guests)}
    return reader.role == SUPERVISOR or reader.id in people


def sees_assets(reader: Staff, handoff: Handoff, guests: Iterable[Guest] = ()) -> bool:
    """Requirement H2: 客服 never; an advisor those of own clients, and of a case while it is his or he has joined it."""
    if reader.role in (CUSTOMER_SERVICE, TRAINER) or reader.id == handoff.complained_about:
        return False
    joined = {guest.advisor_id for guest in guests if guest.state is GuestState.JOINED}
    his = handoff.open and reader.id in {handoff.owner_id, handoff.offered_to, *joined}
    return reader.role == SUPERVISOR or handoff.client.own_advisor == reader.id or his


def case_inputs(handoff: Handoff, scene: Scene) -> Json:
    """What a decision was made from, to replay it; the staff (`Scene.staff_inputs`) is kept once for all of a scene."""
    case = scene.case(handoff)
    return {
        "now": scene.now.isoformat(), "requested_at": case.requested_at.isoformat(), "topic": case.topic,
        "second_topic": case.second_topic, "reasons": list(case.reasons), "emotion": case.emotion,
        "strength": case.strength, "tier": case.client.tier, "region": case.client.region,
        "own_advisor": case.client.own_advisor, "dialect": case.client.dialect,
        "language_hard": case.client.language_hard, "member_level": case.client.member_level,
        "excluded": case.excluded, "again": case.again, "unreserved": case.unreserved,
        "complained_about": case.complained_about, "knew": case.knew,
        "directed_to": case.directed_to,
    }  # fmt: skip

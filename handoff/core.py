"""What every part of the service shares: the transaction, the staff, and the frames that follow a commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from handoff import follow_ups, store, tables, views
from handoff.board import Boards
from handoff.estimate import average_handling
from handoff.guests import Guest, GuestKind
from handoff.model import SUPERVISOR, Advisor, HandoffState, Owner
from handoff.policy import Policy
from handoff.ports import Institution, Json, Push, Timeline
from handoff.record import SCENE_OVER, Handoff, owner_of, read_advisor, view_staff
from handoff.states import Event
from handoff.touched import touch, watch
from handoff.views import Memory, Scene
from kit import log
from kit.clock import Clock
from kit.errors import AgentError
from kit.ids import NewId

logger = log.get("handoff")
#: The roster is read again this often.
ROSTER_FRESH = timedelta(seconds=60)
#: And after a failure this soon.
ROSTER_PAUSE = timedelta(seconds=5)
#: A slow institution must not keep a client from a person.
PATIENCE_SECONDS = 1.5
#: The worker looks every second. A longer gap means that the clock was moved or the machine slept; no heartbeat
#: could be heard in it, so it does not count against anybody's lease.
LONGEST_GAP = timedelta(seconds=30)
#: A clock that goes back, or forward by more than this, begins another scene (only a sandbox does that).
SCENE_GAP = timedelta(minutes=30)
#: After a start the pages have this long to say that they are still there.
RETURN_TIME = timedelta(seconds=30)
#: How much of the queue is shown, and how many clients hear of every step of it; those behind hear when asking.
MOST_SHOWN = 100
#: How long a client is asked for a rating.
RATING_TIME = timedelta(hours=24)


@dataclass
class Work:
    """One transaction and what it did that others must hear of."""

    connection: AsyncConnection
    now: datetime
    changed: dict[str, Handoff] = field(default_factory=dict)
    offers: dict[str, Handoff] = field(default_factory=dict)
    guests: dict[str, Guest] = field(default_factory=dict)
    #: Frames for some desks only: (whose, frame).
    notes: list[tuple[set[str], Json]] = field(default_factory=list)
    follow_ups_changed: bool = False
    gone: list[tuple[str, str, str]] = field(default_factory=list)
    conversations: set[str] = field(default_factory=set)
    staff_changed: bool = False
    #: Conversations that nobody has served before.
    unserved: set[str] = field(default_factory=set)
    #: How everything stands, when the last step knows it; else it is read again.
    scene: Scene | None = None

    def note(self, handoff: Handoff) -> Handoff:
        self.changed[handoff.id] = handoff
        self.conversations.add(handoff.conversation_id)
        return handoff


#: handoff, event, actor, detail
Happened = tuple[str, str, str, Json]
Frames = list[tuple[str, Any, Json]]


class Core:
    """Opens transactions, knows the staff, tells everybody after the commit."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        new_id: NewId,
        policy: Policy,
        timeline: Timeline,
        push: Push,
        institution: Institution,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._new_id = new_id
        self.policy = policy
        self._timeline = timeline
        self._push = push
        self._institution = institution
        self._roster: dict[str, Advisor] = {}
        self._roster_at: datetime | None = None
        self._seen_at: datetime | None = None
        self._leases_from = clock.now()
        self._scene_from: datetime | None = None
        #: conversation -> the place and wait that its client was last told.
        self._told: dict[str, tuple[int, int | None]] = {}
        self.boards = Boards()
        self._memory = Memory()
        self._one_writer = asyncio.Lock()

    @property
    def return_time(self) -> timedelta:
        return min(RETURN_TIME, self.lease)

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.policy.matching.lease_seconds)

    async def roster(self) -> dict[str, Advisor]:
        """The staff by id; the last known while the institution does not answer. Call outside of a transaction."""
        now = self._clock.now()
        if self._roster_at is None or abs(now - self._roster_at) > ROSTER_FRESH:
            # Whatever comes of it: a silent institution is not asked again by every call.
            self._roster_at = now - ROSTER_FRESH + ROSTER_PAUSE
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    told = await self._institution.advisors()
                self._roster, self._roster_at = {one.id: read_advisor(one) for one in told}, now
            except (AgentError, TimeoutError) as error:
                logger.warning("The roster could not be read", action="roster_unavailable", cause=type(error).__name__)
        return self._roster

    def forget_roster(self) -> None:
        self._roster_at = None

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """One transaction; its frames go out after it is committed, none when it fails."""
        await self.roster()
        # Here they would wait in the database otherwise, each with a connection; and the next one is to find the board.
        async with self._one_writer:
            async with self._engine.begin() as connection:
                await self.boards.begin(connection)
                try:
                    now = self._clock.now()
                    await self._forgive_gap(connection, now)
                    work = Work(connection, now)
                    yield work
                    frames = await self._frames(work)
                    board = await self.boards.finish(connection)
                finally:
                    watch(connection, None)
            self.boards.commit(board)
        for kind, target, frame in frames:
            if kind == "client":
                await self._push.to_client(target, frame)
            else:
                await self._push.to_advisors(frame, target)

    async def _forgive_gap(self, connection: AsyncConnection, now: datetime) -> None:
        seen, self._seen_at = self._seen_at, now
        if seen is None or abs(now - seen) <= LONGEST_GAP:
            return
        if not timedelta(0) < now - seen < SCENE_GAP:
            self._scene_from = now
        for row in (await store.presences(connection)).values():
            if row.heartbeat_at is not None and seen - row.heartbeat_at < self.lease:
                moved = min(now, row.heartbeat_at + (now - seen))
                table = tables.presence
                touch(connection, presences=True)
                await connection.execute(
                    update(table).where(table.c.advisor_id == row.advisor_id).values(heartbeat_at=moved)
                )
        self._leases_from = min(self._leases_from, now)

    async def scene(self, connection: AsyncConnection, now: datetime) -> Scene:
        board = await self.boards.see(connection)
        staff = view_staff(self._roster.values(), board.presences, board.loads, self.lease, now=now)
        handling = average_handling(board.handling, self.policy.matching.handling_seconds)
        self._memory.keep(board.handoffs)
        guests = views.by_handoff(board.guests)
        return Scene(list(board.handoffs.values()), staff, handling, self.policy, now, guests, self._memory)

    async def step(
        self, work: Work, handoff: Handoff, event: Event, *, actor: str, detail: Json | None = None, **changes: Any
    ) -> Handoff:
        """One transition, written down and to be told."""
        moved = await store.transition(work.connection, handoff, event, **changes)
        await self.record(work, handoff.id, event.value, actor, detail or {})
        logger.info("Handoff moved", action=f"handoff_{event.value}", handoff_id=handoff.id, state=moved.state.value)
        return work.note(moved)

    async def record(self, work: Work, handoff_id: str, event: str, actor: str, detail: Json) -> None:
        await store.note_event(work.connection, handoff_id, event, actor, detail, id=self._new_id(), at=work.now)

    async def record_all(self, work: Work, events: Sequence[Happened]) -> None:
        """`record` of many."""
        rows = [
            {"id": self._new_id(), "handoff_id": one, "at": work.now, "event": event, "actor": actor, "detail": detail}
            for one, event, actor, detail in events
        ]
        await store.insert_all(work.connection, tables.handoff_events, rows)

    async def say(self, work: Work, conversation_id: str, words: str) -> None:
        work.conversations.add(conversation_id)
        await self._timeline.append_system(work.connection, conversation_id, words, at=work.now)

    # -- what others hear ------------------------------------------------------------------------------------

    async def _frames(self, work: Work) -> Frames:
        frames: Frames = [("desk", whose, frame) for whose, frame in work.notes]
        if work.follow_ups_changed:
            left = [
                (row["complained_about"], views.follow_up_json(row)) for row in await follow_ups.to_do(work.connection)
            ]
            frames += [("desk", who, {"type": "follow_ups", "follow_ups": his}) for who, his in self._shares(left)]
        if not (work.changed or work.conversations or work.gone or work.staff_changed):
            return frames
        scene = work.scene or await self.scene(work.connection, work.now)
        frames += [
            ("desk", {advisor_id}, {"type": "offer.gone", "handoff_id": handoff_id, "why": why})
            for advisor_id, handoff_id, why in work.gone
        ]
        supervisors = {advisor.id for advisor in self._roster.values() if advisor.role == SUPERVISOR}
        bodies: dict[str, Json] = {}

        def body(handoff: Handoff) -> Json:
            if handoff.id not in bodies:
                bodies[handoff.id] = views.handoff_json(handoff, scene)
            return bodies[handoff.id]

        for handoff in work.changed.values():
            shown = body(handoff)
            # Once somebody answers for a case, what its client says is his to read (requirement H2).
            public = shown if handoff.queued else {**shown, "last_message": None, "note": ""}
            accused = {handoff.complained_about}
            frames.append(("desk", set(self._roster) - accused, {"type": "handoff.changed", "handoff": public}))
            if public is not shown:
                his = (supervisors | ({handoff.owner_id} if handoff.owner_id else set())) - accused
                frames.append(("desk", his, {"type": "handoff.changed", "handoff": shown}))
        for guest in work.guests.values():
            if guest.kind is GuestKind.EXPERT:
                invite = views.invite_json(guest, work.changed[guest.handoff_id], scene)
                frames.append(("desk", {guest.advisor_id, guest.invited_by}, {"type": "invite", "invite": invite}))
        for handoff in work.offers.values():
            if handoff.id in work.changed and work.changed[handoff.id].state is HandoffState.OFFERED:
                shown = body(work.changed[handoff.id])
                frames.append(("desk", {handoff.offered_to}, {"type": "offer.made", "handoff": shown}))
        if work.changed:
            queue = [(h.complained_about, body(h)) for h in scene.queue[:MOST_SHOWN]]
            frames += [("desk", who, {"type": "queue.changed", "queue": his}) for who, his in self._shares(queue)]
        if work.changed or work.staff_changed:
            colleagues = [views.colleague_json(view) for view in scene.staff]
            frames.append(("desk", None, {"type": "colleagues", "colleagues": colleagues}))
        heard = sorted(work.conversations | self._moved(scene))
        asked = [one for one in heard if one not in work.unserved]
        served = await store.served_conversations(work.connection, asked) if asked else set()
        for conversation_id in heard:
            told = await self._state_of(work.connection, conversation_id, scene, served=conversation_id in served)
            frames.append(("client", conversation_id, {"type": "owner", **told}))
        return frames

    def _shares(self, rows: Sequence[tuple[str | None, Json]]) -> list[tuple[set[str], list[Json]]]:
        """Who of the roster reads which of the rows, each with the advisor it complains about: not for him."""
        accused = {about for about, _ in rows if about in self._roster}
        shares = [(set(self._roster) - accused, [row for _, row in rows])]
        return shares + [({one}, [row for about, row in rows if about != one]) for one in sorted(filter(None, accused))]

    def _moved(self, scene: Scene) -> set[str]:
        """Conversations whose place in the queue, or being told a wait at all, is not what the client last heard."""
        places: dict[str, tuple[int, int | None]] = {}
        for handoff in scene.queue[:MOST_SHOWN]:
            found = scene.estimate(handoff)
            minutes = None if found.wait_seconds is None else -(-found.wait_seconds // 60)
            places[handoff.conversation_id] = (found.position, minutes)
        moved = {one for one, place in places.items() if self._told.get(one) != place}
        self._told = places
        return moved

    async def _state_of(
        self, connection: AsyncConnection, conversation_id: str, scene: Scene, *, served: bool = True
    ) -> Json:
        """served  whether somebody has had a case of this client before; only then a rating can be asked for"""
        handoff = scene.by_conversation.get(conversation_id)
        return {
            "owner": owner_of(handoff, scene.names).to_json(),
            "waiting": views.waiting_json(handoff, scene) if handoff and handoff.queued else None,
            "rating_asked": await self.rating_asked(connection, conversation_id) if served else None,
        }

    # -- what others ask -------------------------------------------------------------------------------------

    async def owner_of(self, connection: AsyncConnection, conversation_id: str) -> Owner:
        """Who answers the client now; exactly one of bot, queue and advisor."""
        return owner_of(await store.open_of(connection, conversation_id), self._roster)

    async def rating_asked(self, connection: AsyncConnection, conversation_id: str) -> Json | None:
        """The handoff the client is asked to rate: {handoff_id, name}."""
        last = await store.latest_of(connection, conversation_id)
        if last is None or last.score is not None or last.owner_id is None or not self.recent(last, RATING_TIME):
            return None
        advisor = self._roster.get(last.owner_id)
        return {"handoff_id": last.id, "name": advisor.name if advisor else last.owner_id}

    def recent(self, handoff: Handoff, within: timedelta) -> bool:
        """Whether a service ended in this scene, at most `within` ago."""
        if handoff.ended_at is None or handoff.outcome == SCENE_OVER:
            return False
        return timedelta(0) <= self._clock.now() - handoff.ended_at <= within

    async def client_state(self, conversation_id: str) -> Json:
        """{owner, waiting, rating_asked} of a client's snapshot and hello."""
        await self.roster()
        async with self._engine.begin() as connection:
            scene = await self.scene(connection, self._clock.now())
            return await self._state_of(connection, conversation_id, scene)

    async def waiting_of(self, conversation_id: str) -> Json | None:
        """`Waiting` of the protocol, None when the client does not wait."""
        waiting: Json | None = (await self.client_state(conversation_id))["waiting"]
        return waiting

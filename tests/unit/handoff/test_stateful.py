"""Whatever clients, advisors and time do, in any order: one owner, nobody lost, nobody over capacity."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handoff import exclusion, guest_store, store
from handoff.guests import Guest, GuestKind
from handoff.model import HandoffState, OwnerKind
from handoff.policy import load_policy
from handoff.record import Handoff
from handoff.states import TRANSITIONS
from kit.errors import AgentError
from tests.unit.handoff.roster import ADVISORS
from tests.unit.handoff.test_board import agrees
from tests.unit.handoff.world import World, staff, world_in

POLICY = load_policy().matching

T = TypeVar("T")
Json = dict[str, Any]
CLIENTS = st.sampled_from(["U1", "U2", "U3", "U4"])
#: Two for 投资 with few places, one for 养老 too, one of whom has nothing to do with either.
PEOPLE = st.sampled_from(["A01", "A02", "A07", "A10"])
TOPICS = st.sampled_from(["投资", "养老", "账户安全"])


class Desk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.context = world_in(self.folder)
        self.world: World = self.run(self.context.__aenter__())
        #: Clients who asked for a person and have not been served, left or given up.
        self.expecting: set[str] = set()
        self.versions: dict[str, int] = {}
        self.consoles = [Console("A01"), Console("A10")]

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        self.run(self.context.__aexit__(None, None, None))
        self.runner.close()
        shutil.rmtree(self.folder)

    async def _open(self) -> list[Handoff]:
        async with self.world.engine.begin() as connection:
            return await store.all_open(connection)

    def of(self, client: str) -> Handoff | None:
        return next((h for h in self.run(self._open()) if h.client_id == client), None)

    @rule(client=CLIENTS, topic=TOPICS, key=st.sampled_from([None, "a", "b"]))
    def ask(self, client: str, topic: str, key: str | None) -> None:
        before = self.of(client)
        answer = self.run(self.world.ask(client, topic=topic, key=key and f"{client}{key}"))
        if answer["state"] in ("waiting", "offered", "active"):
            self.expecting.add(client)
        if before is not None and not (key and answer["handoff_id"] != before.id):
            assert answer["handoff_id"] == before.id

    @rule(client=CLIENTS)
    def cancel(self, client: str) -> None:
        with suppress(AgentError):
            self.run(self.world.handoffs.cancel(f"cv-{client}"))
            self.expecting.discard(client)

    @rule(client=CLIENTS)
    def leave_a_message(self, client: str) -> None:
        with suppress(AgentError):
            self.run(self.world.handoffs.leave(f"cv-{client}", "message", "请联系我"))
            self.expecting.discard(client)

    @rule(advisor=PEOPLE, state=st.sampled_from(["online", "online", "busy", "offline", None]))
    def heartbeat(self, advisor: str, state: str | None) -> None:
        self.run(self.world.handoffs.presence(advisor, state))

    @rule(client=CLIENTS, rivals=st.lists(PEOPLE, min_size=1, max_size=3))
    def accept(self, client: str, rivals: list[str]) -> None:
        handoff = self.of(client)
        if handoff is None:
            return

        async def race() -> list[Any]:
            calls = (self.world.handoffs.accept(handoff.id, staff(who), handoff.version) for who in rivals)
            return await asyncio.gather(*calls, return_exceptions=True)

        answers = self.run(race())
        winners = {a["handoff"]["owner"]["id"] for a in answers if isinstance(a, dict)}
        assert len(winners) <= 1
        assert all(isinstance(a, AgentError | dict) for a in answers)

    @rule(client=CLIENTS, advisor=PEOPLE, how=st.sampled_from(["decline", "close", "return", "transfer"]))
    def act(self, client: str, advisor: str, how: str) -> None:
        handoff = self.of(client)
        if handoff is None:
            return
        door = self.world.handoffs
        calls = {
            "decline": lambda: door.decline(handoff.id, staff(advisor), "忙"),
            "close": lambda: door.close(handoff.id, staff(advisor), "solved"),
            "return": lambda: door.return_to_bot(handoff.id, staff(advisor)),
            "transfer": lambda: door.transfer(handoff.id, staff(advisor), topic="养老"),
        }
        with suppress(AgentError):
            self.run(calls[how]())
            if how in ("close", "return"):
                assert handoff.owner_id == advisor
                self.expecting.discard(client)

    @rule(client=CLIENTS, guest=PEOPLE)
    def invite(self, client: str, guest: str) -> None:
        handoff = self.of(client)
        if handoff is not None and handoff.owner_id is not None:
            with suppress(AgentError):
                self.run(self.world.handoffs.invite(handoff.id, staff(handoff.owner_id), guest))

    @rule(guest=PEOPLE, how=st.sampled_from(["accept", "decline", "end"]))
    def answer_an_invitation(self, guest: str, how: str) -> None:
        door = self.world.handoffs
        for invite in self.run(door.desk_snapshot(guest))["invites"][:1]:
            calls = {"accept": door.accept_invite, "decline": door.decline_invite, "end": door.end_invite}
            with suppress(AgentError):
                self.run(calls[how](invite["id"], staff(guest)))

    @rule(client=CLIENTS, how=st.sampled_from(["take over", "listen", "stop"]))
    def supervise(self, client: str, how: str) -> None:
        handoff = self.of(client)
        if handoff is None:
            return
        door, boss = self.world.handoffs, staff("A14")
        with suppress(AgentError):
            if how == "take over":
                self.run(door.take_over(handoff.id, boss, handoff.version))
            else:
                self.run(door.listen(handoff.id, boss, on=how == "listen"))

    @invariant()
    def guests_belong_to_an_owner(self) -> None:
        active = {h.id: h.owner_id for h in self.run(self._open()) if h.state is HandoffState.ACTIVE}
        for guest in self.run(self._guests()):
            assert guest.handoff_id in active
            assert guest.advisor_id != active[guest.handoff_id]

    @invariant()
    def the_board_is_true(self) -> None:
        self.run(agrees(self.world))

    async def _guests(self) -> list[Guest]:
        async with self.world.engine.begin() as connection:
            return await guest_store.present(connection)

    @rule(seconds=st.sampled_from([1, 15, 20, 29, 46]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.advance(timedelta(seconds=seconds))
        self.run(self.world.handoffs.tick())

    @rule()
    def restart(self) -> None:
        self.world.restart()

    @invariant()
    def one_owner_and_nobody_lost(self) -> None:
        open_now = self.run(self._open())
        assert max(Counter(h.conversation_id for h in open_now).values(), default=1) == 1
        assert {h.client_id for h in open_now} == self.expecting
        for handoff in open_now:
            owner = self.run(self._owner(handoff.conversation_id))
            wanted = OwnerKind.ADVISOR if handoff.state is HandoffState.ACTIVE else OwnerKind.QUEUE
            assert owner.kind is wanted
            assert (handoff.state is HandoffState.OFFERED) == (handoff.offered_to is not None)
            # Who did not keep it may be asked again, but never before nobody else would make him (matching.yml).
            past = exclusion.read(handoff.excluded, handoff.requested_at).get(handoff.offered_to or "")
            if past:
                alone = POLICY.exclusions[past.kind.value].alone_seconds
                assert self.world.clock.now() >= past.at + timedelta(seconds=alone)
            assert handoff.version >= self.versions.get(handoff.id, 1)
            self.versions[handoff.id] = handoff.version

    async def _owner(self, conversation_id: str) -> Any:
        await self.world.handoffs.roster()
        async with self.world.engine.begin() as connection:
            return await self.world.handoffs.owner_of(connection, conversation_id)

    @invariant()
    def nobody_over_capacity(self) -> None:
        loads = Counter(h.offered_to or h.owner_id for h in self.run(self._open()) if h.offered_to or h.owner_id)
        loads.update(guest.advisor_id for guest in self.run(self._guests()) if guest.kind is GuestKind.EXPERT)
        # A supervisor may take over more than he would be given.
        del loads["A14"]
        assert all(load <= ADVISORS[advisor_id].capacity for advisor_id, load in loads.items() if advisor_id)

    @invariant()
    def the_console_is_true(self) -> None:
        """What a page made of the frames is what a snapshot says."""
        for who, frame in self.world.ears.desk:
            for console in self.consoles:
                if who is None or console.me in who:
                    console.take(frame)
        self.world.ears.desk.clear()
        for made in self.consoles:
            advisor_id = made.me
            snapshot = self.run(self.world.handoffs.desk_snapshot(advisor_id))
            for part in ("offers", "queue", "active", "wrap_up"):
                shown = {h["id"]: (h["state"], h["version"]) for h in snapshot[part]}
                assert {i: (h["state"], h["version"]) for i, h in getattr(made, part).items()} == shown, part
            assert made.invites == {one["id"]: one["state"] for one in snapshot["invites"]}


class Console:
    """A desk's page, as far as frames change it."""

    def __init__(self, me: str) -> None:
        self.me = me
        self.offers: dict[str, Json] = {}
        self.queue: dict[str, Json] = {}
        self.active: dict[str, Json] = {}
        self.wrap_up: dict[str, Json] = {}
        self.invites: dict[str, str] = {}

    def take(self, frame: Json) -> None:
        if frame["type"] == "offer.made":
            self.offers[frame["handoff"]["id"]] = frame["handoff"]
        elif frame["type"] == "offer.gone":
            self.offers.pop(frame["handoff_id"], None)
        elif frame["type"] == "invite" and frame["invite"]["advisor"]["id"] == self.me:
            self.invites.pop(frame["invite"]["id"], None)
            if frame["invite"]["state"] in ("offered", "joined"):
                self.invites[frame["invite"]["id"]] = frame["invite"]["state"]
        elif frame["type"] == "queue.changed":
            self.queue = {handoff["id"]: handoff for handoff in frame["queue"]}
        elif frame["type"] == "handoff.changed":
            handoff = frame["handoff"]
            for state in ("active", "wrap_up"):
                mine = handoff["state"] == state and handoff["owner"]["id"] == self.me
                place: dict[str, Json] = getattr(self, state)
                place.pop(handoff["id"], None)
                if mine:
                    place[handoff["id"]] = handoff


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_every_open_state_can_be_left() -> None:
    """No state is a trap, and only closed and abandoned are final."""
    final = {state for state in HandoffState if not any(source is state for source, _ in TRANSITIONS)}
    assert final == {HandoffState.CLOSED, HandoffState.ABANDONED}

"""Several people in one conversation: the owner invites an expert, who speaks beside him; the owner stays the owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from handoff import guest_store, store, views
from handoff.core import Core, Work
from handoff.guests import Guest, GuestKind, GuestState, not_invitable
from handoff.model import SUPERVISOR, HandoffState, Presence, Staff
from handoff.ports import Json
from handoff.record import Handoff, PresenceRow, live_presence
from handoff.states import Event, HandoffChanged, TransitionNotAllowed
from handoff.views import title
from kit.errors import Invalid, Refused


class NotYours(Refused):
    """这条转接不是派给您的。"""

    code = "not_yours"


class Recused(Refused):
    """客户投诉的是您本人,须由其他同事处理。"""

    code = "recused"


class InviteRefused(Invalid):
    """不能邀请这位同事。"""

    code = "invite_refused"


def check_version(handoff: Handoff, version: int | None) -> None:
    """The page must have seen the state it acts on."""
    if version is not None and version != handoff.version:
        raise HandoffChanged(handoff_id=handoff.id, version=handoff.version)


def check_not_accused(handoff: Handoff, staff: Staff) -> None:
    """Nobody acts in a complaint about himself, whatever his role. Raises Recused."""
    if staff.id == handoff.complained_about:
        raise Recused


class Joint(Core):
    async def invite(self, handoff_id: str, staff: Staff, to: str, note: str = "", version: int | None = None) -> Json:
        """Ask a colleague into the conversation: `{handoff, invite_id}`. Raises NotYours, InviteRefused."""
        async with self.work() as work:
            handoff = await store.get(work.connection, handoff_id)
            if handoff.owner_id != staff.id:
                raise NotYours
            check_version(handoff, version)
            if handoff.state is not HandoffState.ACTIVE:
                raise TransitionNotAllowed(state=handoff.state.value, event="invite")
            scene = await self.scene(work.connection, work.now)
            view = next((view for view in scene.staff if view.id == to), None)
            if view is None:
                raise InviteRefused("没有这位同事。")
            why = list(not_invitable(handoff, view, scene.guests.get(handoff.id, ())))
            if why:
                raise InviteRefused(f"不能邀请{view.advisor.name}:{';'.join(why)}。", blocked_by=why)
            guest = Guest(
                self._new_id(), handoff.id, handoff.conversation_id, to, GuestKind.EXPERT, GuestState.OFFERED,
                invited_by=staff.id, note=note, offered_at=work.now,
                expires_at=work.now + timedelta(seconds=self.policy.matching.offer_seconds),
            )  # fmt: skip
            await guest_store.add(work.connection, guest)
            await self.record(work, handoff.id, "invite", staff.id, {"to": to, "note": note})
            self._tell_guest(work, handoff, guest)
            return {**await self._shown(work, handoff), "invite_id": guest.id}

    async def accept_invite(self, invite_id: str, staff: Staff) -> Json:
        """The invited joins; the client hears of it. Raises NotYours, HandoffChanged."""
        async with self.work() as work:
            guest = await self._invited(work, invite_id, staff)
            handoff = await store.get(work.connection, guest.handoff_id)
            check_not_accused(handoff, staff)
            if guest.state is not GuestState.JOINED:
                guest = await self._move_guest(work, handoff, guest, GuestState.JOINED, staff.id, joined_at=work.now)
                await self._be_present(work, staff.id)
                owner = self._roster.get(handoff.owner_id or "")
                beside = f",会和{title(owner)}一起为您解答" if owner else ""
                await self.say(work, handoff.conversation_id, f"{title(staff)}已加入对话{beside}。")
            return await self._shown(work, handoff)

    async def decline_invite(self, invite_id: str, staff: Staff, reason: str = "") -> Json:
        async with self.work() as work:
            guest = await self._invited(work, invite_id, staff)
            handoff = await store.get(work.connection, guest.handoff_id)
            await self._move_guest(work, handoff, guest, GuestState.DECLINED, staff.id, ended_at=work.now, why=reason)
            return await self._shown(work, handoff)

    async def end_invite(self, invite_id: str, staff: Staff) -> Json:
        """The guest leaves, or the owner (or a supervisor) takes the invitation back. Raises NotYours."""
        async with self.work() as work:
            guest = await guest_store.get(work.connection, invite_id)
            handoff = await store.get(work.connection, guest.handoff_id)
            own = guest.advisor_id == staff.id
            if not own and handoff.owner_id != staff.id and staff.role != SUPERVISOR:
                raise NotYours
            spoke = guest.speaks
            state = GuestState.LEFT if own else GuestState.RELEASED
            await self._move_guest(work, handoff, guest, state, staff.id, ended_at=work.now)
            if spoke:
                await self._say_left(work, handoff, guest)
            return await self._shown(work, handoff)

    async def readers_of(self, connection: AsyncConnection, conversation_id: str) -> set[str]:
        """Whose desks see the conversation live: its owner's and those of all who have joined."""
        owner = await self.owner_of(connection, conversation_id)
        guests = await guest_store.present(connection, conversation_id)
        joined = {guest.advisor_id for guest in guests if guest.state is GuestState.JOINED}
        readers = joined | ({owner.advisor_id} if owner.advisor_id else set())
        case = await store.open_of(connection, conversation_id)
        return readers - ({case.complained_about} if case and case.complained_about else set())

    async def barred(self, connection: AsyncConnection, conversation_id: str, person_id: str) -> bool:
        """Whether a complaint in this conversation is about this person, and he has no case of his own in it."""
        accusing = await store.accusing(connection, conversation_id, person_id)
        return accusing and person_id not in await self.readers_of(connection, conversation_id)

    async def speaks_as(self, connection: AsyncConnection, conversation_id: str, staff: Staff) -> str | None:
        """The author of what this member of staff writes to the client: human, expert, or None: he may not."""
        owner = await self.owner_of(connection, conversation_id)
        if owner.advisor_id == staff.id:
            return "expert" if staff.role == "专家" else "human"
        guests = await guest_store.present(connection, conversation_id)
        return "expert" if any(g.advisor_id == staff.id and g.speaks for g in guests) else None

    async def replied(self, connection: AsyncConnection, conversation_id: str, *, at: datetime) -> None:
        """A person has written to the client: the first time counts as the first response."""
        await guest_store.note_reply(connection, conversation_id, at)

    # -- what happens by itself ------------------------------------------------------------------------------

    async def step(
        self, work: Work, handoff: Handoff, event: Event, *, actor: str, detail: Json | None = None, **changes: Any
    ) -> Handoff:
        """One transition; whoever was a guest of the owner goes with him."""
        moved = await super().step(work, handoff, event, actor=actor, detail=detail, **changes)
        if handoff.state is HandoffState.ACTIVE and moved.state is not HandoffState.ACTIVE:
            for guest in await guest_store.present(work.connection, handoff.conversation_id):
                await self._move_guest(work, moved, guest, GuestState.WITHDRAWN, actor, ended_at=work.now)
        return moved

    async def look(self, work: Work, presences: dict[str, PresenceRow]) -> None:
        """What time changes besides offers and leases: invitations that ran out, guests whose pages are gone."""
        for guest in await guest_store.present(work.connection):
            advisor = self._roster.get(guest.advisor_id)
            gone = advisor is not None and (
                live_presence(presences.get(guest.advisor_id), advisor, self.lease, now=work.now) is Presence.OFFLINE
            )
            handoff = await store.get(work.connection, guest.handoff_id)
            if guest.state is GuestState.OFFERED and guest.expires_at is not None and guest.expires_at <= work.now:
                await self._move_guest(work, handoff, guest, GuestState.EXPIRED, "worker", ended_at=work.now)
            elif guest.state is GuestState.JOINED and gone:
                await self._move_guest(work, handoff, guest, GuestState.LEFT, "worker", ended_at=work.now, why="离线")
                if guest.speaks:
                    await self._say_left(work, handoff, guest)

    async def _invited(self, work: Work, invite_id: str, staff: Staff) -> Guest:
        guest = await guest_store.get(work.connection, invite_id)
        if guest.advisor_id != staff.id:
            raise NotYours("这份邀请不是给您的。")
        return guest

    async def _move_guest(
        self, work: Work, handoff: Handoff, guest: Guest, state: GuestState, actor: str, **changes: Any
    ) -> Guest:
        moved = await guest_store.move(work.connection, guest, state, **changes)
        detail = {"guest": guest.advisor_id, "kind": guest.kind.value, "why": moved.why}
        await self.record(work, handoff.id, f"guest_{state.value}", actor, detail)
        self._tell_guest(work, handoff, moved)
        return moved

    def _tell_guest(self, work: Work, handoff: Handoff, guest: Guest) -> None:
        work.guests[guest.id] = guest
        work.note(handoff)

    async def _say_left(self, work: Work, handoff: Handoff, guest: Guest) -> None:
        advisor, owner = self._roster.get(guest.advisor_id), self._roster.get(handoff.owner_id or "")
        who = title(advisor) if advisor else "同事"
        then = f",{title(owner)}继续为您服务" if owner else ""
        await self.say(work, handoff.conversation_id, f"{who}已离开对话{then}。")

    async def _be_present(self, work: Work, advisor_id: str) -> None:
        """Who accepts is there; for one that a fixture pins the pin goes on to speak."""
        row = (await store.presences(work.connection)).get(advisor_id)
        if row is None or row.pinned is None:
            await store.set_presence(
                work.connection, advisor_id, state=row.state if row else "online", heartbeat_at=work.now
            )

    async def _shown(self, work: Work, handoff: Handoff) -> Json:
        scene = await self.scene(work.connection, work.now)
        return {"handoff": views.handoff_json(handoff, scene)}

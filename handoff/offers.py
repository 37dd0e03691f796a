"""Offers: who is asked, who answers, and what happens when nobody does or an advisor's page is gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from handoff import store, tables, views
from handoff.core import MOST_SHOWN, Happened, Work, logger
from handoff.deciding import Decision, decide
from handoff.exclusion import Left, excluding
from handoff.joint import Joint, NotYours, check_version
from handoff.matching import never
from handoff.model import HandoffState, Presence, Staff
from handoff.ports import Json
from handoff.record import Handoff, PresenceRow, live_presence
from handoff.states import Event, HandoffChanged
from handoff.views import title
from kit.errors import Refused


class NotSuitable(Refused):
    """这条转接不能由您处理。"""

    code = "not_suitable"


class Offers(Joint):
    async def match(self, work: Work) -> views.Scene:
        """Offer every case that somebody can take now; each decision is stored with what it was made from.

        Gives the scene as it is after the offers.
        """
        scene = await self.scene(work.connection, work.now)
        decided = decide(scene)
        if not decided:
            return scene
        offered = await self._offer(work, decided)
        await self._note_decisions(work, scene, decided)
        await self._tell_offers(work, offered)
        return scene.after(offered)

    async def _offer(self, work: Work, decided: Sequence[Decision]) -> list[Handoff]:
        """The stored cases after these decisions."""
        if not decided:
            return []
        moves = [(one.handoff, one.offer(now=work.now, expires_at=self._answer_by(work.now))) for one in decided]
        return await store.transition_all(work.connection, moves, Event.OFFER)

    def _answer_by(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.policy.matching.offer_seconds)

    async def _note_decisions(self, work: Work, scene: views.Scene, decided: Sequence[Decision]) -> None:
        """The staff of that moment is one row for all of them."""
        staffing_id = self._new_id()
        staffing = {"id": staffing_id, "at": work.now, "advisors": scene.staff_inputs}
        await store.insert_all(work.connection, tables.handoff_staffings, [staffing])
        rows = [
            {
                "id": self._new_id(), "handoff_id": one.handoff.id, "at": work.now, "advisor_id": one.advisor_id,
                "policy_version": self.policy.version, "inputs": one.inputs, "staffing_id": staffing_id,
                "result": one.result,
            }
            for one in decided
        ]  # fmt: skip
        await store.insert_all(work.connection, tables.handoff_decisions, rows)

    async def _tell_offers(self, work: Work, offered: Sequence[Handoff], before: Sequence[Happened] = ()) -> None:
        """before: what happened ahead of the offers and is written down with them"""
        told = [(h.id, Event.OFFER.value, "matching", {"to": h.offered_to}) for h in offered]
        await self.record_all(work, [*before, *told])
        for handoff in offered:
            logger.info("Handoff moved", action="handoff_offer", handoff_id=handoff.id, state=handoff.state.value)
            work.offers[handoff.id] = work.note(handoff)

    async def accept(self, handoff_id: str, staff: Staff, version: int | None = None) -> Json:
        """The advisor takes the case; of two rivals one wins, the other hears HandoffChanged."""
        async with self.work() as work:
            handoff = await store.get(work.connection, handoff_id)
            if handoff.state is HandoffState.ACTIVE and handoff.owner_id == staff.id:
                return await self._shown(work, handoff)
            check_version(handoff, version)
            if handoff.state is HandoffState.OFFERED and handoff.offered_to != staff.id:
                raise HandoffChanged(handoff_id=handoff_id)
            pulled = handoff.state is HandoffState.WAITING
            if pulled:
                await self._may_pull(work, handoff, staff)
            handoff = await self.step(
                work, handoff, Event.PULL if pulled else Event.ACCEPT, actor=staff.id,
                owner_id=staff.id, accepted_at=work.now, offered_to=None, offer_expires_at=None, directed_to=None,
            )  # fmt: skip
            work.gone.append((staff.id, handoff.id, "accepted"))
            await self._be_present(work, staff.id)
            greeting = f"{title(staff)}已为您接入,您之前说的内容都已转达,不用再重复。"
            await self.say(work, handoff.conversation_id, greeting)
            return await self._shown(work, handoff)

    async def _may_pull(self, work: Work, handoff: Handoff, staff: Staff) -> None:
        """Taking a waiting case by hand: what is never relaxed still holds, a missed offer does not bar."""
        scene = await self.scene(work.connection, work.now)
        view = next((view for view in scene.staff if view.id == staff.id), None)
        if view is None:
            raise NotSuitable
        why = list(never(handoff.case, view, self.policy.matching))
        if view.free == 0:
            why.append(f"您已满负荷 {view.load}/{view.advisor.capacity}")
        if why:
            raise NotSuitable("这条转接不能由您处理:" + ";".join(why), blocked_by=why)

    async def decline(self, handoff_id: str, staff: Staff, reason: str, version: int | None = None) -> Json:
        async with self.work() as work:
            handoff = await store.get(work.connection, handoff_id)
            check_version(handoff, version)
            if handoff.state is HandoffState.OFFERED and handoff.offered_to != staff.id:
                raise NotYours
            why = (Left.DECLINED, f"本单已拒绝:{reason}" if reason else "本单已拒绝")
            handoff = await self._take_back(work, handoff, Event.DECLINE, "declined", why, actor=staff.id)
            await self.match(work)
            return await self._shown(work, await store.get(work.connection, handoff.id))

    async def _take_back(
        self,
        work: Work,
        handoff: Handoff,
        event: Event,
        gone: str,
        why: tuple[Left, str] | None,
        *,
        actor: str,
    ) -> Handoff:
        """The offer ends without an acceptance; with `why` it is not made again to the same advisor for a while."""
        advisor_id, excluded = handoff.offered_to, handoff.excluded
        if why is not None:
            excluded = excluding(excluded, [advisor_id], *why, at=work.now)
        moved = await self.step(
            work, handoff, event, actor=actor, detail={"from": advisor_id, "why": why and why[1]}, offered_to=None,
            offered_at=None, offer_expires_at=None, because=[], excluded=excluded,
        )  # fmt: skip
        if advisor_id:
            work.gone.append((advisor_id, handoff.id, gone))
        return moved

    async def tick(self) -> None:
        """One look at the clock: offers that ran out, leases that ended, wrap-ups that are over, then matching."""
        async with self.work() as work:
            board = await self.boards.see(work.connection)
            presences = dict(board.presences)
            active = [handoff for handoff in board.handoffs.values() if handoff.state is HandoffState.ACTIVE]
            await store.see_replies(work.connection, active)
            for handoff in list(board.handoffs.values()):
                if handoff.state is HandoffState.OFFERED:
                    await self._check_offer(work, handoff, presences)
                elif handoff.state is HandoffState.ACTIVE:
                    await self._check_lease(work, handoff, presences)
            for handoff in await store.in_state(work.connection, HandoffState.WRAP_UP):
                over = timedelta(seconds=self.policy.matching.wrap_up_seconds)
                if handoff.ended_at is None or abs(work.now - handoff.ended_at) >= over:
                    await self.step(work, handoff, Event.DONE, actor="worker")
            await self.look(work, presences)
            await self._tell_those_who_wait(work, await self.match(work))

    async def _check_offer(self, work: Work, handoff: Handoff, presences: dict[str, PresenceRow]) -> None:
        advisor = self._roster.get(handoff.offered_to or "")
        if handoff.offer_expires_at is not None and handoff.offer_expires_at <= work.now:
            await self._take_back(work, handoff, Event.EXPIRE, "expired", (Left.MISSED, "本单超时未接"), actor="worker")
        elif advisor is not None:
            found = live_presence(presences.get(advisor.id), advisor, self.lease, now=work.now)
            if found is not Presence.ONLINE:
                why = (Left.MISSED, "本单派出后离线") if found is Presence.OFFLINE else None
                await self._take_back(work, handoff, Event.WITHDRAW, "withdrawn", why, actor="worker")

    async def _check_lease(self, work: Work, handoff: Handoff, presences: dict[str, PresenceRow]) -> None:
        """An owner who is not heard of any more loses the conversation; the client keeps his place."""
        row = presences.get(handoff.owner_id or "")
        if row is None or row.heartbeat_at is None:
            return
        from_start = self._leases_from - self.lease + self.return_time
        if work.now - max(row.heartbeat_at, from_start) < self.lease:
            return
        logger.warning("An owner's lease ended", action="lease_ended", handoff_id=handoff.id, advisor_id=row.advisor_id)
        await self.step(
            work, handoff, Event.LOSE, actor="worker", detail={"from": handoff.owner_id}, owner_id=None,
            accepted_at=None, because=[],
            excluded=excluding(handoff.excluded, [handoff.owner_id], Left.MISSED, "本单处理中断线", at=work.now),
        )  # fmt: skip
        await self.say(
            work, handoff.conversation_id, "与顾问的连接中断了,很抱歉。您的排队位置还在,正在为您接入其他同事。"
        )

    async def _tell_those_who_wait(self, work: Work, scene: views.Scene) -> None:
        """Once for each case: that nobody is on duty, when service starts, and what can be done meanwhile."""
        for handoff in scene.waiting[:MOST_SHOWN]:
            if handoff.told_closed_at is None and scene.estimate(handoff).wait_seconds is None:
                await store.amend(work.connection, handoff.id, told_closed_at=work.now)
                await self.say(work, handoff.conversation_id, scene.words(handoff))

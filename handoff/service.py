"""The handoff service: loads, calls the rules, saves, publishes. This is the door for gateway, worker and api.

`Handoffs` is put together from `core` (transactions, frames), `offers` (who is asked, who answers), `requests` (the
client's side), `fixtures` and, here, what an advisor does with a case and what his desk shows.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from contracts.reasons import TOPICS
from handoff import alarms, brief, follow_ups, guest_store, store, views
from handoff.brief_words import hand_back
from handoff.core import MOST_SHOWN, PATIENCE_SECONDS, Work, logger
from handoff.exclusion import Left, excluding
from handoff.guests import GuestKind
from handoff.history import history_of, whispers_of
from handoff.joint import NotYours, check_not_accused, check_version
from handoff.matching import candidates, never
from handoff.model import SUPERVISOR, HandoffState, Presence, Staff
from handoff.ports import Json, Profiles
from handoff.record import Handoff, read_client
from handoff.requests import ASK_RATING
from handoff.states import Event
from handoff.supervision import Supervision
from handoff.views import TRAINER, sees_assets, title
from institution.models import Client, Holdings
from kit.errors import AgentError, Invalid, Refused

OUTCOMES = ("solved", "unsolved", "follow_up")


class OutcomeUnknown(Invalid):
    """结果应当是:已解决、未解决或需跟进。"""

    code = "outcome_unknown"


class PresenceUnknown(Invalid):
    """状态应当是:在线、忙碌或离线。"""

    code = "presence_unknown"


class TransferRefused(Invalid):
    """不能转给这位同事。"""

    code = "transfer_refused"


class BriefClosed(Refused):
    """这条转接不由您负责,不能查看。"""

    code = "brief_closed"


class Handoffs(Supervision):
    #: Set at bootstrap; a brief does without when there are none.
    profiles: Profiles | None = None

    # -- what an advisor does with a case --------------------------------------------------------------------

    async def return_to_bot(self, handoff_id: str, staff: Staff, note: str = "", version: int | None = None) -> Json:
        async with self.work() as work:
            handoff = await self._mine(work, handoff_id, staff, version)
            handoff = await self.step(
                work, handoff, Event.RETURN_TO_BOT, actor=staff.id, detail={"note": note}, ended_at=work.now,
                outcome="returned", close_note=note,
            )  # fmt: skip
            await self.say(
                work, handoff.conversation_id,
                f"{title(staff)}已把对话交还给智能助手。{ASK_RATING}",
            )  # fmt: skip
            # In the bot's own voice: who talked, and what was left to it.
            await self._timeline.append_system(
                work.connection, handoff.conversation_id, hand_back(title(staff), note), at=work.now, author="ai"
            )  # fmt: skip
            await self.match(work)
            return await self._shown(work, handoff)

    async def close(
        self,
        handoff_id: str,
        staff: Staff,
        outcome: str,
        note: str = "",
        tags: tuple[str, ...] = (),
        version: int | None = None,
    ) -> Json:
        if outcome not in OUTCOMES:
            raise OutcomeUnknown
        async with self.work() as work:
            handoff = await self._mine(work, handoff_id, staff, version)
            handoff = await self.step(
                work, handoff, Event.CLOSE, actor=staff.id, detail={"outcome": outcome}, ended_at=work.now,
                outcome=outcome, close_note=note, tags=list(tags),
            )  # fmt: skip
            await self.say(work, handoff.conversation_id, f"本次人工服务已结束,感谢您的信任。{ASK_RATING}")
            await self.match(work)
            return await self._shown(work, handoff)

    async def done(self, handoff_id: str, staff: Staff, version: int | None = None) -> Json:
        async with self.work() as work:
            handoff = await self._mine(work, handoff_id, staff, version)
            handoff = await self.step(work, handoff, Event.DONE, actor=staff.id)
            return await self._shown(work, handoff)

    async def transfer(
        self,
        handoff_id: str,
        staff: Staff,
        *,
        to: str | None = None,
        topic: str | None = None,
        note: str = "",
        version: int | None = None,
    ) -> Json:
        """Back into the queue at the client's old place, for a colleague or a topic; a supervisor may do it to any.

        Raises TransferRefused.
        """
        if topic is not None and topic not in TOPICS:
            raise TransferRefused(f"没有主题「{topic}」。")
        async with self.work() as work:
            handoff = await self._mine(work, handoff_id, staff, version, supervised=True)
            aim = topic or handoff.topic
            if to is not None:
                await self._check_colleague(work, handoff, to, aim)
            await self._withdraw_offer(work, handoff)
            holders = [handoff.owner_id if handoff.state is HandoffState.ACTIVE else None, handoff.offered_to]
            excluded = excluding(handoff.excluded, holders, Left.PASSED, "本单由他转出", at=work.now)
            excluded = {who: why for who, why in excluded.items() if who != to}
            handoff = await self.step(
                work, handoff, Event.TRANSFER, actor=staff.id, detail={"to": to, "topic": topic, "note": note},
                owner_id=None, accepted_at=None, offered_to=None, offered_at=None, offer_expires_at=None, because=[],
                directed_to=to, topic=aim, excluded=excluded,
                note=f"{handoff.note} {staff.name}转接说明:{note}".strip() if note else handoff.note,
            )  # fmt: skip
            colleague = self._roster.get(to or "")
            whom = title(colleague) if colleague else f"负责{aim}的同事"
            await self.say(work, handoff.conversation_id, f"{title(staff)}正在为您转接{whom},您说过的内容会一并转达。")
            await self.match(work)
            return await self._shown(work, await store.get(work.connection, handoff.id))

    async def _check_colleague(self, work: Work, handoff: Handoff, to: str, topic: str) -> None:
        scene = await self.scene(work.connection, work.now)
        view = next((view for view in scene.staff if view.id == to), None)
        if view is None:
            raise TransferRefused("没有这位同事。")
        why = list(never(replace(handoff, topic=topic).case, view, self.policy.matching))
        if why:
            raise TransferRefused(f"不能转给{view.advisor.name}:{';'.join(why)}。", blocked_by=why)

    async def _mine(
        self, work: Work, handoff_id: str, staff: Staff, version: int | None, *, supervised: bool = False
    ) -> Handoff:
        handoff = await store.get(work.connection, handoff_id)
        if handoff.owner_id != staff.id and not (supervised and staff.role == SUPERVISOR):
            raise NotYours
        check_not_accused(handoff, staff)
        check_version(handoff, version)
        return handoff

    # -- presence --------------------------------------------------------------------------------------------

    async def presence(self, advisor_id: str, state: str | None = None) -> Json:
        """The heartbeat of an advisor's page; with `state` also what he says of himself. `Colleague` of him."""
        if state is not None and state not in {p.value for p in Presence}:
            raise PresenceUnknown
        async with self.work() as work:
            row = (await store.presences(work.connection)).get(advisor_id)
            before = row.state if row else None
            stale = row is None or row.heartbeat_at is None or work.now - row.heartbeat_at >= self.lease
            said = state or (before if before and not stale else Presence.ONLINE.value)
            beat = row.heartbeat_at if row and said == Presence.OFFLINE.value else work.now
            await store.set_presence(work.connection, advisor_id, state=said, heartbeat_at=beat)
            if said != before or stale:
                work.staff_changed = True
                await self._withdraw_offers_of(work, advisor_id, said)
                await self.match(work)
            scene = await self.scene(work.connection, work.now)
            view = next((view for view in scene.staff if view.id == advisor_id), None)
            return views.colleague_json(view) if view else {"id": advisor_id, "presence": said}

    async def _withdraw_offers_of(self, work: Work, advisor_id: str, said: str) -> None:
        if said == Presence.ONLINE.value:
            return
        why = (Left.MISSED, "本单派出后离线") if said == Presence.OFFLINE.value else None
        board = await self.boards.see(work.connection)
        for handoff in [h for h in board.handoffs.values() if h.offered_to == advisor_id]:
            await self._take_back(work, handoff, Event.WITHDRAW, "withdrawn", why, actor=advisor_id)

    # -- what a desk shows -----------------------------------------------------------------------------------

    async def desk_snapshot(self, advisor_id: str) -> Json:
        """`{me, offers, queue, active, wrap_up, colleagues, follow_ups, invites, alerts}`; the gateway adds epoch and seq.

        A supervisor's `active` holds everybody's conversations. Who is not on the roster (the trainer) sees no cases,
        nobody a complaint about himself.
        """
        await self.roster()
        async with self._engine.begin() as connection:
            scene = await self.scene(connection, self._clock.now())
            wrap_up = await store.in_state(connection, HandoffState.WRAP_UP)
            left = await follow_ups.to_do(connection)
            alerts = await alarms.listed(connection, advisor_id, unseen=True)
        me = next((view for view in scene.staff if view.id == advisor_id), None)
        supervises = me is not None and me.advisor.role == SUPERVISOR
        active = [
            h
            for h in scene.handoffs
            if h.state is HandoffState.ACTIVE
            and (supervises or h.owner_id == advisor_id)
            and h.complained_about != advisor_id
        ]
        active.sort(key=lambda h: (h.requested_at, h.id))
        queue = [h for h in scene.queue[:MOST_SHOWN] if me is not None and h.complained_about != advisor_id]
        shown = [(views.handoff_json(h, scene), h) for h in queue]
        return {
            "me": views.colleague_json(me) if me else None,
            "offers": [body for body, h in shown if h.offered_to == advisor_id],
            "queue": [body for body, _ in shown],
            "active": [views.handoff_json(h, scene) for h in active],
            "wrap_up": [views.handoff_json(h, scene) for h in wrap_up if h.owner_id == advisor_id],
            "colleagues": [views.colleague_json(view) for view in scene.staff],
            "follow_ups": [
                views.follow_up_json(row) for row in left if me is not None and row["complained_about"] != advisor_id
            ],
            "invites": [
                views.invite_json(guest, handoff, scene)
                for handoff in scene.handoffs
                for guest in scene.guests.get(handoff.id, ())
                if guest.advisor_id == advisor_id and guest.kind is GuestKind.EXPERT
            ],
            "alerts": alerts if supervises else [],
        }

    async def detail(self, handoff_id: str, reader: Staff) -> Json:
        """`{handoff, brief, messages, candidates}` as the reader may see it; the read is written down.

        Raises BriefClosed for a case that is neither his nor in the queue, and for a complaint about himself.
        """
        await self.roster()
        async with self._engine.begin() as connection:
            known = await store.get(connection, handoff_id)
            invited = await guest_store.present(connection, known.conversation_id)
        client, holdings = await self._profile(known.client_id, assets=sees_assets(reader, known, invited))
        async with self.work() as work:
            handoff = await store.get(work.connection, handoff_id)
            history = await self._timeline.history(work.connection, handoff.conversation_id, 200)
            scene = await self.scene(work.connection, work.now)
            guests = scene.guests.get(handoff.id, ())
            his = views.is_his(reader, handoff, guests)
            accused = reader.id == handoff.complained_about
            if reader.role == TRAINER or accused or not (his or handoff.queued):
                raise BriefClosed
            if handoff.ended_at and reader.role != SUPERVISOR and reader.id != handoff.client.own_advisor:
                # What was said after his service is not for who had it once.
                history = [message for message in history if message.at <= handoff.ended_at]
            assets = sees_assets(reader, handoff, guests)
            past = await store.latest_of(work.connection, handoff.conversation_id)
            events = await store.events_of(work.connection, handoff.id)
            await self.record(work, handoff.id, "brief_read", reader.id, {"role": reader.role, "assets": assets})
        subject = self._subject(handoff, client, holdings if assets else None, scene, history, past, assets)
        subject = await self._with_profile(subject, handoff.client_id)
        chosen = handoff.owner_id or handoff.offered_to
        # This very case must not make the one who has it look full.
        staff = [replace(v, load=max(0, v.load - 1)) if v.id == chosen and handoff.open else v for v in scene.staff]
        ranked = candidates(scene.case(handoff), staff, self.policy.matching, now=scene.now)
        supervises = reader.role == SUPERVISOR
        return {
            "handoff": views.handoff_json(handoff, scene),
            "brief": brief.build_brief(subject),
            "messages": [views.message_json(message) for message in (history if his else ())],
            "candidates": [views.candidate_json(candidate, chosen) for candidate in ranked],
            "record": history_of(events, self._roster) if his else [],
            "whispers": whispers_of(events, self._roster) if reader.id == handoff.owner_id or supervises else [],
        }

    async def _with_profile(self, subject: brief.Subject, client_id: str) -> brief.Subject:
        if self.profiles is None:
            return subject
        alerts = await self.profiles.alerts(client_id, assets=subject.sees_assets)
        tags = await self.profiles.tags(client_id, assets=subject.sees_assets)
        return replace(subject, extra_alerts=alerts, tags=tuple(dict.fromkeys([*subject.tags, *tags])))

    async def _profile(self, client_id: str, *, assets: bool) -> tuple[Client | None, Holdings | None]:
        """What the institution knows now; None for what it does not tell in time: a brief is never late for it."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if not assets:
                    return await self._institution.client(client_id), None
                return await asyncio.gather(self._institution.client(client_id), self._institution.holdings(client_id))
        except (AgentError, TimeoutError) as error:
            logger.warning("A profile could not be read", action="profile_unavailable", cause=type(error).__name__)
            return None, None

    def _subject(
        self,
        handoff: Handoff,
        client: Client | None,
        holdings: Holdings | None,
        scene: views.Scene,
        history: Any,
        past: Handoff | None,
        assets: bool,
    ) -> brief.Subject:
        names = {advisor.id: advisor.name for advisor in self._roster.values()}
        own = handoff.client.own_advisor
        return brief.Subject(
            client=read_client(client) if client else handoff.client,
            topic=handoff.topic, second_topic=handoff.second_topic, reasons=handoff.reasons,
            priority=scene.priority(handoff), history=history, requested_at=handoff.requested_at,
            now=handoff.accepted_at or scene.now, facts=handoff.facts, note=handoff.note,
            holdings=[
                brief.Holding(
                    h.name, float(h.value), float(h.profit), float(h.profit_rate), float(h.share_of_assets), h.sector
                )
                for h in (holdings.items if holdings else ())
            ],
            total=float(holdings.total) if holdings else None,
            own_advisor_name=names.get(own, own) if own else None,
            risk_expired=client.risk_expired if client else False, tags=client.tags if client else (),
            complained_about_name=names.get(handoff.complained_about or ""),
            past_notes=[past.close_note] if past and past.id != handoff.id and past.close_note else [],
            sees_assets=assets,
        )  # fmt: skip

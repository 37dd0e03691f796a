"""Ways out of the queue when nobody is free: a message, a call-back, an appointment; and what becomes of them."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.reasons import TOPICS
from handoff import follow_ups, store
from handoff.appointments import MOST_SHOWN, REMINDER_MINUTES, Slot, calendar, free_slots
from handoff.core import PATIENCE_SECONDS, Work, logger
from handoff.hours import day_words
from handoff.model import SUPERVISOR, Advisor, Case, ClientView, Staff
from handoff.offers import Offers
from handoff.ports import Json
from handoff.record import SLOT_MINUTES, Handoff, PresenceRow, read_client
from handoff.states import Event
from handoff.views import TRAINER, title
from kit.errors import AgentError, Conflict, Invalid, NotFound

#: How many of the latest messages say what a case is about.
RECENT = 12
WAYS_OUT = {"留言": "message", "回电": "callback", "预约": "appointment"}
#: The word alone or set off from what follows; 「回电要等多久?」 and 「留言有人看吗」 only ask about it.
WAY_OUT = re.compile(
    r"^(留言|回电|预约)(?:话)?(?:$|(?:\s*[:\uff1a]|[,\uff0c。.!\uff01\s]+(?!.*(?:[?\uff1f]|吗|呢)\s*$))(.*)$)",
    re.DOTALL,
)


class NotWaiting(Conflict):
    """您现在没有在排队。"""

    code = "not_waiting"


class NoSlot(Conflict):
    """暂时没有可以预约的时间,您可以留言或请我们回电。"""

    code = "no_slot"


class SlotTaken(NoSlot):
    """这个时间刚刚被约走了,请另选一个时间。"""

    code = "slot_taken"


class TopicUnknown(Invalid):
    """没有这个主题。"""

    code = "topic_unknown"


class Leaving(Offers):
    async def leave(
        self, conversation_id: str, kind: str, text: str = "", due_at: datetime | None = None,
        advisor_id: str | None = None,
    ) -> Json:  # fmt: skip
        """A message, a call-back or an appointment (`kind`) instead of waiting: {follow_up_id, kind, due_at, words}.

        due_at, advisor_id  the wanted time, and with whom; for an appointment the next free one when not given

        Raises NotWaiting, NoSlot, SlotTaken.
        """
        async with self.work() as work:
            handoff = await self._queued(work, conversation_id)
            slot: Slot | None = None
            if kind == "appointment":
                slot = await self._slot(work, handoff.case, due_at, advisor_id)
                due_at = slot.at
            said = [
                message.text
                for message in await self._timeline.history(work.connection, conversation_id, RECENT)
                if message.author == "client" and not WAY_OUT.match(message.text)
            ]
            follow_up = {
                "id": self._new_id(), "handoff_id": handoff.id, "kind": kind, "text": text or " / ".join(said[-3:]),
                "due_at": due_at, "advisor_id": slot.advisor.id if slot else _own(handoff),
                "created_at": work.now,
            }  # fmt: skip
            if not await follow_ups.add(work.connection, follow_up):
                raise SlotTaken
            await self._withdraw_offer(work, handoff)
            await self.step(
                work, handoff, Event.LEAVE, actor=handoff.client_id, detail={"kind": kind}, ended_at=work.now,
                outcome=kind, offered_to=None, offer_expires_at=None,
            )  # fmt: skip
            work.follow_ups_changed = True
            told = left_words(kind, slot, due_at, work.now)
            await self.say(work, conversation_id, told)
            await self.match(work)
            return {"follow_up_id": follow_up["id"], "kind": kind, "due_at": due_at, "words": told}

    async def _queued(self, work: Work, conversation_id: str) -> Handoff:
        handoff = await store.open_of(work.connection, conversation_id)
        if handoff is None or not handoff.queued:
            raise NotWaiting
        return handoff

    async def _withdraw_offer(self, work: Work, handoff: Handoff) -> None:
        if handoff.offered_to:
            work.gone.append((handoff.offered_to, handoff.id, "withdrawn"))

    async def _slot(self, work: Work, case: Case, wanted: datetime | None, advisor_id: str | None) -> Slot:
        """The next free time of an expert for this case, or the wanted one."""
        taken = await follow_ups.taken(work.connection)
        if wanted is not None and advisor_id is not None:
            # The list shows the best advisor of each time; whoever chose from an older one means this advisor.
            taken |= {(one, wanted) for one in self._roster if one != advisor_id}
        free = free_slots(case, self._roster.values(), taken, self.policy.matching, now=work.now)
        if not free:
            raise NoSlot
        found = next((slot for slot in free if wanted is None or slot.at == wanted), None)
        if found is None:
            raise SlotTaken
        return found

    # -- a client's appointments -----------------------------------------------------------------------------

    async def appointments(self, conversation_id: str, client_id: str, topic: str | None = None) -> Json:
        """`{topic, slots, booked}`: free times for the topic (or the case that waits), and what the client has.

        Raises TopicUnknown.
        """
        if topic is not None and topic not in TOPICS:
            raise TopicUnknown
        client = await self._client(client_id)
        async with self._engine.begin() as connection:
            now = self._clock.now()
            waiting = await store.open_of(connection, conversation_id)
            taken = await follow_ups.taken(connection)
            booked = await follow_ups.booked_by(connection, conversation_id)
        asked = topic or (waiting.topic if waiting else None)
        case = waiting.case if waiting and waiting.topic == asked else None
        if case is None and asked is not None:
            case = Case("", client, asked, (), now)
        free = free_slots(case, self._roster.values(), taken, self.policy.matching, now=now) if case else []
        return {
            "topic": asked,
            "slots": [self._slot_json(slot, now) for slot in free[:MOST_SHOWN]],
            "booked": [
                {"id": row["id"], "topic": row["topic"], **self._slot_json(self._slot_of(row), now)} for row in booked
            ],
        }

    def _slot_json(self, slot: Slot, now: datetime) -> Json:
        advisor = slot.advisor
        return {
            "advisor": {"id": advisor.id, "name": advisor.name, "role": advisor.role}, "at": slot.at.astimezone(UTC).isoformat(),
            "minutes": slot.minutes, "words": day_words(slot.at, now),
        }  # fmt: skip

    def _slot_of(self, row: follow_ups.Row) -> Slot:
        known = self._roster.get(row["advisor_id"])
        return Slot(known or Advisor(row["advisor_id"], row["advisor_id"], "专家"), row["due_at"], SLOT_MINUTES)

    async def calendar_of(self, conversation_id: str, follow_up_id: str) -> str:
        """The client's appointment as an iCalendar file. Raises FollowUpUnknown."""
        await self.roster()
        async with self._engine.begin() as connection:
            row = await self._booked(connection, conversation_id, follow_up_id)
        return calendar(row["id"], self._slot_of(row), row["topic"], now=self._clock.now())

    async def cancel_appointment(self, conversation_id: str, follow_up_id: str) -> None:
        """The client needs it no more; the time is free again. Raises FollowUpUnknown, FollowUpDone."""
        async with self.work() as work:
            row = await self._booked(work.connection, conversation_id, follow_up_id)
            await follow_ups.finish(work.connection, row["id"], outcome="cancelled", by=row["client_id"], at=work.now)
            await self.record(work, row["handoff_id"], "follow_up_cancel", row["client_id"], {"id": row["id"]})
            work.follow_ups_changed = True
            slot = self._slot_of(row)
            when, who = day_words(slot.at, work.now), title(slot.advisor)
            await self.say(work, conversation_id, f"已为您取消{when}与{who}的预约,需要时可以再约。")

    async def _booked(self, connection: AsyncConnection, conversation_id: str, follow_up_id: str) -> follow_ups.Row:
        row = await follow_ups.get(connection, follow_up_id)
        if row["conversation_id"] != conversation_id or row["kind"] != "appointment":
            raise follow_ups.FollowUpUnknown(follow_up_id=follow_up_id)
        return row

    async def _client(self, client_id: str) -> ClientView:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return read_client(await self._institution.client(client_id))
        except NotFound:
            raise
        except (AgentError, TimeoutError) as error:
            logger.warning("A client could not be read", action="client_unavailable", cause=type(error).__name__)
            return ClientView(id=client_id)

    async def look(self, work: Work, presences: dict[str, PresenceRow]) -> None:
        """What time changes; here: clients are reminded of their appointments, once."""
        await super().look(work, presences)
        soon = work.now + timedelta(minutes=REMINDER_MINUTES)
        for row in await follow_ups.to_remind(work.connection, soon):
            await follow_ups.note_reminded(work.connection, row["id"], work.now)
            slot = self._slot_of(row)
            # Booked at short notice: the confirmation was the reminder. Long over (the clock was moved): no use.
            if row["created_at"] + timedelta(minutes=REMINDER_MINUTES) < slot.at and slot.at > work.now:
                when, who = day_words(slot.at, work.now), title(slot.advisor)
                await self.say(work, row["conversation_id"], f"提醒您:{when},{who}会就{row['topic']}联系您。")

    # -- the desk --------------------------------------------------------------------------------------------

    async def follow_up_done(self, follow_up_id: str, staff: Staff, note: str = "") -> None:
        """Whom it waits for, or a supervisor, has dealt with it. Raises FollowUpUnknown, FollowUpNotYours, FollowUpDone."""
        async with self.work() as work:
            row = await follow_ups.get(work.connection, follow_up_id)
            anybody = row["advisor_id"] is None and staff.role != TRAINER
            his = anybody or staff.role == SUPERVISOR or staff.id == row["advisor_id"]
            if not his or staff.id == row["complained_about"]:
                raise follow_ups.FollowUpNotYours
            await follow_ups.finish(work.connection, row["id"], outcome="done", by=staff.id, at=work.now)
            await self.record(work, row["handoff_id"], "follow_up_done", staff.id, {"id": row["id"], "note": note})
            work.follow_ups_changed = True


def _own(handoff: Handoff) -> str | None:
    """The own advisor, unless the client complains about him."""
    own = handoff.client.own_advisor
    return own if own != handoff.complained_about else None


def left_words(kind: str, slot: Slot | None, due_at: datetime | None, now: datetime) -> str:
    """What the client is told of what he left."""
    if kind == "message":
        return "已收到您的留言,同事会在服务时间内尽快查看并回复您。"
    if slot is not None:
        return f"已为您预约{title(slot.advisor)},时间是{day_words(slot.at, now)},到时会主动联系您。"
    # True by day and by night: the hours themselves are told with the wait.
    when = f"{day_words(due_at, now)} " if due_at else "在服务时间内尽快"
    return f"已为您登记回电,我们会{when}拨打您预留的手机号,请留意接听。"

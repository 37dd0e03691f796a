"""From the timeline to WeChat: what a person is owed, as far as the platform lets us. The timeline is the outbox.

A person's `sent_seq` says up to which message nothing is owed. It moves after a message went out (a crash between the two
sends one message twice, none is lost), when the client went on elsewhere, and not while the quota is used up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.channels.delivery import due
from gateway.channels.wechat import binding, contacts, parts, union, words
from gateway.channels.wechat.contacts import Contact
from gateway.channels.wechat.parts import Part
from gateway.channels.wechat.platform import PlatformAway, PlatformRefused
from gateway.hub import RESET, Hub
from gateway.tables import messages
from gateway.tasks import finish
from gateway.timeline import store
from gateway.timeline.model import Author, Draft, conversation_of
from gateway.timeline.timeline import Timeline
from kit import log
from kit.clock import Clock
from kit.due import Due
from kit.ids import NewId

CHANNEL = "wechat"
#: The window is over (or the person unsubscribed), the count is used up; 企业微信's count.
WINDOW_OVER, COUNT_USED_UP, KF_COUNT = 45015, 45047, 95001
#: No such person, or he does not follow us.
NOT_THERE = frozenset({40003, 43004})
TOO_LONG = 45002
#: Messages looked at in one step; a longer backlog takes several.
STEP_MESSAGES = 100
#: What the platform could not take is tried again this often; a new message of the client does it at once.
SWEEP = timedelta(seconds=5)
#: A message refused this often for a reason we do not know is left to the app.
MOST_REFUSALS = 5
SMALLEST_BYTES = 200


class Outlet(Protocol):
    async def send(self, contact: Contact, text: str, key: str) -> None:
        """`key` repeats with the message. Raises PlatformAway, PlatformRefused."""
        ...


#: The address of the web page that a person opens from WeChat.
Link = Callable[[Contact], str]


class Sender:
    def __init__(
        self, engine: AsyncEngine, clock: Clock, wall: Clock, new_id: NewId, timeline: Timeline, hub: Hub,
        outlets: Mapping[str, Outlet], link: Link,
    ) -> None:  # fmt: skip
        self._engine, self._clock, self._wall, self._new_id = engine, clock, wall, new_id
        self._timeline, self._hub, self._outlets, self._link = timeline, hub, outlets, link
        self._due = Due(self._work)
        self._refusals: dict[tuple[str, int | None], int] = {}
        self._log = log.get(__name__)

    def wake(self, conversation_id: str) -> None:
        """Something may be owed to the readers of this conversation."""
        self._due.wake(conversation_id)

    async def sweep(self) -> None:
        """Wake all that may be owed something: after a start, and for what could not be sent."""
        async with self._engine.connect() as sql:
            found = await contacts.behind(sql, self._wall.now())
        for conversation_id in found:
            self.wake(conversation_id)

    async def idle(self) -> None:
        """Until all that may be sent now is sent."""
        await self._due.idle()

    async def stop(self) -> None:
        await finish(self._due.running)

    async def _work(self, conversation_id: str) -> None:
        try:
            async with self._engine.connect() as sql:
                readers = await contacts.of_conversation(sql, conversation_id)
                waiting = [reader for reader in readers if await self._waits(sql, reader)]
            for reader in waiting:
                await self._serve(reader)
        except Exception as error:
            # The sweep comes again: one broken conversation must not end the others.
            self._log.error("A delivery broke", action="wechat_delivery_broke", exc_info=error)

    async def _waits(self, sql: AsyncConnection, reader: Contact) -> bool:
        """Whether there is anything to do for him; his own words, not answered yet, are nothing (and the usual case)."""
        told = await store.conversation(sql, reader.conversation_id)
        if reader.joins or told is None or told.epoch != reader.epoch:
            return True
        after = await store.after(sql, told.id, reader.sent_seq, STEP_MESSAGES)
        return len(after) == STEP_MESSAGES or any(one.draft.author is not Author.CLIENT for one in after)

    async def _serve(self, reader: Contact) -> None:
        async with self._engine.begin() as sql:
            if not await contacts.claim(sql, reader.id, self._wall.now()):
                return
        try:
            while (step := await self._step(reader.id)) is not None:
                if not await self._send(*step):
                    break
            await self._join(reader.id)
        finally:
            async with self._engine.begin() as sql:
                await contacts.change(sql, reader.id, sending_until=None)

    async def _step(self, contact_id: str) -> tuple[Contact, list[Part]] | None:
        """What to send next; None when nothing is owed, or nothing may be sent."""
        async with self._engine.begin() as sql:
            contact = await contacts.find(sql, contact_id)
            told = await store.conversation(sql, contact.conversation_id) if contact else None
            if contact is None or told is None or contact.state != contacts.ACTIVE or contact.held:
                return None
            if contact.epoch != told.epoch:
                # Numbered afresh: what stood there before is history, not news.
                await contacts.change(sql, contact.id, epoch=told.epoch, sent_seq=told.seq)
                return None
            after = await store.after(sql, told.id, contact.sent_seq, STEP_MESSAGES)
            if not after:
                return None
            first = (await contacts.of_conversation(sql, told.id))[0]
            spoke = await last_channel(sql, told.id, contact.sent_seq)
            owed = due(after, spoke=spoke, channel=CHANNEL, shown=contact.sent_seq)
            news = owed.messages if first.id == contact.id else ()
            if not news:
                await contacts.change(sql, contact.id, sent_seq=owed.seq)
                return (contact, []) if len(after) == STEP_MESSAGES else None
        left = contact.quota.left(self._wall.now())
        planned = parts.plan(news, left, self._link(contact))
        return (contact, planned) if planned else None

    async def _send(self, contact: Contact, planned: list[Part]) -> bool:
        """Whether all went out."""
        for number, part in enumerate(planned):
            key = f"{contact.epoch[-12:]}-{contact.sent_seq}-{number}"
            try:
                await self._out(contact, part.text, key)
            except PlatformAway as error:
                self._log.warning("WeChat is away", action="wechat_away", cause=str(error.fields))
                return False
            except PlatformRefused as refused:
                await self._refused(contact, planned[-1].seq, refused.number)
                return False
            await self._sent(contact.id, part.seq)
        return True

    async def _out(self, contact: Contact, text: str, key: str) -> None:
        try:
            await self._outlets[contact.kind].send(contact, text, key)
        except PlatformRefused as refused:
            if refused.number != TOO_LONG or parts.size(text) < SMALLEST_BYTES:
                raise
            for number, piece in enumerate(parts.split(text, parts.size(text) // 2 + 3)):
                await self._out(contact, piece, f"{key}-{number}")

    async def _sent(self, contact_id: str, seq: int | None) -> None:
        async with self._engine.begin() as sql:
            # Read again: a message of the client may have opened the quota meanwhile.
            contact = await contacts.find(sql, contact_id)
            if contact is not None:
                moved = {} if seq is None else {"sent_seq": seq}
                still = self._wall.now() + contacts.LEASE
                await contacts.set_quota(sql, contact_id, contact.quota.spent(), sending_until=still, **moved)

    async def _refused(self, contact: Contact, seq: int | None, number: int) -> None:
        """Keep what was refused for later; after some times for no known reason, leave it to the app."""
        self._log.warning("WeChat refused a message", action="wechat_refused", contact_id=contact.id, number=number)
        async with self._engine.begin() as sql:
            if number in (WINDOW_OVER, COUNT_USED_UP, KF_COUNT):
                now = await contacts.find(sql, contact.id)
                # Where the client spoke meanwhile, the refusal is about a quota that is gone already.
                if now is not None and now.quota.message.until == contact.quota.message.until:
                    await contacts.set_quota(sql, contact.id, now.quota.used_up())
                return
            if number in NOT_THERE:
                return await contacts.change(sql, contact.id, state=contacts.FROZEN)
            times = self._refusals.pop((contact.id, seq), 0) + 1
            if times < MOST_REFUSALS:
                self._refusals[contact.id, seq] = times
                return
            await contacts.change(sql, contact.id, sent_seq=seq)
        self._log.error("A message is left to the app", action="wechat_given_up", contact_id=contact.id, seq=seq)

    async def _join(self, contact_id: str) -> None:
        """Finish a confirmed binding as soon as the talk so far is at rest."""
        async with self._engine.begin() as sql:
            contact = await contacts.find(sql, contact_id)
            if contact is None or not contact.joins:
                return
            now = self._clock.now()
            if not await binding.join(sql, self._timeline, contact, epoch=self._new_id(), now=now):
                return
            target = conversation_of(contact.joins)
            await self._timeline.append(sql, Draft(self._new_id(), target, Author.SYSTEM, words.BOUND, now, CHANNEL))
            await union.join_others(sql, contact, contact.joins)
        await self._hub.to_client(target, RESET)
        self.wake(target)


async def last_channel(connection: AsyncConnection, conversation_id: str, seq: int) -> str | None:
    """The channel of the client's last message up to `seq`."""
    wanted = (
        select(messages.c.channel)
        .where(
            messages.c.conversation_id == conversation_id, messages.c.seq <= seq,
            messages.c.author == Author.CLIENT.value,
        )
        .order_by(messages.c.seq.desc())
        .limit(1)
    )  # fmt: skip
    return (await connection.execute(wanted)).scalar()

"""What becomes of a push: a turn of the conversation, a binding, an event. One person's pushes one after another.

Each step may be done twice (a crash before the row is marked done): message ids follow from the push, so it counts once.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from limits import parse_many
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.channels.wechat import binding, contacts, inbox, union, words
from gateway.channels.wechat.contacts import Contact
from gateway.channels.wechat.inbox import Job
from gateway.channels.wechat.kf import CHANGED, OVER, STAFF
from gateway.channels.wechat.push import Push
from gateway.channels.wechat.sender import CHANNEL, Sender
from gateway.checks import MessageEmpty, MessageNotText, MessageTooLong, check_text
from gateway.limits import Limits, TooMany
from gateway.tasks import finish
from gateway.timeline.model import Author, Draft, conversation_of
from gateway.timeline.timeline import Timeline
from gateway.turns import ADVISOR, Turns
from kit import log
from kit.clock import SHANGHAI, Clock
from kit.due import Due

#: Wrong codes that one person may send: guessing 39 bits so slowly is hopeless.
CODE_TRIES = parse_many("5/10 minutes")
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 10.0
SUBSCRIBE, SCAN, UNSUBSCRIBE, CLICK = "subscribe", "scan", "unsubscribe", "click"


class Transcriber(Protocol):
    async def __call__(self, contact: Contact, media_id: str) -> str | None:
        """The words of a voice message; None when nobody here can hear it."""
        ...


async def hears_nothing(contact: Contact, media_id: str) -> str | None:
    """No speech recognition is set up: the client is asked to type."""
    return None


async def no_union(contact: Contact) -> str:
    return ""


#: Keeps a picture; its name, None when it cannot be had.
Keep = Callable[[Contact, str], Awaitable[str | None]]
#: Sends the one text that a code of an event allows: (code, text).
Greet = Callable[[str, str], Awaitable[None]]
#: The person's unionid, as far as the platform tells it.
Union = Callable[[Contact], Awaitable[str]]


class Receiver:
    def __init__(
        self, engine: AsyncEngine, clock: Clock, wall: Clock, timeline: Timeline, turns: Turns, sender: Sender,
        limits: Limits, keep: Keep, greet: Greet, most_chars: int, hear: Transcriber = hears_nothing,
        union_of: Union = no_union,
    ) -> None:  # fmt: skip
        self._engine, self._clock, self._wall, self._timeline = engine, clock, wall, timeline
        self._turns, self._sender, self._limits = turns, sender, limits
        self._keep, self._greet, self._hear, self._most_chars = keep, greet, hear, most_chars
        self._union_of = union_of
        #: Who was asked for his unionid since the start: the platform tells it at once, or not at all.
        self._asked: set[str] = set()
        self._due = Due(self._work)
        self._log = log.get(__name__)

    def wake(self, contact_id: str) -> None:
        self._due.wake(contact_id)

    async def recover(self, after: timedelta = timedelta(0)) -> None:
        """Take up what was accepted and not done when a process ended: at start, and what has waited for `after`."""
        async with self._engine.connect() as sql:
            found = await inbox.people_waiting(sql, self._wall.now() - after + timedelta(seconds=1))
        for contact_id in found:
            self.wake(contact_id)

    async def idle(self) -> None:
        """Until all that has come in is done."""
        await self._due.idle()

    async def stop(self) -> None:
        await finish(self._due.running)

    async def _work(self, contact_id: str) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            async with self._engine.connect() as sql:
                job = await inbox.oldest(sql, contact_id)
            if job is None:
                return
            if await self._do(job):
                pause = FIRST_PAUSE_SECONDS
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _do(self, job: Job) -> bool:
        try:
            await self.take(job)
        except Exception as error:
            async with self._engine.begin() as sql:
                given_up = await inbox.failed(sql, job)
            self._log.error(
                "A WeChat message broke",
                action="wechat_message_broke",
                job_id=job.id,
                given_up=given_up,
                exc_info=error,
            )
            return False
        async with self._engine.begin() as sql:
            await inbox.done(sql, job, self._wall.now())
        return True

    # -- one push ---------------------------------------------------------------------------------------------

    async def take(self, job: Job) -> None:
        contact, push = await self._met(job), job.push
        if push.kind == STAFF:
            return await self._mirror(contact, push)
        if push.event == CHANGED:
            return await self._session(contact, push)
        await self._recognise(contact)
        if push.kind == "event":
            await self._event(contact, push)
        elif push.kind == "text" or (push.kind == "voice" and push.text):
            await self._text(contact, push, push.text)
        elif push.kind == "voice" and (heard := await self._hear(contact, push.media_id)):
            await self._text(contact, push, heard)
        else:
            await self._other(contact, push)
        # What was held opens with the client's word.
        async with self._engine.connect() as sql:
            now = await contacts.find(sql, contact.id)
        self._sender.wake(now.conversation_id if now else contact.conversation_id)

    async def _met(self, job: Job) -> Contact:
        """The person, his quota opened, his place in the timeline known."""
        push, now = job.push, self._wall.now()
        async with self._engine.begin() as sql:
            kind = contacts.KF if job.account else contacts.OFFICIAL
            found = await contacts.open_contact(sql, job.contact_id, kind, push.openid, job.account)
            told = await self._timeline.open(sql, found.conversation_id)
            quota, values = found.quota, {}
            if push.kind not in ("event", STAFF):
                quota, values = quota.after_message(now), {"spoke_at": now, "state": contacts.ACTIVE}
            elif push.event in (SUBSCRIBE, SCAN, CLICK):
                quota, values = quota.after_event(now), {"spoke_at": now, "state": contacts.ACTIVE}
            elif push.event == UNSUBSCRIBE:
                values = {"state": contacts.FROZEN}
            if found.epoch != told.epoch or found.state == contacts.FROZEN:
                # New here, numbered afresh, or back again: what stands there is read in the app, not sent now.
                values |= {"epoch": told.epoch, "sent_seq": told.seq}
            await contacts.set_quota(sql, found.id, quota, **values)
            made = await contacts.find(sql, found.id)
        assert made is not None
        return made

    async def _event(self, contact: Contact, push: Push) -> None:
        code = binding.code_in(push.event_key)
        match push.event:
            case "subscribe" | "scan" | "enter_session" if code:
                await self._claim(contact, push, code)
            case "enter_session":
                # Nothing may be sent to who only came in, but for one greeting where the platform gives a code for it.
                if push.media_id:
                    await self._greet(push.media_id, words.WELCOME)
            case "subscribe":
                await self._say(contact, push, words.WELCOME_BACK if contact.bound else words.WELCOME)
            case "click" if push.event_key in words.MENU:
                await self._turn(contact, push, words.MENU[push.event_key])
            case _:
                self._log.info("An event needs nothing", action="wechat_event", event=push.event[:40])

    async def _text(self, contact: Contact, push: Push, text: str) -> None:
        if text in words.UNBIND:
            return await self._unbind(contact, push)
        code = binding.code_in(text)
        if code and (not contact.bound or text.startswith("绑定")):
            return await self._claim(contact, push, code)
        await self._turn(contact, push, text)

    async def _turn(self, contact: Contact, push: Push, text: str) -> None:
        try:
            checked = check_text(text, self._most_chars)
        except MessageTooLong:
            return await self._say(contact, push, words.TOO_LONG)
        except (MessageEmpty, MessageNotText):
            return await self._other(contact, push)
        await self._turns.said(contact.conversation_id, message_id(push), checked, CHANNEL)

    async def _other(self, contact: Contact, push: Push) -> None:
        """What the bot cannot read: stored as what it was; the advisor, if one is there, answers it himself."""
        shown = words.SHOWN.get(push.kind, words.SHOWN_OTHER)
        reply = {"voice": words.VOICE, "image": words.IMAGE}.get(push.kind, words.OTHER)
        if push.kind == "image" and (name := await self._keep(contact, push.media_id)) is None:
            reply = words.IMAGE_LOST
        elif push.kind == "image":
            shown = f"{shown} {name}"
        elif push.text:
            shown = f"{shown} {push.text}"
        now = self._clock.now()
        async with self._engine.begin() as sql:
            draft = Draft(
                message_id(push), contact.conversation_id, Author.CLIENT, shown, now, CHANNEL, contact.client_id
            )
            await self._timeline.append(sql, draft)
            owner = await self._timeline.owner_of(sql, contact.conversation_id) if self._timeline.owner_of else None
            if owner is None or owner.kind.value != ADVISOR:
                await self._append(sql, contact, push, reply, now)

    # -- the platform's own staff (微信客服) ----------------------------------------------------------------------

    async def _mirror(self, contact: Contact, push: Push) -> None:
        """What he wrote to the client stands in the one timeline; it is not sent again."""
        now = self._clock.now()
        async with self._engine.begin() as sql:
            await contacts.change(sql, contact.id, held=True)
            draft = Draft(
                message_id(push), contact.conversation_id, Author.HUMAN, push.text, now, CHANNEL, name=words.KF_STAFF
            )  # fmt: skip
            await self._timeline.append(sql, draft)

    async def _session(self, contact: Contact, push: Push) -> None:
        """While he has the session the bot is silent; after its end it goes on."""
        over = push.event_key == OVER
        async with self._engine.begin() as sql:
            await contacts.change(sql, contact.id, held=not over)
        if over and push.media_id:
            await self._greet(push.media_id, words.KF_ENDED)

    async def _recognise(self, contact: Contact) -> None:
        """Learn once who the person is in our other accounts."""
        if contact.unionid or contact.id in self._asked:
            return
        self._asked.add(contact.id)
        if unionid := await self._union_of(contact):
            async with self._engine.begin() as sql:
                await union.learn(sql, contact, unionid)

    # -- binding ------------------------------------------------------------------------------------------------

    async def _claim(self, contact: Contact, push: Push, code: str) -> None:
        if contact.bound:
            return await self._say(contact, push, words.ALREADY_BOUND)
        try:
            await self._limits.take(CODE_TRIES, "wechat-code", contact.id)
        except TooMany:
            return await self._say(contact, push, words.CODE_TRIES)
        now = self._wall.now()
        async with self._engine.begin() as sql:
            claim = await binding.claim(sql, code, contact.id, now=now)
            reply = words.CODE_TAKEN if claim else words.CODE_WRONG
            await self._append(sql, contact, push, reply, self._clock.now())
            if claim:
                at = self._clock.now().astimezone(SHANGHAI)
                draft = Draft(
                    f"{message_id(push)}.bind", conversation_of(claim.client_id), Author.SYSTEM,
                    words.CONFIRM.format(at=f"{at:%H:%M}"), self._clock.now(), quick_replies=(words.YES, words.NO),
                )  # fmt: skip
                await self._timeline.append(sql, draft)

    async def _unbind(self, contact: Contact, push: Push) -> None:
        async with self._engine.begin() as sql:
            if contact.bound or contact.joins:
                await binding.unbind(sql, self._timeline, contact)
                # 「解除绑定」 is the person's word, wherever else he is known by his unionid.
                for other in await union.same_person(sql, contact):
                    if other.bound or other.joins:
                        await binding.unbind(sql, self._timeline, other)
                found = await contacts.find(sql, contact.id)
                assert found is not None
                await self._append(sql, found, push, words.UNBOUND, self._clock.now())
                return
        await self._say(contact, push, words.NOT_BOUND)

    # -- our own words ------------------------------------------------------------------------------------------

    async def _say(self, contact: Contact, push: Push, text: str) -> None:
        async with self._engine.begin() as sql:
            await self._append(sql, contact, push, text, self._clock.now())

    async def _append(self, sql: AsyncConnection, contact: Contact, push: Push, text: str, at: datetime) -> None:
        own = Draft(f"{message_id(push)}.wx", contact.conversation_id, Author.SYSTEM, text, at, CHANNEL)
        await self._timeline.append(sql, own)


def message_id(push: Push) -> str:
    """The message's id in the timeline: the same for each delivery of the push, at most 64 characters of an id."""
    return "wx-" + hashlib.sha256(push.key.encode()).hexdigest()[:40]

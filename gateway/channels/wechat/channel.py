"""The channel put together: accounts as the settings name them, what comes in, what goes out, who is bound to whom."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.turn import TurnRequest
from gateway import links
from gateway.channels.wechat import binding, contacts, inbox, union, words
from gateway.channels.wechat.binding import LIFETIME
from gateway.channels.wechat.contacts import Contact
from gateway.channels.wechat.crypto import Envelope
from gateway.channels.wechat.hearing import Recogniser
from gateway.channels.wechat.kf import LOOK_SECONDS, Kf
from gateway.channels.wechat.pictures import Pictures
from gateway.channels.wechat.platform import Json, Platform, PlatformAway, PlatformRefused
from gateway.channels.wechat.push import Push
from gateway.channels.wechat.receiver import Receiver
from gateway.channels.wechat.sender import CHANNEL, SWEEP, Outlet, Sender
from gateway.channels.wechat.tokens import shelf
from gateway.files.kept import Files
from gateway.hub import Hub
from gateway.limits import Limits
from gateway.signin import tickets
from gateway.tasks import end
from gateway.timeline.model import Author, Draft, Message, conversation_of
from gateway.timeline.timeline import Timeline
from gateway.turns import Turns
from kit import log
from kit.clock import SHANGHAI, Clock, every
from kit.errors import AgentError, Conflict
from kit.ids import NewId, RandomBytes
from kit.pool import urgent
from kit.settings import Settings

#: What has waited so long was accepted by a process that is gone.
ORPHANED_AFTER = timedelta(minutes=1)


class NoSession(Conflict):
    """这位客户最近不在微信客服里,不能转给企业微信的同事。"""

    code = "kf_no_session"


class HandOverRefused(Conflict):
    """企业微信没有接受转接,请稍后再试,或由您继续服务。"""

    code = "kf_refused"


class OfficialOutlet:
    """客服消息 of the 公众号; it has no id of ours: a send whose answer was lost may come twice."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def send(self, contact: Contact, text: str, key: str) -> None:
        body = {"touser": contact.openid, "msgtype": "text", "text": {"content": text}}
        await self._platform.post("/cgi-bin/message/custom/send", body)


@dataclass(frozen=True)
class Around:
    """What the channel needs of the gateway. clock: the product's time; wall: the platform's."""

    settings: Settings
    engine: AsyncEngine
    clock: Clock
    wall: Clock
    new_id: NewId
    timeline: Timeline
    turns: Turns
    hub: Hub
    limits: Limits
    random: RandomBytes
    files: Files
    transport: httpx.AsyncBaseTransport | None = None


class WeChat:
    def __init__(self, around: Around) -> None:
        self._around, self._tasks = around, set[asyncio.Task[None]]()
        settings, redis_url = around.settings, around.settings.redis if around.settings.redis_port else None
        self.official: Platform | None = None
        self._corporation: Platform | None = None
        self.pictures = Pictures(around.files)
        outlets: dict[str, Outlet] = {}
        if settings.wechat_app_id:
            self.official = Platform(
                settings.wechat_api, settings.wechat_app_id, settings.wechat_secret, around.wall,
                shelf(redis_url, settings.wechat_app_id), transport=around.transport,
            )  # fmt: skip
            outlets[contacts.OFFICIAL] = OfficialOutlet(self.official)
        self.kf: Kf | None = None
        if settings.wechat_kf_corp_id:
            self._corporation = Platform(
                settings.wechat_kf_api, settings.wechat_kf_corp_id, settings.wechat_kf_secret, around.wall,
                shelf(redis_url, settings.wechat_kf_corp_id), corporation=True, transport=around.transport,
            )  # fmt: skip
            self.kf = Kf(around.engine, around.wall, self._corporation, lambda of: self.receiver.wake(of))
            outlets[contacts.KF] = self.kf
        self.sender = Sender(
            around.engine, around.clock, around.wall, around.new_id, around.timeline, around.hub, outlets, self._link
        )
        self._recogniser = (
            Recogniser(settings.asr_url, settings.asr_key, transport=around.transport) if settings.asr_url else None
        )
        self.receiver = Receiver(
            around.engine, around.clock, around.wall, around.timeline, around.turns, self.sender, around.limits,
            self._keep, self._greet, settings.max_message_chars, self._hear, self._union,
        )  # fmt: skip

    @property
    def on(self) -> bool:
        return self.official is not None or self.kf is not None

    def envelope(self) -> Envelope | None:
        """Of the 公众号 in safe mode; None in plain mode."""
        settings = self._around.settings
        if not settings.wechat_aes_key:
            return None
        return Envelope(settings.wechat_token, settings.wechat_aes_key, settings.wechat_app_id)

    def kf_envelope(self) -> Envelope:
        settings = self._around.settings
        return Envelope(settings.wechat_kf_token, settings.wechat_kf_aes_key, settings.wechat_kf_corp_id)

    def status(self) -> dict[str, str]:
        """For /health: on, off and why, or paused."""
        now = self._around.wall.now()

        def of(platform: Platform | None, setting: str) -> str:
            if platform is None:
                return f"off: {setting} is not set"
            return "on" if platform.breaker.closed(now) else "paused: the platform does not answer"

        return {
            "official": of(self.official, "HUIBAN_WECHAT_APP_ID"),
            "kf": of(self._corporation, "HUIBAN_WECHAT_KF_CORP_ID"),
        }

    # -- from start to stop -------------------------------------------------------------------------------------

    async def start(self) -> None:
        if not self.on:
            return
        self._around.hub.heard = self._shown
        await self.receiver.recover()
        jobs = [every(SWEEP, self._safely(self._sweep))]
        if self.kf:
            jobs.append(every(timedelta(seconds=LOOK_SECONDS), self._safely(self.kf.look)))
        self._tasks = {asyncio.create_task(job) for job in jobs}

    async def stop(self) -> None:
        await end(self._tasks)
        if self.kf:
            await self.kf.stop()
        await self.receiver.stop()
        await self.sender.stop()
        if self._recogniser:
            await self._recogniser.close()
        for platform in (self.official, self._corporation):
            if platform:
                await platform.close()

    async def _sweep(self) -> None:
        await self.sender.sweep()
        await self.receiver.recover(ORPHANED_AFTER)

    def _safely(self, step: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            try:
                await step()
            except Exception as error:
                log.get(__name__).error("A round of WeChat broke", action="wechat_round_broke", exc_info=error)

        return run

    def _shown(self, message: Message) -> None:
        if message.draft.author is not Author.CLIENT:
            self.sender.wake(message.draft.conversation_id)

    # -- in and out ---------------------------------------------------------------------------------------------

    async def accept(self, push: Push) -> bool:
        """Store a push of the 公众号: one INSERT, which is both the record and the work. Whether it is new."""
        of = contacts.contact_id(self._around.settings.wechat_app_id, push.openid)
        # The platform waits five seconds, and behind us stands a client: nothing in the background goes first.
        with urgent():
            async with self._around.engine.begin() as sql:
                new = await inbox.add(sql, push, of=of, account="", now=self._around.wall.now())
        if new:
            self.receiver.wake(of)
        return new

    def _platform(self, contact: Contact) -> Platform | None:
        return self.official if contact.kind == contacts.OFFICIAL else self._corporation

    async def _keep(self, contact: Contact, media_id: str) -> str | None:
        platform = self._platform(contact)
        return await self.pictures.keep(platform, media_id) if platform else None

    async def _hear(self, contact: Contact, media_id: str) -> str | None:
        platform = self._platform(contact)
        return await self._recogniser.words(platform, media_id) if platform and self._recogniser else None

    async def _union(self, contact: Contact) -> str:
        platform = self._platform(contact)
        return await union.ask(platform, contact) if platform else ""

    async def _greet(self, code: str, text: str) -> None:
        if self.kf:
            await self.kf.by_code(code, text)

    def _link(self, contact: Contact) -> str:
        """The web chat; for a bound client signed in by a one-time ticket of ten minutes."""
        settings, around = self._around.settings, self._around
        if not contact.bound:
            return f"{settings.public}/chat/"
        ticket = tickets.Ticket(around.new_id(), contact.client_id, "web", around.wall.now() + tickets.LIFETIME)
        return settings.public + links.path(settings.key, "client", ticket)

    # -- for the desk -------------------------------------------------------------------------------------------

    async def state_of(self, conversation_id: str) -> Json | None:
        """What the advisor must know of the channel: {channel, left, of, until, words}; None for who is not in WeChat."""
        now = self._around.wall.now()
        async with self._around.engine.connect() as sql:
            found = await contacts.of_conversation(sql, conversation_id)
        if not found:
            return None
        left, of, until = found[0].quota.best(now)
        frozen = found[0].state == contacts.FROZEN
        left = 0 if frozen else left
        shown = until + (self._around.clock.now() - now) if until else None
        if frozen:
            said = words.STATE_FROZEN
        elif left == 0 or shown is None:
            said = words.STATE_CLOSED.format(of=of)
        else:
            said = words.STATE.format(left=left, of=of, until=f"{shown.astimezone(SHANGHAI):%m-%d %H:%M}")
        return {
            "channel": CHANNEL,
            "left": left,
            "of": of,
            "until": shown.isoformat() if shown else None,
            "words": said,
        }

    async def hand_over(self, conversation_id: str, servicer: str) -> None:
        """Give a 微信客服 session to the platform's own staff. Raises NoSession, PlatformAway, HandOverRefused."""
        async with self._around.engine.connect() as sql:
            found = await contacts.of_conversation(sql, conversation_id)
        if self.kf is None or not found or found[0].kind != contacts.KF:
            raise NoSession
        try:
            await self.kf.hand_over(found[0], servicer)
        except PlatformRefused as refused:
            raise HandOverRefused(number=refused.number) from refused
        async with self._around.engine.begin() as sql:
            await contacts.change(sql, found[0].id, held=True)

    # -- binding ------------------------------------------------------------------------------------------------

    async def code_for(self, sql: AsyncConnection, client_id: str) -> Json:
        """A fresh code: {code, expires_at, words}."""
        code = binding.fresh_code(self._around.random)
        expires_at = await binding.make(sql, client_id, code, now=self._around.wall.now())
        minutes = int(LIFETIME.total_seconds() // 60)
        return {
            "code": code,
            "expires_at": expires_at.isoformat(),
            "words": words.CODE.format(code=code, minutes=minutes),
        }

    async def picture_of(self, code: str) -> str | None:
        """The address of a QR picture that carries the code; None when the platform gives none now."""
        if self.official is None:
            return None
        scene = {"expire_seconds": int(LIFETIME.total_seconds()), "action_name": "QR_STR_SCENE",
                 "action_info": {"scene": {"scene_str": code}}}  # fmt: skip
        try:
            made = await self.official.post("/cgi-bin/qrcode/create", scene)
        except (PlatformAway, PlatformRefused):
            return None
        query = httpx.QueryParams({"ticket": made.get("ticket", "")})
        return f"https://mp.weixin.qq.com/cgi-bin/showqrcode?{query}" if made.get("ticket") else None

    async def confirm(self, client_id: str, *, yes: bool) -> None:
        """The client's word in the app. Raises NothingToConfirm, BoundElsewhere."""
        async with self._around.engine.begin() as sql:
            contact = await binding.decide(sql, client_id, yes=yes, now=self._around.wall.now())
        self.sender.wake(contact.conversation_id)

    async def bound(self, client_id: str) -> list[Contact]:
        async with self._around.engine.connect() as sql:
            return await contacts.of_client(sql, client_id)

    async def remove(self, client_id: str, contact_id: str) -> None:
        """Unbind from the app. Raises NothingToConfirm."""
        async with self._around.engine.begin() as sql:
            contact = await contacts.find(sql, contact_id)
            if contact is None or contact.client_id != client_id:
                raise binding.NothingToConfirm
            await binding.unbind(sql, self._around.timeline, contact)

    async def command(self, request: TurnRequest) -> bool:
        """Whether the client's words in the app were about binding (绑定微信, 确认绑定, 不是我) and are dealt with."""
        text = request.text.strip()
        if not self.on or request.channel == CHANNEL or not request.client_id:
            return False
        if text in words.ASK_CODE:
            async with self._around.engine.begin() as sql:
                made = await self.code_for(sql, request.client_id)
                await self._say(sql, request, made["words"])
            return True
        if text not in (words.YES, words.NO):
            return False
        async with self._around.engine.connect() as sql:
            waiting = await binding.claimed(sql, request.client_id, now=self._around.wall.now())
        if waiting is None:
            return False
        try:
            await self.confirm(request.client_id, yes=text == words.YES)
            told = words.CONFIRMED if text == words.YES else words.REFUSED
        except AgentError as error:
            told = error.message
        async with self._around.engine.begin() as sql:
            await self._say(sql, request, told)
        return True

    async def _say(self, sql: AsyncConnection, request: TurnRequest, text: str) -> None:
        draft = Draft(
            f"{request.message_id}.bind",
            conversation_of(request.client_id),
            Author.SYSTEM,
            text,
            self._around.clock.now(),
        )
        await self._around.timeline.append(sql, draft)

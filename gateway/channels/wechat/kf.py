"""微信客服: the callback only rings; messages are fetched page by page, cursor and messages stored in one transaction.

Our desk is the human desk: we keep the session in state 1 (智能助手), where the API may send. In state 3 (人工) the person of
the platform's own client answers: we send nothing, the bot is silent, and what both say is written down.
Source: developer.work.weixin.qq.com, 接收消息和事件 (94670), 读取消息 (94699), 分配客服会话 (94669, 94698).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.channels.wechat import contacts, inbox, words
from gateway.channels.wechat.contacts import Contact
from gateway.channels.wechat.platform import Platform, PlatformAway, PlatformRefused
from gateway.channels.wechat.push import Push
from gateway.channels.wechat.tables import cursors
from gateway.tasks import finish
from kit import log
from kit.clock import Clock
from kit.database import insert_new
from kit.due import Due
from kit.pool import urgent

PAGE = 1000
#: Bells can get lost; without one an account is read this often.
LOOK_SECONDS = 60.0
FROM_CLIENT, FROM_SYSTEM, FROM_STAFF = 3, 4, 5
ENTERED, CHANGED = "enter_session", "session_status_change"
#: change_type of a session: taken from the pool, passed on, ended, taken up again.
TAKEN, PASSED, OVER, RESUMED = "1", "2", "3", "4"
#: What the platform's own staff wrote, as a kind of push.
STAFF = "staff"
NEW, ROBOT, QUEUED, PERSON, ENDED = 0, 1, 2, 3, 4
MOST_MSGID = 32
Json = dict[str, Any]


def read(message: Json) -> Push | None:
    """A fetched message as a push; None for what concerns nobody."""
    msgid, origin, kind = str(message.get("msgid", "")), message.get("origin"), str(message.get("msgtype", ""))
    if kind == "event":
        return _event(msgid, message.get("event") or {})
    openid = str(message.get("external_userid") or "")
    if origin not in (FROM_CLIENT, FROM_STAFF) or not msgid or not openid:
        return None
    body = message.get(kind) or {}
    text = {"text": body.get("content"), "location": body.get("name"), "link": body.get("title")}.get(kind) or ""
    text = str(text).strip()
    if origin == FROM_STAFF:
        return Push(f"kf-{msgid}", openid, STAFF, text or words.SHOWN.get(kind, words.SHOWN_OTHER))
    return Push(f"kf-{msgid}", openid, kind, text, str(body.get("media_id") or ""))


def _event(msgid: str, event: Json) -> Push | None:
    kind, openid = event.get("event_type"), event.get("external_userid")
    if kind not in (ENTERED, CHANGED) or not openid:
        return None
    # What says more of the event, and the code that lets us send one text for it.
    key = event.get("scene_param") if kind == ENTERED else event.get("change_type")
    code = event.get("welcome_code") if kind == ENTERED else event.get("msg_code")
    return Push(
        f"kf-{msgid}", str(openid), "event", event=str(kind), event_key=str(key or ""), media_id=str(code or "")
    )


class Kf:
    """Reads the accounts. `found` is told whose messages have come."""

    def __init__(self, engine: AsyncEngine, clock: Clock, platform: Platform, found: Callable[[str], None]) -> None:
        self._engine, self._clock = engine, clock
        self._platform, self._found = platform, found
        self._due = Due(self._read)
        #: The token of an account's newest bell.
        self._tokens: dict[str, str] = {}
        self._log = log.get(__name__)

    async def rung(self, account: str) -> None:
        """Remember the account durably: a crash before the fetch is made good at the next start."""
        with urgent():
            async with self._engine.begin() as sql:
                await insert_new(sql, cursors, {"account": account, "cursor": ""})

    def wake(self, account: str, token: str = "") -> None:
        if token:
            self._tokens[account] = token
        self._due.wake(account)

    async def look(self) -> None:
        """Read every account that has ever rung."""
        async with self._engine.connect() as sql:
            known = list((await sql.execute(select(cursors.c.account))).scalars())
        for account in known:
            self.wake(account)

    async def idle(self) -> None:
        """Until all that has rung is fetched."""
        await self._due.idle()

    async def stop(self) -> None:
        await finish(self._due.running)

    async def _read(self, account: str) -> None:
        try:
            await self._fetch(account, self._tokens.pop(account, ""))
        except (PlatformAway, PlatformRefused) as error:
            self._log.warning("微信客服 could not be read", action="kf_away", cause=str(error.fields))
        except Exception as error:
            self._log.error("Reading 微信客服 broke", action="kf_broke", exc_info=error)

    async def _fetch(self, account: str, token: str) -> None:
        while True:
            async with self._engine.connect() as sql:
                cursor = await _cursor(sql, account)
            body: Json = {"cursor": cursor, "limit": PAGE, "open_kfid": account}
            try:
                page = await self._platform.post("/cgi-bin/kf/sync_msg", body | ({"token": token} if token else {}))
            except PlatformRefused:
                if not token:
                    raise
                # The bell's token lives ten minutes; without one we may read as well, only less often.
                token = ""
                continue
            people = await self._store(account, page)
            for contact_id in people:
                self._found(contact_id)
            if not page.get("has_more") or page.get("next_cursor") in (None, "", cursor):
                return

    async def _store(self, account: str, page: Json) -> set[str]:
        """The page's messages and where to go on, in one transaction; whose messages are new."""
        people: set[str] = set()
        async with self._engine.begin() as sql:
            for message in page.get("msg_list") or ():
                push = read(message)
                if push is None:
                    continue
                of = contacts.contact_id(account, push.openid)
                if await inbox.add(sql, push, of=of, account=account, now=self._clock.now()):
                    people.add(of)
            if page.get("next_cursor"):
                here = cursors.c.account == account
                await sql.execute(update(cursors).where(here).values(cursor=page["next_cursor"]))
        return people

    # -- out: meets sender.Outlet -------------------------------------------------------------------------------

    async def send(self, contact: Contact, text: str, key: str) -> None:
        """`key` becomes the msgid: the same message again is the same to the platform. Raises PlatformAway, -Refused."""
        await self._hold(contact)
        msgid = hashlib.sha256(f"{contact.id}{key}".encode()).hexdigest()[:MOST_MSGID]
        await self._platform.post(
            "/cgi-bin/kf/send_msg",
            {
                "touser": contact.openid, "open_kfid": contact.account, "msgid": msgid, "msgtype": "text",
                "text": {"content": text},
            },
        )  # fmt: skip

    async def _hold(self, contact: Contact) -> None:
        """Bring a session that nobody has to state 1, ours."""
        who = {"open_kfid": contact.account, "external_userid": contact.openid}
        state = (await self._platform.post("/cgi-bin/kf/service_state/get", who)).get("service_state")
        if state == NEW:
            try:
                await self._platform.post("/cgi-bin/kf/service_state/trans", {**who, "service_state": ROBOT})
            except PlatformRefused as refused:
                # State 0 may send as well.
                self._log.info("The session stays new", action="kf_state", number=refused.number)

    async def hand_over(self, contact: Contact, servicer: str = "") -> None:
        """Give the session to the platform's own staff: one of them, or their pool. Raises PlatformAway, -Refused."""
        who = {"open_kfid": contact.account, "external_userid": contact.openid}
        to = {"service_state": PERSON, "servicer_userid": servicer} if servicer else {"service_state": QUEUED}
        told = await self._platform.post("/cgi-bin/kf/service_state/trans", {**who, **to})
        if code := str(told.get("msg_code") or ""):
            await self.by_code(code, words.KF_TAKEN if servicer else words.KF_QUEUED)

    async def by_code(self, code: str, text: str) -> None:
        """The one text that the platform lets us send for an event, in good time; later it is left out."""
        body = {"code": code, "msgtype": "text", "text": {"content": text}}
        try:
            await self._platform.post("/cgi-bin/kf/send_msg_on_event", body)
        except PlatformRefused as refused:
            self._log.info("A greeting came too late", action="kf_greeting_late", number=refused.number)


async def _cursor(connection: AsyncConnection, account: str) -> str:
    found = (await connection.execute(select(cursors.c.cursor).where(cursors.c.account == account))).scalar()
    return found or ""

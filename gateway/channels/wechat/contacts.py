"""The SQL of the people who write to us in WeChat. Every function runs in the caller's transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.channels.wechat.quota import Quota, Window
from gateway.channels.wechat.tables import contacts
from gateway.tables import conversations
from kit.database import insert_new

OFFICIAL, KF = "official", "kf"
ACTIVE, FROZEN = "active", "frozen"
#: Longer than any one send with its retries; after a crash another process may go on then.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True)
class Contact:
    id: str
    kind: str
    openid: str
    account: str
    conversation_id: str
    client_id: str
    state: str
    epoch: str
    sent_seq: int
    quota: Quota
    spoke_at: datetime | None
    bound_at: datetime | None
    joins: str
    unionid: str = ""
    held: bool = False

    @property
    def bound(self) -> bool:
        return bool(self.client_id)


def contact_id(app: str, openid: str) -> str:
    """What we call a person: never the openid itself, in logs or addresses. app: AppID, or 微信客服 account."""
    return "wx-" + hashlib.sha256(f"{app}:{openid}".encode()).hexdigest()[:32]


async def find(connection: AsyncConnection, of: str) -> Contact | None:
    row = (await connection.execute(select(contacts).where(contacts.c.id == of))).mappings().first()
    return _contact(row) if row else None


async def open_contact(connection: AsyncConnection, of: str, kind: str, openid: str, account: str) -> Contact:
    """The person, made when he is new."""
    row = {
        "id": of, "kind": kind, "openid": openid, "account": account, "conversation_id": of, "client_id": "",
        "state": ACTIVE, "epoch": "", "sent_seq": 0, "message_left": 0, "event_left": 0, "joins": "", "unionid": "", "held": False,
    }  # fmt: skip
    await insert_new(connection, contacts, row)
    found = await find(connection, of)
    assert found is not None
    return found


async def of_conversation(connection: AsyncConnection, conversation_id: str) -> list[Contact]:
    """Who reads the conversation in WeChat, the one who spoke last first."""
    wanted = select(contacts).where(contacts.c.conversation_id == conversation_id)
    found = [_contact(row) for row in (await connection.execute(wanted)).mappings()]
    return sorted(found, key=lambda one: (one.spoke_at is not None, one.spoke_at, one.id), reverse=True)


async def is_held(connection: AsyncConnection, conversation_id: str) -> bool:
    """Whether the platform's own staff has the conversation now."""
    wanted = select(contacts.c.id).where(contacts.c.conversation_id == conversation_id, contacts.c.held)
    return (await connection.execute(wanted.limit(1))).first() is not None


async def of_client(connection: AsyncConnection, client_id: str) -> list[Contact]:
    wanted = select(contacts).where(contacts.c.client_id == client_id).order_by(contacts.c.bound_at)
    return [_contact(row) for row in (await connection.execute(wanted)).mappings()]


async def set_quota(connection: AsyncConnection, of: str, quota: Quota, **values: Any) -> None:
    await connection.execute(
        update(contacts)
        .where(contacts.c.id == of)
        .values(
            message_left=quota.message.left, message_until=quota.message.until, event_left=quota.event.left,
            event_until=quota.event.until, **values,
        )
    )  # fmt: skip


async def change(connection: AsyncConnection, of: str, **values: Any) -> None:
    await connection.execute(update(contacts).where(contacts.c.id == of).values(**values))


async def claim(connection: AsyncConnection, of: str, now: datetime) -> bool:
    """Whether this process may send to the person now: of two rivals one wins."""
    free = or_(contacts.c.sending_until.is_(None), contacts.c.sending_until < now)
    done = await connection.execute(update(contacts).where(contacts.c.id == of, free).values(sending_until=now + LEASE))
    return bool(done.rowcount)


async def behind(connection: AsyncConnection, now: datetime) -> list[str]:
    """The conversations of which somebody in WeChat may be owed something and may be sent it, or which wait to be merged."""
    numbers = or_(conversations.c.last_seq > contacts.c.sent_seq, conversations.c.epoch != contacts.c.epoch)
    by_message = and_(contacts.c.message_left > 0, contacts.c.message_until > now)
    by_event = and_(contacts.c.event_left > 0, contacts.c.event_until > now)
    owed = and_(contacts.c.state == ACTIVE, numbers, or_(by_message, by_event))
    wanted = (
        select(contacts.c.conversation_id)
        .outerjoin(conversations, conversations.c.id == contacts.c.conversation_id)
        .where(or_(owed, contacts.c.joins != ""))
        .distinct()
    )
    return list((await connection.execute(wanted)).scalars())


def _contact(row: RowMapping) -> Contact:
    quota = Quota(Window(row["message_left"], row["message_until"]), Window(row["event_left"], row["event_until"]))
    return Contact(
        row["id"], row["kind"], row["openid"], row["account"], row["conversation_id"], row["client_id"], row["state"],
        row["epoch"], row["sent_seq"], quota, row["spoke_at"], row["bound_at"], row["joins"], row["unionid"], row["held"],
    )  # fmt: skip

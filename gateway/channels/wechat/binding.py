"""Whose account a person in WeChat has: a code from the signed-in app, sent in WeChat, confirmed in the app.

made -> claimed (the first who sends it) -> confirmed | refused. Confirming is the account's owner's: a code that
somebody else got hold of binds nobody. The talk so far is merged once none of its turns is open.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import turn_store
from gateway.channels.wechat import contacts
from gateway.channels.wechat.contacts import Contact
from gateway.channels.wechat.merging import merge
from gateway.channels.wechat.tables import binding_codes
from gateway.timeline import store
from gateway.timeline.model import conversation_of
from gateway.timeline.timeline import Timeline
from kit.errors import Conflict, NotFound
from kit.ids import RandomBytes

LIFETIME = timedelta(minutes=10)
#: Without 0, O, 1, I, L: 8 of these are 39 bits, and five wrong ones in ten minutes are all that one person may try.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_CHARS = 8
BOT = "bot"
CODE = re.compile(rf"(?:绑定码?\s*[::]?\s*)?([{LETTERS}]{{{CODE_CHARS}}})")
MADE, CLAIMED, CONFIRMED, REFUSED = "made", "claimed", "confirmed", "refused"


class NothingToConfirm(NotFound):
    """没有等待确认的微信绑定,绑定码可能已过期,请重新获取。"""

    code = "binding_unknown"


class BoundElsewhere(Conflict):
    """这个微信已经绑定了其他账户,请先在微信里回复「解除绑定」。"""

    code = "bound_elsewhere"


@dataclass(frozen=True)
class Claim:
    """Somebody in WeChat sent the client's code."""

    id: str
    client_id: str
    contact_id: str
    claimed_at: datetime


def code_in(text: str) -> str | None:
    """The code that a message is, if it is nothing else."""
    found = CODE.fullmatch(text.strip().upper())
    return found[1] if found else None


def fresh_code(random: RandomBytes) -> str:
    """8 letters; a byte above the last whole multiple of the alphabet is not taken, so that all are equally likely."""
    most = 256 - 256 % len(LETTERS)
    found = ""
    while len(found) < CODE_CHARS:
        found += "".join(LETTERS[byte % len(LETTERS)] for byte in random(CODE_CHARS) if byte < most)
    return found[:CODE_CHARS]


async def make(connection: AsyncConnection, client_id: str, code: str, *, now: datetime) -> datetime:
    """Store the client's code, the only one that counts from now on; when it ends."""
    ended = binding_codes.c.state.in_((MADE, CLAIMED)) & (binding_codes.c.client_id == client_id)
    await connection.execute(update(binding_codes).where(ended).values(state=REFUSED))
    expires_at = now + LIFETIME
    row = {"id": _hash(code), "client_id": client_id, "state": MADE, "expires_at": expires_at}
    await connection.execute(insert(binding_codes).values(**row))
    return expires_at


async def claim(connection: AsyncConnection, code: str, contact_id: str, *, now: datetime) -> Claim | None:
    """The claim, when the code is fresh and nobody sent it before; the same person again has the same claim."""
    table, of = binding_codes.c, _hash(code)
    first = (table.id == of) & (table.state == MADE) & (table.expires_at > now)
    values = {"state": CLAIMED, "contact_id": contact_id, "claimed_at": now}
    await connection.execute(update(binding_codes).where(first).values(**values))
    row = (await connection.execute(select(binding_codes).where(table.id == of))).first()
    if row is None or row.state != CLAIMED or row.contact_id != contact_id or row.expires_at <= now:
        return None
    return Claim(row.id, row.client_id, row.contact_id, row.claimed_at)


async def claimed(connection: AsyncConnection, client_id: str, *, now: datetime) -> Claim | None:
    """Who waits for the client's confirmation."""
    table = binding_codes.c
    wanted = select(binding_codes).where(table.client_id == client_id, table.state == CLAIMED, table.expires_at > now)
    row = (await connection.execute(wanted)).first()
    return Claim(row.id, row.client_id, row.contact_id, row.claimed_at) if row else None


async def decide(connection: AsyncConnection, client_id: str, *, yes: bool, now: datetime) -> Contact:
    """The client's word in the app. Raises NothingToConfirm, BoundElsewhere."""
    waiting = await claimed(connection, client_id, now=now)
    found = await contacts.find(connection, waiting.contact_id) if waiting else None
    if waiting is None or found is None:
        raise NothingToConfirm
    if yes and found.client_id not in ("", client_id):
        raise BoundElsewhere
    here = (binding_codes.c.id == waiting.id) & (binding_codes.c.state == CLAIMED)
    await connection.execute(update(binding_codes).where(here).values(state=CONFIRMED if yes else REFUSED))
    if yes and not found.bound:
        await contacts.change(connection, found.id, joins=client_id)
    return found


async def join(connection: AsyncConnection, timeline: Timeline, contact: Contact, *, epoch: str, now: datetime) -> bool:
    """Bind a confirmed person and merge the talk so far; False while one of its turns is open, or a person serves it."""
    target = conversation_of(contact.joins)
    guest = await timeline.open(connection, contact.conversation_id)
    if await turn_store.oldest_open(connection, guest.id) is not None:
        return False
    # A case keeps its conversation: it ends first, then all of it is the client's.
    if timeline.owner_of and (await timeline.owner_of(connection, guest.id)).kind.value != BOT:
        return False
    await timeline.open(connection, target)
    await store.lock(connection, target)
    await merge(connection, guest.id, target, epoch=epoch)
    told = await timeline.open(connection, target)
    for other in await contacts.of_conversation(connection, target):
        await contacts.change(connection, other.id, epoch=told.epoch, sent_seq=told.seq)
    await contacts.change(
        connection, contact.id, conversation_id=target, client_id=contact.joins, joins="", bound_at=now,
        epoch=told.epoch, sent_seq=told.seq,
    )  # fmt: skip
    return True


async def unbind(connection: AsyncConnection, timeline: Timeline, contact: Contact) -> None:
    """The person is nobody's again, with an empty conversation of his own; what was said stays the client's."""
    own = await timeline.open(connection, contact.id)
    values: dict[str, Any] = {"client_id": "", "joins": "", "bound_at": None}
    await contacts.change(
        connection, contact.id, conversation_id=contact.id, epoch=own.epoch, sent_seq=own.seq, **values
    )


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()

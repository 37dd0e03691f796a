"""One person by his unionid: who is bound in one of our accounts is bound in the others, too.

The platform gives the unionid of a WeChat account only where the institution has joined its 公众号 and 微信客服 under one
open-platform account; where it gives none, each account is bound by a code of its own.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.channels.wechat import contacts, tables
from gateway.channels.wechat.contacts import Contact
from gateway.channels.wechat.platform import Platform, PlatformAway, PlatformRefused

MOST_CHARS = 64


async def ask(platform: Platform, contact: Contact) -> str:
    """The unionid; empty when the platform tells none, or does not answer now."""
    try:
        if contact.kind == contacts.KF:
            body = {"external_userid_list": [contact.openid], "need_enter_session_context": 0}
            told = await platform.post("/cgi-bin/kf/customer/batchget", body)
            people: Any = told.get("customer_list") or []
            found = people[0].get("unionid") if people and isinstance(people[0], dict) else ""
        else:
            wanted = {"user_list": [{"openid": contact.openid, "lang": "zh_CN"}]}
            told = await platform.post("/cgi-bin/user/info/batchget", wanted)
            people = told.get("user_info_list") or []
            found = people[0].get("unionid") if people and isinstance(people[0], dict) else ""
    except (PlatformAway, PlatformRefused):
        return ""
    return str(found or "")[:MOST_CHARS]


async def same_person(connection: AsyncConnection, contact: Contact) -> list[Contact]:
    """The person's places in our other accounts."""
    if not contact.unionid:
        return []
    table = tables.contacts.c
    wanted = select(table.id).where(table.unionid == contact.unionid, table.id != contact.id).order_by(table.id)
    found = [await contacts.find(connection, of) for of in (await connection.execute(wanted)).scalars().all()]
    return [one for one in found if one is not None]


async def learn(connection: AsyncConnection, contact: Contact, unionid: str) -> str:
    """Note the unionid; the client whom the person joins by it, empty when none."""
    await contacts.change(connection, contact.id, unionid=unionid)
    known = await contacts.find(connection, contact.id)
    assert known is not None
    bound = next((one.client_id for one in await same_person(connection, known) if one.bound), "")
    if bound and not known.bound and not known.joins:
        await contacts.change(connection, contact.id, joins=bound)
        return bound
    return ""


async def join_others(connection: AsyncConnection, contact: Contact, client_id: str) -> None:
    """Who was just bound is bound in the other accounts, as soon as the talk there is at rest."""
    for other in await same_person(connection, contact):
        if not other.bound and not other.joins:
            await contacts.change(connection, other.id, joins=client_id)

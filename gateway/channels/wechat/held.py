"""Who answers while the platform's own staff has a 微信客服 session: he does, and our bot is silent."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.channels.wechat import contacts, words
from handoff.model import Owner, OwnerKind


class OwnerOf(Protocol):
    async def __call__(self, connection: AsyncConnection, conversation_id: str) -> Owner: ...


def or_owned(owner_of: OwnerOf) -> OwnerOf:
    """The owner as our own desk knows him; where it has none, whoever holds the session."""

    async def found(connection: AsyncConnection, conversation_id: str) -> Owner:
        owner = await owner_of(connection, conversation_id)
        if owner.kind is not OwnerKind.ADVISOR and await contacts.is_held(connection, conversation_id):
            return Owner(OwnerKind.ADVISOR, name=words.KF_STAFF)
        return owner

    return found

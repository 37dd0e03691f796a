"""What the profile feature asks of the gateway: the client's talk, and who may read whose profile."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import HTTPConnection

from gateway import turn_store
from gateway.access import Parts, Person, address
from gateway.tables import conversations, messages, turns
from gateway.timeline.model import Author, conversation_of
from handoff.joint import Recused
from handoff.model import SUPERVISOR
from handoff.views import CUSTOMER_SERVICE, TRAINER
from kit.errors import AgentError, Refused
from profiles.api import Right
from profiles.model import Said
from profiles.moods import Told
from profiles.ports import Heard

#: Three months of a talkative client.
MOST_HEARD = 400
#: Enough for a share; the newest of a busy house.
MOST_EXCHANGED = 100_000


class TalkOfTimeline:
    """Meets `profiles.ports.Talk`."""

    async def heard(self, connection: AsyncConnection, client_id: str, *, since: datetime) -> Heard:
        conversation_id = conversation_of(client_id)
        epoch = await connection.scalar(select(conversations.c.epoch).where(conversations.c.id == conversation_id))
        same = and_(turns.c.conversation_id == messages.c.conversation_id, turns.c.id == messages.c.turn_id)
        wanted = (
            select(
                messages.c.id, messages.c.seq, messages.c.text, messages.c.at, messages.c.intent, messages.c.emotion,
                messages.c.strength, turns.c.state,
            )
            .select_from(messages.outerjoin(turns, same))
            .where(
                messages.c.conversation_id == conversation_id,
                messages.c.author == Author.CLIENT.value,
                messages.c.at >= since,
            )
            .order_by(messages.c.seq.desc())
            .limit(MOST_HEARD)
        )  # fmt: skip
        said: list[Said] = []
        for row in reversed((await connection.execute(wanted)).all()):
            # What is not understood yet is taken in with its own turn, and nothing before it.
            if row.state not in (None, turn_store.CLOSED):
                break
            said.append(Said(row.id, row.seq, row.text, row.at, row.intent, row.emotion, row.strength or 0.0))
        return Heard(epoch or "", tuple(said))

    async def exchanged(self, connection: AsyncConnection, *, since: datetime) -> list[Told]:
        c = messages.c
        newest = select(c.conversation_id, c.seq, c.author, c.at, c.emotion).where(
            c.at >= since, c.author != Author.SYSTEM.value
        )
        latest = newest.order_by(c.at.desc()).limit(MOST_EXCHANGED).subquery()
        rows = await connection.execute(select(latest).order_by(latest.c.conversation_id, latest.c.seq))
        return [Told(row.conversation_id, row.author, row.at, row.emotion) for row in rows]


async def right(
    client_id: Annotated[str, Path(max_length=64)], connection: HTTPConnection, parts: Parts, person: Person
) -> Right:
    """The right to read a client's profile: the conversation's owner and who has joined, the own advisor, supervisors.

    客服 sees no assets (requirement H2). Nobody reads the profile of who complains about him, unless he serves that
    client again. Raises Refused, Recused.
    """
    if person.role == TRAINER or not await _may_read(parts, person.id, person.role, client_id):
        raise Refused("只有负责这位客户的同事可以查看画像。")
    return Right(person.id, person.role, address(connection), assets=person.role != CUSTOMER_SERVICE)


async def _may_read(parts: Parts, person_id: str, role: str, client_id: str) -> bool:
    conversation_id = conversation_of(client_id)
    async with parts.engine.connect() as sql:
        if await parts.handoffs.barred(sql, conversation_id, person_id):
            raise Recused
        readers = await parts.handoffs.readers_of(sql, conversation_id)
    if person_id in readers or role == SUPERVISOR:
        return True
    try:
        client = await parts.clients.get(client_id)
    except AgentError:
        return False
    return bool(client.get("own_advisor") == person_id)


def supervisor(person: Person) -> Person:
    """The supervisor who asks. Raises Refused."""
    if person.role != SUPERVISOR:
        raise Refused("只有主管可以查看。")
    return person

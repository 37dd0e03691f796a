"""The SQL of conversations and messages. Every function runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.tables import conversations, messages, turns
from gateway.timeline.figures import REPEAT_WINDOW, WINDOW, WINDOW_MESSAGES, Heard
from gateway.timeline.model import Author, Draft, Message, Understanding
from kit.database import insert_new

#: Enough of a day's questions to find a repeated one.
HEARD_MESSAGES = 50


@dataclass(frozen=True)
class Conversation:
    """seq: the number of its last message; 0 when there is none."""

    id: str
    client_id: str
    epoch: str
    seq: int


async def conversation(connection: AsyncConnection, conversation_id: str) -> Conversation | None:
    row = (
        (await connection.execute(select(conversations).where(conversations.c.id == conversation_id)))
        .mappings()
        .first()
    )
    return Conversation(row["id"], row["client_id"], row["epoch"], row["last_seq"]) if row else None


async def open_conversation(
    connection: AsyncConnection, conversation_id: str, client_id: str, *, epoch: str, at: datetime
) -> Conversation:
    """The conversation, made when there is none yet."""
    if found := await conversation(connection, conversation_id):
        return found
    row = {"id": conversation_id, "client_id": client_id, "epoch": epoch, "last_seq": 0, "created_at": at}
    await insert_new(connection, conversations, row)
    made = await conversation(connection, conversation_id)
    assert made is not None
    return made


async def lock(connection: AsyncConnection, conversation_id: str) -> None:
    """Nobody else writes to the conversation in this transaction; SQLite's are exclusive by themselves."""
    if connection.dialect.name != "sqlite":
        here = conversations.c.id == conversation_id
        await connection.execute(select(conversations.c.id).where(here).with_for_update())


async def add(connection: AsyncConnection, draft: Draft) -> tuple[Message, bool] | None:
    """The stored message, and whether it is new: the same id again is the same message, whatever it says now.

    None when there is no such conversation yet.
    """
    here = conversations.c.id == draft.conversation_id
    # Locked (a no-op on SQLite, whose transactions are exclusive): the number is taken by one writer at a time.
    last = (await connection.execute(select(conversations.c.last_seq).where(here).with_for_update())).scalar()
    if last is None:
        return None
    if known := await by_id(connection, draft.conversation_id, draft.id):
        return known, False
    await connection.execute(update(conversations).where(here).values(last_seq=last + 1))
    await connection.execute(
        insert(messages).values(
            conversation_id=draft.conversation_id, seq=last + 1, id=draft.id, author=draft.author.value,
            author_id=draft.author_id, name=draft.name, text=draft.text, card=draft.card,
            quick_replies=list(draft.quick_replies), channel=draft.channel, at=draft.at, turn_id=draft.turn_id,
        )
    )  # fmt: skip
    return Message(last + 1, draft), True


async def by_id(connection: AsyncConnection, conversation_id: str, message_id: str) -> Message | None:
    found = select(messages).where(messages.c.conversation_id == conversation_id, messages.c.id == message_id)
    row = (await connection.execute(found)).mappings().first()
    return _message(row) if row else None


async def conversation_of_message(connection: AsyncConnection, message_id: str) -> str | None:
    """The conversation that a client's message stands in."""
    wanted = select(messages.c.conversation_id).where(
        messages.c.id == message_id, messages.c.author == Author.CLIENT.value
    )
    return (await connection.execute(wanted.limit(1))).scalar()


async def after(connection: AsyncConnection, conversation_id: str, seq: int, limit: int) -> list[Message]:
    """The messages with a number above `seq`, oldest first."""
    wanted = (
        select(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.seq > seq)
        .order_by(messages.c.seq)
        .limit(limit)
    )
    return [_message(row) for row in (await connection.execute(wanted)).mappings()]


async def before(connection: AsyncConnection, conversation_id: str, seq: int | None, limit: int) -> list[Message]:
    """The last `limit` messages (with a number below `seq`), oldest first."""
    wanted = select(messages).where(messages.c.conversation_id == conversation_id)
    if seq is not None:
        wanted = wanted.where(messages.c.seq < seq)
    rows = (await connection.execute(wanted.order_by(messages.c.seq.desc()).limit(limit))).mappings().all()
    return [_message(row) for row in reversed(rows)]


async def of_turn(connection: AsyncConnection, conversation_id: str, turn_id: str) -> list[Message]:
    wanted = (
        select(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.turn_id == turn_id)
        .order_by(messages.c.seq)
    )
    return [_message(row) for row in (await connection.execute(wanted)).mappings()]


async def person_spoke(connection: AsyncConnection, conversation_id: str, *, after: int) -> bool:
    """Whether a person has said something to the client after message `after`."""
    wanted = select(messages.c.seq).where(
        messages.c.conversation_id == conversation_id,
        messages.c.seq > after,
        messages.c.author.in_((Author.HUMAN.value, Author.EXPERT.value)),
    )
    return (await connection.execute(wanted.limit(1))).first() is not None


async def understand(connection: AsyncConnection, conversation_id: str, seq: int, known: Understanding) -> None:
    here = (messages.c.conversation_id == conversation_id) & (messages.c.seq == seq)
    values = {
        "intent": known.intent, "confidence": known.confidence, "emotion": known.emotion, "strength": known.strength,
    }  # fmt: skip
    await connection.execute(update(messages).where(here).values(**values))


async def heard(connection: AsyncConnection, conversation_id: str, *, below: int, now: datetime) -> list[Heard]:
    """What the client said before message `below`: all that the running figures need."""
    wanted = (
        select(messages.c.text, messages.c.at, messages.c.emotion, messages.c.intent)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.author == Author.CLIENT.value,
            messages.c.seq < below,
            messages.c.at >= now - max(WINDOW, REPEAT_WINDOW),
        )
        .order_by(messages.c.seq.desc())
        .limit(max(HEARD_MESSAGES, WINDOW_MESSAGES))
    )
    rows: Sequence[Any] = (await connection.execute(wanted)).all()
    return [Heard(row.text, row.at, row.emotion, row.intent) for row in rows]


async def forget(connection: AsyncConnection, conversation_id: str, *, epoch: str) -> None:
    """Empty a conversation (a fixture is loaded on top of it): the numbers start again in a new epoch."""
    await connection.execute(delete(turns).where(turns.c.conversation_id == conversation_id))
    await connection.execute(delete(messages).where(messages.c.conversation_id == conversation_id))
    here = conversations.c.id == conversation_id
    await connection.execute(update(conversations).where(here).values(last_seq=0, epoch=epoch))


def _message(row: RowMapping) -> Message:
    known = None
    if row["emotion"] is not None:
        known = Understanding(row["intent"] or "", row["confidence"] or 0.0, row["emotion"], row["strength"] or 0.0)
    return Message(
        row["seq"],
        Draft(
            id=row["id"], conversation_id=row["conversation_id"], author=Author(row["author"]), text=row["text"],
            at=row["at"], channel=row["channel"], author_id=row["author_id"], name=row["name"], card=row["card"],
            quick_replies=tuple(row["quick_replies"] or ()), turn_id=row["turn_id"],
        ),
        known,
    )  # fmt: skip

"""The SQL of turns. Every function runs in the caller's transaction.

gathering (takes more bubbles) -> asked (frozen: a replay sends the same text) -> closed
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.turn import TurnAnswer
from gateway.tables import messages, turns

GATHERING, ASKED, CLOSED = "gathering", "asked", "closed"
#: Enough to see how many answers in a row missed.
LAST_TURNS = 10


@dataclass(frozen=True)
class Turn:
    """One question of the client: one or several bubbles, asked as one text. first_seq: number of the first bubble."""

    conversation_id: str
    id: str
    first_seq: int
    state: str
    opened_at: datetime
    told_late: bool
    outcome: str | None = None
    owner: str | None = None
    took_ms: int | None = None
    answer: dict[str, Any] | None = None


async def gathering(connection: AsyncConnection, conversation_id: str) -> str | None:
    """The id of the turn that still takes bubbles."""
    wanted = select(turns.c.id).where(turns.c.conversation_id == conversation_id, turns.c.state == GATHERING)
    return (await connection.execute(wanted)).scalar()


async def open_turn(
    connection: AsyncConnection, conversation_id: str, message_id: str, seq: int, *, at: datetime
) -> None:
    """A new turn that begins with this message."""
    await connection.execute(
        insert(turns).values(
            conversation_id=conversation_id,
            id=message_id,
            first_seq=seq,
            state=GATHERING,
            opened_at=at,
            told_late=False,
        )
    )


async def oldest_open(connection: AsyncConnection, conversation_id: str) -> Turn | None:
    wanted = (
        select(turns)
        .where(turns.c.conversation_id == conversation_id, turns.c.state != CLOSED)
        .order_by(turns.c.first_seq)
        .limit(1)
    )
    row = (await connection.execute(wanted)).mappings().first()
    return _turn(row) if row else None


async def conversations_with_open(connection: AsyncConnection, before: datetime | None = None) -> list[str]:
    wanted = select(turns.c.conversation_id).where(turns.c.state != CLOSED).distinct()
    if before is not None:
        wanted = wanted.where(turns.c.opened_at < before)
    return list((await connection.execute(wanted)).scalars())


async def set_asked(connection: AsyncConnection, turn: Turn) -> None:
    await connection.execute(update(turns).where(_here(turn)).values(state=ASKED))


async def set_told_late(connection: AsyncConnection, turn: Turn) -> None:
    await connection.execute(update(turns).where(_here(turn)).values(told_late=True))


async def close(
    connection: AsyncConnection, turn: Turn, answer: TurnAnswer | None, *, at: datetime, outcome: str, owner: str,
    missed: bool, took_ms: int,
) -> bool:  # fmt: skip
    """Whether this call closed it: False when it was closed before."""
    done = await connection.execute(
        update(turns)
        .where(_here(turn), turns.c.state != CLOSED)
        .values(
            state=CLOSED, closed_at=at, outcome=outcome, owner=owner, missed=missed, took_ms=took_ms,
            answer=asdict(answer) if answer else None,
        )
    )  # fmt: skip
    return bool(done.rowcount)


async def missed_newest_first(connection: AsyncConnection, conversation_id: str) -> list[bool]:
    wanted = (
        select(turns.c.missed)
        .where(turns.c.conversation_id == conversation_id, turns.c.missed.is_not(None))
        .order_by(turns.c.first_seq.desc())
        .limit(LAST_TURNS)
    )
    return [bool(value) for value in (await connection.execute(wanted)).scalars()]


async def of_message(connection: AsyncConnection, message_id: str) -> Turn | None:
    """The turn that a message of a client belongs to."""
    same = (turns.c.conversation_id == messages.c.conversation_id) & (turns.c.id == messages.c.turn_id)
    wanted = select(turns).join(messages, same).where(messages.c.id == message_id).limit(1)
    row = (await connection.execute(wanted)).mappings().first()
    return _turn(row) if row else None


async def count_open(connection: AsyncConnection) -> int:
    counted = await connection.execute(select(func.count()).select_from(turns).where(turns.c.state != CLOSED))
    return int(counted.scalar_one())


def _here(turn: Turn) -> Any:
    return (turns.c.conversation_id == turn.conversation_id) & (turns.c.id == turn.id)


def _turn(row: RowMapping) -> Turn:
    return Turn(
        row["conversation_id"], row["id"], row["first_seq"], row["state"], row["opened_at"], row["told_late"],
        row["outcome"], row["owner"], row["took_ms"], row["answer"],
    )  # fmt: skip

"""The talk of somebody who was not bound yet becomes a part of the client's timeline, in order of time."""

from __future__ import annotations

from heapq import merge as merged_by
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.tables import conversations, messages, turns
from gateway.timeline.model import Author, client_of

#: Numbers beyond any conversation's: where rows stand while they get new ones.
ASIDE = 1_000_000_000


async def merge(connection: AsyncConnection, source: str, target: str, *, epoch: str) -> None:
    """Move all messages and turns of `source` into `target`; both conversations exist, `source` has no open turn.

    epoch  a new one for both: the target's when numbers that a page has seen change, the source's always
    """
    moved = await _rows(connection, source)
    if not moved:
        return
    kept = await _rows(connection, target)
    at = next((number for number, row in enumerate(kept) if row.at > moved[0].at), len(kept))
    first = kept[at - 1].seq + 1 if at else 1
    await _aside(connection, target, first)
    queue = merged_by(
        [(row.at, target, row.seq + ASIDE, row) for row in kept[at:]],
        [(row.at, source, row.seq, row) for row in moved],
        key=lambda one: one[0],
    )
    seq = first - 1
    for seq, (_, conversation_id, old, row) in enumerate(queue, first):
        await _move(connection, row, conversation_id, old, target, seq)
    renumbered = {"epoch": epoch} if kept[at:] else {}
    await _set(connection, target, last_seq=seq, **renumbered)
    await _set(connection, source, last_seq=0, epoch=epoch)


async def _rows(connection: AsyncConnection, conversation_id: str) -> list[Any]:
    wanted = select(messages.c.seq, messages.c.id, messages.c.at, messages.c.author, messages.c.turn_id)
    here = messages.c.conversation_id == conversation_id
    return list(await connection.execute(wanted.where(here).order_by(messages.c.seq)))


async def _aside(connection: AsyncConnection, conversation_id: str, first: int) -> None:
    here = (messages.c.conversation_id == conversation_id) & (messages.c.seq >= first)
    await connection.execute(update(messages).where(here).values(seq=messages.c.seq + ASIDE))


async def _set(connection: AsyncConnection, conversation_id: str, **values: Any) -> None:
    await connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(**values))


async def _move(connection: AsyncConnection, row: Any, source: str, old: int, target: str, seq: int) -> None:
    values: dict[str, Any] = {"conversation_id": target, "seq": seq}
    if source != target and row.author == Author.CLIENT.value:
        values["author_id"] = client_of(target)
    here = (messages.c.conversation_id == source) & (messages.c.seq == old)
    await connection.execute(update(messages).where(here).values(**values))
    if row.turn_id == row.id:
        here = (turns.c.conversation_id == source) & (turns.c.id == row.id)
        await connection.execute(update(turns).where(here).values(conversation_id=target, first_seq=seq))

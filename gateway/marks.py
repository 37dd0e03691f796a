"""Delivered and read: how far the client's pages and ours have got, stored, shown to both sides.

A mark is a message number and stands for all messages up to it. It only ever grows, and dies with its epoch.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.committed import later
from gateway.hub import Hub
from gateway.tables import marks
from gateway.timeline import store
from gateway.timeline.timeline import Timeline

Side = Literal["client", "staff"]
Marks = dict[str, dict[str, Any]]
SIDES: tuple[Side, ...] = ("client", "staff")
NOTHING: dict[str, Any] = {"delivered": 0, "read": 0, "read_at": None}


async def of(connection: AsyncConnection, conversation_id: str, epoch: str) -> Marks:
    """{client, staff}: {delivered, read, read_at} of docs/protocol.md."""
    wanted = select(marks).where(marks.c.conversation_id == conversation_id, marks.c.epoch == epoch)
    found = {row.side: row for row in await connection.execute(wanted)}
    return {side: _shown(found[side]) if side in found else dict(NOTHING) for side in SIDES}


async def now(connection: AsyncConnection, conversation_id: str) -> Marks:
    """The marks of a conversation as it is now numbered."""
    known = await store.conversation(connection, conversation_id)
    return await of(connection, conversation_id, known.epoch if known else "")


async def move(
    connection: AsyncConnection, conversation_id: str, side: Side, *, delivered: int, read: int, at: datetime
) -> Marks | None:
    """The marks after a page said how far it is; None when that was known. Nobody has seen what is not said yet."""
    known = await store.conversation(connection, conversation_id)
    if known is None:
        return None
    standing = await of(connection, conversation_id, known.epoch)
    before = standing[side]
    reached = min(max(read, before["read"]), known.seq)
    got = min(max(delivered, reached, before["delivered"]), known.seq)
    if (got, reached) == (before["delivered"], before["read"]):
        return None
    values = {"epoch": known.epoch, "delivered": got, "read": reached}
    if reached > before["read"]:
        values["read_at"] = at
    row = {"conversation_id": conversation_id, "side": side, **values}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    put = dialect.insert(marks).values(**row)
    await connection.execute(put.on_conflict_do_update(index_elements=["conversation_id", "side"], set_=values))
    return await of(connection, conversation_id, known.epoch)


async def tell(
    connection: AsyncConnection, hub: Hub, timeline: Timeline, conversation_id: str, moved: Marks | None
) -> None:
    """Show marks that have moved to every page of the client and to the desks that see the conversation."""
    if moved is None:
        return
    readers = await timeline.readers(connection, conversation_id)
    frame = {"type": "marks", "marks": moved}

    def show() -> None:
        hub.to_pages(conversation_id, frame)
        if readers:
            hub.to_desks({**frame, "conversation_id": conversation_id}, readers)

    later(connection, show)


def _shown(row: Any) -> dict[str, Any]:
    read_at = row.read_at.isoformat() if row.read_at else None
    return {"delivered": row.delivered, "read": row.read, "read_at": read_at}

"""The outbox of webhooks: a delivery is stored in the transaction of its message, and tried until it is taken or dead.

waiting -> sent | dead; both -> waiting again when somebody asks. Within one conversation a key gets them in order: the
next one is sent when the one before is taken or dead.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import RowMapping, and_, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.open_api import keys
from gateway.open_api.tables import deliveries
from gateway.open_api.tables import keys as key_table
from gateway.tables import messages
from gateway.timeline.model import Author, Message, client_of
from kit.errors import NotFound

#: 1 s, 5 s, 30 s, 2 min, 10 min, 1 h, 6 h after each failure: a receiver that is repaired within a working day misses none.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600, 21600))
MOST_TRIES = len(PAUSES) + 1
#: Longer than one try: after a crash another process goes on then.
LEASE = timedelta(seconds=30)
LOG_ENTRIES = 20
STEP = 50
Json = dict[str, Any]
_d = deliveries.c


class State(str, Enum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class DeliveryUnknown(NotFound):
    """没有这次推送。"""

    code = "delivery_unknown"


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries; None: no more. Pure."""
    return PAUSES[tries - 1] if 0 < tries <= len(PAUSES) else None


async def note(connection: AsyncConnection, message: Message, *, at: datetime) -> bool:
    """Put what the client is to read into the outbox of those through whose channel he spoke last; whether anybody's."""
    said = message.draft
    client_id = client_of(said.conversation_id)
    if said.author is Author.CLIENT or not client_id:
        return False
    last = (
        select(messages.c.channel)
        .where(messages.c.conversation_id == said.conversation_id, messages.c.author == Author.CLIENT.value)
        .order_by(messages.c.seq.desc())
        .limit(1)
    )
    channel = (await connection.execute(last)).scalar()
    hear = [key for key in await keys.listening(connection, channel) if key.serves(client_id)] if channel else []
    body = {"event": "message", "client_id": client_id, "message": message.for_client()}
    for key in hear:
        await connection.execute(
            insert(deliveries).values(
                key_id=key.id, conversation_id=said.conversation_id, body=body, state=State.WAITING.value, tries=0,
                due_at=at, created_at=at, log=[],
            )
        )  # fmt: skip
    return bool(hear)


async def take_due(connection: AsyncConnection, *, now: datetime) -> list[RowMapping]:
    """Deliveries to be tried now, with their key's webhook; nobody else takes them for a while."""
    earlier = deliveries.alias()
    before = exists().where(
        earlier.c.key_id == _d.key_id, earlier.c.conversation_id == _d.conversation_id, earlier.c.id < _d.id,
        earlier.c.state == State.WAITING.value,
    )  # fmt: skip
    wanted = (
        select(deliveries, key_table.c.webhook, key_table.c.sealed_secret, key_table.c.revoked_at)
        .join(key_table, key_table.c.id == _d.key_id)
        .where(_d.state == State.WAITING.value, _d.due_at <= now, ~before)
        .order_by(_d.id)
        .limit(STEP)
    )
    taken = []
    for row in (await connection.execute(wanted)).mappings().all():
        mine = and_(_d.id == row["id"], _d.state == State.WAITING.value, _d.due_at == row["due_at"])
        if (await connection.execute(update(deliveries).where(mine).values(due_at=now + LEASE))).rowcount:
            taken.append(row)
    return taken


async def settle(
    connection: AsyncConnection, row: RowMapping, *, at: datetime, status: int | None, error: str | None, ms: int
) -> State:
    """Write a try down; what becomes of the delivery."""
    tries = row["tries"] + 1
    good = status is not None and 200 <= status < 300
    pause = pause_after(tries)
    state = State.SENT if good else State.WAITING if pause and error != GONE else State.DEAD
    entry = {"at": at.isoformat(), "status": status, "error": error, "ms": ms}
    values: Json = {"tries": tries, "state": state.value, "log": [*row["log"], entry][-LOG_ENTRIES:]}
    values |= {"due_at": at + pause} if state is State.WAITING and pause else {"done_at": at}
    await connection.execute(update(deliveries).where(_d.id == row["id"]).values(**values))
    return state


#: The key was revoked, or has no webhook any more.
GONE = "no_webhook"


async def listed(
    connection: AsyncConnection, key_id: str, *, state: State | None, before: int | None, limit: int
) -> list[Json]:
    wanted = select(deliveries).where(_d.key_id == key_id)
    if state is not None:
        wanted = wanted.where(_d.state == state.value)
    if before is not None:
        wanted = wanted.where(_d.id < before)
    rows = (await connection.execute(wanted.order_by(_d.id.desc()).limit(limit))).mappings()
    return [
        {
            "id": row["id"], "state": row["state"], "tries": row["tries"], "created_at": row["created_at"].isoformat(),
            "due_at": row["due_at"].isoformat() if row["state"] == State.WAITING.value else None,
            "done_at": row["done_at"].isoformat() if row["done_at"] else None,
            "client_id": row["body"]["client_id"], "seq": row["body"]["message"]["seq"], "log": row["log"],
        }
        for row in rows
    ]  # fmt: skip


async def again(connection: AsyncConnection, key_id: str, delivery_id: int, *, at: datetime) -> None:
    """Raises DeliveryUnknown."""
    here = and_(_d.id == delivery_id, _d.key_id == key_id)
    values: Json = {"state": State.WAITING.value, "tries": 0, "due_at": at, "done_at": None}
    if not (await connection.execute(update(deliveries).where(here).values(**values))).rowcount:
        raise DeliveryUnknown

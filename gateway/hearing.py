"""The dialogue core hears what a person says to the client, so that after the return it knows the talk.

What it has heard stands in SQL: each message is told once, in order, in the background; what could not be told is told
before the conversation's next turn.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.core import CoreAway, CoreFailed
from gateway.tables import core_hearing, messages
from gateway.tasks import end
from gateway.timeline.model import Author
from kit import log
from kit.due import Due

#: After a long silence of the core the last words matter, not all of them.
MOST_AT_ONCE = 30
PEOPLE = (Author.HUMAN.value, Author.EXPERT.value)


@dataclass(frozen=True)
class Said:
    """A message of a person to the client."""

    conversation_id: str
    seq: int
    message_id: str
    author: str
    text: str


class Ear(Protocol):
    async def heard(self, conversation_id: str, message_id: str, author: str, text: str) -> None: ...

    async def forget(self, conversation_id: str) -> None: ...


class Hearing:
    def __init__(self, engine: AsyncEngine, core: Ear) -> None:
        self._engine, self._core = engine, core
        self._locks: dict[str, asyncio.Lock] = {}
        self._due = Due(self.catch_up)
        self._log = log.get(__name__)

    def wake(self, conversation_id: str) -> None:
        """Tell the core in the background; who speaks does not wait."""
        self._due.wake(conversation_id)

    async def catch_up(self, conversation_id: str) -> None:
        """Tell the core all that it has not heard; a failure is left for the next time."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            try:
                await self._tell(conversation_id)
            except (CoreAway, CoreFailed) as error:
                self._log.warning(
                    "The core did not hear a person's words", action="core_deaf", conversation_id=conversation_id,
                    cause=str(error.fields),
                )  # fmt: skip
            except Exception:
                # The turn that waits for us must not fail for it.
                self._log.exception("Hearing broke", action="hearing_broke", conversation_id=conversation_id)

    async def clear_first(self, connection: AsyncConnection, conversation_id: str) -> None:
        """The core's memory of the conversation is out of date: it is cleared before anything else is told."""
        await connection.execute(delete(core_hearing).where(core_hearing.c.conversation_id == conversation_id))
        row = {"conversation_id": conversation_id, "seq": 0, "clear_first": True}
        await connection.execute(insert(core_hearing).values(row))

    async def stop(self) -> None:
        await end(self._due.running)

    async def _tell(self, conversation_id: str) -> None:
        clear, unheard = await self._unheard(conversation_id)
        if clear:
            await self._core.forget(conversation_id)
            await self._note(conversation_id, clear_first=False)
        for said in unheard:
            await self._core.heard(conversation_id, said.message_id, said.author, said.text)
            await self._note(conversation_id, seq=said.seq)

    async def _unheard(self, conversation_id: str) -> tuple[bool, list[Said]]:
        known = select(core_hearing).where(core_hearing.c.conversation_id == conversation_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(known)).mappings().first()
            wanted = (
                select(messages)
                .where(
                    messages.c.conversation_id == conversation_id,
                    messages.c.seq > (row["seq"] if row else 0),
                    messages.c.author.in_(PEOPLE),
                )
                .order_by(messages.c.seq.desc())
                .limit(MOST_AT_ONCE)
            )
            found = (await connection.execute(wanted)).mappings().all()
        said = [Said(conversation_id, one["seq"], one["id"], one["author"], one["text"]) for one in reversed(found)]
        return bool(row and row["clear_first"]), said

    async def _note(self, conversation_id: str, **values: int | bool) -> None:
        here = core_hearing.c.conversation_id == conversation_id
        async with self._engine.begin() as connection:
            done = await connection.execute(update(core_hearing).where(here).values(**values))
            if not done.rowcount:
                row = {"conversation_id": conversation_id, "seq": 0, "clear_first": False, **values}
                await connection.execute(insert(core_hearing).values(row))

"""What is open now, in memory and kept true from SQL: a decision need not read every open case again.

Each transaction that writes takes the next number of `handoff_turns` and notes what it writes (`store`). A board belongs to
one number: whoever finds it at the latest number knows that nothing has changed since, adds what his own transaction
wrote, and hands it on under his number after the commit. A number that another process has taken,
or a transaction that failed, means reading everything once more; so does a start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from handoff import guest_store, store
from handoff.guests import Guest, GuestKind
from handoff.record import Handoff, PresenceRow
from handoff.touched import Touched, touched_by, watch


@dataclass(frozen=True)
class Board:
    """Everything that decisions are made from, as it was committed with `number`.

    handoffs   the open ones by id
    loads      advisor -> conversations he holds or has been offered, invitations included
    handling   seconds of the last cases, the newest first
    """

    number: int
    handoffs: Mapping[str, Handoff]
    presences: Mapping[str, PresenceRow]
    guests: Sequence[Guest]
    handling: Sequence[float]
    loads: Mapping[str, int]


async def read(connection: AsyncConnection, number: int) -> Board:
    handoffs = {handoff.id: handoff for handoff in await store.all_open(connection)}
    guests = await guest_store.present(connection)
    return Board(
        number, handoffs, await store.presences(connection), guests, await store.handling_times(connection),
        _loads(handoffs, guests),
    )  # fmt: skip


def _loads(handoffs: Mapping[str, Handoff], guests: Sequence[Guest]) -> Counter[str]:
    found = Counter(guest.advisor_id for guest in guests if guest.kind is GuestKind.EXPERT)
    found.update(handoff.holder for handoff in handoffs.values() if handoff.holder)
    return found


async def follow(connection: AsyncConnection, board: Board, touched: Touched) -> Board:
    """The board after what this transaction has written so far."""
    if touched.handoffs:
        handoffs, loads, ended = dict(board.handoffs), Counter(board.loads), False
        for handoff_id, after in touched.handoffs.items():
            before = handoffs.get(handoff_id)
            if before is not None and before.holder:
                loads[before.holder] -= 1
            if after.open:
                handoffs[handoff_id] = after
            else:
                handoffs.pop(handoff_id, None)
                ended = True
            if after.holder:
                loads[after.holder] += 1
        board = replace(board, handoffs=handoffs, loads=loads)
        if ended:
            board = replace(board, handling=await store.handling_times(connection))
    if touched.presences:
        board = replace(board, presences=await store.presences(connection))
    if touched.guests:
        guests = await guest_store.present(connection)
        board = replace(board, guests=guests, loads=_loads(board.handoffs, guests))
    touched.clear()
    return board


class Boards:
    """The latest board of this process."""

    def __init__(self) -> None:
        self._latest: Board | None = None

    async def begin(self, connection: AsyncConnection) -> None:
        """Take the next number; call first in a transaction that writes, under the lock of who gives out places."""
        number = await store.next_turn(connection)
        latest = self._latest
        board = replace(latest, number=number) if latest is not None and latest.number == number - 1 else None
        watch(connection, Touched(number, board))

    async def see(self, connection: AsyncConnection) -> Board:
        """The board as this transaction sees it."""
        touched = touched_by(connection)
        if touched is None:
            number = await store.latest_turn(connection)
            if self._latest is None or self._latest.number != number:
                found = await read(connection, number)
                if self._latest is not None and self._latest.number > number:
                    return found
                self._latest = found
            return self._latest
        if touched.board is None:
            touched.clear()
            touched.board = await read(connection, touched.number)
        elif touched.any:
            touched.board = await follow(connection, touched.board, touched)
        board: Board = touched.board
        return board

    async def finish(self, connection: AsyncConnection) -> Board | None:
        """What is to be the latest board once the transaction is committed (`commit`)."""
        touched = touched_by(connection)
        board = await self.see(connection) if touched is not None and touched.board is not None else None
        watch(connection, None)
        return board

    def commit(self, board: Board | None) -> None:
        if board is not None:
            self._latest = board

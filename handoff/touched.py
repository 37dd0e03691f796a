"""What a transaction has written: noted by the stores, read by `board`. It lives with the connection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.record import Handoff

_KEY = "handoff.touched"


@dataclass
class Touched:
    """number, board: of the transaction, see `board.Boards`; handoffs: by id, as they were written."""

    number: int
    board: Any = None
    handoffs: dict[str, Handoff] = field(default_factory=dict)
    presences: bool = False
    guests: bool = False

    @property
    def any(self) -> bool:
        return bool(self.handoffs) or self.presences or self.guests

    def clear(self) -> None:
        self.handoffs.clear()
        self.presences = self.guests = False


def watch(connection: AsyncConnection, touched: Touched | None) -> None:
    """Note from now on what this connection's transaction writes; None ends it."""
    connection.info[_KEY] = touched


def touched_by(connection: AsyncConnection) -> Touched | None:
    """None outside of a transaction that is watched."""
    found: Touched | None = connection.info.get(_KEY)
    return found


def touch(
    connection: AsyncConnection, handoffs: Iterable[Handoff] = (), *, presences: bool = False, guests: bool = False
) -> None:
    touched = touched_by(connection)
    if touched is not None:
        touched.handoffs.update((handoff.id, handoff) for handoff in handoffs)
        touched.presences |= presences
        touched.guests |= guests

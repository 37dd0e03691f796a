"""What the profile needs from others; the adapters meet it in `gateway/bootstrap.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from institution.models import Client, Fund, Holdings, Nav, Order, Plan, Returns
from profiles.model import Said
from profiles.moods import Told


@dataclass(frozen=True)
class Heard:
    """The client's messages whose turn is over, oldest first; epoch changes when the conversation begins afresh."""

    epoch: str
    said: tuple[Said, ...]


class Talk(Protocol):
    async def heard(self, connection: AsyncConnection, client_id: str, *, since: datetime) -> Heard: ...

    async def exchanged(self, connection: AsyncConnection, *, since: datetime) -> Sequence[Told]:
        """Who said when what felt how, of all clients, conversation by conversation, each from its beginning."""
        ...


class Institution(Protocol):
    """The part of `institution.client.Institution` that a profile reads."""

    async def client(self, client_id: str) -> Client: ...

    async def clients(self) -> list[Client]: ...

    async def holdings(self, client_id: str) -> Holdings: ...

    async def orders(self, client_id: str, limit: int = 20) -> list[Order]: ...

    async def plans(self, client_id: str) -> list[Plan]: ...

    async def navs(self, code: str, start: date, end: date) -> list[Nav]: ...

    async def funds(self) -> list[Fund]: ...

    async def returns(self, client_id: str, start: date, end: date) -> Returns: ...


class Desk(Protocol):
    """What the profile can have done: a person called, the client spoken to, the owner known."""

    async def call(
        self, client_id: str, reasons: list[str], *, topic: str | None, facts: list[dict[str, str]], note: str, key: str
    ) -> dict[str, Any]:
        """Ask for a person; the same key does nothing twice. `{handoff_id, state, already, …}`."""
        ...

    async def say(self, client_id: str, text: str, *, key: str) -> bool:
        """Say something to the client as the bot, once a key; whether it was new."""
        ...

    async def bot_owns(self, client_id: str) -> bool:
        """False while a person owns the conversation or the client waits for one."""
        ...

    async def bot_may_speak(self, client_id: str) -> bool:
        """False while a person owns the conversation; true while the client waits for one."""
        ...

    async def release(self, client_id: str, order_id: str, *, spoken: bool, key: str) -> bool:
        """Let a held order go on; False when it waits for a person first, or is not held.

        spoken  an advisor has spoken with the client
        """
        ...

    async def cancel(self, client_id: str, order_id: str, *, key: str) -> None:
        """Take an order back. Raises Conflict once it is too late."""
        ...

    async def hold(self, client_id: str, order_id: str, *, reason: str, key: str) -> bool:
        """Hold an order until the client or an advisor has decided; False when it can no longer be held."""
        ...

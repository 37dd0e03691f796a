"""What the handoff feature needs from others; the adapters meet it in `gateway/bootstrap.py`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.model import TimelineMessage as TimelineMessage
from institution.models import Advisor, Client, Holdings

#: A frame or a body of `docs/protocol.md`, ready for JSON.
Json = dict[str, Any]


class Timeline(Protocol):
    async def append_system(
        self,
        connection: AsyncConnection,
        conversation_id: str,
        text: str,
        *,
        at: datetime,
        author: str = "system",
        card: Json | None = None,
    ) -> None:
        """Store a message in the caller's transaction.

        The message frame goes out after that transaction: `Handoffs` calls `Push.to_client` with an
        `owner` frame for every conversation it wrote to, right after the commit; publish what is stored then.
        """
        ...

    async def history(
        self, connection: AsyncConnection, conversation_id: str, limit: int = 200
    ) -> list[TimelineMessage]:
        """The last `limit` messages, oldest first."""
        ...


class Push(Protocol):
    async def to_client(self, conversation_id: str, frame: Json) -> None:
        """Send a frame to every live session of the conversation's client."""
        ...

    async def to_advisors(self, frame: Json, advisor_ids: set[str] | None) -> None:
        """Send a frame to these advisors' desks; None means every desk."""
        ...


class Profiles(Protocol):
    """What is known of a client beyond the case; without `assets` nothing that tells of holdings or orders."""

    async def alerts(self, client_id: str, *, assets: bool) -> list[str]:
        """The open risk alerts, the gravest first."""
        ...

    async def tags(self, client_id: str, *, assets: bool) -> list[str]:
        """The tags that weigh, the heaviest first."""
        ...


class Institution(Protocol):
    """The part of `institution.client.Institution` that a handoff reads."""

    async def client(self, client_id: str) -> Client: ...

    async def holdings(self, client_id: str) -> Holdings: ...

    async def advisors(self) -> list[Advisor]: ...

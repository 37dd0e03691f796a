"""Where a client stands: who answers, how long the wait, whom to rate. One shape for snapshot and frames."""

from __future__ import annotations

from typing import Any

from gateway.services import Services


async def owner_and_waiting(parts: Services, conversation_id: str) -> dict[str, Any]:
    """{owner, waiting, rating_asked} of docs/protocol.md."""
    return await parts.handoffs.client_state(conversation_id)

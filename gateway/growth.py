"""The client's own growth archive on his page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from gateway.access import Client, Parts

router = APIRouter(prefix="/api/chat", tags=["client"])


@router.get("/growth")
async def growth(parts: Parts, client: Client) -> dict[str, Any]:
    """`{client, since, milestones, reviews, next}` of the client who asks."""
    return await parts.profiles.archive.of(client.client_id, assets=True)

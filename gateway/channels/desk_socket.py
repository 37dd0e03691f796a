"""The staff's live page: what it missed from the log, then live; its pings are the heartbeat of the person's presence."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.websockets import WebSocket

from gateway.access import services, staff
from gateway.channels import live
from gateway.channels.web_socket import FrameUnknown
from gateway.errors import SignInNeeded
from gateway.services import Services
from handoff.model import Staff

router = APIRouter()


@router.websocket("/api/desk/socket")
async def desk_socket(socket: WebSocket, after: int | None = None, epoch: str | None = None) -> None:
    parts = services(socket)
    await socket.accept()
    try:
        person = await staff(socket, parts)
    except SignInNeeded as error:
        return await socket.close(live.NOT_SIGNED_IN, error.message)
    hub = parts.hub
    await socket.send_json({"type": "hello", "epoch": hub.epoch, "seq": hub.seq})
    if after is None and epoch is None:
        # The page has read no snapshot yet: it will, and knows then what is new.
        after, epoch = hub.seq, hub.epoch
    with hub.desk_page(person.id, epoch=epoch, after=after) as page:

        async def send_all() -> None:
            while True:
                await socket.send_json(await page.frames.get())

        await live.talk(socket, send_all, lambda frame: take(socket, parts, person, frame))


async def take(socket: WebSocket, parts: Services, person: Staff, frame: dict[str, Any]) -> None:
    """One frame of the page."""
    match frame.get("type"):
        case "ping":
            await parts.handoffs.presence(person.id)
            await socket.send_json({"type": "pong"})
        case "typing":
            conversation_id = str(frame.get("conversation_id"))
            async with parts.engine.connect() as sql:
                author = await parts.handoffs.speaks_as(sql, conversation_id, person)
            if author is not None:
                await parts.hub.to_client(conversation_id, {"type": "typing", "who": "advisor"})
        case _:
            raise FrameUnknown

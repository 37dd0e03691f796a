"""The staff's live page: what it missed from the log, then live; its pings are the heartbeat of the person's presence."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.websockets import WebSocket

from gateway import marks
from gateway.access import services, staff
from gateway.channels import live
from gateway.channels.web_socket import FrameUnknown
from gateway.errors import SignInNeeded
from gateway.services import Services
from gateway.timeline import store
from handoff.model import Staff

router = APIRouter()

#: A page pings every 25 s; the next one comes before this.
RECHECK_SECONDS = 30.0


@router.websocket("/api/desk/socket")
async def desk_socket(socket: WebSocket, after: int | None = None, epoch: str | None = None) -> None:
    parts = services(socket)
    await socket.accept()
    try:
        person = await staff(socket, parts)
    except SignInNeeded as error:
        return await socket.close(live.NOT_SIGNED_IN, error.message)
    hub = parts.hub
    try:
        await socket.send_json({"type": "hello", "epoch": hub.epoch, "seq": hub.seq})
    except live.GONE:
        return
    if after is None and epoch is None:
        # The page has read no snapshot yet: it will, and knows then what is new.
        after, epoch = hub.seq, hub.epoch
    with hub.desk_page(person.id, epoch=epoch, after=after) as page:
        now, looked_at = asyncio.get_running_loop().time, asyncio.get_running_loop().time()

        async def send_all() -> None:
            nonlocal looked_at
            while True:
                frame = await page.frames.get()
                # Who has left reads no further, also with a page that never pings.
                if now() - looked_at > RECHECK_SECONDS:
                    if not await still_there(socket, parts):
                        return await socket.close(live.NOT_SIGNED_IN, SignInNeeded().message)
                    looked_at = now()
                await socket.send_json(frame)

        async def take_signed_in(frame: dict[str, Any]) -> None:
            # A password changed, a session ended, a person gone: the page goes with it.
            if frame.get("type") == "ping" and not await still_there(socket, parts):
                return await socket.close(live.NOT_SIGNED_IN, SignInNeeded().message)
            await take(socket, parts, person, frame)

        await live.talk(socket, send_all, take_signed_in)


async def still_there(socket: WebSocket, parts: Services) -> bool:
    try:
        await staff(socket, parts)
    except SignInNeeded:
        return False
    return True


async def take(socket: WebSocket, parts: Services, person: Staff, frame: dict[str, Any]) -> None:
    """One frame of the page."""
    match frame.get("type"):
        case "ping":
            await parts.handoffs.presence(person.id)
            await socket.send_json({"type": "pong"})
        case "typing":
            await tell_client(parts, person, frame, {"type": "typing", "who": "advisor"})
        case "read" if isinstance(frame.get("seq"), int):
            await note_read(parts, person, frame)
        case _:
            raise FrameUnknown


async def note_read(parts: Services, person: Staff, frame: dict[str, Any]) -> None:
    """Who speaks to the client has read up to a message; what anybody else has read is nobody's business."""
    conversation_id, seq = str(frame.get("conversation_id")), frame["seq"]
    async with parts.engine.begin() as sql:
        if await parts.handoffs.speaks_as(sql, conversation_id, person) is None:
            return
        await store.lock(sql, conversation_id)
        moved = await marks.move(sql, conversation_id, "staff", delivered=seq, read=seq, at=parts.clock.now())
        await marks.tell(sql, parts.hub, parts.timeline, conversation_id, moved)


async def tell_client(parts: Services, person: Staff, frame: dict[str, Any], told: dict[str, Any]) -> None:
    """Show a client's pages something of who speaks to him now; from anybody else it goes nowhere."""
    conversation_id = str(frame.get("conversation_id"))
    async with parts.engine.connect() as sql:
        author = await parts.handoffs.speaks_as(sql, conversation_id, person)
    if author is not None:
        await parts.hub.to_client(conversation_id, told)

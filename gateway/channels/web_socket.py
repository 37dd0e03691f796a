"""The client's live page. Messages come from SQL by number: none is missed, none comes twice, whatever was lost between."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.websockets import WebSocket

from gateway import marks
from gateway.access import client, services
from gateway.channels import live
from gateway.channels.standing import owner_and_waiting
from gateway.channels.web import accept
from gateway.checks import MessageNotText
from gateway.errors import SignInNeeded
from gateway.hub import RESET, Page
from gateway.limits import MESSAGES
from gateway.services import Services
from gateway.signin import sessions
from gateway.signin.embed_api import check_socket
from gateway.signin.sessions import CLIENT_COOKIE, ClientSession
from gateway.timeline import store
from kit.errors import Invalid

router = APIRouter()

#: A page that missed more reads the snapshot: it shows only the last messages anyway.
MOST_REPLAYED = 200


class FrameUnknown(Invalid):
    """不认识的消息类型。"""

    code = "frame_unknown"


@router.websocket("/api/chat/socket")
async def chat_socket(
    socket: WebSocket, after: int | None = None, epoch: str | None = None, ticket: str | None = None
) -> None:
    parts = services(socket)
    await socket.accept()
    try:
        session = client(socket, parts)
        await check_socket(parts, session, ticket, socket.headers.get("origin"))
    except SignInNeeded as error:
        return await socket.close(live.NOT_SIGNED_IN, error.message)
    # Joined before anything is read: what comes meanwhile waits in the page's queue.
    with parts.hub.client_page(session.conversation_id) as page:
        sender = Sender(socket, parts, session, page)
        try:
            await sender.hello(after, epoch)
        except live.GONE:
            return
        await live.talk(socket, sender.run, lambda frame: take(socket, parts, session, frame))


class Sender:
    """Sends frames to one page; `shown` is the number of the last message that it has."""

    def __init__(self, socket: WebSocket, parts: Services, session: ClientSession, page: Page) -> None:
        self._socket, self._parts, self._page = socket, parts, page
        self._conversation_id = session.conversation_id
        self.shown = 0

    async def hello(self, after: int | None, epoch: str | None) -> None:
        async with self._parts.engine.begin() as sql:
            now = await self._parts.timeline.open(sql, self._conversation_id)
            reached = await marks.of(sql, self._conversation_id, now.epoch)
        standing = await owner_and_waiting(self._parts, self._conversation_id)
        self.shown = now.seq
        await self._socket.send_json(
            {"type": "hello", "epoch": now.epoch, "seq": now.seq, "marks": reached, **standing}
        )
        if epoch != now.epoch or after is None or after < 0 or not 0 <= now.seq - after <= MOST_REPLAYED:
            if after is not None or epoch is not None:
                await self._socket.send_json(RESET)
            return
        self.shown = after
        await self._catch_up()

    async def run(self) -> None:
        while True:
            frame = await self._page.frames.get()
            if frame["type"] == "message":
                await self._message(frame)
            elif frame == RESET:
                await self._start_afresh()
            else:
                await self._socket.send_json(frame)

    async def _message(self, frame: dict[str, Any]) -> None:
        seq = frame["message"]["seq"]
        if seq == self.shown + 1:
            self.shown = seq
            await self._socket.send_json(frame)
        elif seq > self.shown:
            await self._catch_up()

    async def _start_afresh(self) -> None:
        """The page fetches a snapshot; what comes after the present number goes on live."""
        async with self._parts.engine.connect() as sql:
            now = await store.conversation(sql, self._conversation_id)
        self.shown = now.seq if now else 0
        await self._socket.send_json(RESET)

    async def _catch_up(self) -> None:
        async with self._parts.engine.connect() as sql:
            missed = await store.after(sql, self._conversation_id, self.shown, MOST_REPLAYED)
        for message in missed:
            self.shown = message.seq
            await self._socket.send_json({"type": "message", "message": message.for_client()})


async def take(socket: WebSocket, parts: Services, session: ClientSession, frame: dict[str, Any]) -> None:
    """One frame of the page."""
    match frame.get("type"):
        case "message":
            text, message_id = frame.get("text"), frame.get("id")
            if not isinstance(text, str) or not isinstance(message_id, str):
                raise MessageNotText
            message = await accept(parts, session, message_id, text)
            await socket.send_json({"type": "ack", "id": message_id, "seq": message.seq})
        case "typing":
            await parts.limits.take(MESSAGES, "typing", session.client_id)
            await tell_typing(parts, session.conversation_id)
        case "marks":
            await parts.limits.take(MESSAGES, "marks", session.client_id)
            await note_marks(parts, session.conversation_id, frame)
        case "ping":
            if (
                sessions.read_client(parts.settings.key, socket.cookies.get(CLIENT_COOKIE), now=parts.wall.now())
                is None
            ):
                return await socket.close(live.NOT_SIGNED_IN, SignInNeeded().message)
            await socket.send_json({"type": "pong"})
        case _:
            raise FrameUnknown


async def note_marks(parts: Services, conversation_id: str, frame: dict[str, Any]) -> None:
    """A page tells how far it has got: `delivered` is what it holds, `read` what was before the client's eyes."""
    delivered, read = (frame.get(name, 0) for name in ("delivered", "read"))
    if not all(type(one) is int and 0 <= one < 2**31 for one in (delivered, read)):
        raise FrameUnknown
    async with parts.engine.begin() as sql:
        await store.lock(sql, conversation_id)
        moved = await marks.move(sql, conversation_id, "client", delivered=delivered, read=read, at=parts.clock.now())
        await marks.tell(sql, parts.hub, parts.timeline, conversation_id, moved)


async def tell_typing(parts: Services, conversation_id: str) -> None:
    """Let the owner's desk see that the client types."""
    async with parts.engine.connect() as sql:
        owner = await parts.handoffs.owner_of(sql, conversation_id)
    if owner.advisor_id:
        parts.hub.to_desks({"type": "typing", "conversation_id": conversation_id}, {owner.advisor_id})

"""What the sockets of clients and staff share: JSON in with limits, frames out in order, an orderly end."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from starlette.websockets import WebSocket, WebSocketDisconnect

from kit import log
from kit.errors import AgentError, Invalid

Json = dict[str, Any]
#: A refused 10,000-character message still fits; more is not a message.
MOST_FRAME_CHARS = 100_000
#: Policy violation, and "message too big" (RFC 6455 section 7.4.1).
NOT_SIGNED_IN, TOO_BIG = 4401, 1009


#: The other side is gone; Starlette says so with a RuntimeError when we were just sending.
GONE = (WebSocketDisconnect, RuntimeError)


class FrameNotJson(Invalid):
    """这一帧不是正确的 JSON 对象。"""

    code = "frame_not_json"


async def talk(
    socket: WebSocket, send_all: Callable[[], Awaitable[None]], take: Callable[[Json], Awaitable[None]]
) -> None:
    """Run both directions until one of them ends."""
    async with anyio.create_task_group() as both:

        async def run(direction: Callable[[], Awaitable[None]]) -> None:
            try:
                await direction()
            except GONE:
                pass
            except Exception as error:
                log.get(__name__).error("A live page broke", action="page_broke", exc_info=error)
            finally:
                both.cancel_scope.cancel()

        both.start_soon(run, send_all)
        both.start_soon(run, lambda: receive_all(socket, take))


async def receive_all(socket: WebSocket, take: Callable[[Json], Awaitable[None]]) -> None:
    """Take each frame; what is wrong with one is told and ends nothing."""
    while True:
        event = await socket.receive()
        if event["type"] == "websocket.disconnect":
            return
        text = event.get("text")
        if text is not None and len(text) > MOST_FRAME_CHARS:
            return await socket.close(TOO_BIG)
        message_id = None
        try:
            frame = decode(text)
            message_id = frame.get("id") if isinstance(frame.get("id"), str) else None
            await take(frame)
        except AgentError as error:
            await socket.send_json(refused(message_id, error))
        except Exception as error:
            log.get(__name__).error("A frame broke", action="frame_broke", exc_info=error)
            await socket.send_json(refused(message_id, AgentError()))


def decode(text: str | None) -> Json:
    """The object in a frame. Raises FrameNotJson."""
    try:
        frame = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        raise FrameNotJson from error
    if not isinstance(frame, dict):
        raise FrameNotJson
    return frame


def refused(message_id: str | None, error: AgentError) -> Json:
    return {"type": "refused", "id": message_id, "code": error.code, "detail": error.message}

"""What our own processes and the command line ask, with the header `X-Internal-Key`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from gateway import links
from gateway.access import Parts, internal
from gateway.fixture import take_fixture
from gateway.signin import accounts, tickets
from gateway.timeline import store
from kit.errors import NotFound, Unavailable

router = APIRouter(prefix="/internal", tags=["internal"], dependencies=[Depends(internal)])

Json = dict[str, Any]
ID = r"^[A-Za-z0-9_-]+$"


class TurnOpen(Unavailable):
    """这一轮还没有答复,请稍后再取。"""

    code = "turn_open"


class ForClient(BaseModel):
    client_id: str = Field(min_length=1, max_length=64, pattern=ID)
    channel: str = Field("web", pattern=r"^[a-z]{1,20}$")


class ForStaff(BaseModel):
    staff_id: str = Field(min_length=1, max_length=64, pattern=ID)


@router.post("/tickets")
async def ticket(body: ForClient, parts: Parts) -> dict[str, str]:
    """A one-time address that signs the client in."""
    await parts.clients.get(body.client_id)
    made = tickets.Ticket(parts.new_id(), body.client_id, body.channel, parts.wall.now() + tickets.LIFETIME)
    return {"path": links.path(parts.settings.key, "client", made)}


@router.post("/staff-tickets")
async def staff_ticket(body: ForStaff, parts: Parts) -> dict[str, str]:
    """A one-time address that signs a member of staff in."""
    async with parts.engine.connect() as sql:
        person = await accounts.find(sql, body.staff_id)
    made = tickets.Ticket(parts.new_id(), person.id, "web", parts.wall.now() + tickets.LIFETIME)
    return {"path": links.path(parts.settings.key, "staff", made)}


@router.get("/turns/{message_id}")
async def turn(
    message_id: Annotated[str, Path(max_length=64)],
    parts: Parts,
    wait_seconds: Annotated[float, Query(ge=0, le=300)] = 0.0,
) -> Json:
    """The closed turn that a client's message belongs to; waits for it."""
    if (told := await parts.turns.wait(message_id, wait_seconds)) is not None:
        return told
    async with parts.engine.connect() as sql:
        known = await store.conversation_of_message(sql, message_id)
    if known is None:
        raise NotFound("没有这条消息。")
    raise TurnOpen


@router.get("/conversations/{conversation_id}/messages")
async def messages(
    conversation_id: Annotated[str, Path(max_length=80)], parts: Parts, limit: Annotated[int, Query(ge=1, le=500)] = 200
) -> Json:
    """The last messages, oldest first, with what was understood."""
    async with parts.engine.connect() as sql:
        found = await store.before(sql, conversation_id, None, limit)
    return {"messages": [message.for_desk() for message in found]}


@router.post("/fixture")
async def fixture(parts: Parts) -> Json:
    """Take past messages, loads and presence of the sandbox's loaded fixture."""
    return await take_fixture(parts)


@router.post("/clock")
async def clock(parts: Parts) -> Json:
    """Read the sandbox's clock again."""
    parts.clock.set(await parts.institution.clock())
    return {"now": parts.clock.now().isoformat()}

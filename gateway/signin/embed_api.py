"""Sign-in of a client whom an institution's page hands over, and the one-time tickets of its live connection."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from gateway.access import Client, Parts, address, internal, is_secure
from gateway.errors import SignInNeeded
from gateway.limits import LINKS, MESSAGES
from gateway.services import Services
from gateway.signin import handover, sessions, tickets
from gateway.signin.handover import HandoverRefused, Institution
from gateway.signin.sessions import CLIENT_COOKIE, CLIENT_LIFETIME, ClientSession
from kit import log
from kit.errors import NotFound

router = APIRouter(tags=["sign-in"])

Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class Token(BaseModel):
    """token: the institution's JWT; origin: of the page that gave it to ours, as the browser names it."""

    token: str = Field(max_length=handover.MOST_TOKEN_CHARS)
    origin: str = Field(max_length=300)


class Key(BaseModel):
    public_key: str = Field(max_length=4000)
    origins: list[str] = Field(min_length=1, max_length=20)


@router.post("/api/chat/sign-in")
async def sign_in(body: Token, request: Request, response: Response, parts: Parts) -> dict[str, str]:
    """Sign a client in with the institution's JWT. It counts once: a second use is refused."""
    await parts.limits.take(LINKS, "handover-from", address(request))
    try:
        said = await _used(parts, body)
    except HandoverRefused as refused:
        parts.metrics.refused_signins.labels("handover").inc()
        log.get(__name__).warning("A hand-over was refused", action="handover_refused", why=refused.fields.get("why"))
        raise
    session = ClientSession(said.client_id, "web", embedded=True)
    cookie = sessions.client_cookie(parts.settings.key, session, now=parts.wall.now())
    sessions.set_embedded_cookie(response, CLIENT_COOKIE, cookie, CLIENT_LIFETIME, secure=is_secure(request))
    return {}


async def _used(parts: Services, body: Token) -> handover.Handover:
    now = parts.wall.now()
    said = handover.read(
        body.token, parts.embedding.key_of, audience=parts.settings.public, origin=body.origin, now=now
    )
    try:
        await parts.clients.get(said.client_id)
    except NotFound as error:
        raise HandoverRefused(why="client_unknown") from error
    try:
        async with parts.engine.begin() as sql:
            await tickets.use(sql, tickets.Ticket(said.once, said.client_id, "web", said.expires_at), now=now)
    except tickets.TicketUsed as error:
        raise HandoverRefused(why="used") from error
    return said


@router.post("/api/chat/socket-ticket")
async def socket_ticket(session: Client, parts: Parts) -> dict[str, str]:
    """For `/api/chat/socket?ticket=`: good for 30 s, for one connection of this client."""
    await parts.limits.take(MESSAGES, "socket", session.client_id)
    ends = parts.wall.now() + tickets.SOCKET_LIFETIME
    made = tickets.Ticket(parts.new_id(), session.client_id, session.channel, ends)
    return {"ticket": tickets.issue(parts.settings.key, "socket", made)}


async def check_socket(parts: Services, session: ClientSession, text: str | None, origin: str | None) -> None:
    """An embedded page brings a fresh ticket of its own client, and a browser's word where it comes from.

    That the origin is this host is checked before (`gateway.security`). Raises SignInNeeded.
    """
    if text is None:
        if session.embedded:
            raise SignInNeeded("连接需要一次性凭证。")
        return
    now = parts.wall.now()
    try:
        ticket = tickets.read(parts.settings.key, "socket", text, now=now)
        if ticket.subject != session.client_id or (session.embedded and not origin):
            raise tickets.TicketRefused
        async with parts.engine.begin() as sql:
            await tickets.use(sql, ticket, now=now)
    except tickets.TicketRefused as refused:
        raise SignInNeeded("连接凭证无效或已用过。") from refused


# -- registering, by `huiban embed` ------------------------------------------------------------------------------

ours = APIRouter(prefix="/internal/embedding", tags=["internal"], dependencies=[Depends(internal)])


@ours.get("")
async def registered(parts: Parts) -> dict[str, Any]:
    """The keys in force."""
    await parts.embedding.refresh()
    return {"keys": [_shown(one) for one in parts.embedding.all()]}


@ours.put("/{issuer}/{kid}")
async def register(issuer: Name, kid: Name, body: Key, parts: Parts) -> dict[str, Any]:
    """Take an institution's public key and the pages that may show the chat."""
    public, origins = handover.check_key(body.public_key, body.origins)
    made = Institution(issuer, kid, public, origins)
    await parts.embedding.add(made, at=parts.wall.now())
    return _shown(made)


@ours.delete("/{issuer}/{kid}")
async def forget(issuer: Name, kid: Name, parts: Parts) -> dict[str, Any]:
    """Take the key out of force."""
    await parts.embedding.remove(issuer, kid)
    return {}


def _shown(one: Institution) -> dict[str, Any]:
    return {"issuer": one.issuer, "kid": one.kid, "origins": list(one.origins)}

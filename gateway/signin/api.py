"""Sign-in of clients by ticket, of staff by ticket or password."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from gateway import pages
from gateway.access import Parts, Person, address, is_secure
from gateway.limits import LINKS, SIGN_INS, TICKETS
from gateway.services import Services
from gateway.signin import accounts, sessions, tickets
from gateway.signin.sessions import CLIENT_COOKIE, CLIENT_LIFETIME, STAFF_COOKIE, STAFF_LIFETIME, set_cookie
from handoff.model import Staff

router = APIRouter(tags=["sign-in"])


class SignIn(BaseModel):
    """name: a staff number or a name."""

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=accounts.MOST_PASSWORD_CHARS)


class NewPassword(BaseModel):
    password: str = Field(max_length=accounts.MOST_PASSWORD_CHARS)


class Me(BaseModel):
    id: str
    name: str
    role: str


@router.get("/t/{ticket}", status_code=303, response_class=RedirectResponse)
async def client_ticket(ticket: str, request: Request, parts: Parts) -> Response:
    """Sign a client in with a one-time ticket."""
    used = await _use(parts, "client", ticket, request)
    if isinstance(used, Response):
        return used
    session = sessions.ClientSession(used.subject, used.channel)
    answer = RedirectResponse("/chat/", 303)
    cookie = sessions.client_cookie(parts.settings.key, session, now=parts.wall.now())
    set_cookie(answer, CLIENT_COOKIE, cookie, CLIENT_LIFETIME, secure=is_secure(request))
    return answer


@router.get("/s/{ticket}", status_code=303, response_class=RedirectResponse)
async def staff_ticket(ticket: str, request: Request, parts: Parts) -> Response:
    """Sign a member of staff in with a one-time ticket."""
    used = await _use(parts, "staff", ticket, request)
    if isinstance(used, Response):
        return used
    async with parts.engine.begin() as sql:
        person = await accounts.find(sql, used.subject)
        cookie = await sessions.open_staff(sql, person.id, now=parts.wall.now())
    answer = RedirectResponse("/desk/", 303)
    set_cookie(answer, STAFF_COOKIE, cookie, STAFF_LIFETIME, secure=is_secure(request))
    return answer


@router.post("/api/staff/sign-in")
async def sign_in(body: SignIn, request: Request, response: Response, parts: Parts) -> Me:
    """Sign a member of staff in."""
    # By address too: else anybody could lock a colleague out with wrong passwords.
    who = ("sign-in", body.name, address(request))
    await parts.limits.check(SIGN_INS, *who)
    await parts.limits.take(TICKETS, "sign-in-from", address(request))
    try:
        person = await accounts.check(parts.engine, body.name, body.password)
    except accounts.WrongPassword:
        parts.metrics.refused_signins.labels("staff").inc()
        await parts.limits.take(SIGN_INS, *who)
        raise
    async with parts.engine.begin() as sql:
        cookie = await sessions.open_staff(sql, person.id, now=parts.wall.now())
    set_cookie(response, STAFF_COOKIE, cookie, STAFF_LIFETIME, secure=is_secure(request))
    return _me(person)


@router.post("/api/staff/sign-out")
async def sign_out(request: Request, response: Response, parts: Parts) -> dict[str, str]:
    """End the session, also on the server."""
    if cookie := request.cookies.get(STAFF_COOKIE):
        async with parts.engine.begin() as sql:
            await sessions.end_staff(sql, cookie)
    response.delete_cookie(STAFF_COOKIE, path="/")
    return {}


@router.get("/api/staff/me")
async def me(person: Person) -> Me:
    """Who is signed in."""
    return _me(person)


@router.post("/api/staff/password")
async def password(body: NewPassword, request: Request, response: Response, parts: Parts, person: Person) -> Me:
    """Set one's own password; every other session of the person ends."""
    async with parts.engine.begin() as sql:
        await accounts.set_password(sql, person, body.password)
        await sessions.end_all_of(sql, person.id)
        cookie = await sessions.open_staff(sql, person.id, now=parts.wall.now())
    set_cookie(response, STAFF_COOKIE, cookie, STAFF_LIFETIME, secure=is_secure(request))
    return _me(person)


async def _use(parts: Services, kind: tickets.Kind, text: str, request: Request) -> tickets.Ticket | Response:
    """The ticket, now used; for a browser a page that says what is wrong with it."""
    await parts.limits.take(LINKS, "ticket-from", address(request))
    now = parts.wall.now()
    try:
        ticket = tickets.read(parts.settings.key, kind, text, now=now)
        async with parts.engine.begin() as sql:
            await tickets.use(sql, ticket, now=now)
    except tickets.TicketRefused as refused:
        parts.metrics.refused_signins.labels(kind).inc()
        if "text/html" in request.headers.get("accept", ""):
            return pages.message(403, "无法登录", refused.message)
        raise
    return ticket


def _me(person: Staff) -> Me:
    return Me(id=person.id, name=person.name, role=person.role)

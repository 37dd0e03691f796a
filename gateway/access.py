"""Who may call: the dependencies that routes name. Each gives the one who is there, or an error."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from gateway import freezing
from gateway.errors import SignInNeeded
from gateway.services import Services
from gateway.signin import sessions
from gateway.signin.sessions import ClientSession
from handoff.joint import Recused
from handoff.model import SUPERVISOR, Staff
from kit.errors import Refused


def services(connection: HTTPConnection) -> Services:
    found: Services = connection.app.state.services
    return found


Parts = Annotated[Services, Depends(services)]


def client(connection: HTTPConnection, parts: Parts) -> ClientSession:
    """The signed-in client. Raises SignInNeeded."""
    cookie = connection.cookies.get(sessions.CLIENT_COOKIE)
    session = sessions.read_client(parts.settings.key, cookie, now=parts.wall.now())
    if session is None:
        raise SignInNeeded("登录已失效,请从应用里重新进入。")
    return session


async def staff(connection: HTTPConnection, parts: Parts) -> Staff:
    """The signed-in member of staff, left with the request for the audit. Raises SignInNeeded, AccessFrozen."""
    cookie = connection.cookies.get(sessions.STAFF_COOKIE)
    if cookie:
        async with parts.engine.connect() as sql:
            if person := await sessions.read_staff(sql, cookie, now=parts.wall.now()):
                connection.state.person = person
                await freezing.check(sql, person.id, address(connection))
                return person
    raise SignInNeeded


def internal(connection: HTTPConnection, parts: Parts) -> None:
    """Our own processes only. Raises SignInNeeded."""
    given = connection.headers.get("x-internal-key", "")
    if not hmac.compare_digest(given.encode(), parts.settings.key.encode()):
        raise SignInNeeded("缺少内部密钥。")


async def operator(connection: HTTPConnection, parts: Parts) -> None:
    """Our own processes (a scraper has the key), or a supervisor. Raises SignInNeeded, Refused."""
    if "x-internal-key" in connection.headers:
        return internal(connection, parts)
    if (await staff(connection, parts)).role != SUPERVISOR:
        raise Refused("只有主管可以查看运行指标。")


Client = Annotated[ClientSession, Depends(client)]
Person = Annotated[Staff, Depends(staff)]


async def may_read(parts: Services, person: Staff, conversation_id: str) -> None:
    """Only the owner, who has joined, and supervisors read a conversation in full (requirement H2).

    Nobody reads a complaint about himself. Raises Refused.
    """
    async with parts.engine.connect() as sql:
        readers = await parts.handoffs.readers_of(sql, conversation_id)
        barred = await parts.handoffs.barred(sql, conversation_id, person.id)
    if barred:
        raise Recused
    if person.id not in readers and person.role != SUPERVISOR:
        raise Refused("只有当前负责这段对话的同事可以查看。")


def address(connection: HTTPConnection) -> str:
    """Where the call comes from, for limits."""
    return connection.client.host if connection.client else "unknown"


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the person's browser speaks TLS, here or to the proxy in front of us."""
    return connection.url.scheme in ("https", "wss") or connection.headers.get("x-forwarded-proto") == "https"

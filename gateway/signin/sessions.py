"""Cookies: a client's is signed and carries all it says; a staff member's names a session that can be ended."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Response
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.tables import staff, staff_sessions
from handoff.model import Staff

CLIENT_COOKIE, STAFF_COOKIE = "huiban_client", "huiban_staff"
CLIENT_LIFETIME = timedelta(days=7)
#: One working day: nobody works a shift longer than this.
STAFF_LIFETIME = timedelta(hours=12)


@dataclass(frozen=True)
class ClientSession:
    """The signed-in client, and the channel the ticket was for.

    embedded: handed over by an institution's page, which shows ours in a frame
    """

    client_id: str
    channel: str
    embedded: bool = False

    @property
    def conversation_id(self) -> str:
        return f"cv-{self.client_id}"


def client_cookie(key: str, session: ClientSession, *, now: datetime) -> str:
    expires = int((now + CLIENT_LIFETIME).timestamp())
    return str(_signer(key).dumps([session.client_id, session.channel, expires, session.embedded]))


def read_client(key: str, cookie: str | None, *, now: datetime) -> ClientSession | None:
    """The session in a cookie; None when it is missing, forged or over."""
    try:
        client_id, channel, expires, *more = _signer(key).loads(cookie or "")
        return ClientSession(client_id, channel, bool(more and more[0])) if expires > now.timestamp() else None
    except (BadSignature, ValueError, TypeError):
        return None


async def open_staff(connection: AsyncConnection, staff_id: str, *, now: datetime) -> str:
    """The cookie of a new session; only its hash is stored."""
    token = secrets.token_urlsafe(32)
    await connection.execute(delete(staff_sessions).where(staff_sessions.c.expires_at < now))
    row = {"id": _hash(token), "staff_id": staff_id, "expires_at": now + STAFF_LIFETIME}
    await connection.execute(insert(staff_sessions).values(**row))
    return token


async def read_staff(connection: AsyncConnection, cookie: str | None, *, now: datetime) -> Staff | None:
    """Who the cookie is; None when it is missing, unknown, ended or over, or the person has left."""
    if not cookie:
        return None
    wanted = (
        select(staff.c.id, staff.c.name, staff.c.role)
        .join(staff_sessions, staff_sessions.c.staff_id == staff.c.id)
        .where(staff_sessions.c.id == _hash(cookie), staff_sessions.c.expires_at > now, staff.c.active)
    )
    row = (await connection.execute(wanted)).first()
    return Staff(row.id, row.name, row.role) if row else None


async def end_staff(connection: AsyncConnection, cookie: str) -> None:
    await connection.execute(delete(staff_sessions).where(staff_sessions.c.id == _hash(cookie)))


async def end_all_of(connection: AsyncConnection, staff_id: str) -> None:
    """Every session of a person: after a new password."""
    await connection.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id))


def set_cookie(response: Response, name: str, value: str, lifetime: timedelta, *, secure: bool) -> None:
    response.set_cookie(
        name, value, max_age=int(lifetime.total_seconds()), httponly=True, samesite="lax", secure=secure, path="/"
    )


def set_embedded_cookie(response: Response, name: str, value: str, lifetime: timedelta, *, secure: bool) -> None:
    """The same for a page in a frame of another site: browsers send such a cookie back only with these words.

    Partitioned: it is the client's of this institution's site, and tells no other site anything (CHIPS). What keeps
    foreign pages from acting with it is `gateway.security.is_foreign`. Without TLS, on one machine, Lax is all there is.
    """
    set_cookie(response, name, value, lifetime, secure=secure)
    if secure:
        last = len(response.raw_headers) - 1
        header, words = response.raw_headers[last]
        response.raw_headers[last] = (header, words.replace(b"SameSite=lax", b"SameSite=None; Partitioned"))


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="huiban.session.client")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

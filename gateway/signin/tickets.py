"""One-time links: signed, short-lived, used once. `/t/…` signs a client in, `/s/…` a member of staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.tables import used_tickets
from kit.database import insert_new
from kit.errors import Refused

Kind = Literal["client", "staff", "socket"]
#: A page of the app opens its ticket at once.
LIFETIME = timedelta(minutes=10)
#: From the page's question to its connection.
SOCKET_LIFETIME = timedelta(seconds=30)
#: The links printed at start wait for the person in front of the terminal.
WELCOME_LIFETIME = timedelta(hours=12)


class TicketRefused(Refused):
    """这个登录链接无效,请重新获取。"""

    code = "ticket_invalid"


class TicketExpired(TicketRefused):
    """这个登录链接已过期,请重新获取。"""

    code = "ticket_expired"


class TicketUsed(TicketRefused):
    """这个登录链接已经用过,请重新获取。"""

    code = "ticket_used"


@dataclass(frozen=True)
class Ticket:
    """Whom it signs in. subject: client or staff id."""

    id: str
    subject: str
    channel: str
    expires_at: datetime


def issue(key: str, kind: Kind, ticket: Ticket) -> str:
    """The signed text of a ticket, to be put into an address."""
    expires = int(ticket.expires_at.timestamp())
    return str(_signer(key, kind).dumps([ticket.id, ticket.subject, ticket.channel, expires]))


def read(key: str, kind: Kind, text: str, *, now: datetime) -> Ticket:
    """The ticket in a signed text. Raises TicketRefused, TicketExpired."""
    try:
        ticket_id, subject, channel, expires = _signer(key, kind).loads(text)
        expires_at = datetime.fromtimestamp(expires, now.tzinfo)
    except (BadSignature, ValueError, TypeError, OverflowError) as error:
        raise TicketRefused from error
    if expires_at <= now:
        raise TicketExpired
    return Ticket(ticket_id, subject, channel, expires_at)


async def use(connection: AsyncConnection, ticket: Ticket, *, now: datetime) -> None:
    """Mark it used; of two rivals one gets in. Raises TicketUsed."""
    await connection.execute(delete(used_tickets).where(used_tickets.c.expires_at < now))
    if not await insert_new(connection, used_tickets, {"id": ticket.id, "expires_at": ticket.expires_at}):
        raise TicketUsed


def _signer(key: str, kind: Kind) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=f"huiban.ticket.{kind}")

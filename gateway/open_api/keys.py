"""Keys: made and revoked by supervisors, named in each call. Functions run in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.open_api import signing, tables
from kit.database import insert_new
from kit.errors import Invalid, NotFound

SCOPES = ("messages:write", "messages:read", "handoff", "webhooks")
_k = tables.keys.c


class KeyUnknown(NotFound):
    """没有这个密钥,或已作废。"""

    code = "key_unknown"


class WebhookRefused(Invalid):
    """推送地址须为 https,且不能指向内网。"""

    code = "webhook_refused"


@dataclass(frozen=True)
class Key:
    """clients: the only ones it may serve; None: all. sealed_secret: None until `reseal` has seen a key of before."""

    id: str
    name: str
    sealed_secret: str | None
    secret_hash: str
    channel: str
    scopes: tuple[str, ...]
    clients: tuple[str, ...] | None
    per_minute: int
    webhook: str | None
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None

    def serves(self, client_id: str) -> bool:
        return self.clients is None or client_id in self.clients

    def to_json(self) -> dict[str, Any]:
        """For supervisors; nothing of the secret."""
        return {
            "id": self.id, "name": self.name, "channel": self.channel, "scopes": list(self.scopes),
            "clients": None if self.clients is None else list(self.clients), "per_minute": self.per_minute,
            "webhook": self.webhook, "created_at": self.created_at.isoformat(), "created_by": self.created_by,
            "revoked_at": self.revoked_at.isoformat() if self.revoked_at else None,
        }  # fmt: skip


def check_webhook(address: str | None) -> str | None:
    """The address, if we may send to it. Raises WebhookRefused.

    Only supervisors name one; still, what listens inside is not to be called from here.
    """
    if not address:
        return None
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        raise WebhookRefused from error
    if parts.scheme != "https" or not host or parts.username or host == "localhost" or is_inside(host):
        raise WebhookRefused
    return address


def is_inside(host: str) -> bool:
    """Whether an address of numbers is not one of the open internet."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


async def make(connection: AsyncConnection, key: Key) -> None:
    await connection.execute(
        insert(tables.keys).values(
            id=key.id, name=key.name, sealed_secret=key.sealed_secret, secret_hash=key.secret_hash, channel=key.channel,
            scopes=list(key.scopes), clients=None if key.clients is None else list(key.clients),
            per_minute=key.per_minute, webhook=key.webhook, created_at=key.created_at, created_by=key.created_by,
        )
    )  # fmt: skip


async def find(connection: AsyncConnection, key_id: str) -> Key:
    """A key that is in force. Raises KeyUnknown."""
    row = (await connection.execute(select(tables.keys).where(_k.id == key_id))).mappings().first()
    if row is None or row["revoked_at"] is not None:
        raise KeyUnknown
    return _key(row)


async def all_of_them(connection: AsyncConnection) -> list[Key]:
    """Revoked ones too, the newest first."""
    rows = (await connection.execute(select(tables.keys).order_by(_k.created_at.desc(), _k.id))).mappings()
    return [_key(row) for row in rows]


async def listening(connection: AsyncConnection, channel: str) -> list[Key]:
    """The keys in force whose webhook hears of this channel."""
    wanted = select(tables.keys).where(_k.channel == channel, _k.webhook.is_not(None), _k.revoked_at.is_(None))
    return [_key(row) for row in (await connection.execute(wanted)).mappings()]


async def revoke(connection: AsyncConnection, key_id: str, *, at: datetime) -> None:
    """From now on no call by it is taken and nothing is sent to it. Raises KeyUnknown."""
    done = await connection.execute(
        update(tables.keys).where(_k.id == key_id, _k.revoked_at.is_(None)).values(revoked_at=at)
    )
    if not done.rowcount:
        raise KeyUnknown


async def change_webhook(connection: AsyncConnection, key_id: str, webhook: str | None) -> Key:
    """Raises KeyUnknown."""
    await connection.execute(update(tables.keys).where(_k.id == key_id).values(webhook=webhook))
    return await find(connection, key_id)


async def use_nonce(connection: AsyncConnection, key_id: str, nonce: str, *, now: datetime) -> bool:
    """Whether the nonce is new; of two rivals one gets in."""
    await connection.execute(delete(tables.nonces).where(tables.nonces.c.expires_at < now))
    # A timestamp of five minutes ahead is accepted until five minutes after it.
    row = {"key_id": key_id, "nonce": nonce, "expires_at": now + 2 * signing.TOLERANCE}
    return await insert_new(connection, tables.nonces, row)


def _key(row: RowMapping) -> Key:
    clients = row["clients"]
    return Key(
        row["id"], row["name"], row["sealed_secret"], row["secret_hash"], row["channel"], tuple(row["scopes"]),
        None if clients is None else tuple(clients), row["per_minute"], row["webhook"], row["created_at"],
        row["created_by"], row["revoked_at"],
    )  # fmt: skip

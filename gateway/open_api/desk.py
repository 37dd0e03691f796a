"""Keys of the Open API for supervisors and the command line: made, listed, revoked, their deliveries looked after."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from gateway.access import Parts, Person, internal
from gateway.open_api import keys, outbox, signing
from gateway.open_api.keys import Key
from gateway.services import Services
from handoff.model import SUPERVISOR, Staff
from kit.errors import Invalid, Refused

router = APIRouter(prefix="/api/desk/open-keys", tags=["open"])

Json = dict[str, Any]
KeyId = Annotated[str, Path(max_length=40)]


def supervisor(person: Person) -> Staff:
    """Raises Refused."""
    if person.role != SUPERVISOR:
        raise Refused("只有主管可以管理开放接口的密钥。")
    return person


Supervisor = Annotated[Staff, Depends(supervisor)]


class Wanted(BaseModel):
    """channel: stands at the messages that come by this key; clients: the only ones it may serve, all when left out."""

    name: str = Field(min_length=1, max_length=64)
    channel: str = Field("open", pattern=r"^[a-z]{2,20}$")
    scopes: list[str] = Field(default_factory=lambda: list(keys.SCOPES), max_length=10)
    clients: list[str] | None = Field(None, max_length=1000)
    per_minute: int = Field(600, ge=1, le=60_000)
    webhook: str | None = Field(None, max_length=500)


class Address(BaseModel):
    webhook: str | None = Field(None, max_length=500)


class ScopeUnknown(Invalid):
    """没有这项权限。"""

    code = "scope_unknown"


#: Names that our own channels have: a key that took one would get their replies.
OWN_CHANNELS = frozenset({"web", "wechat"})


class ChannelTaken(Invalid):
    """这个渠道名由系统自己使用,请另取一个。"""

    code = "channel_taken"


@router.post("")
async def make(body: Wanted, person: Supervisor, parts: Parts) -> Json:
    """A new key: {key, secret}; the secret is shown this once."""
    return await made(parts, body, person.id)


async def made(parts: Services, body: Wanted, by: str) -> Json:
    """Raises ScopeUnknown, ChannelTaken, WebhookRefused."""
    if unknown := [scope for scope in body.scopes if scope not in keys.SCOPES]:
        raise ScopeUnknown(scopes=unknown)
    if body.channel in OWN_CHANNELS:
        raise ChannelTaken
    key_id = f"hb_{parts.new_id()}"[:40]
    secret, sealed = parts.secrets.new(key_id)
    key = Key(
        key_id, body.name, sealed, signing.digest(secret), body.channel, tuple(dict.fromkeys(body.scopes)),
        None if body.clients is None else tuple(body.clients), body.per_minute, keys.check_webhook(body.webhook),
        parts.wall.now(), by,
    )  # fmt: skip
    async with parts.engine.begin() as sql:
        await keys.make(sql, key)
    return {"key": key.to_json(), "secret": secret}


@router.get("")
async def listed(person: Supervisor, parts: Parts) -> Json:
    """All keys, revoked ones too."""
    return await _all(parts)


@router.post("/{key_id}/revoke")
async def revoke(key_id: KeyId, person: Supervisor, parts: Parts) -> Json:
    """Nothing is taken from it or sent to it any more."""
    return await _revoked(parts, key_id)


@router.post("/{key_id}/webhook")
async def change(key_id: KeyId, body: Address, person: Supervisor, parts: Parts) -> Json:
    """Where its webhooks go from now on; none: no more."""
    address = keys.check_webhook(body.webhook)
    async with parts.engine.begin() as sql:
        return {"key": (await keys.change_webhook(sql, key_id, address)).to_json()}


@router.get("/{key_id}/deliveries")
async def deliveries(
    key_id: KeyId, person: Supervisor, parts: Parts, state: Annotated[outbox.State | None, Query()] = None,
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None, limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Json:  # fmt: skip
    """The key's deliveries, the newest first, each with the log of its tries."""
    async with parts.engine.connect() as sql:
        return {"deliveries": await outbox.listed(sql, key_id, state=state, before=before, limit=limit)}


@router.post("/{key_id}/deliveries/{delivery_id}/redeliver")
async def redeliver(
    key_id: KeyId, delivery_id: Annotated[int, Path(ge=1, lt=2**31)], person: Supervisor, parts: Parts
) -> Json:
    """Send a delivery again, sent or dead."""
    async with parts.engine.begin() as sql:
        await outbox.again(sql, key_id, delivery_id, at=parts.wall.now())
    parts.hooks.wake()
    return {}


# -- the command line --------------------------------------------------------------------------------------------

#: Who made a key at the terminal.
OPERATOR = "operator"
internal_router = APIRouter(prefix="/internal/open-keys", tags=["internal"], dependencies=[Depends(internal)])


@internal_router.post("")
async def make_at_terminal(body: Wanted, parts: Parts) -> Json:
    """A new key: {key, secret}; the secret is shown this once."""
    return await made(parts, body, OPERATOR)


@internal_router.get("")
async def listed_at_terminal(parts: Parts) -> Json:
    """All keys, revoked ones too."""
    return await _all(parts)


@internal_router.post("/{key_id}/revoke")
async def revoke_at_terminal(key_id: KeyId, parts: Parts) -> Json:
    """Nothing is taken from it or sent to it any more."""
    return await _revoked(parts, key_id)


async def _all(parts: Services) -> Json:
    async with parts.engine.connect() as sql:
        return {"keys": [key.to_json() for key in await keys.all_of_them(sql)]}


async def _revoked(parts: Services, key_id: str) -> Json:
    async with parts.engine.begin() as sql:
        await keys.revoke(sql, key_id, at=parts.wall.now())
    return {}

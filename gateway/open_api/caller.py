"""Who calls the Open API: the dependency that checks key, time, signature, nonce, limit and scope, in this order."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from limits import parse_many

from gateway.access import Parts
from gateway.open_api import keys, signing
from gateway.open_api.keys import Key
from kit.crypto import KeyMissing
from kit.errors import Conflict, NotFound, Refused

NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
HEADERS = ("x-huiban-key", "x-huiban-timestamp", "x-huiban-nonce", "x-huiban-signature")


class SignatureRefused(Refused):
    """签名不对,或缺少签名所需的请求头。"""

    code = "signature_refused"


class TimestampRefused(SignatureRefused):
    """时间戳与服务器时间相差超过 5 分钟,请校准时钟后重新签名。"""

    code = "timestamp_refused"


class NonceUsed(Conflict):
    """这个请求已经收到过。重试请换一个 nonce 重新签名,消息编号保持不变。"""

    code = "nonce_used"


class ScopeMissing(Refused):
    """这个密钥没有这项权限。"""

    code = "scope_missing"


class ClientNotServed(NotFound):
    """没有这位客户,或这个密钥不能为他服务。"""

    code = "client_unknown"


async def signed(request: Request, parts: Parts) -> Key:
    """Raises SignatureRefused, TimestampRefused, NonceUsed, TooMany."""
    key_id, timestamp, nonce, given = (request.headers.get(name, "") for name in HEADERS)
    if not key_id or not NONCE.fullmatch(nonce):
        raise SignatureRefused
    now = parts.wall.now()
    if not signing.is_fresh(timestamp, now=now):
        raise TimestampRefused
    async with parts.engine.connect() as sql:
        try:
            key = await keys.find(sql, key_id)
        except keys.KeyUnknown as unknown:
            raise SignatureRefused from unknown
    try:
        secret = parts.secrets.of(key)
    except KeyMissing as missing:
        raise SignatureRefused from missing
    expected = signing.signature(secret, request.method, target(request), timestamp, nonce, await request.body())
    if not signing.same(key.secret_hash, signing.digest(secret)) or not signing.same(expected, given):
        raise SignatureRefused
    await parts.limits.take(parse_many(f"{key.per_minute}/minute"), "open", key.id)
    async with parts.engine.begin() as sql:
        if not await keys.use_nonce(sql, key.id, nonce, now=now):
            raise NonceUsed
    return key


def target(request: Request) -> str:
    """Path and query as they were sent."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope.get("query_string", b"")
    return (raw.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def with_scope(scope: str) -> Callable[..., Awaitable[Key]]:
    """A dependency: the key, if it has the scope and may serve the client in the path."""

    async def allowed(request: Request, key: Annotated[Key, Depends(signed)]) -> Key:
        if scope not in key.scopes:
            raise ScopeMissing(scope=scope)
        client_id = request.path_params.get("client_id")
        if client_id is not None and not key.serves(client_id):
            raise ClientNotServed
        return key

    return allowed

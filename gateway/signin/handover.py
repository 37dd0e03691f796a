"""The institution hands a signed-in client over to us: a JWT of its own, good for one sign-in within a minute. Pure.

ES256 alone: a signature that anybody could make with what is public (HS256 with the public key, `none`) is none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gateway.signin.tickets import TicketRefused
from kit.errors import Invalid

ALGORITHM = "ES256"
#: From the institution's server over the client's page to us: a few seconds on a bad network.
LIFETIME = timedelta(seconds=60)
#: Two servers' clocks.
LEEWAY = timedelta(seconds=5)
MOST_TOKEN_CHARS = 4000
MOST_CLAIM_CHARS = 64


class HandoverRefused(TicketRefused):
    """登录凭证无效,请从应用里重新进入。"""

    code = "handover_refused"


class KeyRefused(Invalid):
    """公钥须为 P-256(ES256)的 PEM,来源须为 https://域名。"""

    code = "embed_key_refused"


@dataclass(frozen=True)
class Institution:
    """One public key. origins: the pages, as `https://host[:port]`, that may show the chat."""

    issuer: str
    kid: str
    public_key: str
    origins: tuple[str, ...]


@dataclass(frozen=True)
class Handover:
    """Whom a good token signs in. once: an id that no second token has."""

    client_id: str
    issuer: str
    once: str
    expires_at: datetime


KeyOf = Callable[[str, str], Institution | None]


def read(token: str, key_of: KeyOf, *, audience: str, origin: str, now: datetime) -> Handover:
    """What a token says, once everything about it is right. Raises HandoverRefused."""
    if len(token) > MOST_TOKEN_CHARS:
        raise HandoverRefused(why="too_long")
    try:
        untrusted = jws.extract_compact(token.encode())
        header, claimed = untrusted.headers(), _object(untrusted.payload)
        known = key_of(str(claimed.get("iss", "")), str(header.get("kid", "")))
        if known is None or header.get("alg") != ALGORITHM:
            raise HandoverRefused(why="key_unknown")
        claims = jwt.decode(token, ECKey.import_key(known.public_key), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, UnicodeError) as error:
        raise HandoverRefused(why="signature") from error
    if origin not in known.origins:
        raise HandoverRefused(why="origin")
    return _checked(claims, known.issuer, audience, now)


def _checked(claims: dict[str, Any], issuer: str, audience: str, now: datetime) -> Handover:
    names = claims.get("aud")
    if audience not in (names if isinstance(names, list) else [names]):
        raise HandoverRefused(why="audience")
    subject, jti = _text(claims, "sub"), _text(claims, "jti")
    issued, expires = _instant(claims, "iat"), _instant(claims, "exp")
    if not timedelta(0) < expires - issued <= LIFETIME:
        raise HandoverRefused(why="lifetime")
    if issued > now + LEEWAY or expires <= now - LEEWAY:
        raise HandoverRefused(why="expired")
    once = hashlib.sha256(f"{issuer}\n{jti}".encode()).hexdigest()
    return Handover(subject, issuer, once, expires + LEEWAY)


def check_key(public_key: str, origins: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The key as public PEM alone, and the origins in their plain form. Raises KeyRefused."""
    try:
        key = ECKey.import_key(public_key)
        if key.curve_name != "P-256":
            raise KeyRefused
        public = key.as_pem(private=False).decode()
    except (JoseError, ValueError, TypeError) as error:
        raise KeyRefused from error
    return public, tuple(_origin(one) for one in origins)


def _origin(text: str) -> str:
    """`https://host[:port]`; plain http for this machine alone, where an institution tries things."""
    try:
        parts = urlsplit(text.strip().lower())
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise KeyRefused from error
    ours = host in ("localhost", "127.0.0.1")
    odd = parts.path.strip("/") or parts.query or parts.fragment or parts.username or not host.isascii()
    if odd or not host or not all(one.isalnum() or one in ".-" for one in host):
        raise KeyRefused
    if parts.scheme != "https" and not (parts.scheme == "http" and ours):
        raise KeyRefused
    return f"{parts.scheme}://{host}:{port}" if port else f"{parts.scheme}://{host}"


def _object(payload: Any) -> dict[str, Any]:
    found = json.loads(payload)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _text(claims: dict[str, Any], name: str) -> str:
    found = claims.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= MOST_CLAIM_CHARS or not found.isascii():
        raise HandoverRefused(why=name)
    return found


def _instant(claims: dict[str, Any], name: str) -> datetime:
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise HandoverRefused(why=name)
    try:
        return datetime.fromtimestamp(found, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise HandoverRefused(why=name) from error

"""How a call and a webhook are signed. Pure.

The secret is never sent: the signature is HMAC-SHA256 with it over what was sent, where, when, and a nonce that counts once.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

VERSION = "v1"
#: How far the clocks of two machines may be apart, and a call may be under way.
TOLERANCE = timedelta(seconds=300)
SECRET_PREFIX, SECRET_BYTES = "hbs_", 32


def new_secret(random: Callable[[int], bytes]) -> str:
    return SECRET_PREFIX + random(SECRET_BYTES).hex()


def derived_secret(master: str, key_id: str) -> str:
    """The secret of a key that was made when secrets were not stored yet."""
    return SECRET_PREFIX + hmac.new(master.encode(), f"huiban.open.{key_id}".encode(), hashlib.sha256).hexdigest()


def digest(secret: str) -> str:
    """Enough of a secret to see that it has changed, not enough to sign."""
    return hashlib.sha256(secret.encode()).hexdigest()


def signature(secret: str, method: str, target: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Lower-case hex.

    target     path and query as they stand in the request line, "/open/v1/…?after=3"
    timestamp  whole Unix seconds
    """
    text = "\n".join((VERSION, method.upper(), target, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """In a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def is_fresh(timestamp: str, *, now: datetime) -> bool:
    """Whether a timestamp is of now; False also for what is none."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()

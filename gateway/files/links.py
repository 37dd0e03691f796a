"""Addresses of kept files: signed, good for minutes, for whoever holds them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from kit.errors import Refused

#: The page follows it at once; somebody who copies it out of the address bar has this long.
LIFETIME = timedelta(minutes=2)


class LinkRefused(Refused):
    """这个文件链接无效或已过期,请回到对话里重新打开。"""

    code = "file_link_refused"


@dataclass(frozen=True)
class Link:
    """small: the picture in little."""

    name: str
    small: bool
    expires_at: datetime


def path(key: str, name: str, *, small: bool, now: datetime) -> str:
    return f"/files/{_signer(key).dumps([name, small, int((now + LIFETIME).timestamp())])}"


def read(key: str, text: str, *, now: datetime) -> Link:
    """What a signed text names. Raises LinkRefused."""
    try:
        name, small, expires = _signer(key).loads(text)
        link = Link(name, bool(small), datetime.fromtimestamp(expires, now.tzinfo))
    except (BadSignature, ValueError, TypeError, OverflowError) as error:
        raise LinkRefused from error
    if link.expires_at <= now:
        raise LinkRefused
    return link


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="huiban.file")

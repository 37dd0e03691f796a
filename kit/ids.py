"""Sortable identifiers (UUIDv7, RFC 9562 section 5.7), made in this one place."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

NewId = Callable[[], str]
#: So many random bytes.
RandomBytes = Callable[[int], bytes]


_RANDOM_BITS = 74
_turn = threading.Lock()
_last = (0, 0)


def uuid7() -> str:
    """A UUID as text: 48 bits of Unix milliseconds, then 74 random bits; later ones of a process are greater (RFC 9562, 6.2).

    Rows of one transaction have one instant: their ids tell their order.
    """
    global _last
    with _turn:
        milliseconds, random = time.time_ns() // 1_000_000, secrets.randbits(_RANDOM_BITS)
        if milliseconds <= _last[0]:
            milliseconds, random = _last[0], _last[1] + 1 + secrets.randbits(32)
        if random >> _RANDOM_BITS:
            milliseconds, random = milliseconds + 1, secrets.randbits(_RANDOM_BITS)
        _last = (milliseconds, random)
    value = milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def sequential(prefix: str = "id") -> NewId:
    """Ids that count, for tests that print them."""
    count = 0

    def new_id() -> str:
        nonlocal count
        count += 1
        return f"{prefix}-{count:06d}"

    return new_id

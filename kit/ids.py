"""Sortable identifiers (UUIDv7, RFC 9562 section 5.7), made in this one place."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

NewId = Callable[[], str]
#: So many random bytes.
RandomBytes = Callable[[int], bytes]


def uuid7() -> str:
    """A time-ordered UUID as text: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (random >> 64 & 0xFFF) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
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

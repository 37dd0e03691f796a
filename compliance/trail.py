"""The audit trail (requirement H4): each entry carries a seal over itself and the entry before.

Who changes, drops or moves an entry in the database breaks every seal that follows, and cannot make new ones without the
product's keys. Cutting off the end is seen by the head's number; keep a head outside (`verify` names it) against a trail
that is replaced as a whole.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from compliance.tables import audit_entries, audit_head
from kit.crypto import KeyRing
from kit.database import insert_new

READ, CHANGE, EXPORT, ERASE, FREEZE, LIFT, REQUEST = "read", "change", "export", "erase", "freeze", "lift", "request"
HEAD = 1
#: Rows of a trail that is looked at, in memory at once.
AT_A_TIME = 5000
#: What a seal covers, in this order.
SEALED = ("number", "at", "who", "role", "address", "deed", "client_id", "refused", "what", "key", "previous")


@dataclass(frozen=True)
class Deed:
    """What somebody did. what: the route and the ids that it named, never content."""

    who: str
    role: str
    address: str
    deed: str
    client_id: str | None = None
    what: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False


@dataclass(frozen=True)
class Verdict:
    """entries: how many were looked at. broken_at: the first entry that is not what it was; None: all are.

    other_keys: entries sealed with a key that is no longer in the ring: their seals were only followed, not computed again
    """

    entries: int
    broken_at: int | None
    other_keys: int
    head: int
    seal: str

    @property
    def whole(self) -> bool:
        return self.broken_at is None


class Sealer:
    """Makes seals with the newest key of the product's ring, and knows those of the others."""

    def __init__(self, ring: KeyRing) -> None:
        self._keys = {one.name: hmac.digest(one.key, b"huiban.audit", "sha256") for one in ring.keys}
        self.name = ring.keys[0].name

    def knows(self, name: str) -> bool:
        return name in self._keys

    def seal(self, row: Mapping[str, Any]) -> str:
        covered = [_plain(row[name]) for name in SEALED]
        text = json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hmac.digest(self._keys[row["key"]], text.encode(), "sha256").hex()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


class Walk:
    """Follows a trail entry by entry, from the first on; stops at the first that is not what it was. Pure."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._number, self._seal, self._others = 0, "", 0
        self.broken_at: int | None = None

    def take(self, row: Mapping[str, Any]) -> None:
        if self.broken_at is not None:
            return
        self._number += 1
        known = self._sealer.knows(row["key"])
        self._others += not known
        follows = row["number"] == self._number and row["previous"] == self._seal
        if not follows or (known and not hmac.compare_digest(self._sealer.seal(row), row["seal"])):
            self.broken_at = self._number
        self._seal = row["seal"]

    def verdict(self, head: tuple[int, str]) -> Verdict:
        """head: the number and seal that the trail must end with."""
        if self.broken_at is None and (self._number, self._seal) != head:
            self.broken_at = self._number + 1
        return Verdict(self._number, self.broken_at, self._others, *head)


def verify(rows: Iterable[Mapping[str, Any]], sealer: Sealer, *, head: tuple[int, str]) -> Verdict:
    """The entries in the order of their numbers against their seals and the head. Pure."""
    walk = Walk(sealer)
    for row in rows:
        walk.take(row)
    return walk.verdict(head)


async def note(sql: AsyncConnection, deed: Deed, sealer: Sealer, *, at: datetime) -> int:
    """Add an entry in the caller's transaction; its number."""
    await insert_new(sql, audit_head, {"id": HEAD, "number": 0, "seal": ""})
    number, previous = await head(sql, lock=True)
    row: dict[str, Any] = {
        "number": number + 1, "at": at, "who": deed.who, "role": deed.role, "address": deed.address, "deed": deed.deed,
        "client_id": deed.client_id, "refused": deed.refused, "what": dict(deed.what), "key": sealer.name,
        "previous": previous,
    }  # fmt: skip
    row["seal"] = sealer.seal(row)
    await sql.execute(insert(audit_entries).values(**row))
    await sql.execute(update(audit_head).where(audit_head.c.id == HEAD).values(number=row["number"], seal=row["seal"]))
    return number + 1


async def head(sql: AsyncConnection, *, lock: bool = False) -> tuple[int, str]:
    """The last number and seal; (0, "") before the first entry. lock: nobody else adds before the transaction ends."""
    wanted = select(audit_head.c.number, audit_head.c.seal).where(audit_head.c.id == HEAD)
    row = (await sql.execute(wanted.with_for_update() if lock else wanted)).first()
    return (row.number, row.seal) if row else (0, "")


async def look(sql: AsyncConnection, sealer: Sealer) -> Verdict:
    """The whole trail, checked, some thousand entries at a time."""
    walk, last = Walk(sealer), 0
    wanted = select(audit_entries).order_by(audit_entries.c.number).limit(AT_A_TIME)
    while rows := (await sql.execute(wanted.where(audit_entries.c.number > last))).mappings().all():
        for row in rows:
            walk.take(dict(row))
        last = rows[-1]["number"]
    return walk.verdict(await head(sql))


async def between(sql: AsyncConnection, start: datetime, end: datetime, limit: int) -> list[dict[str, Any]]:
    """The entries from start (inclusive) to end (exclusive), the newest first."""
    wanted = select(audit_entries).where(audit_entries.c.at >= start, audit_entries.c.at < end)
    rows = (await sql.execute(wanted.order_by(audit_entries.c.number.desc()).limit(limit))).mappings()
    return [dict(row) for row in rows]


async def of_client(sql: AsyncConnection, client_id: str) -> list[dict[str, Any]]:
    """Who read or changed what of a client, the oldest first."""
    wanted = select(audit_entries).where(audit_entries.c.client_id == client_id).order_by(audit_entries.c.number)
    return [dict(row) for row in (await sql.execute(wanted)).mappings()]

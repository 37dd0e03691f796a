"""The secrets of keys: made, stored sealed, opened to check a call and to sign a webhook, sealed anew by a newer key."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.open_api import signing, tables
from gateway.open_api.keys import Key
from kit import log
from kit.crypto import NONCE_BYTES, KeyMissing, KeyRing
from kit.ids import RandomBytes

_k = tables.keys.c


@dataclass(frozen=True)
class Secrets:
    """master: the internal key, from which secrets were derived before they were stored."""

    ring: KeyRing
    master: str
    random: RandomBytes

    def new(self, key_id: str) -> tuple[str, str]:
        """A secret, and the same sealed."""
        secret = signing.new_secret(self.random)
        return secret, self.sealed(secret, key_id)

    def sealed(self, secret: str, key_id: str) -> str:
        return self.ring.seal(secret, key_id, self.random(NONCE_BYTES))

    def of(self, key: Key) -> str:
        return self.opened(key.id, key.sealed_secret)

    def opened(self, key_id: str, sealed: str | None) -> str:
        """Raises KeyMissing."""
        return self.ring.open(sealed, key_id) if sealed else signing.derived_secret(self.master, key_id)

    async def reseal(self, engine: AsyncEngine) -> int:
        """Seal with the newest key whatever is not; how many. At each start, so that an old key may go after it."""
        async with engine.begin() as sql:
            return sum(
                [await self._reseal(sql, row) for row in (await sql.execute(select(tables.keys))).mappings().all()]
            )

    async def _reseal(self, sql: AsyncConnection, row: RowMapping) -> bool:
        sealed: str | None = row["sealed_secret"]
        if row["revoked_at"] is not None or (sealed and self.ring.is_newest(sealed)):
            return False
        try:
            secret = self.opened(row["id"], sealed)
        except KeyMissing:
            secret = ""
        if not signing.same(signing.digest(secret), row["secret_hash"]):
            log.get(__name__).error("The secret of a key cannot be opened", action="open_key_lost", key_id=row["id"])
            return False
        values = {"sealed_secret": self.sealed(secret, row["id"])}
        await sql.execute(update(tables.keys).where(_k.id == row["id"]).values(**values))
        return True

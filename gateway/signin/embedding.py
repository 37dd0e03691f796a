"""The institutions whose pages may show the chat: kept in SQL, known by heart in each process."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.signin.handover import Institution
from gateway.tables import embed_keys
from kit import log
from kit.errors import NotFound

#: How soon another process knows of a key that was added or removed here.
FRESH_SECONDS = 15.0


class Embedding:
    """`origins` and `key_of` are asked with every page and every sign-in: they never wait."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: dict[tuple[str, str], Institution] = {}

    @property
    def origins(self) -> tuple[str, ...]:
        """Every page that may show the chat."""
        return tuple(sorted({origin for one in self._known.values() for origin in one.origins}))

    def key_of(self, issuer: str, kid: str) -> Institution | None:
        return self._known.get((issuer, kid))

    def all(self) -> list[Institution]:
        return [self._known[name] for name in sorted(self._known)]

    async def refresh(self) -> None:
        """Read the keys afresh; what was known stays while the database does not answer."""
        try:
            async with self._engine.connect() as sql:
                rows = (await sql.execute(select(embed_keys))).all()
        except SQLAlchemyError as error:
            log.get(__name__).error("Embedding keys could not be read", action="embed_keys_not_read", exc_info=error)
            return
        self._known = {(row.issuer, row.kid): _institution(row) for row in rows}

    async def add(self, one: Institution, *, at: datetime) -> None:
        """A new key, or another key or other pages under the same name."""
        async with self._engine.begin() as sql:
            await _drop(sql, one.issuer, one.kid)
            row = {
                "issuer": one.issuer, "kid": one.kid, "public_key": one.public_key, "origins": list(one.origins),
                "created_at": at,
            }  # fmt: skip
            await sql.execute(insert(embed_keys).values(**row))
        await self.refresh()

    async def remove(self, issuer: str, kid: str) -> None:
        """From now on nothing signed with it signs anybody in. Raises NotFound."""
        async with self._engine.begin() as sql:
            if not await _drop(sql, issuer, kid):
                raise NotFound("没有登记这个公钥。")
        await self.refresh()


async def _drop(sql: AsyncConnection, issuer: str, kid: str) -> int:
    here = (embed_keys.c.issuer == issuer) & (embed_keys.c.kid == kid)
    return int((await sql.execute(delete(embed_keys).where(here))).rowcount)


def _institution(row: Any) -> Institution:
    return Institution(row.issuer, row.kid, row.public_key, tuple(row.origins))

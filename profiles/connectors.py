"""Reads the paged sources on their schedule, from where they were left; what fails is read again later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from kit import log
from kit.clock import Clock
from kit.errors import AgentError
from profiles import store, tables
from profiles.happenings import Happening, Unreadable, of
from profiles.sources import SOURCES, Source, due

logger = log.get(__name__)
#: Pages of one look; the rest is read with the next.
MOST_PAGES, PAGE = 20, 500
Json = dict[str, Any]
Put = Callable[[Sequence[Happening]], Awaitable[object]]


class Feeds(Protocol):
    async def page(self, source: str, after: str, limit: int) -> Json:
        """`{events, next, more}` after the cursor. Raises AgentError."""
        ...


@dataclass(frozen=True)
class Standing:
    """How far a source has been read, and how it is."""

    name: str
    cursor: str = ""
    tried_at: datetime | None = None
    read_at: datetime | None = None
    failures: int = 0
    why: str = ""


class Connectors:
    """feeds and put are set at bootstrap: where pages come from, and where happenings go."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self.feeds: Feeds | None = None
        self.put: Put | None = None

    async def standings(self) -> dict[str, Standing]:
        async with self._engine.connect() as sql:
            rows = (await sql.execute(select(tables.sources))).mappings()
            return {row["name"]: Standing(**row) for row in rows}

    async def step(self) -> int:
        """Read what is due; how many happenings came."""
        if self.feeds is None or self.put is None:
            return 0
        known, now, count = await self.standings(), self._clock.now(), 0
        for source in SOURCES.values():
            standing = known.get(source.name, Standing(source.name))
            if source.paged and due(source, standing.tried_at, standing.failures, now):
                count += await self._read(source, standing, now)
        return count

    async def _read(self, source: Source, standing: Standing, now: datetime) -> int:
        cursor, count = standing.cursor, 0
        try:
            for _ in range(MOST_PAGES):
                page = await self.feeds.page(source.name, cursor, PAGE)  # type: ignore[union-attr]
                found = [one for body in page["events"] if (one := _readable(body))]
                await self.put(found)  # type: ignore[misc]
                # The cursor moves after the happenings are safe: a crash reads them again, and they are stored once.
                cursor, count = page["next"], count + len(found)
                await self._keep(Standing(source.name, cursor, now, now))
                if not page["more"]:
                    break
        except AgentError as error:
            failed = Standing(source.name, cursor, now, standing.read_at, standing.failures + 1, error.code)
            await self._keep(failed)
            logger.warning("A source did not answer", action="source_away", source=source.name, cause=error.code)
        return count

    async def _keep(self, standing: Standing) -> None:
        async with self._engine.begin() as sql:
            await store.put_source(sql, vars(standing))

    async def shown(self) -> list[Json]:
        """`[{name, title, call, every_minutes, fresh_minutes, on_failure, read_at, failures, why, fresh}]`."""
        known, now = await self.standings(), self._clock.now()
        return [_json(source, known.get(source.name, Standing(source.name)), now) for source in SOURCES.values()]


def _readable(body: Json) -> Happening | None:
    try:
        return of(body)
    except Unreadable as error:
        logger.warning("A source told what cannot be read", action="source_unreadable", cause=str(error))
        return None


def _json(source: Source, standing: Standing, now: datetime) -> Json:
    minutes = {"every_minutes": source.every, "fresh_minutes": source.fresh}
    return {
        "name": source.name, "title": source.title, "call": source.call, "on_failure": source.on_failure,
        **{name: int(span.total_seconds() // 60) if span else None for name, span in minutes.items()},
        "kinds": list(source.kinds), "read_at": standing.read_at.isoformat() if standing.read_at else None,
        "failures": standing.failures, "why": standing.why,
        # Read with each look at a client: fresh by construction, `profile_heard.books_at` says when.
        "fresh": source.is_fresh(standing.read_at, now) if source.paged else None,
    }  # fmt: skip

"""Reads the outside feeds on demand, at most once a quarter of an hour, and tells what concerns a client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kit import log
from kit.clock import Clock
from kit.errors import AgentError
from profiles.model import Position
from profiles.news import Json, News, concern, once, read, say

EVERY = timedelta(minutes=15)
FEEDS = {"rss": "资讯 RSS", "csv": "政策快讯表", "json": "资讯接口"}
SOURCE = "衡远资讯"


@dataclass(frozen=True)
class Feed:
    """How a feed stands. news: as last read; what could not be read keeps what was."""

    tried_at: datetime
    read_at: datetime | None = None
    failures: int = 0
    why: str = ""
    news: tuple[News, ...] = ()


class Newsroom:
    """fetch is set at bootstrap: the text of a feed by its form."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.fetch: Callable[[str], Awaitable[str]] | None = None
        self._feeds: dict[str, Feed] = {}

    async def news(self) -> list[News]:
        for form in FEEDS:
            known, now = self._feeds.get(form), self._clock.now()
            if known is None or not timedelta(0) <= now - known.tried_at < EVERY:
                self._feeds[form] = await self._read(form, known, now)
        return [
            one for one in once(n for feed in self._feeds.values() for n in feed.news) if one.at <= self._clock.now()
        ]

    async def _read(self, form: str, known: Feed | None, now: datetime) -> Feed:
        before = known or Feed(now)
        try:
            text = await self.fetch(form) if self.fetch else ""
            return Feed(now, now, news=tuple(read(form, text, SOURCE)))
        except AgentError as error:
            log.get(__name__).warning("A news feed was not read", action="news_away", source=form, cause=error.code)
            return Feed(now, before.read_at, before.failures + 1, error.code, before.news)

    async def of(self, positions: tuple[Position, ...]) -> list[Json]:
        """What concerns these holdings, the newest first."""
        found = [one for news in await self.news() if (one := concern(news, positions))]
        return [
            {"id": one.news.id, "at": one.news.at.isoformat(), "kind": one.news.kind, "title": one.news.title,
             "text": one.news.text, "source": one.news.source, "url": one.news.url, "share": round(one.share, 4),
             "amount": f"{one.amount:.2f}", "why": list(one.why), "level": one.level, "say": say(one)}
            for one in found
        ]  # fmt: skip

    async def feeds(self) -> list[Json]:
        """`[{name, title, format, every_minutes, read_at, failures, why, fresh, items}]`."""
        await self.news()
        now, minutes = self._clock.now(), int(EVERY.total_seconds() // 60)
        return [
            {"name": form, "title": FEEDS[form], "format": form, "every_minutes": minutes,
             "read_at": feed.read_at.isoformat() if feed.read_at else None, "failures": feed.failures, "why": feed.why,
             "fresh": feed.read_at is not None and now - feed.read_at <= 4 * EVERY, "items": len(feed.news)}
            for form, feed in self._feeds.items()
        ]  # fmt: skip

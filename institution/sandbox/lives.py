"""The lives of the book's clients, lived day by day and kept: a day depends on seed, client and day alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from institution.sandbox.life import Life, Lived

SEED = 4711
#: Stories that look alike but are none: what is planted belongs to tests. A life spans this many days around the beginning.
BEFORE, DAYS = timedelta(days=30), 120
#: Days kept; a clock that jumps about lives the others again.
MOST_KEPT = 40


class Lives:
    """What app, marketing and education tell of clients. Who stands in a fixture is left out: his story is the fixture's."""

    def __init__(self, clients: Sequence[str], began: date) -> None:
        names = tuple(sorted(clients))
        self._life = Life(SEED, len(names), began - BEFORE, DAYS, story_share=0.0, names=names)
        self._days: dict[date, dict[str, tuple[Lived, ...]]] = {}

    def between(self, source: str, first: date, last: date) -> list[Lived]:
        """What a system tells of the days from first to last, both included, the oldest first."""
        count = (last - first).days + 1
        return [one for n in range(count) for one in self._day(first + timedelta(days=n)).get(source, ())]

    def _day(self, day: date) -> dict[str, tuple[Lived, ...]]:
        if day not in self._days:
            while len(self._days) >= MOST_KEPT:
                del self._days[next(iter(self._days))]
            lived = [one for client in self._life.dwellers for one in self._life.day(client, day)]
            lived.sort(key=lambda one: (one.at, one.key))
            of: dict[str, list[Lived]] = {}
            for one in lived:
                of.setdefault(one.source, []).append(one)
            self._days[day] = {source: tuple(some) for source, some in of.items()}
        return self._days[day]

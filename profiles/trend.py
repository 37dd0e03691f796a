"""The mood over time: a day's share of negative and positive messages (requirement B4). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.reasons import NEGATIVE
from institution.calendar import SHANGHAI
from profiles.model import Said

POSITIVE = frozenset({"安心", "满意"})
WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class MoodDay:
    """negative, positive: shares 0..1 of the day's understood messages."""

    day: date
    messages: int
    negative: float
    positive: float


def trend(said: Iterable[Said], *, now: datetime) -> tuple[MoodDay, ...]:
    """The days of the last thirty with an understood message, oldest first."""
    by_day: dict[date, list[str]] = defaultdict(list)
    for one in said:
        if one.emotion and timedelta(0) <= now - one.at <= WINDOW:
            by_day[one.at.astimezone(SHANGHAI).date()].append(one.emotion)
    return tuple(
        MoodDay(
            day, len(moods), sum(m in NEGATIVE for m in moods) / len(moods), sum(m in POSITIVE for m in moods) / len(moods)
        )
        for day, moods in sorted(by_day.items())
    )  # fmt: skip

"""When advisors serve: shifts and slots in the institution's day. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handoff.model import Advisor, Shift

#: The zone shifts are written in; kit.clock has the same, but brings asyncio, which rules do without.
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = "一二三四五六日"
#: How far ahead the next shift is looked for.
AHEAD_DAYS = 14


def parse_days(text: str) -> frozenset[int]:
    """Weekdays (0 is Monday) of 「周一-周五」, 「周六」 or 「周二、周四」; ranges may wrap the week."""
    found: set[int] = set()
    for part in re.split(r"[、,\uff0c]", text):
        ends = [DAYS.index(day) for day in re.findall(rf"周([{DAYS}])", part)]
        if not ends:
            raise ValueError(f"no weekday in {text!r}")
        first, last = ends[0], ends[-1]
        found |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return frozenset(found)


def minutes(text: str) -> int:
    """Minutes of the day of "09:30"; "24:00" is the day's end."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def parse_shifts(entries: Iterable[dict[str, Any]]) -> tuple[Shift, ...]:
    return tuple(Shift(parse_days(e["days"]), minutes(e["from"]), minutes(e["to"])) for e in entries)


def parse_slots(entries: Iterable[dict[str, Any]], slot_minutes: int) -> tuple[Shift, ...]:
    return tuple(
        Shift(parse_days(e["days"]), minutes(time), minutes(time) + slot_minutes)
        for e in entries
        for time in e["times"]
    )


def local_minute(now: datetime) -> tuple[int, int]:
    """Weekday (0 is Monday) and minute of the institution's day."""
    local = now.astimezone(SHANGHAI)
    return local.weekday(), local.hour * 60 + local.minute


def on_shift(advisor: Advisor, now: datetime) -> bool:
    return at_minute(advisor, local_minute(now))


def at_minute(advisor: Advisor, at: tuple[int, int]) -> bool:
    """`on_shift` at a `local_minute`, worked out once for many."""
    weekday, minute = at
    return any(weekday in s.weekdays and s.begin <= minute < s.end for s in advisor.shifts)


def upcoming(shifts: Sequence[Shift], now: datetime) -> list[datetime]:
    """When these shifts begin after `now`, in order, in the institution's zone."""
    local = now.astimezone(SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = {
        day + timedelta(minutes=shift.begin)
        for ahead in range(AHEAD_DAYS)
        for day in [midnight + timedelta(days=ahead)]
        for shift in shifts
        if day.weekday() in shift.weekdays
    }
    return sorted(start for start in starts if start > local)


def next_start(shifts: Sequence[Shift], now: datetime) -> datetime | None:
    """When the next of these shifts begins after `now`."""
    return next(iter(upcoming(shifts, now)), None)


def day_words(at: datetime, now: datetime) -> str:
    """今天 14:00, 明天 09:00, 11月26日(周四)09:00."""
    local, today = at.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    ahead = (local.date() - today).days
    if ahead in (0, 1):
        return f"{('今天', '明天')[ahead]} {local:%H:%M}"
    return f"{local.month}月{local.day}日(周{DAYS[local.weekday()]}){local:%H:%M}"

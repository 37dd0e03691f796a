"""When a message that we begin may go out, and whether at all (requirement D3). Pure.

quiet hours   only between 9:00 and 20:00 in Shanghai; what falls outside waits for the next morning
the talk      not within two hours after the client's last message: who is talking is not interrupted
opt-out       who asked to stop gets nothing (不愿被推销, `opted_out`)
cap           at most one message in seven days, two in thirty, all kinds together
mood          nothing while the last messages were negative: first a person
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from contracts.reasons import NEGATIVE
from institution.calendar import SHANGHAI
from profiles.model import Said

FROM, UNTIL = time(9, 0), time(20, 0)
AFTER_TALK = timedelta(hours=2)
CAPS = ((timedelta(days=7), 1), (timedelta(days=30), 2))
NO_SELLING, LEAST_NO = "不愿被推销", 0.3
#: Not sent within so many days, it has lost its occasion.
STALE = timedelta(days=5)
LAST_MOODS = 3


@dataclass(frozen=True)
class Standing:
    """What decides. opted_out: the client asked to stop; sent: when messages went out, any order."""

    now: datetime
    asked_at: datetime
    said: Sequence[Said]
    sent: Sequence[datetime]
    opted_out: bool
    bot_owns: bool


@dataclass(frozen=True)
class Verdict:
    """send now; or wait until `at`; or drop it, for the reason `why`."""

    do: str
    why: str = ""
    at: datetime | None = None


def verdict(case: Standing) -> Verdict:
    if case.opted_out:
        return Verdict("drop", "opted_out")
    if case.now - case.asked_at > STALE:
        return Verdict("drop", "stale")
    for span, most in CAPS:
        recent = sorted(at for at in case.sent if timedelta(0) <= case.now - at < span)
        if len(recent) >= most:
            free = recent[-most] + span
            return Verdict("drop", "cap") if free - case.asked_at > STALE else Verdict("wait", "cap", fit_time(free))
    if not case.bot_owns:
        return Verdict("wait", "with_a_person", case.now + AFTER_TALK)
    if sum(one.emotion in NEGATIVE for one in case.said[-LAST_MOODS:]) >= 2:
        return Verdict("wait", "mood", fit_time(case.now + timedelta(days=1)))
    last = max((one.at for one in case.said), default=None)
    ready = fit_time(max(case.now, last + AFTER_TALK) if last and last <= case.now else case.now)
    return Verdict("send") if ready <= case.now else Verdict("wait", "quiet_hours", ready)


def fit_time(at: datetime) -> datetime:
    """The first instant not before `at` outside the quiet hours."""
    local = at.astimezone(SHANGHAI)
    if local.time() < FROM:
        return datetime.combine(local.date(), FROM, SHANGHAI)
    if local.time() >= UNTIL:
        return datetime.combine(local.date() + timedelta(days=1), FROM, SHANGHAI)
    return at

"""When an expert can be met: free times of those who could have a case, and the calendar entry. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from handoff.hours import upcoming
from handoff.matching import never, skill
from handoff.model import Advisor, AdvisorView, Case, Presence, Shift
from handoff.policy import MatchingPolicy

#: Who serves by appointment names the hours himself; with others a client can meet on the full hour of a shift,
#: not sooner than this, and within a week: further ahead no shift is certain.
NOTICE = timedelta(hours=2)
AHEAD = timedelta(days=7)
HOUR_MINUTES = 60
MOST_SHOWN = 40
REMINDER_MINUTES = 30


@dataclass(frozen=True)
class Slot:
    advisor: Advisor
    at: datetime
    minutes: int = HOUR_MINUTES


def free_slots(
    case: Case,
    advisors: Iterable[Advisor],
    taken: Collection[tuple[str, datetime]],
    policy: MatchingPolicy,
    *,
    now: datetime,
) -> list[Slot]:
    """The free times for this case, the next first, each with the best advisor who is free then.

    Where a topic has experts by appointment, only theirs count.
    """
    able = [advisor for advisor in advisors if _able(case, advisor, policy)]
    by_appointment = [advisor for advisor in able if advisor.slots]
    best: dict[datetime, Slot] = {}
    for advisor in sorted(by_appointment or able, key=lambda a: _rank(case, a, policy)):
        for slot in _times(advisor, now):
            if (advisor.id, slot.at) not in taken:
                best.setdefault(slot.at, slot)
    return [best[at] for at in sorted(best)]


def _able(case: Case, advisor: Advisor, policy: MatchingPolicy) -> bool:
    view = AdvisorView(replace(advisor, live=True), Presence.ONLINE, 0)
    return skill(view, case.topic, policy) >= policy.least_skill and not list(never(case, view, policy))


def _rank(case: Case, advisor: Advisor, policy: MatchingPolicy) -> tuple[bool, int, str]:
    level = skill(AdvisorView(advisor, Presence.ONLINE, 0), case.topic, policy)
    return advisor.id != case.client.own_advisor, -level, advisor.id


def _times(advisor: Advisor, now: datetime) -> list[Slot]:
    if advisor.slots:
        minutes = advisor.slots[0].end - advisor.slots[0].begin
        return [Slot(advisor, at, minutes) for at in upcoming(advisor.slots, now)]
    hours = [
        Shift(shift.weekdays, begin, begin + HOUR_MINUTES)
        for shift in advisor.shifts
        for begin in range(-(-shift.begin // HOUR_MINUTES) * HOUR_MINUTES, shift.end - HOUR_MINUTES + 1, HOUR_MINUTES)
    ]
    return [Slot(advisor, at) for at in upcoming(hours, now + NOTICE) if at < now + AHEAD]


def calendar(uid: str, slot: Slot, topic: str, *, now: datetime) -> str:
    """The appointment as an iCalendar file (RFC 5545), with a reminder."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//huiban//appointments//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "BEGIN:VEVENT", f"UID:{uid}@huiban", f"DTSTAMP:{_utc(now)}", f"DTSTART:{_utc(slot.at)}",
        f"DTEND:{_utc(slot.at + timedelta(minutes=slot.minutes))}",
        f"SUMMARY:{_escaped(f'{slot.advisor.role}{slot.advisor.name} · {topic}咨询')}",
        f"DESCRIPTION:{_escaped('到时会主动联系您,请留意在线客服的消息和预留手机号的来电。')}",
        "STATUS:CONFIRMED", "BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{REMINDER_MINUTES}M",
        f"DESCRIPTION:{_escaped(f'{topic}咨询即将开始')}", "END:VALARM", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """Lines of at most 75 octets, a character never cut (RFC 5545 section 3.1)."""
    part, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > 75:
            yield part
            part, size = " ", 1
        part, size = part + char, size + width
    yield part

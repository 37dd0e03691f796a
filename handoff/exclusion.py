"""Who had a case and did not keep it is not asked again at once, but never barred for good: after some time, or when
nobody else could take it, he is asked again. How long stands in `policy/matching.yml`. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from handoff.model import Case
from handoff.policy import MatchingPolicy
from handoff.priority import duration


class Left(str, Enum):
    """How he came not to have it: no answer or his page gone, declined, passed on to others."""

    MISSED = "missed"
    DECLINED = "declined"
    PASSED = "passed"


@dataclass(frozen=True)
class Exclusion:
    """As `handoffs.excluded` keeps it for one advisor."""

    kind: Left
    why: str
    at: datetime

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind.value, "why": self.why, "at": self.at.isoformat()}


def excluding(
    excluded: Mapping[str, Any], advisor_ids: Iterable[str | None], kind: Left, why: str, *, at: datetime
) -> dict[str, Any]:
    """The exclusions of a case with these added."""
    new = Exclusion(kind, why, at).to_json()
    return {**excluded, **{advisor_id: new for advisor_id in advisor_ids if advisor_id}}


def read(excluded: Mapping[str, Any], since: datetime) -> dict[str, Exclusion]:
    """What `handoffs.excluded` says; an entry without time counts from `since`."""
    return {
        advisor_id: Exclusion(Left.MISSED, told, since)
        if isinstance(told, str)
        else Exclusion(Left(told["kind"]), told["why"], datetime.fromisoformat(told["at"]))
        for advisor_id, told in excluded.items()
    }


def settled(
    case: Case,
    past: Mapping[str, Exclusion],
    anybody: Callable[[Case], bool],
    policy: MatchingPolicy,
    *,
    now: datetime,
) -> Case:
    """The case with the exclusions that still hold at `now`, and in words why the others do not.

    anybody  whether somebody who is there could take a case, free or not, once all is relaxed
    """
    ends = {who: _lapses(one, policy) for who, one in past.items()}
    again = {who: f"{one.why},已过 {duration((now - one.at).total_seconds())},再次派给他" for who, one in past.items()}
    found = _barred(case, past, ends, now)
    if found.excluded and not anybody(found):
        ends = {who: _lapses_alone(one, policy) for who, one in past.items()}
        again |= {who: f"{past[who].why},没有其他同事能接,再次派给他" for who in found.excluded}
        found = _barred(case, past, ends, now)
    return replace(found, again={who: words for who, words in again.items() if who not in found.excluded})


def _barred(case: Case, past: Mapping[str, Exclusion], ends: Mapping[str, datetime], now: datetime) -> Case:
    """The case with the exclusions that end after `now`."""
    until = {who: end for who, end in ends.items() if end > now}
    words = {who: f"{past[who].why},{duration((end - now).total_seconds())}后可再派" for who, end in until.items()}
    return replace(case, excluded=words, until=until)


def _lapses(one: Exclusion, policy: MatchingPolicy) -> datetime:
    return one.at + timedelta(seconds=policy.exclusions[one.kind.value].after_seconds)


def _lapses_alone(one: Exclusion, policy: MatchingPolicy) -> datetime:
    lapse = policy.exclusions[one.kind.value]
    return one.at + timedelta(seconds=min(lapse.alone_seconds, lapse.after_seconds))

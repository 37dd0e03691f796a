"""What a client was promised, by when, and whether it was kept (requirement C4). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from handoff.policy import PriorityPolicy
from handoff.priority import duration
from handoff.record import Handoff


class Promise(str, Enum):
    """answer: a person takes the case; resolve: a high-risk case is dealt with; alert: a person at least has it."""

    ANSWER = "answer"
    RESOLVE = "resolve"
    ALERT = "alert"


@dataclass(frozen=True)
class Deadline:
    promise: Promise
    promised_seconds: float
    due_at: datetime

    @property
    def words(self) -> str:
        within = duration(self.promised_seconds)
        return {
            Promise.ANSWER: f"{within}内没有人工应答",
            Promise.RESOLVE: f"高风险客户{within}内没有处理完",
            Promise.ALERT: f"高风险客户{within}内没有人接手",
        }[self.promise]


def deadlines(handoff: Handoff, policy: PriorityPolicy) -> Iterator[Deadline]:
    """What was promised to this client, the earliest first."""
    promised = [(Promise.ANSWER, policy.normal.promised_seconds)]
    if policy.high_risk_reasons & set(handoff.reasons):
        promised += [(Promise.RESOLVE, policy.high_risk.promised_seconds), (Promise.ALERT, policy.alert_seconds)]
    for promise, seconds in promised:
        yield Deadline(promise, seconds, handoff.requested_at + timedelta(seconds=seconds))


def broken(handoff: Handoff, policy: PriorityPolicy, *, now: datetime) -> list[Deadline]:
    """The promises to an open case that were not kept; of one that waits anew it must be asked who had it before."""
    found = []
    for deadline in deadlines(handoff, policy):
        kept = None if deadline.promise is Promise.RESOLVE else handoff.accepted_at
        if (kept or now) > deadline.due_at:
            found.append(deadline)
    return found

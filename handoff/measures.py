"""How well clients were served (requirement C9): figures over cases that are over. Pure.

Shares are 0..1, times seconds; None where nothing was measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.reasons import words
from handoff.hours import SHANGHAI
from handoff.model import HandoffState
from handoff.record import SCENE_OVER, Handoff

#: Requirement C4: a human answer within 3 minutes.
PROMISED_SECONDS = 180.0
#: Requirement C9: whoever comes back this soon was not helped.
RECONTACT = timedelta(hours=24)
#: An estimate this near to what it took was a good one.
CLOSE_SHARE = 0.3
#: Four and five stars are content.
CONTENT_SCORE = 4
WAYS_OUT = frozenset({"message", "callback", "appointment"})


@dataclass(frozen=True)
class Measured:
    """A case that is over.

    accepted_at    when a person first took it; a later transfer does not move it
    """

    handoff: Handoff
    accepted_at: datetime | None = None
    transfers: int = 0

    @property
    def abandoned(self) -> bool:
        return self.handoff.state is HandoffState.ABANDONED

    @property
    def waited_seconds(self) -> float | None:
        return _between(self.handoff.requested_at, self.accepted_at)

    @property
    def response_seconds(self) -> float | None:
        """From the request to the first words of a person."""
        return _between(self.handoff.requested_at, self.handoff.first_reply_at)

    @property
    def handling_seconds(self) -> float | None:
        return _between(self.accepted_at, self.handoff.ended_at)


def measure(
    cases: Iterable[Measured], requests: Iterable[tuple[str, datetime]], names: Mapping[str, str]
) -> dict[str, Any]:
    """`{total, by_topic, by_advisor, by_reason, by_day}`, each group's figures with its key and words.

    requests  (client, when) of every request, also later ones: they tell who came back
    names     advisor -> name
    """
    over = [case for case in cases if case.handoff.outcome != SCENE_OVER]
    back = came_back(over, requests)

    def groups(keys: Callable[[Measured], Iterable[str]], told: Callable[[str], str] = str) -> list[dict[str, Any]]:
        found: dict[str, list[Measured]] = {}
        for case in over:
            for key in keys(case):
                found.setdefault(key, []).append(case)
        rows = [{"key": key, "words": told(key), **figures(found[key], back)} for key in sorted(found)]
        return sorted(rows, key=lambda row: -row["count"])

    by_day = groups(
        lambda case: [f"{(case.handoff.ended_at or case.handoff.requested_at).astimezone(SHANGHAI):%Y-%m-%d}"]
    )
    return {
        "total": figures(over, back),
        "by_topic": groups(lambda case: [case.handoff.topic]),
        "by_advisor": groups(
            lambda case: [case.handoff.owner_id] if case.handoff.owner_id else [], lambda key: names.get(key, key)
        ),
        "by_reason": groups(lambda case: case.handoff.reasons, words),
        "by_day": sorted(by_day, key=lambda row: str(row["key"])),
    }


def came_back(cases: Iterable[Measured], requests: Iterable[tuple[str, datetime]]) -> frozenset[str]:
    """The served cases whose client asked for a person again within a day of their end."""
    asked: dict[str, list[datetime]] = {}
    for client_id, at in requests:
        asked.setdefault(client_id, []).append(at)
    return frozenset(
        case.handoff.id
        for case in cases
        if case.accepted_at is not None
        and (end := case.handoff.ended_at) is not None
        and any(end < at <= end + RECONTACT for at in asked.get(case.handoff.client_id, ()))
    )


def figures(cases: Sequence[Measured], back: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The figures of some cases together."""
    served = [case for case in cases if case.accepted_at is not None]
    waits = _known(case.waited_seconds for case in cases)
    responses = _known(case.response_seconds for case in served)
    handlings = _known(case.handling_seconds for case in served)
    scores = [case.handoff.score for case in served if case.handoff.score is not None]
    told = [
        (case.handoff.estimated_seconds, wait)
        for case in cases
        if case.handoff.estimated_seconds is not None and (wait := case.waited_seconds) is not None
    ]
    errors = [abs(estimated - wait) for estimated, wait in told]
    close = sum(error <= CLOSE_SHARE * wait for error, (_, wait) in zip(errors, told, strict=True))
    return {
        "count": len(cases), "served": len(served), "abandoned": sum(case.abandoned for case in cases),
        "left": sum(case.handoff.outcome in WAYS_OUT for case in cases),
        "wait_p50": percentile(waits, 0.5), "wait_p90": percentile(waits, 0.9),
        "in_time": _share(sum(wait <= PROMISED_SECONDS for wait in waits), len(waits)),
        "response_p50": percentile(responses, 0.5), "response_p90": percentile(responses, 0.9),
        "handling_mean": sum(handlings) / len(handlings) if handlings else None,
        "transferred": _share(sum(case.transfers > 0 for case in served), len(served)),
        "abandonment": _share(sum(case.abandoned for case in cases), len(cases)),
        "rated": len(scores), "content": _share(sum(score >= CONTENT_SCORE for score in scores), len(scores)),
        "score_mean": sum(scores) / len(scores) if scores else None,
        "came_back": _share(sum(case.handoff.id in back for case in served), len(served)),
        "estimated": len(told), "estimate_error": sum(errors) / len(errors) if errors else None,
        "estimate_close": _share(close, len(told)),
    }  # fmt: skip


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile: the smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def _between(start: datetime | None, end: datetime | None) -> float | None:
    return max(0.0, (end - start).total_seconds()) if start is not None and end is not None else None


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

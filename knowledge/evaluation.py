"""How well retrieval answers a set of questions: recall among the first, mean reciprocal rank, time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.entries import Entry
from knowledge.search import Hit, Library

FIRST = 10


@dataclass(frozen=True)
class Outcome:
    """rank: of the first entry that is wanted, from 1; None when it is not among the first ten."""

    text: str
    rank: int | None
    hits: tuple[Hit, ...]
    seconds: float
    cpu_seconds: float


def fits(entry: Entry, row: Mapping[str, Any]) -> bool:
    """Whether an entry is the one wanted: by id, or by regular expressions that its title or text must all match."""
    if "id" in row:
        return bool(entry.id == row["id"])
    told = f"{entry.title}\n{entry.text}"
    return all(re.search(pattern, told) for pattern in row["contains"])


def outcomes(
    library: Library,
    rows: Sequence[Mapping[str, Any]],
    *,
    today: date,
    seconds: Callable[[], float],
    cpu_seconds: Callable[[], float] | None = None,
) -> Iterator[Outcome]:
    """What each row {text, id} or {text, contains} finds, asked today or on the row's day `on`.

    seconds: a clock that only runs on. cpu_seconds: one of our own work, that a busy machine does not stretch
    (without it that time is 0).
    """
    worked = cpu_seconds or (lambda: 0.0)
    for row in rows:
        on = date.fromisoformat(row["on"]) if "on" in row else today
        start, began = seconds(), worked()
        hits = tuple(library.search(row["text"], today=on, most=FIRST))
        took, work = seconds() - start, worked() - began
        rank = next((rank for rank, hit in enumerate(hits, 1) if fits(hit.entry, row)), None)
        yield Outcome(row["text"], rank, hits, took, work)


def figures(found: Sequence[Outcome]) -> dict[str, float]:
    """`recall_1, recall_3, mrr, p95_ms, p95_cpu_ms`, and `sure`: the share of questions whose first hit stands above the floor."""
    count = max(1, len(found))
    return {
        "recall_1": sum(outcome.rank == 1 for outcome in found) / count,
        "recall_3": sum(outcome.rank is not None and outcome.rank <= 3 for outcome in found) / count,
        "mrr": sum(1 / outcome.rank for outcome in found if outcome.rank) / count,
        "p95_ms": _p95([outcome.seconds * 1000 for outcome in found]),
        "p95_cpu_ms": _p95([outcome.cpu_seconds * 1000 for outcome in found]),
        "sure": sum(bool(outcome.hits and outcome.hits[0].sure) for outcome in found) / count,
    }


def evaluate(
    library: Library, rows: Sequence[Mapping[str, Any]], *, today: date, seconds: Callable[[], float]
) -> dict[str, float]:
    return figures(list(outcomes(library, rows, today=today, seconds=seconds)))


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))] if times else 0.0

"""How well retrieval answers a set of questions: recall among the first, mean reciprocal rank, time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from knowledge.search import Entry, Library

FIRST = 10


def fits(entry: Entry, row: Mapping[str, Any]) -> bool:
    """Whether an entry is the one wanted: by id, or by regular expressions that its title or text must all match."""
    if "id" in row:
        return bool(entry.id == row["id"])
    told = f"{entry.title}\n{entry.text}"
    return all(re.search(pattern, told) for pattern in row["contains"])


def evaluate(
    library: Library, rows: Sequence[Mapping[str, Any]], *, today: date, seconds: Callable[[], float]
) -> dict[str, float]:
    """`recall_1, recall_3, mrr, p95_ms` over rows of {text, id} or {text, contains}. seconds: a clock that only runs on."""
    ranks: list[int | None] = []
    times = []
    for row in rows:
        start = seconds()
        hits = library.search(row["text"], today=today, most=FIRST)
        times.append((seconds() - start) * 1000)
        ranks.append(next((rank for rank, hit in enumerate(hits, 1) if fits(hit.entry, row)), None))
    count = max(1, len(rows))
    return {
        "recall_1": sum(rank == 1 for rank in ranks) / count,
        "recall_3": sum(rank is not None and rank <= 3 for rank in ranks) / count,
        "mrr": sum(1 / rank for rank in ranks if rank) / count,
        "p95_ms": sorted(times)[int(0.95 * (len(times) - 1))] if times else 0.0,
    }

"""The supervisors' weights: read, tried out on past decisions, saved. The replay is pure; the files are written here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from handoff.model import Advisor, Priority
from handoff.policy import FOLDER, PolicyBroken, PriorityPolicy, read_priority
from handoff.priority import prioritise
from handoff.replay import read_inputs

Json = dict[str, Any]
NAME = "priority.yml"
_LINE = re.compile(r"第 (\d+) 行[:\uff1a](.*)$", re.DOTALL)


def checked(text: str) -> tuple[PriorityPolicy | None, list[Json]]:
    """The weights in `text`, and its mistakes as `[{line, words}]`: one of the two is empty."""
    try:
        return read_priority(text, NAME), []
    except PolicyBroken as error:
        found = _LINE.search(error.message)
        return None, [{"line": int(found[1]) if found else 1, "words": found[2] if found else error.message}]


def preview(
    decisions: Iterable[Mapping[str, Any]], roster: Iterable[Advisor], now_weights: PriorityPolicy, new: PriorityPolicy
) -> list[Json]:
    """Past decisions under other weights, the first to be served under them first.

    decisions  rows of `handoff_decisions` with `client_name`; the same rows give the same answer, always

    Each row: `{handoff_id, client_name, topic, at, before, after}`, both `{points, level, place, explanation}`.
    """
    advisors = list(roster)
    rows: list[tuple[Mapping[str, Any], datetime, Priority, Priority]] = []
    for decision in decisions:
        case, _, at = read_inputs(decision["inputs"], advisors)
        rows.append((decision, case.requested_at, prioritise(case, now_weights, now=at), prioritise(case, new, now=at)))
    before = _places((decision["id"], requested, was.points) for decision, requested, was, _ in rows)
    after = _places((decision["id"], requested, would.points) for decision, requested, _, would in rows)
    told = [
        {
            "handoff_id": decision["handoff_id"], "client_name": decision["client_name"],
            "topic": decision["inputs"]["topic"], "at": decision["at"].isoformat(),
            "before": _shown(was, before[decision["id"]]), "after": _shown(would, after[decision["id"]]),
        }
        for decision, _, was, would in rows
    ]  # fmt: skip
    return sorted(told, key=lambda row: int(row["after"]["place"]))


def _places(cases: Iterable[tuple[str, datetime, int]]) -> dict[str, int]:
    ordered = sorted(cases, key=lambda case: (-case[2], case[1], case[0]))
    return {case[0]: place for place, case in enumerate(ordered, 1)}


def _shown(found: Priority, place: int) -> Json:
    return {"points": found.points, "level": found.level, "place": place, "explanation": found.explanation}


def write(text: str, folder: Path = FOLDER) -> None:
    """Put the weights in place of the old ones: whoever reads sees the old file or the new one, never a part."""
    path = folder / NAME
    fresh = path.with_suffix(".yml.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def stamp(folder: Path = FOLDER) -> tuple[int, ...]:
    """Changes when one of the files does."""
    return tuple(path.stat().st_mtime_ns for path in sorted(folder.glob("*.yml")))

"""The supervisors' rules: read, tried out on past decisions, saved. The replay is pure; the files are written here."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from handoff.matching import blocks, candidates, terms
from handoff.model import Advisor, Candidate, Case, Priority
from handoff.policy import FOLDER, MatchingPolicy, PolicyBroken, PriorityPolicy, read_matching, read_priority
from handoff.priority import prioritise
from handoff.replay import read_inputs

Json = dict[str, Any]
#: priority: how urgent a case is. matching: who gets it, and what is relaxed when.
NAMES = {"priority": "priority.yml", "matching": "matching.yml"}
_LINE = re.compile(r"第 (\d+) 行[:\uff1a](.*)$", re.DOTALL)


def checked(text: str, file: str = "priority") -> tuple[PriorityPolicy | MatchingPolicy | None, list[Json]]:
    """The rules in `text`, and its mistakes as `[{line, words}]`: one of the two is empty."""
    try:
        return READERS[file](text, NAMES[file]), []
    except PolicyBroken as error:
        found = _LINE.search(error.message)
        return None, [{"line": int(found[1]) if found else 1, "words": found[2] if found else error.message}]


READERS: dict[str, Callable[[str, str], PriorityPolicy | MatchingPolicy]] = {
    "priority": read_priority, "matching": read_matching,
}  # fmt: skip


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


def preview_matching(
    decisions: Iterable[Mapping[str, Any]], roster: Iterable[Advisor], new: MatchingPolicy
) -> list[Json]:
    """When and to whom today's cases would have been offered under another schedule, in the order they were decided.

    A case is looked at again at its request, at each step of the new schedule, and when it was decided, each time with
    the staff as the last decision before that moment saw them: loads are those of the day as it was. The same rows
    give the same answer, always.

    Each row: `{handoff_id, client_name, topic, at, before, after, changed}`, both
    `{advisor: {id, name} | null, at, waited_seconds, because}`; `after.advisor` is null where nobody would have had it.
    """
    advisors, rows = list(roster), list(decisions)
    staffs = [(datetime.fromisoformat(row["inputs"]["now"]), row["inputs"]["advisors"]) for row in rows]
    moments = [at for at, _ in staffs]
    names = {advisor.id: advisor.name for advisor in advisors}
    told = []
    for row in rows:
        inputs = row["inputs"]
        case, _, decided_at = read_inputs(inputs, advisors)
        before = _offer(names, row["advisor_id"], decided_at, case, tuple(_because(row)))
        after = _offer(names, None, decided_at, case, ())
        for at in _looks(case, decided_at, new):
            earlier = bisect_right(moments, at) - 1
            there = staffs[earlier][1] if earlier >= 0 and at < decided_at else inputs["advisors"]
            best = _best(case, {**inputs, "advisors": there}, advisors, new, at)
            if best is not None:
                after = _offer(names, best.advisor.id, at, case, best.because)
                break
        told.append({
            "handoff_id": row["handoff_id"], "client_name": row["client_name"], "topic": case.topic,
            "at": row["at"].isoformat(), "before": before, "after": after,
            "changed": (before["advisor"], before["waited_seconds"]) != (after["advisor"], after["waited_seconds"]),
        })  # fmt: skip
    return told


def _looks(case: Case, decided_at: datetime, policy: MatchingPolicy) -> list[datetime]:
    steps = (case.requested_at + timedelta(seconds=step.after_seconds) for step in policy.relaxation)
    return sorted({case.requested_at, decided_at, *steps})


def _best(
    case: Case, inputs: Mapping[str, Any], advisors: Sequence[Advisor], policy: MatchingPolicy, at: datetime
) -> Candidate | None:
    _, staff, _ = read_inputs(inputs, advisors)
    asked = terms(case, policy, now=at)
    able = [view for view in staff if next(blocks(case, view, asked, policy, now=at), None) is None]
    return candidates(case, able, policy, now=at)[0] if able else None


def _because(row: Mapping[str, Any]) -> Iterable[str]:
    """In words why it went to whom it went."""
    chosen = (one for one in row["result"]["candidates"] if one["chosen"])
    return (part["words"] for one in chosen for part in one["points"] if part["points"] > 0)


def _offer(names: Mapping[str, str], advisor_id: str | None, at: datetime, case: Case, because: Sequence[str]) -> Json:
    return {
        "advisor": {"id": advisor_id, "name": names.get(advisor_id, advisor_id)} if advisor_id else None,
        "at": at.isoformat() if advisor_id else None,
        "waited_seconds": int(case.waited_seconds(at)) if advisor_id else None, "because": list(because),
    }  # fmt: skip


def write(text: str, file: str, folder: Path = FOLDER) -> None:
    """Put the rules in place of the old ones: whoever reads sees the old file or the new one, never a part."""
    path = folder / NAMES[file]
    fresh = path.with_suffix(".yml.new")
    with fresh.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def stamp(folder: Path = FOLDER) -> tuple[int, ...]:
    """Changes when one of the files does."""
    return tuple(path.stat().st_mtime_ns for path in sorted(folder.glob("*.yml")))

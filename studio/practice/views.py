"""Cases, runs and results as the desk reads them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from studio.practice.model import Case, Line, Point, Result, Rubric, Run, Scored, Who

Json = dict[str, Any]


def line_json(line: Line) -> Json:
    return {
        "who": line.who.value, "text": line.text, "at": line.at.isoformat(), "emotion": line.emotion,
        "strength": line.strength, "id": line.id, "action": line.action,
    }  # fmt: skip


def line_of(raw: Mapping[str, Any]) -> Line:
    return Line(
        Who(raw["who"]), raw["text"], datetime.fromisoformat(raw["at"]), raw["emotion"], raw["strength"], raw["id"],
        raw["action"],
    )  # fmt: skip


def result_json(result: Result) -> Json:
    return {
        "score": result.score,
        "passed": result.passed,
        "verdict": result.verdict,
        "points": [
            {
                "id": one.point.id, "words": one.point.words, "weight": one.point.weight, "about": one.point.about,
                "share": one.share, "got": one.got, "why": one.why, "quotes": list(one.quotes),
            }
            for one in result.points
        ],
    }  # fmt: skip


def result_of(raw: Mapping[str, Any]) -> Result:
    points = tuple(
        Scored(
            Point(one["id"], one["words"], one["weight"], one["about"]), one["share"], one["why"], tuple(one["quotes"])
        )
        for one in raw["points"]
    )
    return Result(raw["score"], raw["passed"], raw["verdict"], points)


def case_json(case: Case, rubric: Rubric) -> Json:
    """What is told before a run: not how the client goes on."""
    return {
        "id": case.id, "title": case.title, "level": case.level, "about": case.about, "elderly": case.elderly,
        "client": dict(case.client),
        "points": [
            {"id": point.id, "words": point.words, "weight": point.weight, "about": point.about}
            for point in (rubric.points[name] for name in case.needs)
        ],
    }  # fmt: skip


def run_json(run: Run, case: Case | None) -> Json:
    """The run with its brief and buttons; the model answer only when it is over. case: None when it was taken out."""
    told: Json = {
        "id": run.id, "version": run.version, "case_id": run.case_id, "title": case.title if case else run.case_id,
        "staff": {"id": run.staff_id, "name": run.staff_name}, "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None, "client_gone": run.beat is None,
        "lines": [line_json(line) for line in run.lines], "done": sorted(run.done),
        "result": result_json(run.result) if run.result else None,
        "client": dict(case.client) if case else {},
        "brief": [{"label": label, "value": value} for label, value in case.brief] if case else [],
        "actions": [{"id": one.id, "words": one.words} for one in case.actions] if case else [],
        "model": list(case.good) if case and run.ended_at else [],
    }  # fmt: skip
    return told


def row_json(run: Run, case: Case | None) -> Json:
    """A run in a list."""
    return {
        "id": run.id, "case_id": run.case_id, "title": case.title if case else run.case_id,
        "staff": {"id": run.staff_id, "name": run.staff_name}, "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "score": run.result.score if run.result else None, "passed": run.result.passed if run.result else None,
        "verdict": run.result.verdict if run.result else None,
    }  # fmt: skip

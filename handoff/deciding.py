"""A decision as it is made and written down: who gets whom, from what, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handoff.dispatch import assign
from handoff.index import AdvisorIndex
from handoff.matching import candidates
from handoff.model import Assignment
from handoff.record import Handoff
from handoff.views import Scene, candidate_json, case_inputs

#: Up to so many colleagues each decision tells of every one; of more only of the best. The inputs hold them all, so
#: that the others' points can be worked out again (`replay.py`).
ALL_SHOWN, BEST_SHOWN = 40, 3


@dataclass(frozen=True)
class Decision:
    handoff: Handoff
    made: Assignment
    inputs: dict[str, Any]
    result: dict[str, Any]


def decide(scene: Scene) -> list[Decision]:
    """Every case that somebody can take now, with what it was decided from."""
    made = assign(scene.cases(), scene.staff, scene.policy.matching, now=scene.now)
    if not made:
        return []
    waiting = {handoff.id: handoff for handoff in scene.waiting}
    many = len(scene.staff) > ALL_SHOWN
    index = AdvisorIndex(scene.staff, scene.policy.matching) if many else None
    return [_decision(scene, waiting[one.case_id], one, index) for one in made]


def _decision(scene: Scene, handoff: Handoff, made: Assignment, index: AdvisorIndex | None) -> Decision:
    case, shown = handoff.case, scene.staff
    if index is not None:
        best = index.best(case, now=scene.now, count=BEST_SHOWN)
        chosen = index.view(made.advisor_id)
        shown = best if chosen in best else [*best, chosen]
    ranked = candidates(case, shown, scene.policy.matching, now=scene.now)
    found = scene.priority(handoff)
    result = {
        "priority": found.points, "explanation": found.explanation,
        "candidates": [candidate_json(candidate, made.advisor_id) for candidate in ranked],
    }  # fmt: skip
    return Decision(handoff, made, case_inputs(handoff, scene), result)

"""A decision as it is made and written down: who gets whom, from what, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
    advisor_id: str
    because: tuple[str, ...]
    inputs: dict[str, Any]
    result: dict[str, Any]

    def offer(self, *, now: datetime, expires_at: datetime) -> dict[str, Any]:
        """What the handoff's columns become."""
        return {
            "offered_to": self.advisor_id, "offered_at": now, "because": list(self.because),
            "offer_expires_at": expires_at,
        }  # fmt: skip


def decide(scene: Scene) -> list[Decision]:
    """Every case that somebody can take now, with what it was decided from."""
    if not any(view.free for view in scene.staff):
        return []
    made = assign(scene.cases(), scene.staff, scene.policy.matching, now=scene.now, index=scene.index)
    if not made:
        return []
    waiting = {handoff.id: handoff for handoff in scene.waiting}
    # As everybody stood before.
    index = scene.index if len(scene.staff) > ALL_SHOWN else None
    return [_decision(scene, waiting[one.case_id], one, index) for one in made]


def _decision(scene: Scene, handoff: Handoff, made: Assignment, index: AdvisorIndex | None) -> Decision:
    case, shown = scene.case(handoff), scene.staff
    if index is not None:
        best = index.best(case, now=scene.now, count=BEST_SHOWN)
        chosen = index.view(made.advisor_id)
        shown = best if any(view is chosen for view in best) else [*best, chosen]
    ranked = candidates(case, shown, scene.policy.matching, now=scene.now)
    found = scene.priority(handoff)
    result = {
        "priority": found.points, "explanation": found.explanation,
        "candidates": [candidate_json(candidate, made.advisor_id) for candidate in ranked],
    }  # fmt: skip
    because = next(candidate.because for candidate in ranked if candidate.advisor.id == made.advisor_id)
    again = (case.again[made.advisor_id],) if made.advisor_id in case.again else ()
    return Decision(handoff, made.advisor_id, (*because, *again), case_inputs(handoff, scene), result)

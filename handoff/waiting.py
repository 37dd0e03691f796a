"""Those who wait, ready for the question "this advisor is free: who is next?", however many they are.

All cases of one kind (same requirements, same standing points) grow more urgent alike, so among them the earlier is
always first: a queue each, and only the heads of the queues need to be compared. There are some thousand kinds at
most, whether a hundred wait or a hundred thousand; their heads stand in numpy columns. A heap of all would have to be
built anew every second, since points move; ranking all with numpy costs 2 ms at 100,000. What the columns say is a
first look: who is really next is checked with the plain `matching.blocks`.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handoff.hours import on_shift
from handoff.matching import about_colleague, blocks, terms
from handoff.model import SUPERVISOR, AdvisorView, Case, Presence
from handoff.policy import Ageing, Policy
from handoff.priority import ageing_of, points_at, standing

#: Instants are counted in whole microseconds from here: exact, and in order.
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
MICROSECOND = timedelta(microseconds=1)
NOBODY = np.iinfo(np.int64).max
#: Instants need 51 bits until 2041, 55 for the next thousand years; 100 points above them still fit in 63.
POINTS_SHIFT = 55
NOT_HIS = np.iinfo(np.int64).min
NO_CODE = -2
COLUMNS = ("head", "points", "room", "high_risk", "topic", "licences", "tier", "language", "anyone", "about", "own")
Place = tuple[int, str]


@dataclass
class _Kind:
    """A queue: (requested at, case id) in order, and the cases."""

    row: int
    places: list[Place] = field(default_factory=list)


class WaitingIndex:
    """The cases that wait, in queues of a kind."""

    def __init__(self, policy: Policy, cases: Iterable[Case] = ()) -> None:
        self.policy = policy
        self._cases: dict[str, tuple[Case, _Kind]] = {}
        self._kinds: dict[tuple[Any, ...], _Kind] = {}
        self._queues: list[_Kind] = []
        #: For each sort of name, its names and their small numbers.
        self._codes: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._table: NDArray[np.int64] = np.zeros((len(COLUMNS), 64), dtype=np.int64)
        for case in cases:
            self.add(case)

    def __len__(self) -> int:
        return len(self._cases)

    def __contains__(self, case_id: str) -> bool:
        return case_id in self._cases

    def add(self, case: Case) -> None:
        kind = self._kind(case)
        insort(kind.places, _place(case))
        self._cases[case.id] = (case, kind)
        self._table[0, kind.row] = kind.places[0][0]

    def remove(self, case_id: str) -> Case:
        """Take a case out; KeyError when it does not wait."""
        case, kind = self._cases.pop(case_id)
        del kind.places[bisect_left(kind.places, _place(case))]
        self._table[0, kind.row] = kind.places[0][0] if kind.places else NOBODY
        return case

    def next_for(self, view: AdvisorView, *, now: datetime) -> Case | None:
        """The most urgent case that this advisor can take now (then the earlier, then the smaller id)."""
        if view.presence is not Presence.ONLINE or not view.free or not view.advisor.live or not self._queues:
            return None
        at = (now - EPOCH) // MICROSECOND
        columns = dict(zip(COLUMNS, self._table[:, : len(self._queues)], strict=True))
        waited = np.maximum(0, at - columns["head"]) / 1e6
        points = self._points(columns, waited)
        # More points first, then the earlier: one number, so that the best is the largest.
        ranks = np.where(self._fits(columns, waited, view, now), (points << POINTS_SHIFT) - columns["head"], NOT_HIS)
        best: tuple[int, Place] | None = None
        while ranks[row := int(ranks.argmax())] != NOT_HIS:
            # A queue gives at most what its head is worth.
            if best is not None and best < (-points[row], (columns["head"][row], "")):
                break
            found = self._first(self._queues[row], view, now)
            if found is not None:
                rank = (-self._points_of(self._cases[found[1]][0], now), found)
                best = rank if best is None else min(best, rank)
            ranks[row] = NOT_HIS
        return None if best is None else self._cases[best[1][1]][0]

    def _first(self, kind: _Kind, view: AdvisorView, now: datetime) -> Place | None:
        """The first of a queue whom this advisor can take."""
        for place in kind.places:
            case = self._cases[place[1]][0]
            asked = terms(case, self.policy.matching, now=now)
            barred = next(blocks(case, view, asked, self.policy.matching, now=now), None)
            if barred is None:
                return place
            # What bars this one bars the later ones of its kind too, unless it is his own exclusion, a standing order
            # that is dropped with time, or a last place that is kept from those who do not mean him.
            his_own = view.id in case.excluded or "standing_order" in case.reasons
            if not his_own and not (asked.reserve and view.free <= self.policy.matching.reserved_places):
                return None
        return None

    def _points_of(self, case: Case, now: datetime) -> int:
        return points_at(standing(case, self.policy.priority), case, self.policy.priority, now=now)

    def _points(self, columns: dict[str, NDArray[np.int64]], waited: NDArray[np.float64]) -> NDArray[np.int64]:
        policy = self.policy.priority
        aged = np.where(columns["high_risk"] == 1, _aged(policy.high_risk, waited), _aged(policy.normal, waited))
        added = np.minimum(aged.astype(np.int64), columns["room"])
        return columns["points"] + np.maximum(0, added)

    def _fits(
        self, columns: dict[str, NDArray[np.int64]], waited: NDArray[np.float64], view: AdvisorView, now: datetime
    ) -> NDArray[np.bool_]:
        """Queues whose head this advisor may be able to take."""
        matching, advisor = self.policy.matching, view.advisor
        licences, tiers, languages = (
            sum(1 << self._code(sort, name) for name in held)
            for sort, held in (
                ("licence", advisor.licences),
                ("tier", advisor.tiers),
                ("language", advisor.languages),
            )
        )
        least = np.full(waited.size, matching.least_skill)
        supervisor = columns["about"] == 1
        for step in matching.relaxation:
            late = waited >= step.after_seconds
            if step.least_skill is not None:
                least[late] = step.least_skill
            supervisor = supervisor | late if step.supervisor else supervisor
        skills = self._skills_of(view)[columns["topic"]]
        anyone = columns["anyone"] == 1
        fits: NDArray[np.bool_] = (columns["licences"] & ~licences == 0) & (columns["tier"] & ~tiers == 0)
        fits &= (skills >= least) | (columns["own"] == self._codes["own"].get(view.id, NO_CODE))
        fits &= on_shift(advisor, now)
        fits |= anyone
        if advisor.role == SUPERVISOR:
            fits &= supervisor | anyone
        # The heads of empty queues, and those of clients whom he cannot speak with.
        fits &= (columns["head"] != NOBODY) & (columns["language"] & ~languages == 0)
        return fits

    def _skills_of(self, view: AdvisorView) -> NDArray[np.int64]:
        skills, skill_of = view.advisor.skills, self.policy.matching.skill_of
        return np.array([skills.get(skill_of.get(name, name), 0) for name in self._codes["topic"]], dtype=np.int64)

    def _code(self, sort: str, name: str) -> int:
        """A small number for a name, counted for each sort."""
        return self._codes[sort].setdefault(name, len(self._codes[sort]))

    def _bit(self, sort: str, name: str | None) -> int:
        return 1 << self._code(sort, name) if name else 0

    def _kind(self, case: Case) -> _Kind:
        """The queue for this case, made when it is the first of its kind."""
        client, given = case.client, standing(case, self.policy.priority)
        own = client.own_advisor if "standing_order" in case.reasons else None
        high_risk = ageing_of(case, self.policy.priority) is self.policy.priority.high_risk
        language = client.dialect if client.language_hard else None
        anyone = bool(self.policy.matching.anyone_for & set(case.reasons))
        about = case.complained_about if about_colleague(case) else None
        key = (
            case.topic, client.tier, language, anyone, about, case.complained_about, own, given.points, given.room,
            high_risk,
        )  # fmt: skip
        if key not in self._kinds:
            row = len(self._queues)
            if row == self._table.shape[1]:
                self._table = np.concatenate([self._table, np.zeros_like(self._table)], axis=1)
            needed = sum(1 << self._code("licence", name) for name in self.policy.matching.licences[case.topic])
            self._table[:, row] = (
                NOBODY, given.points, given.room, high_risk, self._code("topic", case.topic), needed,
                self._bit("tier", client.tier), self._bit("language", language), anyone, about is not None,
                self._code("own", own) if own else -1,
            )  # fmt: skip
            self._kinds[key] = _Kind(row)
            self._queues.append(self._kinds[key])
        return self._kinds[key]


def _place(case: Case) -> Place:
    return (case.requested_at - EPOCH) // MICROSECOND, case.id


def _aged(ageing: Ageing, waited: NDArray[np.float64]) -> NDArray[np.float64]:
    """`Ageing.points` of many, in the same steps of arithmetic, so that no rounding differs."""
    share = waited / ageing.promised_seconds
    found = np.full(share.shape, float(ageing.curve[-1][1]))
    for (left, low), (right, high) in reversed(list(zip(ageing.curve, ageing.curve[1:], strict=False))):
        found = np.where(share < right, low + (high - low) * (share - left) / (right - left), found)
    return found

"""The staff as columns of numbers: the same choice as `matching.candidates`, for thousands of advisors at once.

The plain rules stay the truth: they explain the few that are shown, and tests compare both on any case. Here every
requirement is one array of yes and no, and the preferences are the digits of one whole number a candidate, so that
the best is the smallest. With 10,000 advisors a choice takes some tenths of a millisecond (`bench/decide.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handoff.hours import local_minute
from handoff.matching import (
    LOAD_PARTS,
    MOST_SKILL,
    RATING_PARTS,
    SECOND_TOPIC,
    Terms,
    about_colleague,
    last_terms,
    load_digit,
    terms,
)
from handoff.model import SUPERVISOR, Advisor, AdvisorView, Case, Presence
from handoff.policy import MatchingPolicy

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
#: How many values the digit of a preference can have; those not named are met or not.
BASES = {"skill": MOST_SKILL + 1, "second_skill": MOST_SKILL + 1, "load": LOAD_PARTS + 1, "rating": RATING_PARTS + 1}


class AdvisorIndex:
    """Who could take a case, and who should, as `matching` says. Loads and presence follow by `change`."""

    def __init__(self, views: Iterable[AdvisorView], policy: MatchingPolicy) -> None:
        #: In the order of ids: of equals the smaller id comes first, as in `matching`.
        self.views = sorted(views, key=lambda view: view.id)
        self.policy = policy
        #: The list that `follow` made this index agree with, None once something was changed.
        self._followed: Sequence[AdvisorView] | None = None
        advisors = [view.advisor for view in self.views]
        self._row = {advisor.id: row for row, advisor in enumerate(advisors)}
        self._none = np.zeros(len(advisors), dtype=np.bool_)
        self._licences = _holders(advisors, lambda advisor: advisor.licences)
        self._tiers = _holders(advisors, lambda advisor: advisor.tiers)
        self._languages = _holders(advisors, lambda advisor: advisor.languages)
        self._regions = _holders(advisors, lambda advisor: advisor.regions)
        self._skills = _numbers(advisors, lambda advisor: advisor.skills)
        self._ratings = _numbers(advisors, lambda a: {topic: round(rated * 100) for topic, rated in a.ratings.items()})
        self._live = np.array([advisor.live for advisor in advisors], dtype=np.bool_)
        self._supervisor = np.array([advisor.role == SUPERVISOR for advisor in advisors], dtype=np.bool_)
        self._shifts = _shifts(advisors)
        self._on_shift: tuple[tuple[int, int], Mask] = ((-1, -1), self._none)
        #: Topic, tier and language -> who may serve them at all; worked out once.
        self._suited: dict[tuple[str, str, str | None, bool], Mask] = {}
        self._load = np.zeros(len(advisors), dtype=np.int64)
        self._free = self._none.copy()
        self._online = self._none.copy()
        #: Who has few free places left.
        self._last = self._none.copy()
        #: Rare licences that a topic needs -> who holds others only; worked out once.
        self._rare: dict[frozenset[str], Mask] = {}
        for row, view in enumerate(self.views):
            self._set(row, view)

    def follow(self, views: Sequence[AdvisorView]) -> bool:
        """Take over load and presence of everybody; False, and nothing to be trusted, when these are not its advisors."""
        if views is self._followed:
            return True
        if len(views) != len(self.views):
            return False
        for view in views:
            row = self._row.get(view.id, -1)
            mine = self.views[row]
            if row < 0 or mine.advisor is not view.advisor:
                return False
            if mine.load != view.load or mine.presence is not view.presence:
                self.views[row] = view
                self._set(row, view)
        self._followed = views
        return True

    def change(self, view: AdvisorView) -> None:
        """Take over an advisor's new load and presence; what the roster says of him must be the same."""
        self._followed = None
        row = self._row[view.id]
        self.views[row] = view
        self._set(row, view)

    def take(self, advisor_id: str, places: int = 1) -> None:
        """Count `places` more (or fewer) conversations with this advisor."""
        view = self.views[self._row[advisor_id]]
        self.change(AdvisorView(view.advisor, view.presence, view.load + places))

    def view(self, advisor_id: str) -> AdvisorView:
        return self.views[self._row[advisor_id]]

    def _set(self, row: int, view: AdvisorView) -> None:
        self._load[row] = load_digit(view)
        self._online[row] = view.presence is Presence.ONLINE
        self._last[row] = view.free <= self.policy.reserved_places
        self._free[row] = view.presence is Presence.ONLINE and view.load < view.advisor.capacity

    def best(self, case: Case, *, now: datetime, count: int = 1) -> list[AdvisorView]:
        """The `count` best who can take the case now, the best first; fewer when there are fewer."""
        asked = terms(case, self.policy, now=now)
        rows = self.able(case, asked, now=now)
        if not rows.size:
            return []
        # The row as the last digit: of equals the first, and no two are the same.
        keys = self._keys(case, asked, rows) * len(self.views) + rows
        if count == 1:
            return [self.views[rows[keys.argmin()]]]
        if rows.size > count:
            kept = np.argpartition(keys, count - 1)[:count]
            rows, keys = rows[kept], keys[kept]
        return [self.views[row] for row in rows[keys.argsort()]]

    def anybody(self, case: Case, *, now: datetime) -> bool:
        """Whether somebody who is online could take the case, free or not, once all is relaxed."""
        return bool(self.able(case, last_terms(case, self.policy), now=now, full=True).size)

    def only_rare(self, case: Case, *, now: datetime) -> bool:
        """Whether all who are online and could take the case, free or not, hold rare licences that it does not need."""
        able = self.able(case, last_terms(case, self.policy), now=now, full=True)
        return bool(self._rare_for(case)[able].all())

    def able(self, case: Case, asked: Terms, *, now: datetime, full: bool = False) -> Numbers:
        """The rows for which `matching.blocks` has nothing to say; with `full` also those without a free place."""
        mask = (self._online if full else self._free) & self._suited_for(case, asked.anyone)
        if asked.reserve and not full:
            mask &= ~self._kept_from(case)
        if not asked.supervisor:
            mask &= ~self._supervisor
        if not asked.anyone:
            mask &= self.on_shift(now)
            skilled = self._skill(case.topic) >= asked.least_skill
            own = self._row.get(case.client.own_advisor or "")
            if own is not None and "standing_order" in case.reasons and "standing_order" not in asked.dropped:
                skilled[own] = True
            mask &= skilled
        for advisor_id in (*case.excluded, case.complained_about):
            if advisor_id in self._row:
                mask[self._row[advisor_id]] = False
        return np.flatnonzero(mask)

    def _kept_from(self, case: Case) -> Mask:
        """Those whose last place is kept for others: `matching._kept`."""
        kept: Mask = self._rare_for(case) & self._last
        for advisor_id in (case.client.own_advisor, case.directed_to, case.knew):
            if advisor_id in self._row:
                kept[self._row[advisor_id]] = False
        return kept

    def _rare_for(self, case: Case) -> Mask:
        """Who holds rare licences, but none that this case needs."""
        needed = self.policy.reserved & self.policy.licences[case.topic]
        if needed not in self._rare:
            rare = self._none.copy()
            for licence in self.policy.reserved:
                rare |= self._licences.get(licence, self._none)
            for licence in needed:
                rare &= ~self._licences.get(licence, self._none)
            self._rare[needed] = rare
        return self._rare[needed]

    def _suited_for(self, case: Case, anyone: bool) -> Mask:
        client = case.client
        language = client.dialect if client.language_hard and client.dialect else None
        kind = (case.topic, client.tier, language, anyone)
        if kind not in self._suited:
            mask = self._live.copy()
            if not anyone:
                for licence in self.policy.licences[case.topic]:
                    mask &= self._licences.get(licence, self._none)
                if client.tier:
                    mask &= self._tiers.get(client.tier, self._none)
            if language is not None:
                mask &= self._languages.get(language, self._none)
            self._suited[kind] = mask
        return self._suited[kind]

    def on_shift(self, now: datetime) -> Mask:
        at = local_minute(now)
        if self._on_shift[0] != at:
            days, begin, end = self._shifts
            weekday, minute = at
            self._on_shift = (at, ((days >> weekday & 1 == 1) & (begin <= minute) & (minute < end)).any(axis=0))
        return self._on_shift[1]

    def _skill(self, topic: str | None) -> Numbers:
        found = self._skills.get(self.policy.skill_of.get(topic, topic)) if topic else None
        return np.zeros(len(self.views), dtype=np.int64) if found is None else found

    def _keys(self, case: Case, asked: Terms, rows: Numbers) -> Numbers:
        """`matching.preference_key` of these rows as one number each; what is equal for all is left out."""
        keys = np.zeros(rows.size, dtype=np.int64)
        for name in self.policy.preferences:
            digit = None if name in asked.dropped else self._digit(name, case, asked, rows)
            if digit is not None:
                keys *= BASES.get(name, 2)
                keys += digit
        return keys

    def _digit(self, name: str, case: Case, asked: Terms, rows: Numbers) -> Any:
        """How far each row is from the best in one preference; None when all are alike."""
        client = case.client
        if name == "skill":
            return MOST_SKILL - self._skill(case.topic)[rows]
        if name == "second_skill":
            second = case.second_topic or SECOND_TOPIC.get(case.topic)
            return MOST_SKILL - self._skill(second)[rows] if second else None
        if name == "load":
            return self._load[rows]
        if name == "rating":
            rated = self._ratings.get(self.policy.skill_of.get(case.topic, case.topic))
            return None if rated is None else RATING_PARTS - rated[rows]
        if name == "supervisor":
            return ~self._supervisor[rows] if about_colleague(case) else None
        if name in ("dialect", "region"):
            column, wanted = (self._languages, client.dialect) if name == "dialect" else (self._regions, client.region)
            return ~column[wanted][rows] if wanted in column else None
        row = self._row.get(self._wished(name, case) or "")
        return None if row is None else rows != row

    def _wished(self, name: str, case: Case) -> str | None:
        """The one advisor whom this preference means."""
        own = case.client.own_advisor
        if name == "directed":
            return case.directed_to
        if name == "knew_case":
            return case.knew
        if name == "standing_order":
            return own if "standing_order" in case.reasons else None
        least = self.policy.own_advisor_least_skill
        skilled = own in self._row and self._skill(case.topic)[self._row[own or ""]] >= least
        return own if skilled else None


def _holders(advisors: Sequence[Advisor], held: Callable[[Advisor], Iterable[str]]) -> dict[str, Mask]:
    """Name -> who holds it."""
    found: dict[str, Mask] = {}
    for row, advisor in enumerate(advisors):
        for name in held(advisor):
            found.setdefault(name, np.zeros(len(advisors), dtype=np.bool_))[row] = True
    return found


def _numbers(advisors: Sequence[Advisor], held: Callable[[Advisor], dict[str, int]]) -> dict[str, Numbers]:
    """Name -> each advisor's number for it, 0 for those without."""
    found: dict[str, Numbers] = {}
    for row, advisor in enumerate(advisors):
        for name, number in held(advisor).items():
            found.setdefault(name, np.zeros(len(advisors), dtype=np.int64))[row] = number
    return found


def _shifts(advisors: Sequence[Advisor]) -> tuple[Numbers, Numbers, Numbers]:
    """Weekdays as bits, begin and end in minutes, each (shifts, advisors); a missing shift has no weekday."""
    most = max((len(advisor.shifts) for advisor in advisors), default=0)
    table = np.zeros((3, most, len(advisors)), dtype=np.int64)
    for row, advisor in enumerate(advisors):
        for place, shift in enumerate(advisor.shifts):
            table[:, place, row] = (sum(1 << day for day in shift.weekdays), shift.begin, shift.end)
    return table[0], table[1], table[2]

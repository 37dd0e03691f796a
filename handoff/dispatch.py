"""Who gets whom, for all who wait at once. Pure; `assignment.py` says how the best total is found."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handoff.assignment import best_total, servable
from handoff.index import AdvisorIndex
from handoff.matching import Terms, load_digit, preference_key, terms
from handoff.model import AdvisorView, Assignment, Case, Presence
from handoff.policy import MatchingPolicy

#: Cases decided together, the most urgent first. The work for one case grows with the square of this: 8 keep it near
#: a millisecond, and swapping among more than the next 8 changes little.
BLOCK = 8
#: An advisor and how many he would have got before.
Place = tuple[str, int]
Keys = dict[Place, tuple[int, ...]]


def assign(
    waiting: Sequence[tuple[Case, int]],
    advisors: Sequence[AdvisorView],
    policy: MatchingPolicy,
    *,
    now: datetime,
    index: AdvisorIndex | None = None,
) -> list[Assignment]:
    """Who gets whom; `waiting` holds each case with its priority.

    A more urgent case (then the earlier, then the smaller id) is never left waiting for a less urgent one. Of all
    ways to serve the most urgent the one with the best total preferences is taken, blocks of `BLOCK` cases at a
    time. The order of the arguments does not matter.

    index  of these advisors, when there is one; the places given here are counted in it
    """
    places = sum(view.free for view in advisors if view.presence is Presence.ONLINE)
    if not waiting or not places:
        return []
    queue = [case for case, _ in sorted(waiting, key=lambda w: (-w[1], w[0].requested_at, w[0].id))]
    staff = index or AdvisorIndex(advisors, policy)
    made: list[Assignment] = []
    hopeless: set[Hashable] = set()
    while queue and len(made) < places:
        block, queue = _next_block(queue, staff, hopeless, policy, now)
        for case, advisor_id in _Block(block, staff, policy, now).decide():
            made.append(Assignment(case.id, advisor_id))
            staff.take(advisor_id)
    return made


@dataclass(frozen=True)
class _Wish:
    """A case of a block with the best of those who could take it now."""

    case: Case
    asked: Terms
    first: AdvisorView


def _next_block(
    queue: list[Case], index: AdvisorIndex, hopeless: set[Hashable], policy: MatchingPolicy, now: datetime
) -> tuple[list[_Wish], list[Case]]:
    """The first `BLOCK` cases that somebody could take, and those behind them.

    hopeless  kinds of cases that nobody could take; places only go, so nobody will before all is decided
    """
    block: list[_Wish] = []
    for number, case in enumerate(queue):
        asked = terms(case, policy, now=now)
        kind = _kind(case, asked)
        if kind in hopeless:
            continue
        best = index.best(case, now=now)
        if not best:
            hopeless.add(kind)
            continue
        block.append(_Wish(case, asked, best[0]))
        if len(block) == BLOCK:
            return block, queue[number + 1 :]
    return block, []


def _kind(case: Case, asked: Terms) -> Hashable:
    """Cases that are alike here can be taken by the same advisors."""
    client = case.client
    standing = client.own_advisor if "standing_order" in case.reasons else None
    language = client.dialect if client.language_hard else None
    return case.topic, client.tier, language, asked, standing, case.complained_about, tuple(case.excluded)


@dataclass(frozen=True)
class _Block:
    """Cases that are decided together."""

    wishes: Sequence[_Wish]
    index: AdvisorIndex
    policy: MatchingPolicy
    now: datetime

    def decide(self) -> list[tuple[Case, str]]:
        """Each case that can be served with its advisor.

        Whose first choice nobody else wants simply gets it. Those who want the same are decided together, and with
        them whoever holds a place that they would then take: no other way could have a better total, since all the
        rest have the best there is for them.
        """
        wanted = Counter(wish.first.id for wish in self.wishes)
        rivals = {number for number, wish in enumerate(self.wishes) if wanted[wish.first.id] > 1}
        keys: dict[int, Keys] = {}
        while True:
            keys |= {number: self._keys(self.wishes[number]) for number in rivals if number not in keys}
            rows = sorted(rivals)
            if len(servable([list(keys[row]) for row in rows])) < len(rows):
                return self._all()
            # The earlier of equals counts as much as it would among all.
            weights = [len(self.wishes) - row for row in rows]
            chosen = best_total([keys[row] for row in rows], weights)
            hit = {
                number
                for number, wish in enumerate(self.wishes)
                if number not in rivals and (wish.first.id, 0) in chosen
            }
            if not hit:
                got = {row: place[0] for row, place in zip(rows, chosen, strict=True)}
                return [(w.case, got.get(number, w.first.id)) for number, w in enumerate(self.wishes)]
            rivals |= hit

    def _all(self) -> list[tuple[Case, str]]:
        keys = [self._keys(wish) for wish in self.wishes]
        served = servable([list(key) for key in keys])
        chosen = best_total([keys[row] for row in served])
        return [(self.wishes[row].case, place[0]) for row, place in zip(served, chosen, strict=True)]

    def _keys(self, wish: _Wish) -> Keys:
        """The best places for a case and their preferences."""
        count = len(self.wishes)
        # With n cases in the block some best solution gives each case one of its own n best places, and they are
        # all with its n best advisors.
        able = self.index.best(wish.case, now=self.now, count=count)
        mine = {
            (view.id, more): key
            for view in able
            for more, key in enumerate(_place_keys(wish, view, min(view.free, count), self.policy))
        }
        return {place: mine[place] for place in heapq.nsmallest(count, mine, key=lambda place: (mine[place], place))}


def _place_keys(wish: _Wish, view: AdvisorView, places: int, policy: MatchingPolicy) -> Iterator[tuple[int, ...]]:
    """The preference keys of an advisor's next places: only his load differs."""
    key = preference_key(wish.case, view, wish.asked, policy)
    yield key
    if "load" not in policy.preferences or "load" in wish.asked.dropped:
        yield from (key for _ in range(places - 1))
        return
    place = policy.preferences.index("load")
    for more in range(1, places):
        yield (*key[:place], load_digit(replace(view, load=view.load + more)), *key[place + 1 :])

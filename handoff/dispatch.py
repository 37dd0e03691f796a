"""Who gets whom, for all who wait at once. Pure; `assignment.py` says how the best total is found."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handoff.assignment import best_total, servable
from handoff.index import AdvisorIndex
from handoff.matching import Terms, load_digit, points, preference_key, terms
from handoff.model import AdvisorView, Assignment, Case, Presence
from handoff.policy import MatchingPolicy

#: Cases decided together, the most urgent first. The work for one case grows with the square of this: 8 keep it near
#: a millisecond, and swapping among more than the next 8 changes little.
BLOCK = 8


def assign(
    waiting: Sequence[tuple[Case, int]], advisors: Sequence[AdvisorView], policy: MatchingPolicy, *, now: datetime
) -> list[Assignment]:
    """Who gets whom; `waiting` holds each case with its priority.

    A more urgent case (then the earlier, then the smaller id) is never left waiting for a less urgent one. Of all
    ways to serve the most urgent the one with the best total preferences is taken, blocks of `BLOCK` cases at a
    time. The order of the arguments does not matter.
    """
    free = [view for view in advisors if view.free and view.presence is Presence.ONLINE]
    queue = [case for case, _ in sorted(waiting, key=lambda w: (-w[1], w[0].requested_at, w[0].id))]
    if not queue or not free:
        return []
    index, places = AdvisorIndex(free, policy), sum(view.free for view in free)
    made: list[Assignment] = []
    while queue and len(made) < places:
        block, queue = _next_block(queue, index, policy, now)
        for case, advisor_id in _assign_block(block, policy):
            asked = terms(case, policy, now=now)
            because = tuple(p.words for p in points(case, index.view(advisor_id), asked, policy) if p.points > 0)
            made.append(Assignment(case.id, advisor_id, because))
            index.take(advisor_id)
    return made


@dataclass(frozen=True)
class _Wish:
    """A case of a block with the best of those who could take it now."""

    case: Case
    asked: Terms
    able: Sequence[AdvisorView]


def _next_block(
    queue: list[Case], index: AdvisorIndex, policy: MatchingPolicy, now: datetime
) -> tuple[list[_Wish], list[Case]]:
    """The first `BLOCK` cases that somebody could take, and those behind them."""
    block: list[_Wish] = []
    for number, case in enumerate(queue):
        # With n cases in the block some best solution gives each case one of its own n best places, and they are
        # all with its n best advisors.
        able = index.best(case, now=now, count=BLOCK)
        if able:
            block.append(_Wish(case, terms(case, policy, now=now), able))
        if len(block) == BLOCK:
            return block, queue[number + 1 :]
    return block, []


def _assign_block(block: list[_Wish], policy: MatchingPolicy) -> list[tuple[Case, str]]:
    """Pairs of case and advisor; a place is (advisor, how many he would have got before)."""
    keys: list[dict[tuple[str, int], tuple[int, ...]]] = []
    for wish in block:
        mine = {
            (view.id, more): key
            for view in wish.able
            for more, key in enumerate(_place_keys(wish, view, min(view.free, len(block)), policy))
        }
        best = heapq.nsmallest(len(block), mine, key=lambda place: (mine[place], place))
        keys.append({place: mine[place] for place in best})
    served = servable([list(key) for key in keys])
    chosen = best_total([keys[row] for row in served])
    return [(block[row].case, place[0]) for row, place in zip(served, chosen, strict=True)]


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

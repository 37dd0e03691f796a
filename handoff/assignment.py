"""The best total of an assignment, exactly and in bounded time, without a solver library.

Two steps. `servable`: which rows (cases, most urgent first) can be served together. The sets that can be served
form a matroid (the transversal one), so taking rows in order and keeping each that an augmenting path can still fit
gives the set with the most urgent rows. `best_total`: for those rows the Hungarian algorithm with potentials,
O(rows² x places). Preferences are lexicographic, and so is their sum: each is one digit of a whole number whose
base is larger than any sum of that digit, so no rounding can swap two of them. Rows are decided in blocks
(`dispatch.BLOCK`), so the time is bounded, and nobody waits for more than one block.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Place = TypeVar("Place", bound=Hashable)


def servable(rows: Sequence[Sequence[Place]]) -> list[int]:
    """The rows that can have a place each; an earlier row is never given up for a later one."""
    holder: dict[Place, int] = {}

    def fit(row: int, seen: set[Place]) -> bool:
        for place in rows[row]:
            if place not in seen:
                seen.add(place)
                if place not in holder or fit(holder[place], seen):
                    holder[place] = row
                    return True
        return False

    return [row for row in range(len(rows)) if fit(row, set())]


def best_total(rows: Sequence[Mapping[Place, tuple[int, ...]]], weights: Sequence[int] | None = None) -> list[Place]:
    """A place for each row with the smallest lexicographic sum of keys; of equal sums, earlier rows choose first.

    Each row maps its places to keys of one length. Every row can be served (see `servable`).

    weights  how much the choice of each row counts among equal sums; the earlier the more when not given
    """
    if not rows:
        return []
    costs = _costs(rows, weights or range(len(rows), 0, -1))
    places = sorted({place for row in costs for place in row}, key=repr)
    impossible = sum(max(row.values()) for row in costs) + 1
    # No path of the algorithm adds up more than this; where 63 bits hold it, numpy counts in machine numbers.
    exact = np.int64 if impossible * (len(rows) + 1) * 4 < 2**63 else object
    matrix = np.full((len(rows), len(places)), impossible, dtype=exact)
    column = {place: number for number, place in enumerate(places)}
    for index, row in enumerate(costs):
        for place, cost in row.items():
            matrix[index, column[place]] = cost
    return [places[number] for number in hungarian(matrix)]


def _costs(rows: Sequence[Mapping[Place, tuple[int, ...]]], weights: Sequence[int]) -> list[dict[Place, int]]:
    """Keys as whole numbers that can be added; the last digit lets earlier rows have their better place.

    What all places of a row have in common does not change which assignment is best: it is taken off, so that the
    numbers stay small.
    """
    ranked: list[dict[Place, tuple[int, ...]]] = []
    for weight, row in zip(weights, rows, strict=True):
        least = [min(digits) for digits in zip(*row.values(), strict=True)]
        order = sorted(row, key=lambda place: (row[place], repr(place)))
        ranked.append({
            place: (*(digit - low for digit, low in zip(row[place], least, strict=True)), weight * rank)
            for rank, place in enumerate(order)
        })  # fmt: skip
    worst = [[max(digits) for digits in zip(*row.values(), strict=True)] for row in ranked]
    bases = [sum(digits) + 1 for digits in zip(*worst, strict=True)]
    return [{place: _number(key, bases) for place, key in row.items()} for row in ranked]


def _number(digits: Sequence[int], bases: Sequence[int]) -> int:
    number = 0
    for digit, base in zip(digits, bases, strict=True):
        number = number * base + digit
    return number


def hungarian(costs: NDArray[Any]) -> list[int]:
    """The column of each row in a cheapest assignment; at least as many columns as rows.

    Source: Kuhn 1955 in the form with potentials and shortest augmenting paths (Jonker & Volgenant 1987).
    """
    height, width = costs.shape
    row_price = np.zeros(height, dtype=costs.dtype)
    column_price = np.zeros(width, dtype=costs.dtype)
    owner = np.full(width, -1)
    for start in range(height):
        row, reached = start, np.zeros(width, dtype=np.bool_)
        length = np.full(width, costs.max() * (height + 2), dtype=costs.dtype)
        came_from, gone, column = np.full(width, -1), 0, -1
        while row >= 0:
            reduced = costs[row] - row_price[row] - column_price + gone
            shorter = ~reached & (reduced < length)
            length[shorter], came_from[shorter] = reduced[shorter], column
            open_columns = np.flatnonzero(~reached)
            column = int(open_columns[length[open_columns].argmin()])
            gone, reached[column] = length[column], True
            row = int(owner[column])
        # Prices follow the shortest path (all that were reached before the last), then the path is turned round.
        before = np.flatnonzero(reached & (length < gone))
        row_price[start] += gone
        held = before[owner[before] >= 0]
        row_price[owner[held]] += gone - length[held]
        column_price[before] -= gone - length[before]
        while column >= 0:
            owner[column] = owner[came_from[column]] if came_from[column] >= 0 else start
            column = int(came_from[column])
    found = {int(row): column for column, row in enumerate(owner) if row >= 0}
    return [found[row] for row in range(height)]

"""How far a savings plan may end from its middle: many lives of the same money, with chance from a seed. Pure.

Monthly returns are log-normal with the given yearly mean and volatility; all of them are assumptions and are told as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from actions.arithmetic import Goal

PATHS = 1000
#: The same question gets the same answer.
SEED = 20260101
MEAN = 0.04
#: Assumed yearly volatility of a mix that fits the level: from near cash to nearly all shares.
VOLATILITY = {"C1": 0.02, "C2": 0.04, "C3": 0.09, "C4": 0.14, "C5": 0.18}
#: How much prices are assumed to rise a year.
INFLATION = 0.02


@dataclass(frozen=True)
class Range:
    """Sums in yuan at the end, and their ways there by month. reached: share 0..1 of the lives that got to the target."""

    low: float
    middle: float
    high: float
    reached: float
    volatility: float
    ways: tuple[tuple[int, float, float, float], ...]


@lru_cache(maxsize=256)
def project(goal: Goal, level: str) -> Range:
    """The 10th, 50th and 90th of a hundred lives, by month and at the end."""
    volatility = VOLATILITY.get(level, VOLATILITY["C2"])
    chance = np.random.default_rng(SEED)
    mean = np.log1p(MEAN) / 12
    spread = volatility / np.sqrt(12)
    growth = np.exp(chance.normal(mean - spread**2 / 2, spread, size=(goal.months, PATHS)))
    wealth = np.full(PATHS, goal.start, dtype=float)
    ways = [(0, goal.start, goal.start, goal.start)]
    for month in range(1, goal.months + 1):
        wealth = wealth * growth[month - 1] + (goal.monthly or 0.0)
        if month % 12 == 0 or month == goal.months:
            low, middle, high = (float(value) for value in np.percentile(wealth, (10, 50, 90)))
            ways.append((month, low, middle, high))
    _, low, middle, high = ways[-1]
    return Range(low, middle, high, float(np.mean(wealth >= goal.target)), volatility, tuple(ways))


def in_future_money(today: float, months: int) -> float:
    """What `today` yuan of goods will cost after so many months, if prices rise by INFLATION a year."""
    return float(today * (1 + INFLATION) ** (months / 12))

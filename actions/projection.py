"""How far a plan may end from its middle: many lives of the same money, with chance from a seed. Pure.

Each month the classes of the reference mix return log-normally with the stated yearly means and volatilities; the mix
glides to a calmer one in the last years. One life turns 1 yuan at the start into `growth` and 1 yuan at the end of each
month into `annuity`, so that every question about a plan is arithmetic on the same lives. All of it is assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from actions import allocation
from actions.arithmetic import Goal

FILE = Path(__file__).parent / "policy/assumptions.yml"
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Assumptions:
    """classes: name -> (yearly mean, yearly volatility)."""

    version: int
    dated: date
    source: str
    classes: Mapping[str, tuple[float, float]]
    correlation: float
    inflation: float
    inflation_source: str
    glide_years: int
    landing: str
    drawing: str
    oldest: int
    paths: int
    seed: int
    confident: float

    def words(self) -> str:
        """`权益年化6%、波动20%;债券…`"""
        return ";".join(f"{name}年化{mean:.3g}%、波动{spread:.3g}%" for name, mean, spread in self._percent())

    def _percent(self) -> list[tuple[str, float, float]]:
        return [
            (name, self.classes[name][0] * 100, self.classes[name][1] * 100) for name in reversed(allocation.CLASSES)
        ]


@lru_cache
def assumptions(path: Path = FILE) -> Assumptions:
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    body["classes"] = {name: (entry["mean"], entry["volatility"]) for name, entry in body["classes"].items()}
    return Assumptions(**body)


@dataclass(frozen=True)
class Lives:
    """months: when looked at; growth, annuity (looks, paths): what a first yuan and a monthly yuan are worth then."""

    months: tuple[int, ...]
    growth: Array
    annuity: Array

    def wealth(self, start: float, monthly: float) -> Array:
        return start * self.growth + monthly * self.annuity


@dataclass(frozen=True)
class Range:
    """Sums in yuan at the end, and their ways there by month. reached: share 0..1 of the lives that got to the target."""

    low: float
    middle: float
    high: float
    reached: float
    ways: tuple[tuple[int, float, float, float], ...]


def mix_at(level: str, age: int, months_left: int) -> dict[str, float]:
    """The reference mix of a level so long before the money is needed: the calmer one at the end (glide path)."""
    known, book = assumptions(), allocation.load()
    far = {name: float(share) for name, share in book.mix(level, age).items()}
    near = {name: float(share) for name, share in book.mix(min(level, known.landing), age).items()}
    weight = min(1.0, months_left / (known.glide_years * 12))
    return {name: far[name] * weight + near[name] * (1 - weight) for name in far}


@lru_cache(maxsize=32)
def lives(months: int, level: str, age: int = 0) -> Lives:
    """The lives of money for so many months, looked at once a year and at the end."""
    known = assumptions()
    chance = np.random.default_rng(known.seed)
    growth, annuity = np.ones(known.paths), np.zeros(known.paths)
    looks, grown, paid = [0], [growth], [annuity]
    for month in range(1, months + 1):
        factor = _month(chance, mix_at(level, age, months - month))
        growth, annuity = growth * factor, annuity * factor + 1
        if month % 12 == 0 or month == months:
            looks.append(month)
            grown.append(growth)
            paid.append(annuity)
    return Lives(tuple(looks), np.array(grown), np.array(paid))


def _month(chance: np.random.Generator, mix: Mapping[str, float]) -> Array:
    """What 1 yuan in the mix becomes in a month, in each life."""
    known = assumptions()
    common = chance.normal(size=(3, known.paths))
    # Bonds share part of the stocks' chance; cash has its own.
    bond = known.correlation * common[0] + np.sqrt(1 - known.correlation**2) * common[1]
    drawn = {allocation.STOCK: common[0], allocation.BOND: bond, allocation.CASH: common[2]}
    total: Array = np.zeros(known.paths)
    for name, share in mix.items():
        mean, volatility = known.classes[name]
        spread = volatility / np.sqrt(12)
        total = total + share * np.exp(np.log1p(mean) / 12 - spread**2 / 2 + spread * drawn[name])
    return total


def project(goal: Goal, level: str, age: int = 0) -> Range:
    """The 10th, 50th and 90th of a hundred lives, by month and at the end."""
    found = lives(goal.months, level, age)
    wealth = found.wealth(goal.start, goal.monthly or 0.0)
    ways = tuple(
        (month, *(float(value) for value in np.percentile(row, (10, 50, 90))))
        for month, row in zip(found.months, wealth, strict=True)
    )
    low, middle, high = ways[-1][1:]
    return Range(low, middle, high, float(np.mean(wealth[-1] >= goal.target)), ways)  # type: ignore[arg-type]


def monthly_for(goal: Goal, level: str, age: int, chance: float) -> float:
    """The monthly sum with which so many of the lives (0..1) reach the target; 0 when the start alone does."""
    found = lives(goal.months, level, age)
    needed = (goal.target - goal.start * found.growth[-1]) / found.annuity[-1]
    return max(0.0, float(np.quantile(needed, chance)))


def start_for(goal: Goal, level: str, age: int, chance: float) -> float:
    """The first sum with which so many of the lives reach the target, the monthly sum as it is."""
    found = lives(goal.months, level, age)
    needed = (goal.target - (goal.monthly or 0.0) * found.annuity[-1]) / found.growth[-1]
    return max(0.0, float(np.quantile(needed, chance)))


def by_level(goal: Goal, level: str, age: int = 0) -> dict[str, float]:
    """The chance to get there with the reference mix of each level up to the client's own."""
    return {name: project(goal, name, age).reached for name in allocation.load().mixes if name <= level}


#: For so many years an income is meant to last.
SUSTAINED = 20


@dataclass(frozen=True)
class Drawing:
    """Years that the money lasts: 10th, 50th and 90th of a hundred lives (the most looked at stands for 'at least').

    lasted  years -> share of the lives in which money was left then
    sustained  the monthly sum (today's money) that lasts SUSTAINED years in most lives (`confident` of them)
    ways    (months from now, low, middle, high) through saving and drawing
    """

    low: float
    middle: float
    high: float
    most: int
    lasted: Mapping[int, float]
    sustained: float
    ways: tuple[tuple[int, float, float, float], ...]


@lru_cache(maxsize=64)
def draw(goal: Goal, income: float, level: str, age: int) -> Drawing:
    """Save for `goal.months`, then take `income` (today's money, rising with prices) a month until it is gone.

    goal.months 0: drawing begins now.
    """
    known = assumptions()
    ways: list[tuple[int, float, float, float]] = []
    if goal.months > 0:
        ways = list(project(goal, level, age).ways)
        wealth = lives(goal.months, level, age).wealth(goal.start, goal.monthly or 0.0)[-1]
    else:
        wealth = np.full(known.paths, goal.start)
    begins = age + goal.months // 12 if age else 60
    years = max(10, known.oldest - begins)
    mix = {name: float(share) for name, share in allocation.load().mix(min(level, known.drawing), begins).items()}
    chance = np.random.default_rng(known.seed + 1)
    first, grown, priced = wealth, np.ones(known.paths), np.zeros(known.paths)
    lasted_months = np.zeros(known.paths)
    lasted: dict[int, float] = {}
    for month in range(1, years * 12 + 1):
        wanted = income * (1 + known.inflation) ** ((goal.months + month) / 12)
        factor = _month(chance, mix)
        wealth = np.maximum(wealth * factor - wanted, 0.0)
        grown = grown * factor
        if month <= SUSTAINED * 12:
            # What 1 yuan of today's money a month costs at the beginning, in each life.
            priced = priced + (1 + known.inflation) ** ((goal.months + month) / 12) / grown
        lasted_months += wealth > 0
        if month % 12 == 0:
            low, middle, high = (float(value) for value in np.percentile(wealth, (10, 50, 90)))
            ways.append((goal.months + month, low, middle, high))
            lasted[month // 12] = float(np.mean(wealth > 0))
    low, middle, high = (float(value) / 12 for value in np.percentile(lasted_months, (10, 50, 90)))
    sustained = float(np.quantile(first / priced, 1 - known.confident))
    return Drawing(low, middle, high, years, lasted, sustained if years >= SUSTAINED else 0.0, tuple(ways))


def in_future_money(today: float, months: int) -> float:
    """What `today` yuan of goods will cost after so many months, if prices rise as assumed."""
    return float(today * (1 + assumptions().inflation) ** (months / 12))

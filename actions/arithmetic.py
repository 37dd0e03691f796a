"""The arithmetic of saving: payments at the end of each month, one yearly rate split evenly over twelve months. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Assumptions shown to the client: careful, middle, hopeful. They are no promise.
YEARLY_RATES = (0.03, 0.04, 0.05)


@dataclass(frozen=True)
class Goal:
    """What a client saves for. Sums in yuan; `monthly` is what he can put in, None when not said."""

    target: float
    months: int
    start: float = 0.0
    monthly: float | None = None


@dataclass(frozen=True)
class Line:
    """The goal under one assumed yearly rate: what each month would be needed, and what the client's own sum grows to."""

    yearly_rate: float
    needed_monthly: float
    reached: float | None


def growth(yearly_rate: float, months: int) -> float:
    return float((1 + yearly_rate / 12) ** months)


def annuity(yearly_rate: float, months: int) -> float:
    """What 1 yuan at the end of each month has grown to."""
    monthly = yearly_rate / 12
    return float(months) if monthly == 0 else math.expm1(months * math.log1p(monthly)) / monthly


def future_value(start: float, monthly: float, yearly_rate: float, months: int) -> float:
    return start * growth(yearly_rate, months) + monthly * annuity(yearly_rate, months)


def payment(target: float, start: float, yearly_rate: float, months: int) -> float:
    """The monthly sum that reaches the target; 0 when the start alone does."""
    return max(0.0, (target - start * growth(yearly_rate, months)) / annuity(yearly_rate, months))


def plan(goal: Goal, rates: tuple[float, ...] = YEARLY_RATES) -> tuple[Line, ...]:
    return tuple(
        Line(
            rate,
            payment(goal.target, goal.start, rate, goal.months),
            None if goal.monthly is None else future_value(goal.start, goal.monthly, rate, goal.months),
        )
        for rate in rates
    )


def months_needed(goal: Goal, yearly_rate: float, most: int = 600) -> int | None:
    """In how many months the client's own sum reaches the target; None when not within 50 years."""
    if goal.monthly is None:
        return None
    for months in range(1, most + 1):
        if future_value(goal.start, goal.monthly, yearly_rate, months) >= goal.target:
            return months
    return None


def drawdown_capital(monthly: float, yearly_rate: float, months: int) -> float:
    """The capital that pays `monthly` at the end of each month for so many months and is then used up."""
    rate = yearly_rate / 12
    return monthly * months if rate == 0 else -monthly * math.expm1(-months * math.log1p(rate)) / rate


def rise_to_recover(loss_rate: float) -> float:
    """The rise that undoes a fall: -0.18 needs 0.2195."""
    return 1 / (1 + loss_rate) - 1

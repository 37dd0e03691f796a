"""The list of indicators, filled by the decorator. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from profiles.model import Facts, Reading

#: What an indicator takes besides the facts: the `parameters` of `policy/indicators.yml`.
Parameters = Mapping[str, float]
Measure = Callable[[Facts, Parameters], Reading | None]


@dataclass(frozen=True)
class Indicator:
    """figures: the names that words and advice may use; parameters: those that the policy must give.

    assets  whether its words tell of the client's holdings or orders (requirement H2)
    """

    id: str
    measure: Measure
    figures: tuple[str, ...]
    parameters: tuple[str, ...]
    assets: bool


DECLARED: dict[str, Indicator] = {}


def indicator(figures: str, parameters: str = "", *, assets: bool = True) -> Callable[[Measure], Measure]:
    """Declare a measure under its function's name; `figures` and `parameters` are names with spaces between."""

    def declare(measure: Measure) -> Measure:
        name = measure.__name__
        DECLARED[name] = Indicator(name, measure, tuple(figures.split()), tuple(parameters.split()), assets)
        return measure

    return declare


def yuan(amount: float) -> str:
    return f"{amount:,.0f} 元"


def percent(share: float) -> str:
    """62% or 9.5%: a decimal only where it tells something."""
    return f"{share:.0%}" if abs(share) >= 0.1 else f"{share:.1%}"

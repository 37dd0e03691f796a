"""Whether a rate is the same for every group, within a stated bound. Pure.

A gap is a group's rate less the rate of everybody else. Its interval holds for all gaps of a report together (95 %,
Bonferroni), so that a look at many groups finds nothing by mere chance. Three verdicts, and only the first passes:

    within    the whole interval lies within the bound
    unproven  the interval reaches beyond it: too few cases to tell, more are needed
    broken    the whole interval lies beyond it

A small sample can therefore never pass for a fair one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Rate:
    """hits of cases."""

    hits: int
    cases: int

    @property
    def share(self) -> float:
        return self.hits / self.cases if self.cases else 0.0


@dataclass(frozen=True)
class Gap:
    """A group against the others. differs: the interval leaves out zero, however small the gap."""

    group: str
    rate: float
    cases: int
    gap: float
    low: float
    high: float
    verdict: str
    differs: bool


def width_of(comparisons: int) -> float:
    """How many standard errors an interval is wide to each side when there are so many of them."""
    return NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * max(1, comparisons)))


def gaps(groups: Mapping[str, Rate], *, bound: float, comparisons: int) -> tuple[Gap, ...]:
    """Each group against all the others together; none where there are no others."""
    hits, cases = sum(r.hits for r in groups.values()), sum(r.cases for r in groups.values())
    return tuple(
        _judged(name, one, *_difference(one, Rate(hits - one.hits, cases - one.cases)), bound, comparisons)
        for name, one in sorted(groups.items())
        if 0 < one.cases < cases
    )


def paired(name: str, others: Sequence[float], voiced: Sequence[float], *, bound: float, comparisons: int) -> Gap:
    """The same cases in one voice and, on the mean, in the others: how much the voice changes. Shares 0..1 a case."""
    changes = [own - other for own, other in zip(voiced, others, strict=True)]
    # One change more in each direction keeps the interval of an unchanged handful from being nothing.
    count = len(changes) + 2
    mean = sum(changes) / count
    spread = ((sum(change * change for change in changes) + 2) / count - mean * mean) ** 0.5
    hits = Rate(round(sum(voiced)), len(voiced))
    return _judged(name, hits, sum(changes) / max(1, len(changes)), spread / count**0.5, bound, comparisons)


def _difference(one: Rate, other: Rate) -> tuple[float, float]:
    """The gap and its standard error, with Agresti and Caffo's one hit and one miss more on each side."""
    near = [(rate.hits + 1) / (rate.cases + 2) for rate in (one, other)]
    variance = sum(p * (1 - p) / (rate.cases + 2) for p, rate in zip(near, (one, other), strict=True))
    return one.share - other.share, float(variance**0.5)


def _judged(name: str, rate: Rate, gap: float, error: float, bound: float, comparisons: int) -> Gap:
    reach = width_of(comparisons) * error
    low, high = gap - reach, gap + reach
    verdict = "broken" if low > bound or high < -bound else "within" if -bound <= low and high <= bound else "unproven"
    return Gap(
        name,
        round(rate.share, 4),
        rate.cases,
        round(gap, 4),
        round(low, 4),
        round(high, 4),
        verdict,
        low > 0 or high < 0,
    )

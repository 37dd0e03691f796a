"""NAV histories: every fund follows its benchmark, every benchmark its market; all end at the listed NAV.

The returns of a day depend on the seed and the day alone, so a longer history, or a day that comes later, never
changes what was there. Money funds stand at 1.0000 and pay their income.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from institution import calendar
from institution.sandbox.catalog import Catalog, FundFile

YEARS_BACK = 2
TRADING_DAYS_A_YEAR = 243
#: Yearly volatility of the factor that all benchmarks of a group share.
GROUPS = {"股": 0.17, "债": 0.012, "美": 0.18, "金": 0.16, "现金": 0.0}
#: What a fund adds to its benchmark: yearly volatility of its own.
OWN_VOLATILITY = {"货币": 0.0, "债券": 0.004, "混合": 0.05, "FOF": 0.01, "指数": 0.006, "股票": 0.06, "QDII": 0.02}
OWN_VOLATILITY["私募"] = 0.05
MONEY_YIELD = Decimal("0.0142")
NAV_STEP = Decimal("0.0001")


@dataclass(frozen=True)
class Shift:
    """A fixture's wish: over the last `days` days the path changes by `change` (-0.18 = -18 %)."""

    days: int
    change: float


@dataclass
class Path:
    """A series on trading days, oldest first; `last` is the unrounded end, from which it grows."""

    days: list[date] = field(default_factory=list)
    values: list[Decimal] = field(default_factory=list)
    last: float = 1.0

    def at(self, day: date) -> Decimal:
        """The value of the last trading day that is not after `day`; the first one for a day before all."""
        return self.values[max(bisect_right(self.days, day) - 1, 0)]

    def previous(self, day: date) -> Decimal:
        """The value of the trading day before the one that `at` answers with."""
        return self.values[max(bisect_right(self.days, day) - 2, 0)]


class Market:
    """NAVs and benchmark levels from two years before `anchor` on; `extend` adds days as they come.

    listed    the NAV on the anchor day where it differs from the catalogue's
    shifts    changes that a fixture asks for, by fund code or benchmark name
    """

    def __init__(
        self,
        catalog: Catalog,
        seed: int,
        anchor: date,
        *,
        listed: Mapping[str, Decimal] | None = None,
        shifts: Mapping[str, Shift] | None = None,
    ) -> None:
        self._catalog = catalog
        self._seed = seed
        self.anchor = anchor
        start = anchor.replace(day=min(anchor.day, 28), year=anchor.year - YEARS_BACK)
        days = calendar.trading_days(start, anchor)
        raw: dict[str, list[float]] = {}
        for day in days:
            for name, change in self._returns(day).items():
                path = raw.setdefault(name, [])
                path.append((path[-1] if path else 1.0) * (1 + change))
        ends = {name: benchmark.level for name, benchmark in catalog.benchmarks.items()}
        ends |= {code: float((listed or {}).get(code, fund.nav)) for code, fund in catalog.funds.items()}
        self.paths = {
            name: _anchored(name, days, values, ends[name], (shifts or {}).get(name)) for name, values in raw.items()
        }

    def extend(self, until: date) -> None:
        """Add the trading days up to and including `until`."""
        some = next(iter(self.paths.values()))
        for day in calendar.trading_days(some.days[-1] + timedelta(days=1), until):
            for name, change in self._returns(day).items():
                path = self.paths[name]
                path.last *= 1 + change
                path.days.append(day)
                path.values.append(_rounded(name, path.last))

    def nav(self, code: str, day: date) -> Decimal:
        return self.paths[code].at(day)

    def _returns(self, day: date) -> dict[str, float]:
        """Each benchmark's and each fund's return of one day."""
        chance = random.Random(f"{self._seed}:{day.isoformat()}")
        root = math.sqrt(TRADING_DAYS_A_YEAR)
        factors = {group: chance.gauss(0, 1) * volatility / root for group, volatility in GROUPS.items()}
        found: dict[str, float] = {}
        for name, benchmark in self._catalog.benchmarks.items():
            own = chance.gauss(0, 1) * benchmark.volatility / root
            found[name] = benchmark.drift / TRADING_DAYS_A_YEAR + benchmark.beta * factors[benchmark.group] + own
        for code, fund in self._catalog.funds.items():
            own = chance.gauss(0, 1) * OWN_VOLATILITY[fund.kind] / root
            found[code] = 0.0 if fund.kind == "货币" else found[fund.benchmark] * _exposure(fund) + own
        return found


def _exposure(fund: FundFile) -> float:
    """A fund keeps some cash: 95 % in its benchmark, a bond fund with leverage a little above."""
    return 1.05 if fund.kind == "债券" else 0.95


def _anchored(name: str, days: list[date], values: list[float], end: float, shift: Shift | None) -> Path:
    scale = end / values[-1]
    scaled = [value * scale for value in values]
    if shift is not None:
        scaled = _shifted(days, scaled, shift)
    return Path(list(days), [_rounded(name, value) for value in scaled], scaled[-1])


def _shifted(days: list[date], values: list[float], shift: Shift) -> list[float]:
    """The same end, reached by `change` over `shift.days` days; what lies before moves as a whole.

    The path stands still for the week around the first day, so that the change is the same whether the days are
    counted from today or from the newest NAV.
    """
    end = days[-1]
    first = bisect_right(days, end - timedelta(days=shift.days + 3)) - 1
    still = bisect_right(days, end - timedelta(days=shift.days - 3)) - 1
    wanted = values[-1] / (1 + shift.change)
    factor = wanted / values[first]
    bend = wanted / values[still]
    out = [value * factor for value in values[: first + 1]] + [wanted] * (still - first)
    rest = len(values) - 1 - still
    for step in range(1, rest + 1):
        out.append(values[still + step] * bend ** (1 - step / rest))
    return out


def _rounded(name: str, value: float) -> Decimal:
    return Decimal(f"{value:.4f}").quantize(NAV_STEP)

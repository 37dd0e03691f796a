"""Where a loss comes from: the market, the sector, the fund itself, the client's own timing. Pure.

Over one span of days the fund's move is split by differences, which add up exactly:
 market  the move of the market index (沪深300)
 sector  the move of the fund's benchmark beyond the market
 own     the move of the fund beyond its benchmark
Timing compares what the client has gained since buying with what the fund did over the same days from the first purchase on:
money that came in later and dearer shows as a gap below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise
from statistics import correlation

from institution.models import Holding, Nav

#: A part below this is not named as a cause.
NAMED = 0.005


@dataclass(frozen=True)
class Moves:
    """Fractions over one span; fund = market + sector + own."""

    start: date
    end: date
    fund: float
    benchmark: float
    market: float

    @property
    def sector(self) -> float:
        return self.benchmark - self.market

    @property
    def own(self) -> float:
        return self.fund - self.benchmark


def moves(fund: Sequence[Nav], market: Sequence[Nav]) -> Moves | None:
    """The moves over the days of `fund`; None with less than two days. market: navs of a fund whose benchmark is the market."""
    if len(fund) < 2 or len(market) < 2:
        return None
    return Moves(
        fund[0].date,
        fund[-1].date,
        _move(fund[0].nav, fund[-1].nav),
        _move(fund[0].benchmark, fund[-1].benchmark),
        _move(market[0].benchmark, market[-1].benchmark),
    )


def _move(first: Decimal, last: Decimal) -> float:
    return float(last / first - 1) if first else 0.0


def main_cause(found: Moves) -> str:
    """market, sector or own: the largest part that goes the way the fund went."""
    down = found.fund < 0
    parts = {"market": found.market, "sector": found.sector, "own": found.own}
    signed = {name: (-part if down else part) for name, part in parts.items()}
    return max(signed, key=lambda name: signed[name])


def timing(holding: Holding, navs: Sequence[Nav]) -> float | None:
    """The client's rate of gain less the fund's since the first purchase; below zero: later money came in dearer."""
    if not holding.lots or not navs:
        return None
    first = min(lot.confirmed_on for lot in holding.lots)
    before = [nav for nav in navs if nav.date <= first]
    base = before[-1] if before else navs[0]
    if not before and (navs[0].date - first).days > 7:
        return None
    return float(holding.profit_rate) - _move(base.nav, navs[-1].nav)


@dataclass(frozen=True)
class Drawdown:
    """From the highest NAV to now. rate <= 0."""

    peak_on: date
    peak: Decimal
    now: Decimal

    @property
    def rate(self) -> float:
        return _move(self.peak, self.now)


def drawdown(navs: Sequence[Nav]) -> Drawdown | None:
    if not navs:
        return None
    top = max(navs, key=lambda nav: nav.nav)
    return Drawdown(top.date, top.nav, navs[-1].nav)


#: Sectors that are broad by themselves: holding one of them is no bet on a branch.
BROAD = frozenset({"宽基", "均衡", "养老", "偏债", "多策略", "现金"})
STEADY_KINDS = frozenset({"货币", "债券", "FOF"})


def concentration(items: Sequence[Holding]) -> list[tuple[str, Decimal]]:
    """Sectors by their share of assets, the heaviest first; cash, bonds and broad funds are no sector bet."""
    sums: dict[str, Decimal] = {}
    for item in items:
        if item.kind not in STEADY_KINDS and item.sector not in BROAD:
            sums[item.sector] = sums.get(item.sector, Decimal(0)) + item.share_of_assets
    return sorted(sums.items(), key=lambda pair: -pair[1])


def in_shares(items: Sequence[Holding]) -> Decimal:
    """The share of assets in funds that move with the stock markets."""
    return sum((item.share_of_assets for item in items if item.kind not in STEADY_KINDS), Decimal(0))


def alike(navs: Mapping[str, Sequence[Nav]], least: float = 0.85) -> list[tuple[str, str, float]]:
    """Pairs of funds whose daily moves correlate at least so much, the most alike first. Needs 60 common days."""
    moved = {name: _daily(rows) for name, rows in navs.items()}
    found = []
    for one, other in combinations(sorted(moved), 2):
        days = sorted(moved[one].keys() & moved[other].keys())
        left, right = [moved[one][on] for on in days], [moved[other][on] for on in days]
        if len(days) >= 60 and len(set(left)) > 1 and len(set(right)) > 1:
            found.append((one, other, correlation(left, right)))
    return sorted((pair for pair in found if pair[2] >= least), key=lambda pair: -pair[2])


def _daily(navs: Sequence[Nav]) -> dict[date, float]:
    return {now.date: float(now.nav / before.nav) - 1 for before, now in pairwise(navs) if before.nav}


def worst(items: Sequence[Holding]) -> Holding | None:
    """The holding that has lost most money; None when nothing is below cost."""
    losing = [item for item in items if item.profit < 0]
    return min(losing, key=lambda item: item.profit) if losing else None


def above_level(items: Sequence[Holding], level: str) -> list[Holding]:
    return [item for item in items if level and int(item.risk[1]) > int(level[1])]

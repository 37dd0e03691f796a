"""Where a loss comes from: the market, the sector, the fund itself, the client's own timing. Pure.

Over one span of days the fund's move is split by differences, which add up exactly:
 market  the move of the market index (沪深300)
 sector  the move of the fund's benchmark beyond the market
 own     the move of the fund beyond its benchmark
In yuan (`split`) each part is taken on what the client held all the span; what the purchases of the span themselves have
gained or lost is the client's timing, so that the four add up to what the shares still held have made.
Since the first purchase, `timing` compares the client's rate of gain with the fund's over the same days: money that came in
later and dearer shows as a gap below.
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


@dataclass(frozen=True)
class Split:
    """Yuan over one span, of the shares still held; total = market + sector + own + timing."""

    market: float
    sector: float
    own: float
    timing: float

    @property
    def total(self) -> float:
        return self.market + self.sector + self.own + self.timing


def split(holding: Holding, fund: Sequence[Nav], found: Moves) -> Split | None:
    """The span's gain or loss in yuan by its causes; None when the first day's NAV is missing."""
    first = next((nav.nav for nav in fund if nav.date == found.start), None)
    last = next((nav.nav for nav in reversed(fund) if nav.date == found.end), None)
    if first is None or last is None:
        return None
    base = float(sum((lot.shares for lot in holding.lots if lot.confirmed_on <= found.start), Decimal(0)) * first)
    new = (lot.shares * last - lot.cost for lot in holding.lots if lot.confirmed_on > found.start)
    return Split(base * found.market, base * found.sector, base * found.own, float(sum(new, Decimal(0))))


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


def deepest(navs: Sequence[Nav]) -> float:
    """The deepest fall from a high on the way (最大回撤), <= 0; 0 when it never fell."""
    high, low = Decimal(0), 0.0
    for nav in navs:
        high = max(high, nav.nav)
        low = min(low, _move(high, nav.nav))
    return low


@dataclass(frozen=True)
class Fall:
    """A fall of the fund itself: from its high, how deep, and when the high was back; None: not yet."""

    peak_on: date
    depth: float
    back_on: date | None

    @property
    def months(self) -> int | None:
        return None if self.back_on is None else max(1, round((self.back_on - self.peak_on).days / 30.4))


def falls(navs: Sequence[Nav], least: float = 0.10) -> list[Fall]:
    """The falls of at least so much from a high, the oldest first; each ends when the high is back."""
    found: list[Fall] = []
    peak, low = (navs[0] if navs else None), Decimal(0)
    for nav in navs:
        if peak is None or nav.nav >= peak.nav:
            if peak is not None and low and _move(peak.nav, low) <= -least:
                found.append(Fall(peak.date, _move(peak.nav, low), nav.date))
            peak, low = nav, nav.nav
        low = min(low or nav.nav, nav.nav)
    if peak is not None and low and _move(peak.nav, low) <= -least:
        found.append(Fall(peak.date, _move(peak.nav, low), None))
    return found


def together(navs: Mapping[str, Sequence[Nav]], weights: Mapping[str, Decimal]) -> list[Nav]:
    """The portfolio as one path: today's weights held over the days that all funds have in common."""
    known = [code for code in weights if navs.get(code)]
    if not known:
        return []
    tables = {code: {nav.date: nav.nav / navs[code][-1].nav for nav in navs[code]} for code in known}
    days = sorted(set.intersection(*(set(table) for table in tables.values())))
    total = sum((weights[code] for code in known), Decimal(0)) or Decimal(1)
    levels = [sum((weights[code] / total * tables[code][on] for code in known), Decimal(0)) for on in days]
    return [Nav(date=on, nav=level, benchmark=level) for on, level in zip(days, levels, strict=True)]


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

"""What an order does to the client's allocation and risk: shares before and after, in words, rows and a chart. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from actions.orders.model import Draft, Facts, Kind
from actions.writing import rate
from compliance import suitability_policy
from institution.models import Fund, Holding, Quote

RISKS = ("R1", "R2", "R3", "R4", "R5")
#: Deductions of a year, for the share that a 定投 will have grown to.
TIMES_A_YEAR = {"每日": 243, "每周": 52, "每两周": 26, "每月": 12}
#: From here on a single fund or sector is named as heavy.
HEAVY = suitability_policy.load().most_in_one_fund


@dataclass(frozen=True)
class Mix:
    """Yuan by fund, by sector (bets on a branch only) and by risk class."""

    total: Decimal
    funds: Mapping[str, Decimal]
    sectors: Mapping[str, Decimal]
    risks: Mapping[str, Decimal]

    def share(self, part: Decimal) -> Decimal:
        return part / self.total if self.total > 0 else Decimal(0)

    def from_risk(self, risk: str) -> Decimal:
        """The share in funds of this risk class and above."""
        return self.share(sum((value for name, value in self.risks.items() if name >= risk), Decimal(0)))


@dataclass(frozen=True)
class Effect:
    before: Mix
    after: Mix
    moved: tuple[str, ...]


def mix(values: Mapping[str, Decimal], funds: Mapping[str, Fund]) -> Mix:
    """The mix of yuan by fund code; a fund that the catalogue does not know counts in the total only."""
    policy = suitability_policy.load()
    sectors: dict[str, Decimal] = {}
    risks: dict[str, Decimal] = {}
    for code, value in values.items():
        fund = funds.get(code)
        if fund is None:
            continue
        risks[fund.risk] = risks.get(fund.risk, Decimal(0)) + value
        if fund.kind not in policy.steady_kinds and fund.sector not in policy.broad_sectors:
            sectors[fund.sector] = sectors.get(fund.sector, Decimal(0)) + value
    return Mix(sum(values.values(), Decimal(0)), dict(values), sectors, risks)


def of(holdings: Sequence[Holding], funds: Mapping[str, Fund], moves: Mapping[str, Decimal]) -> Effect:
    """moves: fund -> yuan that come in (above zero) or leave."""
    now = {item.fund: item.value for item in holdings}
    then = dict(now)
    for code, value in moves.items():
        then[code] = max(then.get(code, Decimal(0)) + value, Decimal(0))
    return Effect(mix(now, funds), mix({code: value for code, value in then.items() if value}, funds), tuple(moves))


def moves_of(quote: Quote) -> dict[str, Decimal]:
    """What one quoted order moves."""
    if quote.kind in ("buy", "dca"):
        return {quote.fund: quote.net}
    out = {quote.fund: -quote.gross}
    return out | {quote.to_fund: quote.net} if quote.to_fund else out


def of_quotes(facts: Facts, quotes: Sequence[Quote]) -> Effect:
    moves: dict[str, Decimal] = {}
    for one in quotes:
        for code, value in moves_of(one).items():
            moves[code] = moves.get(code, Decimal(0)) + value
    return of(facts.holdings, facts.funds, moves)


def of_plan(draft: Draft, facts: Facts) -> Effect | None:
    """A year of a new 定投 at today's NAV, nothing gained or lost."""
    if draft.kind is not Kind.DCA_CREATE or draft.fund is None or draft.amount is None:
        return None
    times = TIMES_A_YEAR.get(draft.frequency or "每月", 12)
    return of(facts.holdings, facts.funds, {draft.fund: draft.amount * times})


def words(effect: Effect, facts: Facts, *, opening: str = "办完以后") -> str:
    """`办完以后:沪深300从7.7%变成11.1%,R3及以上从7.7%变成11.1%。` and what is heavy then."""
    if effect.after.total <= 0:
        return f"{opening}您在我们这里就没有持仓了。"
    parts = [f"{facts.name(code)}{_from_to(*_shares(effect, code))}" for code in effect.moved[:2]]
    risk = _risk_named(effect, facts)
    if risk:
        parts.append(f"{risk}及以上{_from_to(effect.before.from_risk(risk), effect.after.from_risk(risk))}")
    return f"{opening}:{','.join(parts)}(占您在我们这里的资产)。{heavy(effect, facts)}"


def heavy(effect: Effect, facts: Facts) -> str:
    """The over-concentration that there is afterwards, named with its share; empty when there is none."""
    policy, after = suitability_policy.load(), effect.after
    if not effect.before.funds:
        return ""
    for code, value in sorted(after.funds.items(), key=lambda pair: -pair[1]):
        fund = facts.funds.get(code)
        if fund and fund.kind not in policy.steady_kinds and after.share(value) > HEAVY:
            return f"要留意:{fund.name}会占到{rate(after.share(value), 1)},超过一半压在一只上,偏集中。"
    for sector, value in sorted(after.sectors.items(), key=lambda pair: -pair[1]):
        if after.share(value) > policy.most_in_one_sector:
            return f"要留意:{sector}板块会占到{rate(after.share(value), 1)},超过一半压在一个板块,偏集中。"
    return ""


def rows(effect: Effect, facts: Facts) -> list[dict[str, str]]:
    """Card rows: each fund moved, its sector, the risk class."""
    found = [_row(facts.name(code), *_shares(effect, code)) for code in effect.moved]
    sectors = dict.fromkeys(facts.funds[code].sector for code in effect.moved if code in facts.funds)
    for sector in sectors:
        before = effect.before.share(effect.before.sectors.get(sector, Decimal(0)))
        after = effect.after.share(effect.after.sectors.get(sector, Decimal(0)))
        if before or after:
            found.append(_row(f"{sector}板块", before, after))
    risk = _risk_named(effect, facts)
    return (
        [*found, _row(f"{risk}及以上", effect.before.from_risk(risk), effect.after.from_risk(risk))] if risk else found
    )


def chart(effect: Effect) -> dict[str, Any]:
    """The risk classes now and afterwards, in percent."""
    shown = [risk for risk in RISKS if risk in effect.before.risks or risk in effect.after.risks]
    series = [
        {
            "name": name,
            "points": [[risk, round(float(one.share(one.risks.get(risk, Decimal(0)))) * 100, 1)] for risk in shown],
        }
        for name, one in (("现在", effect.before), ("办完以后", effect.after))
    ]
    return {"kind": "bar", "unit": "%", "series": series}


def _shares(effect: Effect, code: str) -> tuple[Decimal, Decimal]:
    before, after = effect.before, effect.after
    return before.share(before.funds.get(code, Decimal(0))), after.share(after.funds.get(code, Decimal(0)))


def _risk_named(effect: Effect, facts: Facts) -> str | None:
    """The highest risk class that the order touches; nothing of R1, which everybody has."""
    risk = max((facts.funds[code].risk for code in effect.moved if code in facts.funds), default=None)
    return risk if risk and risk > "R1" else None


def _from_to(before: Decimal, after: Decimal) -> str:
    return f"从{rate(before, 1)}变成{rate(after, 1)}"


def _row(label: str, before: Decimal, after: Decimal) -> dict[str, str]:
    row = {"label": f"{label}占比", "value": f"{rate(before, 1)} → {rate(after, 1)}"}
    return row | {"tone": "warn"} if after > HEAVY else row

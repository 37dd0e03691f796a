"""What does not change while the sandbox runs, from the files beside this module: funds, benchmarks, rules, staff."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from institution import rules
from institution.models import Advisor, FundFees, Rule

HERE = Path(__file__).parent
#: `size` in funds.yml is in 亿元.
HUNDRED_MILLION = Decimal(100_000_000)
#: Funds of this company can be switched into each other (RULE-SWITCH).
HOUSE = "衡远基金"


@dataclass(frozen=True)
class Benchmark:
    """beta: to the common factor of its group; volatility, drift: its own, a year."""

    name: str
    level: float
    group: str
    beta: float
    volatility: float
    drift: float


@dataclass(frozen=True)
class FundFile:
    """A fund as its file says; NAVs come from the market."""

    code: str
    name: str
    kind: str
    risk: str
    nav: Decimal
    company: str
    sector: str
    benchmark: str
    manager: str
    size: Decimal
    nicknames: tuple[str, ...]
    fees: FundFees
    min_buy: Decimal
    min_redeem_shares: Decimal
    lockup_years: int


@dataclass(frozen=True)
class Catalog:
    funds: dict[str, FundFile]
    benchmarks: dict[str, Benchmark]
    rules: tuple[Rule, ...]
    advisors: tuple[Advisor, ...]

    def rule_in_force(self, rule_id: str, day: Any) -> Rule:
        """The version of a rule that holds on a day; the newest when the day is before all of them."""
        versions = [rule for rule in self.rules if rule.id == rule_id]
        holding = [rule for rule in versions if rule.effective <= day and (rule.until is None or day <= rule.until)]
        return max(holding or versions, key=lambda rule: rule.version)


@lru_cache(maxsize=1)
def load() -> Catalog:
    book = _read("funds.yml")
    return Catalog(
        funds={code: _fund(code, entry, book["kinds"][entry["kind"]]) for code, entry in book["funds"].items()},
        benchmarks={name: Benchmark(name=name, **entry) for name, entry in book["benchmarks"].items()},
        rules=tuple(Rule.model_validate(entry) for entry in _read("rules.yml")["rules"]),
        advisors=tuple(Advisor.model_validate(entry) for entry in _read("roster.yaml")["advisors"]),
    )


@lru_cache(maxsize=1)
def names() -> Any:
    """What invented clients are called and where they live: people.yml."""
    return _read("people.yml")


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def _fund(code: str, entry: dict[str, Any], kind: dict[str, str]) -> FundFile:
    fees = FundFees(
        buy=rules.buy_rate(entry["kind"]),
        redeem=rules.redeem_steps(entry["kind"]),
        management=Decimal(kind["management"]),
        custody=Decimal(kind["custody"]),
        service=Decimal(kind.get("service", "0")),
    )
    return FundFile(
        code=code,
        name=entry["name"],
        kind=entry["kind"],
        risk=entry["risk"],
        nav=Decimal(entry["nav"]),
        company=entry["company"],
        sector=entry["sector"],
        benchmark=entry["benchmark"],
        manager=entry["manager"],
        size=Decimal(str(entry["size"])) * HUNDRED_MILLION,
        nicknames=tuple(entry["nicknames"]),
        fees=fees,
        min_buy=Decimal(kind["min_buy"]),
        min_redeem_shares=Decimal(kind["min_redeem_shares"]),
        lockup_years=entry.get("lockup_years", 0),
    )

"""The suitability policy as checked values: `policy/suitability.yml`, its head explains the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from compliance.policy_file import PolicyBroken

FILE = Path(__file__).parent / "policy/suitability.yml"
EFFECTS = frozenset({"refuse", "confirm", "warn", "skip"})


@dataclass(frozen=True)
class Check:
    """One of the checks as data. order, offer: what follows when it is not passed."""

    id: str
    title: str
    basis: str
    rule: str
    order: str
    offer: str
    words: str
    instead: str

    def effect(self, occasion: str) -> str:
        return self.offer if occasion == "offer" else self.order


@dataclass(frozen=True)
class Policy:
    """matrix: the highest risk number a level may buy. age_steps: (age, risk number), each from there on."""

    version: int
    effective: date
    matrix: Mapping[str, int]
    lowest_class: str
    private_level: str
    private_term_years: int
    private_minimum: Decimal
    age_steps: tuple[tuple[int, int], ...]
    lockup_age: int
    lockup_years: int
    most_in_one_fund: Decimal
    most_in_one_sector: Decimal
    steady_kinds: frozenset[str]
    broad_sectors: frozenset[str]
    most_of_assets: Decimal
    checks: tuple[Check, ...]


@lru_cache
def load(path: Path = FILE) -> Policy:
    """Raises PolicyBroken, the file's name and the field in its message."""
    try:
        body: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        policy = _policy(body)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise PolicyBroken(f"{path.name} 有误:{type(error).__name__} {error}") from error
    _sound(policy, path.name)
    return policy


def _policy(body: Mapping[str, Any]) -> Policy:
    return Policy(
        version=int(body["version"]),
        effective=body["effective"],
        matrix={level: risk_number(risk) for level, risk in body["matrix"].items()},
        lowest_class=body["lowest_class"],
        private_level=body["private_level"],
        private_term_years=int(body["private_term_years"]),
        private_minimum=Decimal(body["private_minimum"]),
        age_steps=tuple((int(step["from_age"]), risk_number(step["from_risk"])) for step in body["age_steps"]),
        lockup_age=int(body["lockup_age"]),
        lockup_years=int(body["lockup_years"]),
        most_in_one_fund=Decimal(body["most_in_one_fund"]),
        most_in_one_sector=Decimal(body["most_in_one_sector"]),
        steady_kinds=frozenset(body["steady_kinds"]),
        broad_sectors=frozenset(body["broad_sectors"]),
        most_of_assets=Decimal(body["most_of_assets"]),
        checks=tuple(Check(**entry) for entry in body["checks"]),
    )


def _sound(policy: Policy, name: str) -> None:
    for check in policy.checks:
        if {check.order, check.offer} - EFFECTS:
            raise PolicyBroken(f"{name} 有误:{check.id} 的 order、offer 只能是 {'、'.join(sorted(EFFECTS))}")
    ids = [check.id for check in policy.checks]
    if len(ids) != len(set(ids)):
        raise PolicyBroken(f"{name} 有误:检查编号重复")


def risk_number(risk: str) -> int:
    """R3 is 3. ValueError for anything else."""
    if len(risk) != 2 or risk[0] != "R" or risk[1] not in "12345":
        raise ValueError(f"{risk} is no product risk")
    return int(risk[1])

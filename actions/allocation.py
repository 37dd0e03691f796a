"""The house's reference mix for each risk level, from `policy/allocation.yml`, and which class a fund belongs to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "policy/allocation.yml"
CASH, BOND, STOCK = "现金", "债券", "权益"
CLASSES = (CASH, BOND, STOCK)


@dataclass(frozen=True)
class Allocation:
    """mixes: level -> class -> share of all, adding up to one. band: what is nearer to the mix than this stays."""

    version: int
    effective: date
    source: str
    mixes: Mapping[str, Mapping[str, float]]
    age_cap: int
    band: Decimal
    least_leg: Decimal
    bond_sectors: frozenset[str]

    def mix(self, level: str, age: int) -> dict[str, Decimal]:
        """The reference mix of a level (the lowest one for an unknown level), shares capped by age."""
        wanted = {name: Decimal(str(share)) for name, share in self.mixes.get(level, self.mixes["C1"]).items()}
        cap = max(Decimal(self.age_cap - age) / 100, Decimal(0)) if age else Decimal(1)
        over = max(wanted[STOCK] - cap, Decimal(0))
        return wanted | {STOCK: wanted[STOCK] - over, BOND: wanted[BOND] + over}

    def class_of(self, kind: str, sector: str) -> str | None:
        """None for a private fund, which cannot be moved."""
        if kind == "私募":
            return None
        if kind == "货币":
            return CASH
        return BOND if kind in ("债券", "FOF") or sector in self.bond_sectors else STOCK


@lru_cache
def load(path: Path = FILE) -> Allocation:
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    for level, mix in body["mixes"].items():
        if set(mix) != set(CLASSES) or abs(sum(mix.values()) - 1) > 1e-9:
            raise ValueError(f"{path.name}: {level} does not add up to one")
    return Allocation(
        body["version"], body["effective"], body["source"], body["mixes"], body["age_cap"], Decimal(str(body["band"])),
        Decimal(body["least_leg"]), frozenset(body["bond_sectors"]),
    )  # fmt: skip

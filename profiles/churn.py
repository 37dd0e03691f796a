"""How likely a client is to leave in two weeks to a month and a half, and why (requirement D5). Pure.

An additive model: a bent line per feature, their sum through the logistic function. So every reason is exact: what a
feature adds is how far its line stands, for this client, from its value for the average client. Trained by `profiles.churn_train`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from profiles.behaviour import FEATURES, NAMES
from profiles.model import Level

#: A number of one client, or one of each of many.
Numbers: TypeAlias = "float | np.float64 | NDArray[np.float64]"
FILE = Path(__file__).parent / "policy" / "churn.json"
#: What grows without limit counts by its size, not by its number.
BY_SIZE = frozenset({"page_minutes", "redemptions", "purchases", "transfers_out", "grievances", "days_since_login"})
LEAST_REASON, MOST_REASONS = 0.15, 4
ACTIONS: Mapping[Level, str] = {
    Level.LOW: "下次来访时多问一句近况",
    Level.MEDIUM: "专属顾问一周内联系,了解用款和服务上的不满",
    Level.HIGH: "专属顾问两天内电话联系,主管知悉;不阻拦客户的决定",
}


@dataclass(frozen=True)
class Model:
    """knots: where each feature's line bends, in the order of `NAMES`, after `scaled`. means, spreads, weights: of what
    `bent` gives. levels: from which probability."""

    bias: float
    knots: tuple[tuple[float, ...], ...]
    means: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[float, ...]
    levels: Mapping[Level, float]
    card: Mapping[str, Any]


@dataclass(frozen=True)
class Reason:
    feature: str
    words: str
    adds: float


@dataclass(frozen=True)
class Risk:
    probability: float
    level: Level | None
    reasons: tuple[Reason, ...]
    action: str


def load(path: Path = FILE) -> Model:
    """Raises ValueError for a model of other features."""
    body = json.loads(path.read_text(encoding="utf-8"))
    if tuple(body["features"]) != NAMES:
        raise ValueError("the model was trained on other features")
    return Model(
        body["bias"], tuple(tuple(row) for row in body["knots"]), tuple(body["means"]), tuple(body["spreads"]),
        tuple(body["weights"]),
        {Level(name): at for name, at in body["levels"].items()}, body["card"],
    )  # fmt: skip


def scaled(row: Sequence[Numbers]) -> tuple[Numbers, ...]:
    """The features, of one client or an array of each over many, as the lines take them."""
    return tuple(np.log1p(np.maximum(0.0, x)) if name in BY_SIZE else x for name, x in zip(NAMES, row, strict=True))


def bent(row: Sequence[Numbers], knots: Sequence[Sequence[float]]) -> tuple[Numbers, ...]:
    """Each scaled feature, and how far it stands above each of its knots: a line that may bend there."""
    return tuple(
        part for x, at in zip(row, knots, strict=True) for part in (x, *(np.maximum(0.0, x - knot) for knot in at))
    )


def parts(model: Model, row: Sequence[Numbers]) -> tuple[Numbers, ...]:
    """What each feature adds to the logarithm of the odds."""
    adds = [
        weight * (x - mean) / spread
        for x, mean, spread, weight in zip(
            bent(scaled(row), model.knots), model.means, model.spreads, model.weights, strict=True
        )
    ]
    sizes = [1 + len(at) for at in model.knots]
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    return tuple(sum(adds[start : start + size]) for start, size in zip(starts, sizes, strict=True))


def chances(model: Model, rows: Sequence[Numbers]) -> Numbers:
    """The probability of leaving: of one client, or of many when each feature is an array over them."""
    total = np.clip(model.bias + sum(parts(model, rows)), -30.0, 30.0)
    return cast(Numbers, 1 / (1 + np.exp(-total)))


def probability(model: Model, row: Sequence[float]) -> float:
    return float(chances(model, row))


def level_of(model: Model, chance: float) -> Level | None:
    found = None
    for level, threshold in model.levels.items():
        found = level if chance >= threshold else found
    return found


def risk(model: Model, row: Sequence[float]) -> Risk:
    """The probability, its level, the features that raise it most, and what to do."""
    chance = probability(model, row)
    level = level_of(model, chance)
    adds = sorted(zip(NAMES, row, parts(model, row), strict=True), key=lambda one: (-one[2], one[0]))
    reasons = tuple(
        Reason(name, _words(name, x), round(float(a), 3)) for name, x, a in adds[:MOST_REASONS] if a >= LEAST_REASON
    )
    return Risk(chance, level, reasons, ACTIONS[level] if level else "")


def _words(name: str, x: float) -> str:
    share = name in ("login_drop", "redeemed_share", "negative_share", "pushes_ignored")
    return f"{FEATURES[name]}:{f'{x:.0%}' if share else f'{x:.0f}'}"

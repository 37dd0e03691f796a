"""Trains the churn model: `python -m profiles.churn_train TRAIN.csv [--test TEST.csv] [--out FILE]`.

A CSV has the ten columns of `profiles.behaviour.NAMES`, and `left`: 1 when the client left 14 to 44 days after the day
that the numbers end with. An institution's own file takes the place of the simulated one (`python -m tools.churn_sample`).
Needs numpy only: logistic regression by Newton's method, its own calibration by construction (maximum likelihood).
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from profiles.behaviour import FEATURES, NAMES
from profiles.churn import FILE, bent, scaled

Array = NDArray[np.float64]
RIDGE, STEPS = 1.0, 25
#: Where a feature's line may bend: at these parts of the training clients.
KNOTS = (0.5, 0.75, 0.9)
#: Levels by what they let through: medium keeps one quiet client in thirty, high one in a hundred.
LEVELS = {"low": 0.90, "medium": 0.967, "high": 0.99}
LEAST_ROWS = 200
METHOD = "可加的逻辑回归,每个特征一条可以拐弯的线(逐项给出理由)"
CAVEAT = "训练和检验用的是模拟客户,行为由程序生成;数字只说明方法可行,不代表真实客户。上线前要用机构自己的数据重新训练和检验。"


def read(path: Path) -> tuple[Array, Array]:
    """Features (scaled as `churn.scaled` does) and labels. ValueError when columns or rows are missing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    missing = [name for name in (*NAMES, "left") if not rows or name not in rows[0]]
    if missing:
        raise ValueError(f"columns are missing: {', '.join(missing)}")
    if len(rows) < LEAST_ROWS:
        raise ValueError(f"{len(rows)} rows, at least {LEAST_ROWS} are needed")
    x = np.array(scaled([np.array([float(row[name]) for row in rows]) for name in NAMES])).T
    y = np.array([float(row["left"]) for row in rows])
    if not 0 < y.mean() < 1:
        raise ValueError("both leaving and staying clients are needed")
    return x, y


def fit(x: Array, y: Array) -> dict[str, Any]:
    """Knots of the features, and the weights of their standardised lines."""
    knots = np.quantile(x, KNOTS, axis=0).T.tolist()
    x = _bent(x, knots)
    means, spreads = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    z = np.column_stack([np.ones(len(x)), (x - means) / spreads])
    w = np.zeros(z.shape[1])
    penalty = np.full(z.shape[1], RIDGE)
    penalty[0] = 0.0
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(z @ w, -30, 30)))
        slope = z.T @ (p - y) + penalty * w
        bend = (z * (p * (1 - p) + 1e-9)[:, None]).T @ z + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        w -= step
        if np.abs(step).max() < 1e-8:
            break
    return {
        "bias": float(w[0]), "knots": knots, "means": means.tolist(), "spreads": spreads.tolist(), "weights": w[1:].tolist(),
    }  # fmt: skip


def _bent(x: Array, knots: list[list[float]]) -> Array:
    return np.array(bent(list(x.T), knots)).T


def predict(model: dict[str, Any], x: Array) -> Array:
    z = (_bent(x, model["knots"]) - np.array(model["means"])) / np.array(model["spreads"])
    found: Array = 1 / (1 + np.exp(-np.clip(model["bias"] + z @ np.array(model["weights"]), -30, 30)))
    return found


def auc(y: Array, p: Array) -> float:
    """The chance that a leaving client ranks above a staying one; ties count a half."""
    _, place, count = np.unique(p, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    positive = y.sum()
    return float((rank[y == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(y) - positive)))


def figures(y: Array, p: Array) -> dict[str, float]:
    """auc, precision in the top decile, Brier score, and the expected calibration error over ten bins."""
    top = np.argsort(-p, kind="stable")[: max(1, len(p) // 10)]
    bins = np.minimum((p * 10).astype(int), 9)
    gaps = [abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any()]
    return {
        "rows": len(y), "left": round(float(y.mean()), 4), "auc": round(auc(y, p), 4),
        "precision_top_decile": round(float(y[top].mean()), 4), "brier": round(float(((p - y) ** 2).mean()), 4),
        "calibration_error": round(float(sum(gaps)), 4),
    }  # fmt: skip


def train(train_csv: Path, test_csv: Path | None, out: Path) -> dict[str, Any]:
    x, y = read(train_csv)
    model = fit(x, y)
    p = predict(model, x)
    card: dict[str, Any] = {
        "question": "14 到 44 天后离开的可能性", "method": METHOD, "caveat": CAVEAT,
        "features": dict(FEATURES), "train": figures(y, p),
    }  # fmt: skip
    if test_csv:
        x_test, y_test = read(test_csv)
        card["held_back"] = figures(y_test, predict(model, x_test))
    quiet = p[y == 0]
    levels = {name: round(float(np.quantile(quiet, at)), 4) for name, at in LEVELS.items()}
    body = {"features": list(NAMES), **model, "levels": levels, "card": card}
    out.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return card


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--out", type=Path, default=FILE)
    given = parser.parse_args()
    print(json.dumps(train(given.train, given.test, given.out), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()

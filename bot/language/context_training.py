"""Learning how a message after another is read: the weights of `context.features`, from data/requests.

A conditional logit: among the intents in question, the softmax of their weighted features is to choose the right one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.language.context import WEIGHTS, Previous, features, passage, reads_on
from bot.language.encoder import Encoder
from bot.language.entities import Entity
from bot.language.models import Models

PENALTY = 1.0


@dataclass(frozen=True)
class Told:
    """A message, normalised, with its entities, the turn before and what it means."""

    text: str
    entities: tuple[Entity, ...]
    previous: Previous
    intent: str


@dataclass(frozen=True)
class Choice:
    """The features of the intents in question, and which is right."""

    rows: Mapping[str, Mapping[str, float]]
    right: str


def choices(told: Sequence[Told], models: Models, encoder: Encoder) -> list[Choice]:
    """What `train_context` learns from; messages that are not read on, or whose intent is not in question, teach nothing."""
    told = [one for one in told if reads_on(one.text, one.previous)]
    if not told:
        return []
    alone = encoder.encode([one.text for one in told])
    after = encoder.read([passage(one.text, one.previous) for one in told])
    found = []
    for one, vector, (in_context,) in zip(told, alone, after, strict=True):
        own = dict(models.intents(vector, one.text))
        heard = dict(models.intents(in_context, one.text))
        rows = features(one.text, own, heard, one.entities, one.previous)
        if one.intent in rows:
            found.append(Choice(rows, one.intent))
    return found


def train_context(found: Sequence[Choice]) -> dict[str, float]:
    """Weights by name; the untrained ones when there is nothing to learn from."""
    from scipy.optimize import minimize

    if not found:
        return dict(WEIGHTS)
    names = sorted({name for choice in found for row in choice.rows.values() for name in row})
    at = {name: i for i, name in enumerate(names)}
    tables, right = [], []
    for choice in found:
        table = np.zeros((len(choice.rows), len(names)))
        for i, row in enumerate(choice.rows.values()):
            table[i, [at[name] for name in row]] = list(row.values())
        tables.append(table)
        right.append(list(choice.rows).index(choice.right))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = PENALTY * float(weights @ weights) / 2, PENALTY * weights
        for table, one in zip(tables, right, strict=True):
            scores = table @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            total -= float(np.log(chances[one] + 1e-12))
            gradient = gradient + table.T @ chances - table[one]
        return total, gradient

    start = np.array([WEIGHTS.get(name, 0.0) for name in names])
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return {name: round(float(weight), 4) for name, weight in zip(names, fitted, strict=True)}

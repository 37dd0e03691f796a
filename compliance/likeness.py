"""How like a sentence is in meaning to what may not be said (requirement G2): for a second look, never a verdict. Pure.

The rules know words. A promise in words that no rule knows is still near to other promises: the mean cosine with the nearest
forbidden examples less that with the nearest lawful ones. Figures: docs/compliance.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

FILE = Path(__file__).parent / "policy/examples.yml"
#: Above this a sentence is worth a look: half of the promises that no rule knew stand above it, and one lawful sentence in thirty.
DOUBTFUL = 0.05
#: How many of the nearest count.
NEAREST = 3
#: Shorter ones say too little to judge.
LEAST_CHARS = 5

Floats = NDArray[np.float32]


@cache
def examples(path: Path = FILE) -> dict[str, Any]:
    """`violating`, `spoken`, `unruled`: rule -> sentences; `harmless`, `lawful`: sentences."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def forbidden(path: Path = FILE) -> list[tuple[str, str]]:
    """(rule, sentence) of all examples that may not be said."""
    said = examples(path)
    return [
        (rule, text)
        for name in ("violating", "spoken", "unruled")
        for rule, texts in said[name].items()
        for text in texts
    ]


def allowed(path: Path = FILE) -> list[str]:
    said = examples(path)
    return [*said["harmless"], *said["lawful"]]


@dataclass(frozen=True)
class Likeness:
    """bad, good: unit vectors of the examples, one a row; rules: of each bad one."""

    bad: Floats
    good: Floats
    rules: tuple[str, ...]

    def doubts(self, vectors: Floats) -> list[tuple[float, str]]:
        """(doubt, the rule whose example is nearest) of each sentence; doubt above DOUBTFUL is worth a look."""
        near, lawful = vectors @ self.bad.T, vectors @ self.good.T
        found = _nearest(near) - _nearest(lawful)
        return [(float(doubt), self.rules[int(place)]) for doubt, place in zip(found, near.argmax(axis=1), strict=True)]


def _nearest(cosines: Floats) -> Floats:
    top: Floats = np.sort(cosines, axis=1)[:, -NEAREST:].mean(axis=1)
    return top


def sentences(text: str) -> list[str]:
    """The sentences of a message that are long enough to judge."""
    parts = re.split(r"[。!?!?\n;;]+", text)
    return [part.strip() for part in parts if len(part.strip()) >= LEAST_CHARS]

"""The training text of data/nlu: one block per (intent, emotion, strength), one message a line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Texts fall into twenty parts by hash. The encoder learns from none of the last two: on one the confidence is
#: calibrated, on the other everything is measured; a classifier in service learns from all.
FOLDS, CALIBRATION_FOLD, MEASURING_FOLD = 20, 18, 19

#: Of written follow-ups more is kept from the encoder: how far it is to be believed is learned from those.
FOLLOW_UP_FOLDS = frozenset(range(14, FOLDS))


@dataclass(frozen=True)
class Example:
    text: str
    intent: str
    emotion: str | None = None
    strength: float | None = None


def read_examples(folder: Path) -> tuple[Example, ...]:
    """All examples of a folder's YAML files, files in order of name; a text that repeats within an intent is kept once."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[tuple[str, str], Example] = {}
    for path in sorted(folder.rglob("*.yml")):
        with open(path, encoding="utf-8") as file:
            body = yaml.load(file, Loader=loader) or {}
        for block in body.get("nlu") or ():
            for example in _examples(block):
                found.setdefault((example.text, example.intent), example)
    return tuple(found.values())


def _examples(block: dict[str, Any]) -> Iterable[Example]:
    if "intent" not in block:
        return
    metadata = block.get("metadata") or {}
    strength = metadata.get("strength")
    for line in (block.get("examples") or "").splitlines():
        text = line.strip()
        text = text[1:].strip() if text.startswith("-") else ""
        if text:
            yield Example(text, block["intent"], metadata.get("emotion"), None if strength is None else float(strength))


def fold(text: str, folds: int = FOLDS) -> int:
    """The part of 0..folds-1 a text belongs to: the same on every machine, whatever else the data hold."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") % folds


def by_intent(examples: Iterable[Example]) -> dict[str, list[Example]]:
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(example.intent, []).append(example)
    return groups

"""A word of explanation for beginners: what a term means, once in a talk, below the answer that uses it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "policy/gloss.yml"
NOVICE = "新手"
OPENING = "小注:"
#: More than two at once is a lesson nobody asked for.
MOST = 2


@lru_cache
def load(path: Path = FILE) -> Mapping[str, str]:
    known: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return known


def glossed(text: str, stage: str, told: Sequence[str]) -> str:
    """The text with a line that explains its terms, for a beginner who has not been told them in this talk."""
    if stage != NOVICE:
        return text
    before = "\n".join(line for said in told for line in said.split("\n") if line.startswith(OPENING))
    new = [term for term in load() if term in text and f"「{term}」" not in before][:MOST]
    if not new:
        return text
    return f"{text}\n{OPENING}{'。'.join(f'「{term}」是{load()[term]}' for term in new)}。"

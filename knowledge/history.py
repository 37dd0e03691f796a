"""Falls and recoveries that have happened, told in the past tense with the ones that did not end well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge.entries import CONTENT

NUMERALS = "零一二三四五六七八九十"
#: A recovery longer than this is named on its own, so that the quick ones do not hide it.
LONG_MONTHS = 30


@dataclass(frozen=True)
class Falls:
    """months: how long each fall beyond the threshold took to the old high; unfinished: those that have not come back."""

    index: str
    words: str
    since: int
    threshold: int
    months: tuple[int, ...]
    unfinished: int
    unfinished_words: str
    source: str

    def told(self) -> str:
        """All cases, the long one and the unfinished one included."""
        quick = [str(count) for count in self.months if count < LONG_MONTHS]
        slow = [str(count) for count in self.months if count >= LONG_MONTHS]
        total = len(self.months) + self.unfinished
        parts = [f"{len(quick)}次分别用了{'、'.join(quick)}个月回到原来的高点"]
        if slow:
            parts.append(f"{NUMERALS[len(slow)]}次用了{'、'.join(slow)}个月")
        if self.unfinished:
            parts.append(self.unfinished_words)
        return f"{self.since}年以来,{self.index}从高点跌超{self.threshold}%有过{total}次:{';'.join(parts)}。"


@lru_cache
def read(folder: Path = CONTENT) -> tuple[Falls, ...]:
    rows = yaml.safe_load((folder / "history.yml").read_text(encoding="utf-8"))
    return tuple(Falls(**row | {"months": tuple(row["months"])}) for row in rows)


def of_index(known: Sequence[Falls], index: str) -> Falls | None:
    return next((falls for falls in known if falls.words in index or falls.index == index), None)

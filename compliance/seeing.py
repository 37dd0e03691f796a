"""A text as the guard sees it: without the marks and spaces that hide a word, each character knowing its place. Pure.

保·本, 保 本, 穩*賺 and bǎo běn become 保本, 稳赚 and baoben. Marks are gone from `plain`, so a mark put between two
characters changes nothing that is found; where sentences and clauses end is kept apart, and only ever narrows what a
denial reaches.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

#: How much ends: a clause, a sentence.
CLAUSE, SENTENCE = 1, 2
BREAKS = dict.fromkeys(",;", CLAUSE) | dict.fromkeys("。!?\n\r\u2028\u2029", SENTENCE)


@dataclass(frozen=True)
class Seen:
    """plain[i] stands at text[places[i]]; breaks[i] is what ends right before plain[i], 0 for nothing."""

    text: str
    plain: str
    places: tuple[int, ...]
    breaks: tuple[int, ...]

    def words(self, start: int, end: int) -> str:
        """The original words of plain[start:end]."""
        return self.text[self.places[start] : self.places[end - 1] + 1]

    def before(self, at: int, level: int) -> str:
        """What stands before plain[at] in the same clause or sentence."""
        start = next((i for i in range(at, 0, -1) if i < len(self.plain) and self.breaks[i] >= level), 0)
        return self.plain[start:at]

    def after(self, at: int, level: int) -> str:
        """What follows from plain[at] on in the same clause or sentence."""
        end = next((i for i in range(at, len(self.plain)) if self.breaks[i] >= level), len(self.plain))
        return self.plain[at:end]


def see(text: str, characters: Mapping[str, str]) -> Seen:
    """characters: traditional character -> the simplified one."""
    plain: list[str] = []
    places: list[int] = []
    breaks: list[int] = []
    ended = 0
    for place, written in enumerate(text):
        for character in unicodedata.normalize("NFKD", written).lower():
            if unicodedata.category(character)[0] in "LN" or character == "%":
                plain.append(characters.get(character, character))
                places.append(place)
                breaks.append(ended)
                ended = 0
            else:
                ended = max(ended, BREAKS.get(character, 0))
    return Seen(text, "".join(plain), tuple(places), tuple(breaks))

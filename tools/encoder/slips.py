"""Slips of the input method and misheard words: a character gives way to another of the same sound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from random import Random

#: Characters of fewer texts are names and rarities; nobody's input method offers them first.
LEAST_TEXTS = 8


class Slips:
    """What may stand for a character: those of its sound, as often as they are written."""

    def __init__(self, same: Mapping[str, tuple[list[str], list[int]]]) -> None:
        self._same = same

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Slips:
        from pypinyin import lazy_pinyin

        counts = Counter(character for text in texts for character in set(text) if "\u4e00" <= character <= "\u9fff")
        sounds: dict[str, list[str]] = {}
        for character, count in sorted(counts.items()):
            if count >= LEAST_TEXTS:
                sounds.setdefault(_sound(lazy_pinyin(character)[0]), []).append(character)
        groups = ((group, c) for group in sounds.values() for c in group if len(group) > 1)
        return cls({
            c: ([o for o in group if o != c], [counts[o] for o in group if o != c]) for group, c in groups
        })  # fmt: skip

    def make(self, text: str, chance: Random) -> str:
        """The text with one character wrong, two in a long one; unchanged where nothing sounds alike."""
        places = [i for i, character in enumerate(text) if character in self._same]
        wrong = chance.sample(places, min(len(places), 1 + (len(text) > 12)))
        letters = list(text)
        for place in wrong:
            others, weights = self._same[letters[place]]
            letters[place] = chance.choices(others, weights)[0]
        return "".join(letters)


def _sound(pinyin: str) -> str:
    """Sounds that many speakers and keyboards do not tell apart are one: zh/z, ch/c, sh/s, n/l, -ng/-n."""
    for fine, plain in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")):
        if pinyin.startswith(fine):
            pinyin = plain + pinyin[len(fine) :]
            break
    return pinyin.removesuffix("g") if pinyin.endswith("ng") else pinyin

"""The normalising front: one spelling for what people write in many, with the way back to the original.

Order matters: width and case first, then simplified characters, emoji, abbreviations, slips of the
input method, and at the end what only repeats or fills (speech transcripts).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from re import Pattern

from bot.language.tables import EMOJI, HOMOPHONES, LATIN, REGIONAL, SLIPS

Span = tuple[int, int]


@dataclass(frozen=True)
class Normalised:
    """A text as the models read it.

    spans  for each character of `text`, the half-open piece of `original` it stands for
    """

    original: str
    text: str
    spans: tuple[Span, ...]

    def original_span(self, start: int, end: int) -> Span:
        """Where text[start:end] stands in the original; an empty piece is not allowed."""
        pieces = self.spans[start:end]
        return min(piece[0] for piece in pieces), max(piece[1] for piece in pieces)


class _Draft:
    """A text under change that keeps, character by character, where it came from."""

    def __init__(self, original: str) -> None:
        self.text = original
        self.spans: list[Span] = [(i, i + 1) for i in range(len(original))]

    def sub(self, pattern: Pattern[str], replacement: Callable[[re.Match[str]], str]) -> None:
        text: list[str] = []
        spans: list[Span] = []
        last = 0
        for found in pattern.finditer(self.text):
            start, end = found.span()
            new = replacement(found)
            if start == end or new == found.group():
                continue
            text.append(self.text[last:start] + new)
            spans += self.spans[last:start]
            whole = (self.spans[start][0], self.spans[end - 1][1])
            spans += self.spans[start:end] if len(new) == end - start else [whole] * len(new)
            last = end
        if last:
            self.text = "".join(text) + self.text[last:]
            self.spans = spans + self.spans[last:]


def _any_of(words: dict[str, str]) -> Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def _always(word: str) -> Callable[[re.Match[str]], str]:
    return lambda _: word


_ODD = re.compile(r"[^\u4e00-\u9fff0-9a-z\s]|[\u00b2-\u2fff]")
_EMOJI = _any_of(EMOJI)
# Skin tones, joiners and variation marks say nothing; other pictures are dropped with them.
_PICTURES = re.compile(
    "[\u200d\ufe0f\u20e3\U0001f3fb-\U0001f3ff]|[\U0001f000-\U0001faff\u2600-\u27bf]|[\u200b-\u200f\ufeff]"
)
_LATIN = re.compile(
    r"(?<![a-z0-9.])(?:" + "|".join(re.escape(w) for w in sorted(LATIN, key=len, reverse=True)) + r")(?![a-z0-9.%])"
)
_REGIONAL = _any_of(REGIONAL)
_HOMOPHONES = _any_of(HOMOPHONES)
_SLIPS = [(re.compile(wrong), _always(right)) for wrong, right in SLIPS]
_REPEATED_MARKS = re.compile(r"([!?。,~、;:…])\1{2,}|\.{3,}|。{2,}|…+|-{3,}|~+")
_REPEATED_CHARACTERS = re.compile(r"([^\W\d_一二三四五六七八九十百千万零])\1{2,}")
# What a speech transcript is full of. Alone, 嗯 is an answer, so a filler needs something after it.
_FILLERS = re.compile(
    r"(?:(?<=^)|(?<=[,。!?;…、\s]))(?:嗯+|呃+|额+|唔+|那个那个|这个这个|就是说|就是那个|然后那个|怎么说呢|我想想|内个|诶+|哎那个)[,、…\s]+(?=\S)"
    r"|(?:呃|嗯)(?=[\u4e00-\u9fff])(?<=[\u4e00-\u9fff]呃|[\u4e00-\u9fff]嗯)"
    r"|(?<=[,。…、\s])那个[,、…\s]+(?=\S)|^那个[,、…\s]+(?=\S)|(那个|这个|就是|然后)(?=\1)"
)
# How we are addressed says nothing of what is asked or felt, and draws a short message towards calm
# (bench/profiles_voices.py). Alone it is a greeting, so it needs a message after it.
_ADDRESS = re.compile(
    r"^(?:(?:您好|你好|哈喽|喂)[啊呀]?[,。!~…\s]+)?(?:(?:小?姑娘|小?同志|小伙子?|小妹妹?|妹子|闺女|小哥|师傅|老师|大姐|大哥|美女|亲亲?|亲爱的|客服)"
    r"(?:您好|你好)?[啊呀哪]?[,。!~…\s]+|(?<=[,。!~…\s]))(?=(?:\w[,、]?){4})"
)
_SPACES = re.compile(r"\s+")


def normalise(text: str) -> Normalised:
    """The text in the one spelling that models and rules read; equal texts give equal results."""
    draft = _Draft(text)
    if any(not ("\u4e00" <= c <= "\u9fff") for c in text):
        _narrow(draft)
    _simplify(draft)
    if _ODD.search(draft.text):
        draft.sub(_EMOJI, lambda m: EMOJI[m.group()])
        draft.sub(_PICTURES, lambda m: "")
    draft.sub(_LATIN, lambda m: LATIN[m.group()])
    draft.sub(_REGIONAL, lambda m: REGIONAL[m.group()])
    draft.sub(_HOMOPHONES, lambda m: HOMOPHONES[m.group()])
    for wrong, right in _SLIPS:
        draft.sub(wrong, right)
    draft.sub(_REPEATED_CHARACTERS, lambda m: m.group(1) * 2)
    draft.sub(_REPEATED_MARKS, _shorten)
    draft.sub(_FILLERS, lambda m: "")
    draft.sub(_ADDRESS, lambda m: "")
    draft.sub(_SPACES, lambda m: " ")
    return Normalised(text, draft.text, tuple(draft.spans))


def _shorten(found: re.Match[str]) -> str:
    mark = found.group()
    if mark[0] in "!?":
        return mark[:2]
    return "…" if mark[0] in ".。…" else mark[0]


def _narrow(draft: _Draft) -> None:
    """Half width, composed forms, lower case."""
    text: list[str] = []
    spans: list[Span] = []
    for character, span in zip(draft.text, draft.spans, strict=False):
        new = unicodedata.normalize("NFKC", character).lower() if character != "…" else character
        text.append(new)
        spans += [span] * len(new)
    draft.text, draft.spans = "".join(text), spans


def _simplify(draft: _Draft) -> None:
    """Simplified characters. The tables never change a text's length; if one did, characters go one by one."""
    new = _converter().convert(draft.text)
    if len(new) != len(draft.text):
        new = "".join(_one_for_one(character) for character in draft.text)
    draft.text = new


def _one_for_one(character: str) -> str:
    new = _converter().convert(character)
    return new if len(new) == 1 else character


class _Converter:
    """opencc, asked only for texts that hold a character it would change: 0.06 ms a text otherwise."""

    def __init__(self) -> None:
        from opencc import OpenCC

        self._convert = OpenCC("t2s").convert
        self._known: dict[str, bool] = {}

    def convert(self, text: str) -> str:
        for character in text:
            if character not in self._known:
                self._known[character] = self._convert(character) == character
        return text if all(self._known[c] for c in text) else str(self._convert(text))


@lru_cache(maxsize=1)
def _converter() -> _Converter:
    return _Converter()

# Patterns are longer than a line of code.
# ruff: noqa: E501
"""Two requests in one message: where it may be cut, and whether both sides stand as requests of their own. Pure.

A small model (the cutter) reads the characters on both sides of every gap, with or without a mark in it; the likeliest
gaps are tried: both sides are classified, and a second model (`Acceptor`) weighs the sides against the whole.
The first is learned from pairs joined out of the training messages, the second from data/requests, see `request_training`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.language.encoder import Passage, Span

#: Gaps that are tried; more of them find no more.
MOST_CUTS = 5
#: A gap less likely than this is not tried: with a mark in it, and without one.
LEAST_MARKED, LEAST_BARE = 0.004, 0.10
#: The chance from which a message is taken for two requests. On evaluation/sets/street*.jsonl, four pairs of five are
#: found and one single message of twenty is cut; from 0.5 on three of a hundred are cut, and three pairs of four found.
LEAST_CHANCE = 0.40
#: A side needs this many characters that are no marks.
LEAST_CHARACTERS = 2
#: How much the reading of the whole message counts when one of its sides is read.
WHOLE_WEIGHT = 0.25
#: Alone they are no request that could be one of two.
SMALL_TALK = frozenset(
    ["greet", "goodbye", "thank", "affirm", "deny", "correct", "repeat", "chitchat", "abuse", "self_harm"]
)  # fmt: skip

MARKS = " ,。!?;、…~\n:"
_ANNOUNCE = r"顺便|顺带|另外|还有|对了|再就是|再者|其次|第二|以及|同时|然后|并且|外加|捎带|接着|完了|之后|最后|而且|再"
_OPENS = re.compile(rf"^[{re.escape(MARKS)}]*(?:(?:那个|哦|啊|嗯|哎|那)?(?:{_ANNOUNCE})[{re.escape(MARKS)}]*)+(?:再)?")
_FIRST = re.compile(rf"^[{re.escape(MARKS)}]*(?:首先|先是|先|第一)[{re.escape(MARKS)}]*")
# 「我不是要卖,就是问问赚了几个点」
_DENIES = re.compile(r"^[,。、\s]*(?:我)?(?:不是|不用|不要|没问|又不|并不|先别|别)")
_QUESTION = re.compile(r"[吗呢嘛么啊呀吧不没]$|多少|怎么|咋|如何|几|啥|什么|哪|多久|谁")
_WISH = re.compile(
    r"^(?:那|就|先|再|也|请|麻烦)?(?:帮|给我|替我|把|我要|我想|想|查|看|买|卖|赎|换|改|停|取消|撤|约|找|转|开|推荐|投诉|别)"
)
# How a story begins.
_TALE = re.compile(r"^(?:我|他|她|老|家|朋|媳|当|上次|以前|之前|昨|说)")
_CLAUSES = re.compile(r"[,。!?; ]")

Ranking = Sequence[tuple[str, float]]
#: The intents of a vector and its text, the likeliest first.
Reader = Callable[[np.ndarray, str], Ranking]


@dataclass(frozen=True)
class Request:
    """One of the client's requests: intent, confidence 0..1, and its piece of the original text."""

    intent: str
    confidence: float
    text: str


@dataclass(frozen=True)
class Cut:
    """A place where the second request may begin: text[:left_end] and text[right_start:], likely 0..1."""

    left_end: int
    right_start: int
    likely: float
    mark: str

    def sides(self, text: str) -> tuple[Span, Span]:
        """Where both requests stand, without the words that only announce them."""
        return bare(text, (0, self.left_end)), bare(text, (self.right_start, len(text)))


@dataclass(frozen=True)
class Side:
    """What is read of a part: its vector (length one) and the intents, likeliest first."""

    text: str
    vector: np.ndarray
    probabilities: Mapping[str, float]

    @property
    def best(self) -> str:
        return max(self.probabilities, key=self.probabilities.__getitem__)


@dataclass(frozen=True)
class Weights:
    """A logistic model over named features; the last weight is the bias."""

    names: Mapping[str, int]
    values: np.ndarray

    def score(self, features: Mapping[str, float]) -> float:
        total = float(self.values[-1])
        for name, value in features.items():
            at = self.names.get(name)
            if at is not None:
                total += value * float(self.values[at])
        return total


@dataclass(frozen=True)
class Splitter:
    """Cutter and acceptor at work."""

    cutter: Weights
    acceptor: Weights

    def cuts(self, text: str) -> tuple[Cut, ...]:
        """The gaps worth trying, likeliest first."""
        found = [
            Cut(a, b, sigmoid(self.cutter.score(gap_features(text, a, b))), mark(text, a, b)) for a, b in gaps(text)
        ]
        worth = (cut for cut in found if cut.likely >= (LEAST_MARKED if cut.mark else LEAST_BARE))
        likely = sorted(worth, key=lambda cut: -cut.likely)
        return tuple(likely[:MOST_CUTS])

    def chance(self, cut: Cut, whole: Side, left: Side, right: Side) -> float:
        """How likely the message holds the requests of both sides, 0..1."""
        if left.best == right.best:
            return 0.0
        return sigmoid(self.acceptor.score(pair_features(cut, whole, left, right)))


def gaps(text: str) -> list[tuple[int, int]]:
    """Every (end of left, start of right) between two characters that are no marks; numbers and words stay whole."""
    found: list[tuple[int, int]] = []
    end = 0
    for at, character in enumerate(text):
        if character in MARKS:
            continue
        left, right = text[:end].strip(MARKS), text[at:].strip(MARKS)
        whole = at == end and (text[at - 1 : at] + character).isascii()
        if len(left) >= LEAST_CHARACTERS and len(right) >= LEAST_CHARACTERS and not whole:
            found.append((end, at))
        end = at + 1
    return found


def mark(text: str, left_end: int, right_start: int) -> str:
    """The strongest mark of a gap: 。?!; before , before a space; empty when there is none."""
    between = text[left_end:right_start]
    return next((kind for kind in "?。!;\n,、…~ :" if kind in between), "")


def gap_features(text: str, left_end: int, right_start: int) -> dict[str, float]:
    """What stands around a gap, by the characters and their places."""
    left, right = text[:left_end], text[right_start:]
    kind = mark(text, left_end, right_start)
    names = [f"L{left[-n:]}" for n in range(1, min(3, len(left)) + 1)]
    names += [f"R{right[:n]}" for n in range(1, min(3, len(right)) + 1)]
    names += [f"M{kind}", f"M{kind}R{right[:2]}", f"M{kind}L{left[-1:]}", f"J{left[-1:]}{right[:1]}"]
    names += [f"l{_size(left)}", f"r{_size(right)}", f"M{kind}l{_size(left)}r{_size(right)}"]
    marks = sum(character in MARKS for character in text.strip(MARKS))
    return dict.fromkeys([*names, f"M{kind}n{min(marks, 4)}"], 1.0)


def _size(text: str) -> int:
    return min(6, len(text.strip(MARKS)) // 3)


def bare(text: str, side: Span) -> Span:
    """A side of a text without the words that only announce it."""
    start, end = side
    inside = _without_marks(text, (start, end))
    for opening in (_OPENS, _FIRST):
        found = opening.match(text[start:end])
        start += found.end() if found else 0
    short = _without_marks(text, (start, end))
    return short if short[1] - short[0] >= LEAST_CHARACTERS else inside


def _without_marks(text: str, span: Span) -> Span:
    piece = text[slice(*span)]
    start = span[0] + len(piece) - len(piece.lstrip(MARKS))
    return start, max(start, span[1] - (len(piece) - len(piece.rstrip(MARKS))))


def passage(text: str, cuts: Sequence[Cut]) -> Passage:
    """The whole, then left and right of each cut, to be read in one go."""
    return Passage(text, (None, *(side for cut in cuts for side in cut.sides(text))))


def read_sides(
    text: str, cuts: Sequence[Cut], vectors: np.ndarray, own: Mapping[str, float], reader: Reader
) -> list[tuple[Side, Side]]:
    """Left and right of each cut; vectors of `passage(text, cuts)`, own the whole's intents."""
    sides = []
    for i, cut in enumerate(cuts):
        both = zip(cut.sides(text), vectors[1 + 2 * i : 3 + 2 * i], strict=True)
        left, right = (
            Side(text[slice(*span)], vector, blended(reader(vector, text[slice(*span)]), own)) for span, vector in both
        )
        sides.append((left, right))
    return sides


def blended(part: Ranking, whole: Mapping[str, float]) -> dict[str, float]:
    """A side's probabilities, with what the whole message says of them: 「分红多少」 after 「收益多少」."""
    weighed = {intent: chance * (whole.get(intent, 0.0) + 0.02) ** WHOLE_WEIGHT for intent, chance in part}
    total = sum(weighed.values()) or 1.0
    return {intent: value / total for intent, value in weighed.items()}


def pair_features(cut: Cut, whole: Side, left: Side, right: Side) -> dict[str, float]:
    first, second = left.best, right.best
    p, q = left.probabilities[first], right.probabilities[second]
    ranked = sorted(whole.probabilities.values(), reverse=True)
    here = sorted((whole.probabilities.get(first, 0.0), whole.probabilities.get(second, 0.0)))
    talk = [sum(side.probabilities.get(name, 0.0) for name in SMALL_TALK) for side in (left, right)]
    announced = bool(_OPENS.match(whole.text[cut.left_end :]))
    sizes = [len(side.text.strip(MARKS)) for side in (left, right)]
    near = float(left.vector @ right.vector)
    questions = [float(bool(_QUESTION.search(side.text))) for side in (left, right)]
    wishes = [float(bool(_WISH.search(side.text))) for side in (left, right)]
    requests = [max(one) for one in zip(questions, wishes, strict=True)]
    return {
        "left question": questions[0], "right question": questions[1], "left wish": wishes[0], "right wish": wishes[1],
        "questions": min(questions), "requests": min(requests), "left request": requests[0], "right request": requests[1],
        "left clauses": float(len(_CLAUSES.split(left.text))), "right clauses": float(len(_CLAUSES.split(right.text))),
        "left tale": float(bool(_TALE.match(left.text))), "right tale": float(bool(_TALE.match(right.text))),
        "cut": _logit(cut.likely), "left": p, "right": q, "least": min(p, q), "both": math.log(p * q + 1e-4),
        "top": ranked[0], "second": ranked[1], "pair": sum(here), "lesser": here[0], "lesser log": math.log(here[0] + 1e-3),
        "left talk": talk[0], "right talk": talk[1], "announced": float(announced), "announced least": announced * min(p, q),
        "first": float(bool(_FIRST.match(whole.text))), "no mark": float(cut.mark == ""), "strong": float(cut.mark in "?。!;\n" and cut.mark != ""),
        "short left": float(sizes[0] < 4), "short right": float(sizes[1] < 4), "long": math.log(sum(sizes)),
        "near": near, "near whole": float(whole.vector @ (left.vector + right.vector)) / 2,
        "denies": float(bool(_DENIES.match(left.text))), "neither": float(whole.best not in (first, second)),
        "marks": float(sum(c in MARKS for c in whole.text.strip(MARKS))),
        "confident": float(min(p, q) > 0.8), "least near": min(p, q) * near, "least lesser": min(p, q) * here[0] ** 0.25,
    }  # fmt: skip


def sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _logit(chance: float) -> float:
    inside = min(1 - 1e-6, max(1e-6, chance))
    return math.log(inside / (1 - inside))

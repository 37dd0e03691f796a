"""What colleagues have said to a like question: the nearest of well-rated replies. Pure.

A reply that was written for one client is fit for another only when nothing of the first is in it: `fit` keeps out what names
sums, dates, numbers or orders. Two readings are compared by the words they share, rare words weighing more.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from knowledge.words import words

#: Below this the questions are about different things.
NEAR = 0.5
#: Shorter is a greeting, longer a letter.
LEAST_CHARS, MOST_CHARS = 12, 400
#: Figures of one client: sums, shares, dates, orders, numbers of cards. What all share (T+3, 15:00, 7天, 0.5%) may stand.
OF_ONE = re.compile(
    r"\d[\d,.]*\s*(?:元|万|份|块)|\d{1,2}月\d{1,2}[日号]|\d{4,}|\d{1,3}(?:,\d{3})+|尾号|订单号|编号|工单|\*{2,}|[先女]生?士|今天|昨天|明天|刚才"
)


@dataclass(frozen=True)
class Replied:
    """One question of a client, what the advisor answered, and the score that the case got."""

    question: str
    reply: str
    score: int


def fit(reply: str) -> bool:
    """Whether a reply says nothing that belongs to one client or one day."""
    return LEAST_CHARS <= len(reply) <= MOST_CHARS and not OF_ONE.search(reply)


@dataclass(frozen=True)
class Replies:
    """Indexed once; `nearest` is pure."""

    known: tuple[Replied, ...]
    bags: tuple[frozenset[str], ...] = ()
    weight: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[Replied]) -> Replies:
        known = tuple(one for one in dict.fromkeys(found) if fit(one.reply))
        bags = tuple(frozenset(words(one.question)) for one in known)
        counts = Counter(word for bag in bags for word in bag)
        weight = {word: math.log(1 + len(bags) / count) for word, count in counts.items()}
        return cls(known, bags, weight)

    def nearest(self, question: str) -> Replied | None:
        """The reply to the question most like this one; of equal ones the better rated. None when none is near."""
        asked = frozenset(words(question))
        ranked = [
            (self._like(asked, bag), one.score, -place)
            for place, (one, bag) in enumerate(zip(self.known, self.bags, strict=True))
        ]
        best = max(ranked, default=None)
        return self.known[-best[2]] if best and best[0] >= NEAR else None

    def _like(self, one: frozenset[str], other: frozenset[str]) -> float:
        """Shared weight over the geometric mean of both, 0..1; a word that is in neither's past weighs as the rarest."""
        shared, mine, theirs = self._sum(one & other), self._sum(one), self._sum(other)
        return shared / math.sqrt(mine * theirs) if mine and theirs else 0.0

    def _sum(self, bag: Iterable[str]) -> float:
        rarest = max(self.weight.values(), default=1.0)
        return sum(self.weight.get(word, rarest) for word in bag)


def pairs(talk: Sequence[tuple[str, str]], score: int) -> list[Replied]:
    """(author, text) in order, as question and answer: what a person said right after the client's words."""
    found, asked = [], ""
    for author, text in talk:
        if author == "client":
            asked = f"{asked} {text}".strip()
        elif author in ("human", "expert"):
            if asked:
                found.append(Replied(asked, text, score))
            asked = ""
    return found

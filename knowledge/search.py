"""Find the entry that answers a question, with a floor below which we say "not sure".

Two readings are fused: BM25 over jieba's words and character pairs, and, when a sentence encoder is given, the cosine of the
question with the nearest passage of each entry. Both are taken as distances from the mean of that question, so that neither
depends on the scale of the weights that are in use. Figures and how they are made: docs/knowledge.md.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import bm25s
import jieba
import numpy as np
import yaml

from knowledge.entries import CONTENT, Entry, read
from knowledge.vectors import Encoder, Meanings
from knowledge.words import words

__all__ = ["CONTENT", "FLOOR", "Encoder", "Entry", "Hit", "Library", "read"]

#: The score from which an answer is given. With an encoder 98 % of the questions in scope stand above it and nine in ten of the
#: others below; without one the score is the share of the question's weight that the entry covers
#: (`python -m evaluation.knowledge.compare`).
FLOOR = 0.40
#: What the meaning weighs against the words. Between 3 and 6 nothing changes; 1 loses three points of recall@3.
MEANING = 5.0
#: How much of a score is covered words, how much is nearer to the entry than to anything outside; then moved onto FLOOR.
WORDS_SHARE, NEARER_SHARE, OFFSET = 0.3, 0.7, 0.3

Scores = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Hit:
    """score: 0..1, how sure it is that the entry answers."""

    entry: Entry
    score: float

    @property
    def sure(self) -> bool:
        return self.score >= FLOOR


class Library:
    """All entries, indexed once. `search` is pure: same question, same day, same client, same answer."""

    def __init__(
        self,
        entries: Sequence[Entry],
        encoder: Encoder | None = None,
        *,
        spelling: Callable[[str], str] = str,
        outside: Sequence[str] = (),
        kept: Path | None = None,
        meaning: float = MEANING,
    ) -> None:
        """meaning: what it weighs against the words. spelling: one for what people write in many.

        outside: sentences that are none of ours. kept: a folder where the vectors are left for the next start.
        """
        jieba.setLogLevel(logging.WARNING)
        self.entries = tuple(entries)
        self._spelling = spelling
        self._meaning = meaning
        self._names = sorted(
            ((name.lower(), entry) for entry in self.entries if entry.kind == "term"
             for name in (entry.title, *entry.questions)),
            key=lambda named: -len(named[0]),
        )  # fmt: skip
        for name, _ in self._names:
            jieba.add_word(name)
        documents = [
            words(" ".join((entry.title, entry.title, *entry.questions, entry.text))) for entry in self.entries
        ]
        self._heads = [frozenset(words(" ".join((entry.title, *entry.questions)))) for entry in self.entries]
        self._bodies = [frozenset(document) for document in documents]
        self._index = bm25s.BM25(k1=1.2, b=0.5)
        self._index.index(documents, show_progress=False)
        self._weight = _weights(self._bodies)
        self._headed = _postings(self._heads)
        self._meanings = None if encoder is None else Meanings(self.entries, encoder, spelling, outside, kept)

    @property
    def reads_meaning(self) -> bool:
        """Whether a sentence encoder takes part."""
        return self._meanings is not None

    @classmethod
    def load(
        cls,
        folder: Path = CONTENT,
        encoder: Encoder | None = None,
        *,
        spelling: Callable[[str], str] = str,
        kept: Path | None = None,
        meaning: float = MEANING,
    ) -> Library:
        outside = yaml.safe_load((folder / "outside.yml").read_text(encoding="utf-8"))
        return cls(read(folder), encoder, spelling=spelling, outside=outside, kept=kept, meaning=meaning)

    def search(
        self,
        question: str,
        *,
        today: date,
        most: int = 3,
        kinds: Iterable[str] = (),
        client: Iterable[str] = (),
        channel: str | None = None,
    ) -> list[Hit]:
        """The best entries in force on a day for such a client there, the best first; nothing when nothing is asked.

        client: kinds of client (`knowledge.entries.CLIENTS`); what is not told excludes nothing.
        """
        question = self._spelling(question)
        asked = list(dict.fromkeys(words(question)))
        known = [word for word in asked if word in self._weight]
        wanted, whom = frozenset(kinds), frozenset(client)
        allowed = np.array([at for at, entry in enumerate(self.entries)
                            if entry.holds(today) and entry.applies(whom, channel)
                            and (not wanted or entry.kind in wanted)], dtype=int)  # fmt: skip
        if not allowed.size or not (known or (self._meanings and question.strip())):
            return []
        ranks, nearer = self._lexical(known)[allowed], None
        if self._meanings:
            near, out = self._meanings.near(question)
            ranks, nearer = _standard(ranks) + self._meaning * _standard(near[allowed]), near - out
        best = sorted(zip(allowed, ranks, strict=True), key=lambda pair: (-pair[1], self.entries[pair[0]].id))[:most]
        return [Hit(self.entries[at], self._score(asked, at, nearer)) for at, _ in best]

    def term(self, text: str) -> Entry | None:
        """The term that a text names, the longest name first."""
        lower = text.lower()
        return next((entry for name, entry in self._names if name in lower), None)

    def terms(self, text: str) -> list[Entry]:
        """All terms that a text names, none inside another: 「A类和C类有什么区别」 names two."""
        lower, found = text.lower(), []
        for name, entry in self._names:
            if name in lower:
                found.append((lower.index(name), entry))
                lower = lower.replace(name, " " * len(name))
        return list(dict.fromkeys(entry for _, entry in sorted(found, key=lambda pair: pair[0])))

    def _lexical(self, known: Sequence[str]) -> Scores:
        """BM25, and the weight of the words again that stand in a title or a way of asking."""
        scores: Scores = np.zeros(len(self.entries))
        if known:
            scores += np.asarray(self._index.get_scores(list(known)))
        for word in known:
            scores[self._headed.get(word, [])] += self._weight[word]
        return scores

    def _score(self, asked: Sequence[str], at: int, nearer: Scores | None) -> float:
        covered = self._coverage(asked, at)
        if nearer is None:
            return covered
        return float(np.clip(OFFSET + WORDS_SHARE * covered + NEARER_SHARE * nearer[at], 0.0, 1.0))

    def _coverage(self, asked: Sequence[str], at: int) -> float:
        # A word that no entry knows weighs as the rarest: a question about something else stays below the floor.
        # Pairs of characters are often no words at all, so an unknown one weighs half.
        rarest = max(self._weight.values())
        total = sum(self._weight.get(word, rarest if len(word) > 2 else rarest / 2) for word in asked)
        head = sum(self._weight[word] for word in asked if word in self._heads[at])
        body = sum(self._weight[word] for word in asked if word in self._bodies[at] and word not in self._heads[at])
        return (head + 0.6 * body) / total if total else 0.0


def _weights(bodies: Sequence[frozenset[str]]) -> dict[str, float]:
    counts: dict[str, int] = {}
    for body in bodies:
        for word in body:
            counts[word] = counts.get(word, 0) + 1
    return {word: float(np.log(1 + len(bodies) / count)) for word, count in counts.items()}


def _postings(heads: Sequence[frozenset[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, head in enumerate(heads):
        for word in head:
            found.setdefault(word, []).append(at)
    return found


def _standard(scores: Scores) -> Scores:
    """Each score as its distance from the mean, in standard deviations."""
    spread = scores.std()
    return (scores - scores.mean()) / spread if spread else np.zeros_like(scores)

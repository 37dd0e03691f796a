"""Find the entry that answers a question: jieba words and character pairs under BM25, with a floor below which we say "not sure".

A sentence encoder can be given: its ranking is then fused with BM25's by reciprocal rank.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import bm25s
import jieba
import numpy as np
import yaml

CONTENT = Path(__file__).parent / "content"
#: Words that every question has and no entry is about.
_IDLE = """的 了 吗 呢 啊 吧 是 我 你 您 请问 请 一下 怎么 什么 啥 意思 怎样 如何 可以 能 要 会 有
这 那 这个 那个 就 都 和 与 在 个 为 给 想 问 叫 到底 哪 里 么 多少 不 也 还 被 把 让 说 讲 谁 咋 咋办 解释
是不是 有没有 能不能 为什么 页面 功能 入口 在哪 哪里 哪儿"""
IDLE = frozenset(_IDLE.split())
#: The share of a question's weight that an entry must cover. Chosen on tests/unit/knowledge: off-topic questions stay below.
FLOOR = 0.40
#: The usual constant of reciprocal rank fusion (Cormack et al. 2009).
FUSION = 60


@dataclass(frozen=True)
class Entry:
    """Something known. claims: machine-readable statements of the text, so that two entries can be held against each other."""

    id: str
    kind: str
    title: str
    text: str
    source: str
    effective: date
    until: date | None = None
    questions: tuple[str, ...] = ()
    example: str = ""
    rule: str | None = None
    claims: tuple[tuple[str, str], ...] = ()

    def holds(self, today: date) -> bool:
        return self.effective <= today and (self.until is None or today <= self.until)


@dataclass(frozen=True)
class Hit:
    """score: 0..1, the weighted share of the question that the entry covers."""

    entry: Entry
    score: float

    @property
    def sure(self) -> bool:
        return self.score >= FLOOR


class Encoder(Protocol):
    def encode(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """One unit vector a text."""
        ...


def words(text: str) -> list[str]:
    """The words of a text and its Chinese character pairs, lower case, idle words dropped."""
    text = text.lower()
    found = [
        word for word in jieba.lcut_for_search(text) if word.strip() and word not in IDLE and re.match(r"\w", word)
    ]
    chinese = re.findall(r"[\u4e00-\u9fff]+", text)
    pairs = [run[at : at + 2] for run in chinese for at in range(len(run) - 1)]
    return found + [pair for pair in pairs if not any(char in IDLE for char in pair)]


class Library:
    """All entries, indexed once. `search` is pure: same question, same day, same answer."""

    def __init__(self, entries: Sequence[Entry], encoder: Encoder | None = None) -> None:
        jieba.setLogLevel(logging.WARNING)
        self.entries = tuple(entries)
        self._encoder = encoder
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
        self._vectors = None if encoder is None else encoder.encode([f"{e.title} {e.text}" for e in self.entries])

    @classmethod
    def load(cls, folder: Path = CONTENT, encoder: Encoder | None = None) -> Library:
        return cls(read(folder), encoder)

    def search(self, question: str, *, today: date, most: int = 3, kinds: Iterable[str] = ()) -> list[Hit]:
        """The best entries in force on a day, the best first; nothing when no word of the question is known."""
        asked = list(dict.fromkeys(words(question)))
        known = [word for word in asked if word in self._weight]
        if not known and self._vectors is None:
            return []
        wanted = frozenset(kinds)
        ranks = self._ranks(question, known)
        allowed = [at for at, entry in enumerate(self.entries)
                   if entry.holds(today) and (not wanted or entry.kind in wanted)]  # fmt: skip
        best = sorted(allowed, key=lambda at: (-ranks[at], self.entries[at].id))[:most]
        return [Hit(self.entries[at], self._coverage(asked, at)) for at in best]

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

    def _ranks(self, question: str, known: list[str]) -> np.ndarray[Any, Any]:
        scores = np.asarray(self._index.get_scores(known)) if known else np.zeros(len(self.entries))
        bonus = np.array([sum(self._weight[word] for word in known if word in head) for head in self._heads])
        lexical: np.ndarray[Any, Any] = scores + bonus
        if self._encoder is None or self._vectors is None:
            return lexical
        meaning: np.ndarray[Any, Any] = np.asarray(self._vectors @ self._encoder.encode([question])[0])
        if not known:
            return meaning
        fused: np.ndarray[Any, Any] = _reciprocal(lexical) + _reciprocal(meaning)
        return fused

    def _coverage(self, asked: list[str], at: int) -> float:
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


def _reciprocal(scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    order = np.argsort(-scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    return 1.0 / (FUSION + ranks)


def read(folder: Path) -> list[Entry]:
    """The entries of a content folder: `terms.yml`, and `rules/*.yml`, `faq/*.yml`. Raises KeyError on a missing field."""
    terms = [_term(row) for row in yaml.safe_load((folder / "terms.yml").read_text(encoding="utf-8"))]
    files = [*sorted((folder / "rules").glob("*.yml")), *sorted((folder / "faq").glob("*.yml"))]
    rest = [_entry(row, path.parent.name) for path in files for row in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return terms + rest


def _term(row: dict[str, Any]) -> Entry:
    return Entry(
        row["id"], "term", row["term"], row["meaning"], row["source"], row.get("effective", date(2026, 1, 1)),
        questions=tuple(row.get("aliases", ())), example=row.get("example", ""),
    )  # fmt: skip


def _entry(row: dict[str, Any], folder: str) -> Entry:
    return Entry(
        row["id"], {"rules": "rule", "faq": "faq"}[folder], row["title"], row["text"].strip(), row["source"],
        row["effective"], row.get("until"), tuple(row["questions"]), rule=row.get("rule"),
        claims=tuple((key, str(value)) for key, value in row.get("claims", {}).items()),
    )  # fmt: skip

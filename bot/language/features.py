"""Sparse features of a normalised text: character n-grams weighted by rarity, learned from the training text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

#: Words of one to three characters carry most of Chinese; a fourth doubles the table and adds nothing measurable.
LONGEST = 3
#: An n-gram of one or two texts teaches little about the next one.
LEAST_TEXTS = 3


def ngrams(text: str) -> list[str]:
    """Every run of 1..3 characters, the text's edges marked by ^ and $."""
    marked = f"^{text}$"
    return [
        marked[i : i + n]
        for n in range(1, LONGEST + 1)
        for i in range(len(marked) - n + 1)
        if marked[i : i + n] not in "^$"
    ]


class Ngrams:
    """TF-IDF over the n-grams of a training set, rows of unit length: (indices, weights) of one text."""

    def __init__(self, vocabulary: dict[str, int], rarity: np.ndarray) -> None:
        self.vocabulary = vocabulary
        self.rarity = rarity

    @classmethod
    def learn(cls, texts: Sequence[str]) -> Ngrams:
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(ngrams(text)))
        kept = sorted(gram for gram, count in counts.items() if count >= LEAST_TEXTS)
        rarity = np.array([math.log((1 + len(texts)) / (1 + counts[gram])) + 1 for gram in kept], dtype=np.float32)
        return cls({gram: i for i, gram in enumerate(kept)}, rarity)

    def vector(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        counts = Counter(self.vocabulary[gram] for gram in ngrams(text) if gram in self.vocabulary)
        indices = np.fromiter(counts, dtype=np.int64, count=len(counts))
        # Sublinear: a word said three times is not three times as telling.
        weights = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.rarity[indices]
        length = float(np.sqrt((weights**2).sum()))
        return indices, (weights / length if length else weights).astype(np.float32)

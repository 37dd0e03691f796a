"""The trained part of understanding: intent, emotion and strength over one encoding; stored as npz and json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.language.context import WEIGHTS
from bot.language.emotion import NEGATIVE, Reading
from bot.language.features import Ngrams
from bot.language.linear import LinearModel, softmax
from bot.language.requests import Splitter, Weights

CALM = "平静"


@dataclass(frozen=True)
class Models:
    """Everything learned from data/nlu.

    encoder    identity of the weights whose vectors it was trained on
    strength   float32 (dense width + emotions + 1): dense and emotion probabilities -> strength, last is the bias
    calm_bias  added to the score of 平静 so that few calm messages are called negative
    splitter   tells two requests in one message; None when there was nothing to learn it from
    context    weights of `bot.language.context.features`
    """

    encoder: str
    ngrams: Ngrams
    intent: LinearModel
    emotion: LinearModel
    strength: np.ndarray
    calm_bias: float = 0.0
    splitter: Splitter | None = None
    context: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))

    def intents(self, vector: np.ndarray, text: str) -> list[tuple[str, float]]:
        """(intent, confidence) of every intent, the likeliest first."""
        found = self.intent.probabilities(vector, self.ngrams.vector(text))
        order = np.argsort(-found, kind="stable")
        return [(self.intent.labels[i], float(found[i])) for i in order]

    def emotions(self, vector: np.ndarray, text: str, reading: Reading) -> tuple[str, float, float]:
        """(emotion, its probability, strength 0..1)."""
        dense = np.concatenate([vector, reading.features()])
        scores = self.emotion.scores(dense, self.ngrams.vector(text)) / self.emotion.temperature
        scores = scores + self.calm_bias * np.array([label == CALM for label in self.emotion.labels])
        found = softmax(scores)
        best = int(found.argmax())
        strength = float(np.concatenate([dense, found, [1.0]]) @ self.strength)
        return self.emotion.labels[best], float(found[best]), round(min(1.0, max(0.0, strength)), 2)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {**self.intent.arrays("intent"), **self.emotion.arrays("emotion")}
        if self.splitter:
            arrays |= {"cutter": self.splitter.cutter.values, "acceptor": self.splitter.acceptor.values}
        np.savez(folder / "models.npz", strength=self.strength, rarity=self.ngrams.rarity, **arrays)
        # The vocabulary's order is that of its numbers.
        grams = sorted(self.ngrams.vocabulary, key=self.ngrams.vocabulary.__getitem__)
        body = {
            "encoder": self.encoder,
            "calm_bias": self.calm_bias,
            "ngrams": grams,
            "splitter": _names(self.splitter),
            "context": dict(self.context),
        }
        (folder / "models.json").write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Models:
        body = json.loads((folder / "models.json").read_text(encoding="utf-8"))
        with np.load(folder / "models.npz", allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return cls(
            encoder=body["encoder"],
            ngrams=Ngrams({gram: i for i, gram in enumerate(body["ngrams"])}, arrays["rarity"]),
            intent=LinearModel.from_arrays(arrays, "intent"),
            emotion=LinearModel.from_arrays(arrays, "emotion"),
            strength=arrays["strength"],
            calm_bias=float(body["calm_bias"]),
            splitter=_splitter(body["splitter"], arrays),
            context=body["context"],
        )


def _names(splitter: Splitter | None) -> dict[str, Any] | None:
    if splitter is None:
        return None
    # A list in the order of the weights; the bias, the last weight, has no name.
    return {"cutter": list(splitter.cutter.names), "acceptor": list(splitter.acceptor.names)}


def _splitter(body: dict[str, Any] | None, arrays: dict[str, np.ndarray]) -> Splitter | None:
    if body is None:
        return None
    cutter, acceptor = (
        Weights({n: i for i, n in enumerate(body[part])}, arrays[part]) for part in ("cutter", "acceptor")
    )
    return Splitter(cutter, acceptor)


def is_negative(emotion: str) -> bool:
    return emotion in NEGATIVE

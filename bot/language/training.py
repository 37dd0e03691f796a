"""From labelled text to `Models`: logistic regression over the encoder's vector and n-grams, calibrated.

Only this module needs scipy; what it finds is kept as plain arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np

from bot.language.context import MOST_CHARACTERS, TALK, Previous
from bot.language.context_training import Told, choices, train_context
from bot.language.emotion import NEGATIVE, read
from bot.language.encoder import Encoder
from bot.language.examples import CALIBRATION_FOLD, MEASURING_FOLD, Example, fold
from bot.language.features import Ngrams
from bot.language.linear import LinearModel, softmax
from bot.language.models import CALM, Models
from bot.language.normalise import normalise
from bot.language.request_training import Reading, spoken, train_splitter
from bot.language.request_training import Told as OneOrTwo
from bot.language.written import Written

#: Chosen by evaluation/crossval.py on our own data.
DENSE_SCALE, INTENT_C, EMOTION_C = 1.5, 6.0, 2.0
#: After 60 steps accuracy on unseen text no longer moves, only the training loss does.
MOST_STEPS = 60
_SEED = 20261124
#: Share of calm messages that may be called negative on texts not trained on; the goal outside is 0.05.
CALM_FALSE_ALARMS = 0.04


@dataclass(frozen=True)
class Encoded:
    """A training set as arrays: vectors (n, width), cues (n, FEATURES), normalised texts."""

    texts: tuple[str, ...]
    vectors: np.ndarray
    cues: np.ndarray
    intents: np.ndarray
    emotions: np.ndarray
    strengths: np.ndarray
    folds: np.ndarray

    def part(self, chosen: np.ndarray) -> Encoded:
        texts = tuple(text for text, take in zip(self.texts, chosen, strict=False) if take)
        rest = (self.vectors, self.cues, self.intents, self.emotions, self.strengths, self.folds)
        return Encoded(texts, *(array[chosen] for array in rest))


def encode(examples: Sequence[Example], encoder: Encoder) -> Encoded:
    texts = tuple(normalise(example.text).text for example in examples)
    return Encoded(
        texts=texts,
        vectors=encoder.encode(texts),
        cues=np.stack([read(text).features() for text in texts]),
        intents=np.array([example.intent for example in examples]),
        emotions=np.array([example.emotion or "" for example in examples]),
        strengths=np.array(
            [np.nan if example.strength is None else example.strength for example in examples], dtype=np.float32
        ),
        folds=np.array([fold(text) for text in texts]),
    )


def train(examples: Sequence[Example], encoder: Encoder, written: Written | None = None) -> Models:
    """Models of all examples; temperature and calm bias come from a fit that left two folds out.

    written   what splitter and follow-ups are learned from; without it messages are never split
    """
    data = encode(examples, encoder)
    held = np.isin(data.folds, (CALIBRATION_FOLD, MEASURING_FOLD))
    models = fit(data, encoder.identity)
    if not enough(data, held):
        return models
    partial = fit(data.part(~held), encoder.identity)
    models = calibrated(models, partial, data.part(held))
    if written is None:
        return models
    reader = replace(partial, intent=replace(partial.intent, temperature=models.intent.temperature))
    found = choices(written.follow_ups, models, encoder) + choices(strangers(data.part(held)), reader, encoder)
    readings = [Reading(spoken(written.pairs), models), Reading(singles(data.part(held)), reader)]
    splitter = train_splitter(data.texts, [str(intent) for intent in data.intents], readings, encoder)
    return replace(models, splitter=splitter, context=train_context(found))


def singles(held: Encoded) -> list[OneOrTwo]:
    return [OneOrTwo(text, (str(intent),)) for text, intent in zip(held.texts, held.intents, strict=True)]


def strangers(held: Encoded, count: int = 150) -> list[Told]:
    """Whole messages after others they have nothing to do with: they keep their own meaning."""
    chance = Random(_SEED)
    before = [i for i, intent in enumerate(held.intents) if intent not in TALK]
    short = [i for i, text in enumerate(held.texts) if len(text) <= MOST_CHARACTERS]
    pairs = zip(chance.choices(short, k=count), chance.choices(before, k=count), strict=True)
    return [
        Told(held.texts[i], (), Previous(str(held.intents[j]), text=held.texts[j]), str(held.intents[i]))
        for i, j in pairs
    ]


def enough(data: Encoded, held: np.ndarray) -> bool:
    """A handful of examples (tests, first steps) has nothing to spare for calibration."""
    return held.sum() >= 50 and len(set(data.intents[~held])) == len(set(data.intents))


def train_encoded(data: Encoded, identity: str) -> Models:
    """Classifiers alone, calibrated: what cross-validation compares."""
    models = fit(data, identity)
    held = data.folds == CALIBRATION_FOLD
    return calibrated(models, fit(data.part(~held), identity), data.part(held)) if enough(data, held) else models


def fit(data: Encoded, identity: str) -> Models:
    ngrams = Ngrams.learn(data.texts)
    sparse = sparse_matrix(data.texts, ngrams)
    intent = fit_linear(data.vectors, sparse, data.intents, INTENT_C)
    labelled = data.emotions != ""
    dense = np.hstack([data.vectors, data.cues])[labelled]
    rows = sparse[labelled]
    emotion = fit_linear(dense, rows, data.emotions[labelled], EMOTION_C)
    strength = fit_strength(emotion, dense, rows, data.strengths[labelled])
    return Models(identity, ngrams, intent, emotion, strength)


def sparse_matrix(texts: Sequence[str], ngrams: Ngrams) -> Any:
    from scipy.sparse import csr_matrix

    rows = [ngrams.vector(text) for text in texts]
    ends = np.cumsum([0] + [len(indices) for indices, _ in rows])
    indices = np.concatenate([indices for indices, _ in rows]) if rows else np.zeros(0, dtype=np.int64)
    weights = np.concatenate([weights for _, weights in rows]) if rows else np.zeros(0, dtype=np.float32)
    return csr_matrix((weights, indices, ends), shape=(len(texts), len(ngrams.vocabulary)))


def fit_linear(dense: np.ndarray, sparse: Any, labels: np.ndarray, c: float, scale: float = DENSE_SCALE) -> LinearModel:
    """Multinomial logistic regression; the dense part is centred and scaled first, and the scaling folded back in.

    c   the larger, the less the weights are held small: loss = sum of log losses + |weights|^2 / (2 c)
    """
    names, truth = np.unique(labels, return_inverse=True)
    mean = dense.mean(axis=0)
    # Sentence vectors lie in a narrow cone: centred, then as long on average as an n-gram row, times the scale.
    spread = float(np.sqrt(((dense - mean) ** 2).sum(axis=1).mean())) or 1.0
    factor = scale / spread
    weights, bias = _logistic(
        ((dense - mean) * factor).astype(np.float32), sparse.astype(np.float32), truth, len(names), c
    )
    width = dense.shape[1]
    dense_weights = (weights[:width] * factor).astype(np.float32)
    return LinearModel(
        labels=tuple(str(name) for name in names),
        dense_weights=dense_weights,
        sparse_weights=weights[width:].astype(np.float16),
        bias=(bias - mean @ dense_weights).astype(np.float32),
    )


def _logistic(
    dense: np.ndarray, sparse: Any, truth: np.ndarray, classes: int, c: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (width + vocabulary, classes) and bias by L-BFGS.

    scikit-learn's needs one matrix, and the dense part in a sparse matrix costs ten times its own product.
    """
    from scipy.optimize import minimize

    count, width = dense.shape
    rows = width + sparse.shape[1] + 1
    across = sparse.T.tocsr()
    arange = np.arange(count)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        all_weights = flat.reshape(rows, classes).astype(np.float32)
        scores = dense @ all_weights[:width] + sparse @ all_weights[width:-1] + all_weights[-1]
        found = softmax(scores)
        value = -np.log(found[arange, truth] + 1e-12).sum() + (all_weights[:-1] ** 2).sum() / (2 * c)
        found[arange, truth] -= 1
        gradient = np.empty_like(all_weights)
        gradient[:width] = dense.T @ found
        gradient[width:-1] = across @ found
        gradient[:-1] += all_weights[:-1] / c
        gradient[-1] = found.sum(axis=0)
        return float(value) / count, (gradient / count).astype(np.float64).ravel()

    result = minimize(loss, np.zeros(rows * classes), jac=True, method="L-BFGS-B",
                      options={"maxiter": MOST_STEPS, "maxcor": 8})  # fmt: skip
    found = result.x.reshape(rows, classes)
    return found[:-1], found[-1]


def fit_strength(emotion: LinearModel, dense: np.ndarray, sparse: Any, strengths: np.ndarray) -> np.ndarray:
    """Ridge regression of the labelled strength on the dense part and the emotions' probabilities."""
    known = ~np.isnan(strengths)
    width = dense.shape[1] + len(emotion.labels) + 1
    if not known.any():
        return np.zeros(width, dtype=np.float32)
    inputs = np.hstack([dense, softmax(all_scores(emotion, dense, sparse)), np.ones((len(dense), 1))])[known]
    ridge = inputs.T @ inputs + 3.0 * np.eye(width)
    found: np.ndarray = np.linalg.solve(ridge, inputs.T @ strengths[known])
    return found.astype(np.float32)


def all_scores(model: LinearModel, dense: np.ndarray, sparse: Any) -> np.ndarray:
    scores: np.ndarray = dense @ model.dense_weights + sparse @ model.sparse_weights.astype(np.float32) + model.bias
    return scores


def calibrated(models: Models, partial: Models, held: Encoded) -> Models:
    """`models` with the temperatures and the calm bias that fit `partial` on texts it has not seen."""
    sparse = sparse_matrix(held.texts, partial.ngrams)
    intent_scores = all_scores(partial.intent, held.vectors, sparse)
    labelled = held.emotions != ""
    dense = np.hstack([held.vectors, held.cues])[labelled]
    emotion_scores = all_scores(partial.emotion, dense, sparse[labelled])
    temperature = best_temperature(intent_scores, partial.intent.labels, held.intents)
    emotion_temperature = best_temperature(emotion_scores, partial.emotion.labels, held.emotions[labelled])
    bias = calm_bias(emotion_scores / emotion_temperature, partial.emotion.labels, held.emotions[labelled])
    return replace(
        models,
        intent=replace(models.intent, temperature=temperature),
        emotion=replace(models.emotion, temperature=emotion_temperature),
        calm_bias=bias,
    )


def best_temperature(scores: np.ndarray, labels: Sequence[str], truth: np.ndarray) -> float:
    """The temperature with the least log loss, from 0.3 to 3 (Guo et al. 2017)."""
    column = {label: i for i, label in enumerate(labels)}
    right = np.array([column[label] for label in truth])
    rows = np.arange(len(truth))

    def loss(temperature: float) -> float:
        return float(-np.log(softmax(scores / temperature)[rows, right] + 1e-9).mean())

    return float(min(np.geomspace(0.3, 3.0, 47), key=loss))


def calm_bias(scores: np.ndarray, labels: Sequence[str], truth: np.ndarray) -> float:
    """The smallest addition to the score of 平静 that keeps false alarms within CALM_FALSE_ALARMS; 0 without calm texts."""
    calm = truth == CALM
    if CALM not in labels or not calm.any():
        return 0.0
    at = list(labels).index(CALM)
    negative = np.array([label in NEGATIVE for label in labels])
    for bias in np.arange(0.0, 3.01, 0.1):
        moved = scores[calm].copy()
        moved[:, at] += bias
        if negative[moved.argmax(axis=1)].mean() <= CALM_FALSE_ALARMS:
            return round(float(bias), 2)
    return 3.0

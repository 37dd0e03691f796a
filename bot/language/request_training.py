"""Learning where a message holds two requests.

The cutter learns the places from pairs joined out of the training messages. What tells two requests from one with its
reasons cannot be joined together: the acceptor learns it from data/requests, and from messages of one request that the
classifier which reads them has not learned from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from bot.language.encoder import Encoder
from bot.language.models import Models
from bot.language.requests import (
    MARKS,
    SMALL_TALK,
    Cut,
    Side,
    Splitter,
    Weights,
    gap_features,
    gaps,
    pair_features,
    passage,
    read_sides,
)  # fmt: skip

#: Joined pairs for the cutter; more no longer changes the figures.
PAIRS = 3000
#: Longer messages are stories, no side of a pair.
LONGEST_SIDE = 30
#: A feature of fewer gaps teaches little about the next one.
LEAST_GAPS = 4
CUTTER_PENALTY, ACCEPTOR_PENALTY = 3.0, 1.0
_SEED = 20261124
_NO_MARKS = {ord(mark): None for mark in ",。?!、;"}

#: How people join two requests, with how often; {a} and {b} are the messages.
JOINS: Mapping[str, int] = {
    "{a},{b}": 22, "{a} {b}": 10, "{a}{b}": 12, "{a}?{b}": 12, "{a}。{b}": 8, "{a},顺便{b}": 4, "{a}顺便{b}": 2, "{a},另外{b}": 4,
    "{a}另外{b}": 2, "{a},还有{b}": 5, "{a}还有{b}": 4, "{a},再{b}": 4, "{a}再{b}": 3, "{a},然后{b}": 3, "{a}然后{b}": 3,
    "{a},对了{b}": 2, "{a},同时{b}": 1, "先{a},再{b}": 3, "先{a}再{b}": 2, "先{a},然后{b}": 1, "{a},顺带{b}": 1, "{a},也{b}": 1,
    "{a}。另外,{b}": 1, "{a}。还有,{b}": 1, "{a}、{b}": 1, "{a}!{b}": 2, "{a};{b}": 1, "{a},以及{b}": 1, "{a},另外再{b}": 1,
    "{a},顺便问下{b}": 1, "{a},还想问{b}": 1, "{a},接着{b}": 1, "{a}\n{b}": 1, "{a}~{b}": 1, "{a},完了再{b}": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Joined:
    """A message; `start` is where its second request begins, None when it holds one."""

    text: str
    start: int | None


def joined(texts: Sequence[str], intents: Sequence[str], count: int, chance: Random) -> list[Joined]:
    """`count` pairs of different requests, a fifth as many openings by small talk, and all the messages as they are."""
    short = [i for i, text in enumerate(texts) if 3 <= len(text) <= LONGEST_SIDE]
    asks = [i for i in short if intents[i] not in SMALL_TALK]
    talks = [i for i in short if intents[i] in SMALL_TALK and intents[i] != "self_harm"]
    forms, weights = list(JOINS), list(JOINS.values())
    found = [Joined(text, None) for text in texts]
    while count and len({intents[i] for i in asks}) > 1:
        a = chance.choice(asks)
        # What is asked in one breath is often akin: half the time the likest of a few.
        few = chance.choices(asks, k=8 if count % 2 else 1)
        b = max(few, key=lambda i: len(set(texts[a]) & set(texts[i])) / len(texts[i]) * (intents[i] != intents[a]))
        if intents[a] != intents[b]:
            found.append(_join(texts[a], texts[b], chance.choices(forms, weights)[0]))
            count -= 1
            if talks and count % 5 == 0:
                pair = [texts[chance.choice(talks)], texts[b]]
                chance.shuffle(pair)
                form = chance.choice(["{a},{b}", "{a}{b}", "{a} {b}", "{a}。{b}", "{a}!{b}"])
                found.append(Joined(_join(*pair, form).text, None))
    return found


def _join(first: str, second: str, form: str) -> Joined:
    first = first.strip(MARKS)
    before, rest = form.replace("{a}", first).split("{b}")
    text = before + second + rest
    # The word that announces the second request belongs to it.
    return Joined(text, len(form.split("{a}")[0]) + len(first))


@dataclass(frozen=True)
class Told:
    """A message written for the acceptor, normalised; `intents` are one or two."""

    text: str
    intents: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """Messages and the classifier that reads them, which has learned from none of them."""

    told: Sequence[Told]
    models: Models


def train_splitter(
    texts: Sequence[str], intents: Sequence[str], readings: Sequence[Reading], encoder: Encoder
) -> Splitter:
    """Cutter and acceptor; texts and intents are the training messages, normalised."""
    chance = Random(_SEED)
    cutter = _fit_cutter(joined(texts, intents, PAIRS, chance), chance)
    return fit_acceptor(cutter, readings, encoder)


def spoken(told: Sequence[Told]) -> tuple[Told, ...]:
    """The messages as a speech transcript has them too: without marks."""
    return (*told, *(Told(one.text.translate(_NO_MARKS), one.intents) for one in told))


def _fit_cutter(messages: Sequence[Joined], chance: Random) -> Weights:
    rows: list[Mapping[str, float]] = []
    truth: list[float] = []
    singles = [m for m in messages if m.start is None]
    chosen = [m for m in messages if m.start is not None] + chance.sample(singles, min(len(singles), PAIRS))
    for message in chosen:
        for left_end, right_start in gaps(message.text):
            here = message.start is not None and left_end <= message.start <= right_start
            # Gaps inside a word are alike: a sixth of them teaches as much, and counts for the rest by the bias.
            if here or right_start > left_end or chance.random() < 0.3:
                rows.append(gap_features(message.text, left_end, right_start))
                truth.append(float(here))
    return fit_weights(rows, truth, CUTTER_PENALTY, LEAST_GAPS)


def fit_weights(rows: Sequence[Mapping[str, float]], truth: Sequence[float], penalty: float, least: int) -> Weights:
    """Logistic regression by L-BFGS: loss = sum of log losses + penalty * |weights|^2 / 2, the bias left free."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    counts: dict[str, int] = {}
    for row in rows:
        for name in row:
            counts[name] = counts.get(name, 0) + 1
    names = {name: i for i, name in enumerate(sorted(name for name, n in counts.items() if n >= least))}
    columns = [[names[name] for name in row if name in names] for row in rows]
    values = [[value for name, value in row.items() if name in names] for row in rows]
    ends = np.cumsum([0] + [len(one) for one in columns])
    matrix = csr_matrix(
        (np.concatenate([np.array(v, dtype=np.float64) for v in values]),
         np.concatenate([np.array(c, dtype=np.int64) for c in columns]), ends), shape=(len(rows), len(names)),
    )  # fmt: skip
    across = matrix.T.tocsr()
    right = np.array(truth)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ flat[:-1] + flat[-1]
        value = float((np.logaddexp(0.0, scores) - right * scores).sum() + penalty * (flat[:-1] ** 2).sum() / 2)
        error = 1 / (1 + np.exp(-np.clip(scores, -30, 30))) - right
        gradient = np.append(across @ error + penalty * flat[:-1], error.sum())
        return value / len(right), gradient / len(right)

    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return Weights(names, found.x.astype(np.float32))


def tried(
    splitter: Splitter, texts: Sequence[str], models: Models, encoder: Encoder
) -> list[list[tuple[Cut, Side, Side, Side]]]:
    """For each text its cuts with (whole, left, right)."""
    cuts = [splitter.cuts(text) for text in texts]
    vectors = encoder.read([passage(text, found) for text, found in zip(texts, cuts, strict=True)])
    result: list[list[tuple[Cut, Side, Side, Side]]] = []
    for text, found, read in zip(texts, cuts, vectors, strict=True):
        own = dict(models.intents(read[0], text))
        whole = Side(text, read[0], own)
        sides = read_sides(text, found, read, own, models.intents)
        result.append([(cut, whole, left, right) for cut, (left, right) in zip(found, sides, strict=True)])
    return result


def fit_acceptor(cutter: Weights, readings: Sequence[Reading], encoder: Encoder) -> Splitter:
    rows: list[Mapping[str, float]] = []
    truth: list[float] = []
    draft = Splitter(cutter, Weights({}, np.zeros(1)))
    for reading in readings:
        attempts = tried(draft, [one.text for one in reading.told], reading.models, encoder)
        for one, found in zip(reading.told, attempts, strict=True):
            for cut, whole, left, right in found:
                if left.best != right.best:
                    rows.append(pair_features(cut, whole, left, right))
                    truth.append(float({left.best, right.best} == set(one.intents)))
    return Splitter(cutter, fit_weights(rows, truth, ACCEPTOR_PENALTY, 1))

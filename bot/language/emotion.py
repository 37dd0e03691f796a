"""Emotion from words: which cues a message holds, what negation, contrast and irony make of them, and how strong they are.

The figures here feed the trained head (`models.py`) and give the words that explain its answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from bot.language.lexicon import (
    BAD_FACTS,
    CONTRASTS,
    INTENSIFIERS,
    LEXICON,
    NEGATIONS,
    OTHERS,
    SARCASM,
    TURNED,
    WEAKENERS,
)

EMOTIONS = ("焦虑", "恐慌", "失望", "愤怒", "困惑", "平静", "安心", "满意")
NEGATIVE = frozenset({"焦虑", "恐慌", "失望", "愤怒"})

_WEIGHTS: dict[str, list[tuple[str, float]]] = {}
for _emotion, _groups in LEXICON.items():
    for _weight, _words in _groups.items():
        for _word in _words.split():
            _WEIGHTS.setdefault(_word, []).append((_emotion, float(_weight)))


def _longest_first(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_CUES = re.compile(_longest_first(tuple(_WEIGHTS)))
_CLAUSE = re.compile(r"[,。!?;…\n~]+|\s(?=[\u4e00-\u9fff])")
# A negation turns a word when nothing but an adverb stands between: 不太担心, 没什么好怕.
_NEGATED = re.compile(rf"(?:{_longest_first(NEGATIONS)})(?:那么|这么|怎么|太|很|再|好|特别|有点|啥|什么)?(?:可|好)?$")
# 不能不担心, 不是不放心: two of them cancel.
_TWICE = re.compile(r"不(?:能|得|是|会)不$")
_STRONG = re.compile(rf"(?:{_longest_first(INTENSIFIERS)})$")
_WEAK = re.compile(rf"(?:{_longest_first(WEAKENERS)})$")
_CONTRAST = re.compile(rf"^(?:{_longest_first(CONTRASTS)})")
_OTHERS = re.compile(_longest_first(OTHERS))
_SARCASM = re.compile(_longest_first(SARCASM))
_BAD = re.compile(_longest_first(BAD_FACTS))
_AFTER_STRONG = re.compile(r"^(?:死了|死我了|坏了|得要命|得不行|透了|爆了|极了|炸了|惨了)")


@dataclass(frozen=True)
class Cue:
    """One word that carries emotion; `weight` after negation, degree and contrast."""

    word: str
    emotion: str
    weight: float
    start: int


@dataclass(frozen=True)
class Reading:
    """What the words alone say.

    scores   one number for each of EMOTIONS, 0 and up
    ironic   praise beside something bad
    """

    scores: tuple[float, ...]
    cues: tuple[Cue, ...]
    ironic: bool
    exclamations: int
    questions: int

    def features(self) -> np.ndarray:
        """float32 (FEATURES,): scores damped, then irony, marks, and how much speaks for any negative emotion."""
        scores = np.tanh(np.array(self.scores) / 2)
        negative = sum(score for emotion, score in zip(EMOTIONS, self.scores, strict=False) if emotion in NEGATIVE)
        marks = (min(self.exclamations, 3) / 3, min(self.questions, 3) / 3)
        return np.array([*scores, float(self.ironic), *marks, np.tanh(negative / 3)], dtype=np.float32)


FEATURES = len(EMOTIONS) + 4


def read(text: str) -> Reading:
    """Cues of a normalised text."""
    cues: list[Cue] = []
    clauses = list(_clauses(text))
    turning = max((i for i, (_, clause) in enumerate(clauses) if _CONTRAST.match(clause)), default=-1)
    for i, (at, clause) in enumerate(clauses):
        factor = 1.0 if turning < 1 or i >= turning else 0.5
        if _OTHERS.search(clause):
            factor *= 0.3
        cues += _cues(clause, at, factor)
    ironic = bool(_SARCASM.search(text) and _BAD.search(text))
    if ironic:
        cues = [_turn_praise(cue) for cue in cues]
    scores = dict.fromkeys(EMOTIONS, 0.0)
    for cue in cues:
        scores[cue.emotion] += cue.weight
    if ironic:
        scores["愤怒"] += 1.0
    exclamations, questions = text.count("!"), text.count("?")
    if exclamations >= 2:
        for emotion in ("恐慌", "愤怒", "满意"):
            scores[emotion] *= 1.2
    return Reading(tuple(scores[e] for e in EMOTIONS), tuple(cues), ironic, exclamations, questions)


def _clauses(text: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    at = 0
    for mark in _CLAUSE.finditer(text):
        found.append((at, text[at : mark.start()]))
        at = mark.end()
    found.append((at, text[at:]))
    return [(start, clause) for start, clause in found if clause]


def _cues(clause: str, at: int, factor: float) -> list[Cue]:
    found: list[Cue] = []
    for match in _CUES.finditer(clause):
        before, after = clause[: match.start()], clause[match.end() :]
        weight = factor
        if _STRONG.search(before) or _AFTER_STRONG.match(after):
            weight *= 1.4
        elif _WEAK.search(before):
            weight *= 0.7
        turned = bool(_NEGATED.search(before)) and not _TWICE.search(before)
        for emotion, base in _WEIGHTS[match.group()]:
            if turned and emotion in TURNED:
                found.append(Cue(match.group(), TURNED[emotion], base * weight * 0.8, at + match.start()))
            else:
                found.append(Cue(match.group(), emotion, base * weight, at + match.start()))
    return found


def _turn_praise(cue: Cue) -> Cue:
    return Cue(cue.word, "愤怒", cue.weight, cue.start) if cue.emotion in ("满意", "安心") else cue


def explain(reading: Reading, emotion: str, most: int = 3) -> tuple[str, ...]:
    """The words that speak for `emotion`, the strongest first."""
    own = sorted((cue for cue in reading.cues if cue.emotion == emotion), key=lambda cue: (-cue.weight, cue.start))
    words: list[str] = []
    for cue in own:
        if cue.word not in words:
            words.append(cue.word)
    return tuple(words[:most])

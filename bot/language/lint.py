"""What is wrong with labelled text before anything is trained on it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.language.examples import Example
from bot.language.normalise import normalise

#: An intent of fewer messages is not learned well enough.
LEAST_MESSAGES = 80
#: Share of character trigrams in common from which two messages are the same but for a word.
NEAR = 0.75
#: Shorter messages (「好的」「转人工」) cannot be said in many ways: they may stand on both sides.
SHORT = 6


@dataclass(frozen=True)
class Finding:
    """One thing to look at; an error stops a training, a warning does not."""

    kind: str
    words: str
    error: bool = False


def check(
    examples: Sequence[Example], intents: Iterable[str], emotions: Iterable[str], sets: Mapping[str, Sequence[str]]
) -> list[Finding]:
    """Findings on the training text, and on what the sets of messages to measure by have in common with it."""
    return [
        *_unknown(examples, set(intents), set(emotions)),
        *_few(examples, intents),
        *_two_labels(examples),
        *(finding for name, texts in sets.items() for finding in _shared(name, texts, examples)),
    ]


def _unknown(examples: Sequence[Example], intents: set[str], emotions: set[str]) -> list[Finding]:
    return [
        Finding("unknown label", f"{e.text}: {label}", error=True)
        for e in examples
        for label, known in ((e.intent, intents), (e.emotion, emotions))
        if label is not None and label not in known
    ]


def _few(examples: Sequence[Example], intents: Iterable[str]) -> list[Finding]:
    counts = Counter(e.intent for e in examples)
    return [
        Finding("few messages", f"{intent}: {counts[intent]}, at least {LEAST_MESSAGES} are wanted", error=True)
        for intent in sorted(intents)
        if counts[intent] < LEAST_MESSAGES
    ]


def _two_labels(examples: Sequence[Example]) -> list[Finding]:
    found: dict[str, set[str]] = {}
    moods: dict[str, set[str]] = {}
    for e in examples:
        text = normalise(e.text).text
        found.setdefault(text, set()).add(e.intent)
        if e.emotion:
            moods.setdefault(text, set()).add(e.emotion)
    return [
        Finding(kind, f"{text}: {', '.join(sorted(labels))}", error)
        for kind, table, error in (("two intents", found, True), ("two emotions", moods, False))
        for text, labels in sorted(table.items())
        if len(labels) > 1
    ]


def _shared(name: str, texts: Sequence[str], examples: Sequence[Example]) -> list[Finding]:
    learned = Near(normalise(e.text).text for e in examples)
    findings = []
    for text in texts:
        clean = normalise(text).text
        if len(clean) >= SHORT and (other := learned.like(clean)):
            findings.append(Finding("also in training", f"{name}: {text} ~ {other}"))
    return findings


class Near:
    """Finds the message most like another by their trigrams."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._grams = {text: trigrams(text) for text in texts}
        self._of: dict[str, list[str]] = {}
        for text, grams in self._grams.items():
            for gram in grams:
                self._of.setdefault(gram, []).append(text)

    def like(self, text: str) -> str | None:
        """The likest text of those that share at least NEAR of both's trigrams."""
        grams = trigrams(text)
        common = Counter(other for gram in grams for other in self._of.get(gram, ()))
        shares = ((n / len(grams | self._grams[other]), other) for other, n in common.items())
        share, best = max(shares, default=(0.0, ""))
        return best if share >= NEAR else None


def trigrams(text: str) -> frozenset[str]:
    marked = f"^{text}$"
    return frozenset(marked[i : i + 3] for i in range(len(marked) - 2))

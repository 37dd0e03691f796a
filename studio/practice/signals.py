"""What a reply shows of a good advisor's ways. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio.practice.model import Broken, Case, Guard, Rubric

SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]?")
#: A sentence that wants an answer.
ASKING = re.compile(r"[?？]|(?:吗|呢)[。!！]?$|请问|告诉我|麻烦(?:您|你)(?:提供|说|报|发)|是多少|是哪")
FIRST_FIGURE = re.compile(r"\d")

COMFORT, PROMISE, RISK, NEXT_STEP, WHEN = "comfort", "promise", "risk_notice", "next_step", "time"
ASKS_AGAIN, JARGON, AVOIDED, ALL_FACTS = "asks_again", "jargon", "avoid", "facts"


def sentences(text: str) -> list[str]:
    return [part.strip() for part in SENTENCE.findall(text) if part.strip()]


def comfort_before_figures(text: str, rubric: Rubric) -> tuple[str | None, bool]:
    """The words of comfort, and whether they come before the first figure."""
    hits = [hit for pattern in rubric.patterns[COMFORT].any if (hit := pattern.search(text))]
    if not hits:
        return None, False
    hit = min(hits, key=lambda one: one.start())
    figure = FIRST_FIGURE.search(text)
    return hit.group(), figure is None or hit.start() < figure.start()


def asked_again(text: str, case: Case) -> list[tuple[str, str]]:
    """Questions for what the brief already says: (what is known, the question)."""
    return [
        (known.name, sentence)
        for sentence in sentences(text)
        if ASKING.search(sentence)
        for known in case.known
        if known.found(sentence)
    ]


def hard_words(text: str, rubric: Rubric) -> list[str]:
    """Terms of the trade that are not explained right behind."""
    return [
        hit.group()
        for pattern in rubric.jargon
        for hit in pattern.finditer(text)
        if not rubric.explained.match(text[hit.end() :])
    ]


def avoided(text: str, case: Case) -> list[tuple[str, str]]:
    """What must not be done in this case: (its name, the words)."""
    return [(one.name, words) for one in case.avoid if (words := one.found(text))]


def broken(texts: Iterable[str], guard: Guard) -> list[Broken]:
    return [finding for text in texts for finding in guard(text)]


def signals(text: str, case: Case, rubric: Rubric, guard: Guard) -> frozenset[str]:
    """The names that a client's next words may depend on; facts as "fact:<name>"."""
    found = {name for name in (COMFORT, RISK, NEXT_STEP, WHEN) if rubric.patterns[name].found(text)}
    facts = {fact.name for fact in case.facts if fact.found(text)}
    found |= {f"fact:{name}" for name in facts}
    if facts == {fact.name for fact in case.facts}:
        found.add(ALL_FACTS)
    for name, shown in (
        (PROMISE, guard(text)), (ASKS_AGAIN, asked_again(text, case)), (JARGON, hard_words(text, rubric)),
        (AVOIDED, avoided(text, case)),
    ):  # fmt: skip
        if shown:
            found.add(name)
    return frozenset(found)

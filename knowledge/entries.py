"""What is known: rules, answers and terms as trainers write them, with their dates, whom they apply to and what they claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).parent / "content"
#: Whom an entry may be limited to (`clients:`) and where (`channels:`). Anything else in a file is a slip of the pen.
CLIENTS = frozenset({"个人", "机构", "老年", "专业投资者"})
CHANNELS = frozenset({"web", "wechat"})
KINDS = {"rules": "rule", "faq": "faq"}


@dataclass(frozen=True)
class Entry:
    """Something known.

    claims    machine-readable statements of the text (topic, value), so that two entries can be held against each other
    clients   the kinds of client it applies to, empty for all
    channels  where it applies, empty for everywhere
    """

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
    clients: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    def holds(self, today: date) -> bool:
        return self.effective <= today and (self.until is None or today <= self.until)

    def applies(self, client: Iterable[str] = (), channel: str | None = None) -> bool:
        """Whether it is for such a client there. What is not known of the client or the place excludes nothing."""
        kinds = frozenset(client)
        return (not self.clients or not kinds or bool(self.clients & kinds)) and (
            not self.channels or channel is None or channel in self.channels
        )

    @property
    def cited(self) -> str:
        """The source and the day since when it holds, as told to a client."""
        return f"来源:{self.source};{self.effective:%Y}年{self.effective.month}月{self.effective.day}日起生效"


@dataclass(frozen=True)
class Contradiction:
    """Two entries that claim different values of one topic for the same client, place and day."""

    topic: str
    first: str
    first_value: str
    second: str
    second_value: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.first} says {self.first_value}, {self.second} says {self.second_value}"


def contradictions(entries: Sequence[Entry]) -> list[Contradiction]:
    """Every pair whose days, clients and channels overlap and that claims one topic differently."""
    claimed: dict[str, list[tuple[Entry, str]]] = {}
    for entry in entries:
        for topic, value in entry.claims:
            claimed.setdefault(topic, []).append((entry, value))
    return [
        Contradiction(topic, one.id, said, other.id, also)
        for topic, made in claimed.items()
        for (one, said), (other, also) in combinations(made, 2)
        if said != also and _meet(one, other)
    ]


def _meet(one: Entry, other: Entry) -> bool:
    days = one.effective <= (other.until or date.max) and other.effective <= (one.until or date.max)
    return days and _overlap(one.clients, other.clients) and _overlap(one.channels, other.channels)


def _overlap(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or not other or bool(one & other)


def read(folder: Path = CONTENT) -> list[Entry]:
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
        row["id"], KINDS[folder], row["title"], row["text"].strip(), row["source"], row["effective"], row.get("until"),
        tuple(str(question) for question in row["questions"]), rule=row.get("rule"),
        claims=tuple((key, str(value)) for key, value in row.get("claims", {}).items()),
        clients=frozenset(row.get("clients", ())), channels=frozenset(row.get("channels", ())),
    )  # fmt: skip

"""A case, a run through it, and what it scored: plain values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

Pattern = re.Pattern[str]


class Who(StrEnum):
    CLIENT = "client"
    AI = "ai"
    TRAINEE = "trainee"
    SYSTEM = "system"


class Broken(Protocol):
    """Words that may not reach a client, as the wording guard finds them."""

    @property
    def words(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def instead(self) -> str: ...


#: The wording guard, given by who puts the parts together.
Guard = Callable[[str], Sequence[Broken]]


@dataclass(frozen=True)
class Line:
    """One thing said or done. action: what was done instead of said."""

    who: Who
    text: str
    at: datetime
    emotion: str | None = None
    strength: float | None = None
    id: str | None = None
    action: str | None = None


@dataclass(frozen=True)
class Named:
    """Something that a text may contain, by any of its ways of saying it."""

    name: str
    any: tuple[Pattern, ...]

    def found(self, text: str) -> str | None:
        """The words of the first that occurs."""
        hits = (pattern.search(text) for pattern in self.any)
        return next((hit.group() for hit in hits if hit), None)


@dataclass(frozen=True)
class Heed:
    """Where the client goes on, if the reply has all of `when`; a leading "!" means that it has not."""

    when: tuple[str, ...]
    go: str


@dataclass(frozen=True)
class Beat:
    """What the client says at one point, and what his next words depend on. Without `heeds` it is the end."""

    id: str
    says: tuple[str, ...]
    emotion: str
    strength: float
    heeds: tuple[Heed, ...] = ()


@dataclass(frozen=True)
class Action:
    """A button of the desk. right: whether a good advisor presses it here; why is told afterwards."""

    id: str
    words: str
    right: bool
    why: str


@dataclass(frozen=True)
class Case:
    """needs: the points of the rubric that count here. known: what a good advisor does not ask again."""

    id: str
    title: str
    level: str
    about: str
    elderly: bool
    patience_seconds: int
    client: Mapping[str, str]
    brief: tuple[tuple[str, str], ...]
    history: tuple[tuple[Who, str], ...]
    needs: tuple[str, ...]
    facts: tuple[Named, ...]
    known: tuple[Named, ...]
    avoid: tuple[Named, ...]
    actions: tuple[Action, ...]
    beats: Mapping[str, Beat]
    first: str
    good: tuple[str, ...]
    poor: tuple[str, ...]


@dataclass(frozen=True)
class Point:
    """A point of the rubric: what it is called, what it weighs, what it asks for."""

    id: str
    words: str
    weight: int
    about: str


@dataclass(frozen=True)
class Rubric:
    """cap_when_broken: the most that a run gets in which something forbidden was promised."""

    version: str
    pass_score: int
    cap_when_broken: int
    plain_chars: int
    points: Mapping[str, Point]
    patterns: Mapping[str, Named]
    jargon: tuple[Pattern, ...]
    explained: Pattern


@dataclass(frozen=True)
class Scored:
    """share: 0..1 of the weight. quotes: the trainee's words that decided it."""

    point: Point
    share: float
    why: str
    quotes: tuple[str, ...] = ()

    @property
    def got(self) -> float:
        return round(self.point.weight * self.share, 1)


@dataclass(frozen=True)
class Result:
    """score: 0..100, over the points that count in the case."""

    score: int
    passed: bool
    verdict: str
    points: tuple[Scored, ...]


@dataclass(frozen=True)
class Run:
    """A trainee's way through a case. beat: where the client stands; None when he has gone."""

    id: str
    case_id: str
    staff_id: str
    staff_name: str
    version: int
    beat: str | None
    started_at: datetime
    lines: tuple[Line, ...] = ()
    ended_at: datetime | None = None
    result: Result | None = None
    done: frozenset[str] = field(default_factory=frozenset)

"""What the rules read and give: plain frozen values. Pure. Money in yuan, shares and rates 0..1, days Shanghai dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum


class Level(str, Enum):
    """How serious an alert is (requirement E1)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return LEVELS.index(self)


LEVELS = (Level.LOW, Level.MEDIUM, Level.HIGH)


@dataclass(frozen=True)
class Person:
    """The client's file. risk: the 3 of C3, 0 when it was never tested."""

    id: str
    name: str
    age: int
    stage: str
    tier: str
    region: str
    risk: int
    test_expired: bool
    test_valid_until: date | None
    member_level: str
    own_advisor: str | None
    aum: float


@dataclass(frozen=True)
class Position:
    """What the client holds of a fund. risk: the 4 of R4."""

    fund: str
    name: str
    kind: str
    risk: int
    sector: str
    value: float
    cost: float
    profit_rate: float
    share: float
    locked: bool


@dataclass(frozen=True)
class Trade:
    """An order. rise: the fund's NAV change over the 60 trading days before it; None when it is not known."""

    id: str
    kind: str
    fund: str
    name: str
    fund_kind: str
    risk: int
    amount: float
    fee: float
    placed_at: datetime
    day: date
    status: str
    rise: float | None = None

    @property
    def goes_out(self) -> bool:
        return self.kind == "redeem" and self.status != "cancelled"

    @property
    def goes_in(self) -> bool:
        return self.kind in ("buy", "switch") and self.status != "cancelled"


@dataclass(frozen=True)
class Scheme:
    """A 定投."""

    fund: str
    name: str
    amount: float
    status: str


@dataclass(frozen=True)
class Said:
    """A message of the client; what was understood is None until it is."""

    message_id: str
    seq: int
    text: str
    at: datetime
    intent: str | None = None
    emotion: str | None = None
    strength: float = 0.0


@dataclass(frozen=True)
class LifeEvent:
    """Something that happened to the client. key: unique for a client; source: talk, books or report."""

    key: str
    kind: str
    at: datetime
    source: str
    words: str


@dataclass(frozen=True)
class Facts:
    """All that is known of a client at an instant.

    trades   newest first
    worth    value of the present holdings on each of the last trading days, oldest first; () when it is not known
    said     oldest first
    """

    person: Person
    now: datetime
    today: date
    positions: tuple[Position, ...] = ()
    trades: tuple[Trade, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    worth: tuple[float, ...] = ()
    said: tuple[Said, ...] = ()
    events: tuple[LifeEvent, ...] = ()

    @property
    def total(self) -> float:
        return sum(position.value for position in self.positions)


@dataclass(frozen=True)
class Reading:
    """What an indicator measured. figures: what its words and advice may name, ready to be read."""

    value: float
    figures: Mapping[str, str]


@dataclass(frozen=True)
class Evidence:
    """Why a tag is there. key: unique for a client and tag; strength 0..1; source: file, books, talk or event."""

    tag: str
    key: str
    strength: float
    at: datetime
    source: str
    words: str

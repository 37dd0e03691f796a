"""What the sandbox keeps of clients, plans and service: frozen values, replaced when they change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from institution.models import Complaint, DividendMode, Frequency, PlanStatus, ServiceRecord
from institution.records import LifePlan, SuitabilityRecord
from institution.sandbox.book import Booked


@dataclass(frozen=True)
class Person:
    """A client without what follows from the books (AUM, tier)."""

    id: str
    name: str
    sex: str
    age: int
    stage: str
    risk_level: str
    tested_on: date | None
    valid_until: date | None
    channel: str
    region: str
    phone: str
    card_tail: str
    member_level: str
    since: date
    own_advisor: str | None = None
    qualified: bool = False
    dialect: str | None = None
    language_hard: bool = False
    tags: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    horizon_years: int | None = None
    declared_assets: Decimal | None = None


@dataclass(frozen=True)
class PlanFact:
    """done_until: deductions up to this day are orders already, or were skipped."""

    id: str
    client: str
    fund: str
    amount: Decimal
    frequency: Frequency
    day: int
    status: PlanStatus
    started_on: date
    done_until: date


@dataclass
class World:
    """Everything about clients, by client id."""

    people: dict[str, Person] = field(default_factory=dict)
    orders: dict[str, list[Booked]] = field(default_factory=dict)
    plans: dict[str, dict[str, PlanFact]] = field(default_factory=dict)
    records: dict[str, list[ServiceRecord]] = field(default_factory=dict)
    complaints: dict[str, list[Complaint]] = field(default_factory=dict)
    dividend_modes: dict[tuple[str, str], DividendMode] = field(default_factory=dict)
    suitability: list[SuitabilityRecord] = field(default_factory=list)
    life_plans: dict[str, list[LifePlan]] = field(default_factory=dict)

    def add(self, person: Person) -> None:
        """A client with empty books; the books of a known one stay."""
        self.people[person.id] = person
        self.orders.setdefault(person.id, [])
        self.plans.setdefault(person.id, {})
        self.records.setdefault(person.id, [])
        self.complaints.setdefault(person.id, [])
        self.life_plans.setdefault(person.id, [])


TIER_WEALTH, TIER_HIGH = Decimal(500_000), Decimal(6_000_000)


def tier_of(aum: Decimal) -> str:
    return "大众" if aum < TIER_WEALTH else "财富" if aum < TIER_HIGH else "高净值"

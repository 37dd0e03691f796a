"""Invented clients: who they are. Pure, from a `random.Random`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from institution import rules
from institution.models import Advisor
from institution.sandbox import catalog
from institution.sandbox.facts import Person, tier_of

#: stage: share of clients, ages, weights of C1..C5, median of assets in yuan, spread of its logarithm.
STAGES: dict[str, tuple[float, tuple[int, int], tuple[int, ...], float, float]] = {
    "新手": (0.27, (20, 30), (6, 24, 40, 22, 8), 22_000, 0.8),
    "成长": (0.33, (27, 42), (4, 18, 38, 28, 12), 150_000, 0.9),
    "成熟": (0.25, (40, 58), (8, 28, 36, 20, 8), 620_000, 1.0),
    "退休": (0.15, (57, 82), (30, 44, 20, 5, 1), 380_000, 0.9),
}
#: A few clients are of another order of wealth.
HIGH_NET_WORTH_SHARE = 0.06


def make(chance: random.Random, number: int, today: date) -> tuple[Person, Decimal]:
    """A client and the assets to aim at, in yuan."""
    stage = chance.choices(list(STAGES), [entry[0] for entry in STAGES.values()])[0]
    names = catalog.names()
    _, ages, levels, median, spread = STAGES[stage]
    age = chance.randint(*ages)
    rich = stage in ("成熟", "退休", "成长") and chance.random() < HIGH_NET_WORTH_SHARE / 0.73
    target = chance.uniform(6.5e6, 32e6) if rich else min(max(chance.lognormvariate(0, spread) * median, 1500), 5.6e6)
    level = f"C{chance.choices(range(1, 6), levels)[0]}"
    # One in nine has let the test run out.
    tested = today - timedelta(days=chance.randint(370, 640) if chance.random() < 0.11 else chance.randint(3, 355))
    sex = chance.choice("男女")
    region = chance.choices(list(names["regions"]), list(names["regions"].values()))[0]
    elderly = age >= 60
    person = Person(
        id=f"C{number:04d}",
        name=chance.choice(names["family_names"]) + chance.choice(names["given_names"][sex]),
        sex=sex,
        age=age,
        stage=stage,
        risk_level=level,
        tested_on=tested,
        valid_until=rules.risk_test_end(tested),
        channel=chance.choices(("app", "微信", "电话"), (30, 30, 40) if elderly else (62, 36, 2))[0],
        region=region,
        phone=f"{chance.choice(names['mobile_prefixes'])}****{chance.randint(0, 9999):04d}",
        card_tail=f"{chance.randint(0, 9999):04d}",
        member_level="普通",
        since=today - timedelta(days=chance.randint(200, 720 if stage == "新手" else 2600)),
        qualified=target >= 3e6 and chance.random() < 0.8,
        dialect=names["dialects"].get(region) if elderly and chance.random() < 0.5 else None,
        tags=tuple(sorted(chance.sample(names["tags"], chance.randint(0, 2)))),
    )
    return _answered(person, target), Decimal(round(target))


#: Horizons that a risk test offers, in years, by stage: the longest at hand first.
HORIZONS = {"新手": (3, 5, 10), "成长": (3, 5, 10), "成熟": (1, 3, 5), "退休": (1, 1, 3)}
CONFLICTING_SHARE = 0.02
CONFLICTS = (
    "填了不能接受任何亏损,又填了追求高收益",
    "填了一年内要用这笔钱,又填了投资五年以上",
    "填了从未投资,又填了有多年股票经验",
)


def _answered(person: Person, target: float) -> Person:
    """What the client stated in the risk test, by a chance of his own: the others stay who they are."""
    chance = random.Random(f"risk test of {person.id}")
    conflicting = chance.random() < CONFLICTING_SHARE
    return replace(
        person,
        horizon_years=chance.choice(HORIZONS[person.stage]),
        declared_assets=Decimal(round(max(target, 10_000) * chance.uniform(1.5, 5), -3)),
        conflicts=(chance.choice(CONFLICTS),) if conflicting else (),
    )


def tested_for(person: Person, last_addition: date | None) -> Person:
    """The client with a risk test that still held when he last bought: who let it run out has not bought since."""
    if last_addition is None or person.valid_until is None or last_addition <= person.valid_until:
        return person
    tested = rules.risk_test_of(last_addition)
    return replace(person, tested_on=tested, valid_until=rules.risk_test_end(tested))


def settle(chance: random.Random, person: Person, aum: Decimal, advisors: Sequence[Advisor]) -> Person:
    """The member level and the own advisor that go with the client's assets."""
    tier = tier_of(aum)
    level = {"大众": "普通" if aum < 50_000 else "银卡", "财富": "金卡", "高净值": "黑金"}[tier]
    fitting = [a for a in advisors if a.role == "顾问" and tier in a.tiers and a.live]
    near = [a for a in fitting if person.region in a.regions]
    has_one = chance.random() < {"大众": 0.45, "财富": 0.8, "高净值": 0.97}[tier]
    advisor = chance.choice(near or fitting) if has_one else None
    return replace(person, member_level=level, own_advisor=advisor.id if advisor else None)

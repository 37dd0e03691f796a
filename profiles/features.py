"""The numbers that a tag's rule may ask for, by name. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from contracts.reasons import NEGATIVE
from profiles.indicators.holdings import CALM_KINDS, share_of
from profiles.indicators.trades import months_of_redemptions, recent, rising
from profiles.model import Facts

#: `said:plan_education` is how often the intent was heard within the days.
SAID = "said:"
SAID_DAYS = timedelta(days=90)
#: What stands in the client's file and every role may see.
IN_FILE = ("age", "risk", "test_expired", "stage_", "tier_")
Feature = Callable[[Facts], float]

FEATURES: Mapping[str, Feature] = {
    "age": lambda f: f.person.age,
    "risk": lambda f: f.person.risk,
    "test_expired": lambda f: f.person.test_expired,
    "stage_novice": lambda f: f.person.stage == "新手",
    "stage_growing": lambda f: f.person.stage == "成长",
    "stage_mature": lambda f: f.person.stage == "成熟",
    "stage_retired": lambda f: f.person.stage == "退休",
    "tier_wealth": lambda f: f.person.tier == "财富",
    "tier_high": lambda f: f.person.tier == "高净值",
    "total": lambda f: f.total,
    "positions": lambda f: len(f.positions),
    "share_money": lambda f: share_of(f, lambda p: p.kind == "货币"),
    "share_calm": lambda f: share_of(f, lambda p: p.kind in CALM_KINDS),
    "share_risky": lambda f: share_of(f, lambda p: p.risk >= 4),
    "share_index": lambda f: share_of(f, lambda p: p.kind == "指数"),
    "share_overseas": lambda f: share_of(f, lambda p: p.kind == "QDII"),
    "share_private": lambda f: share_of(f, lambda p: p.kind == "私募"),
    "share_pension": lambda f: share_of(f, lambda p: p.sector == "养老"),
    "plans_running": lambda f: sum(s.status == "running" for s in f.schemes),
    "orders_90d": lambda f: len(recent(f, 90)),
    "buys_90d": lambda f: sum(t.goes_in for t in recent(f, 90)),
    "redemptions_90d": lambda f: sum(t.goes_out for t in recent(f, 90)),
    "redeemed_30d": lambda f: sum(t.amount for t in recent(f, 30) if t.goes_out),
    "rising_redemption_months": lambda f: rising(months_of_redemptions(f)),
    "chased_90d": lambda f: sum(t.kind == "buy" and (t.rise or 0.0) > 0.2 for t in recent(f, 90)),
    "sold_low_90d": lambda f: sum(t.goes_out and (t.rise or 0.0) < -0.15 for t in recent(f, 90)),
    "loss_rate": lambda f: max(0.0, -_profit_rate(f)),
    "negative_30d": lambda f: sum(
        s.emotion in NEGATIVE for s in f.said if timedelta(0) <= f.now - s.at <= timedelta(days=30)
    ),
}


def tells_of_assets(name: str) -> bool:
    return not name.startswith((*IN_FILE, SAID, "negative_"))


def feature(facts: Facts, name: str) -> float:
    """The number of that name. KeyError for a name that is not known."""
    if name.startswith(SAID):
        intent = name.removeprefix(SAID)
        return float(sum(s.intent == intent and timedelta(0) <= facts.now - s.at <= SAID_DAYS for s in facts.said))
    return float(FEATURES[name](facts))


def _profit_rate(facts: Facts) -> float:
    cost = sum(position.cost for position in facts.positions)
    return facts.total / cost - 1 if cost > 0 else 0.0

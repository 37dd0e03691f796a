"""The churn model at a client's side: what the systems told, with his orders and his talk. Pure but for the model's file."""

from __future__ import annotations

from functools import cache
from typing import Any

from profiles import churn
from profiles.behaviour import Days, features
from profiles.churn import Model
from profiles.happenings import Happening
from profiles.model import Facts

NO_VISITS = "没有应用登录的数据,不能判断"


@cache
def _model() -> Model:
    return churn.load()


def leaving(facts: Facts, streamed: Days | None) -> dict[str, Any]:
    """`{probability, level, reasons, action}`; `{why}` without logins: who is never seen has not stopped coming."""
    if streamed is None or not any(count.get("login") for count in streamed.counts.values()):
        return {"why": NO_VISITS}
    days = whole(facts, streamed)
    found = churn.risk(_model(), features(days, facts.today, assets_before(facts)))
    return {
        "probability": round(found.probability, 4), "level": found.level.value if found.level else None,
        "reasons": [vars(reason) for reason in found.reasons], "action": found.action,
    }  # fmt: skip


def whole(facts: Facts, streamed: Days) -> Days:
    """The streamed days with the orders and messages that stand in other systems; nothing streamed is counted twice."""
    days = Days()
    for day, count in streamed.counts.items():
        for name, value in count.items():
            if name not in ("redeem", "buy", "redeem_yuan", "buy_yuan", "message", "negative"):
                days.counts.setdefault(day, type(count)(float))[name] += value
    for trade in facts.trades:
        if trade.status != "cancelled" and trade.kind in ("redeem", "buy"):
            body: dict[str, Any] = {"order": trade.kind, "amount": trade.amount}
            days.add(Happening("trading", trade.id, facts.person.id, "order", trade.placed_at, body))
    for one in facts.said:
        body = {"intent": one.intent, "emotion": one.emotion}
        days.add(Happening("conversation", one.message_id, facts.person.id, "message", one.at, body))
    return days


def assets_before(facts: Facts) -> float:
    """What was held before the redemptions that have already left."""
    gone = sum(t.amount for t in facts.trades if t.goes_out and t.status in ("confirmed", "arrived"))
    return facts.total + gone

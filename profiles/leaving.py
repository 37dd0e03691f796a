"""The churn model at a client's side: what the systems told, with his orders and his talk. Pure but for the model's file.

Orders stand in the books and messages in the conversation; each look at the client tells of them as of any other
happening (`settled`, `spoken`), so that the night's batch counts what this counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from profiles import churn
from profiles.behaviour import Days, features
from profiles.churn import Model
from profiles.happenings import Happening
from profiles.model import Facts, Said, Trade

#: Orders that count as behaviour, and the states that they do not leave.
COUNTED, FINAL = ("redeem", "buy"), ("confirmed", "arrived")
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


def settled(facts: Facts) -> list[Happening]:
    """The orders of the books that are final: what may still be cancelled is told once it is not."""
    return [_order(facts.person.id, trade) for trade in facts.trades if trade.kind in COUNTED and trade.status in FINAL]


def spoken(client_id: str, said: Iterable[Said]) -> list[Happening]:
    """The messages, without their words: those stand in the conversation."""
    return [
        Happening("conversation", s.message_id, client_id, "message", s.at, {"intent": s.intent, "emotion": s.emotion})
        for s in said
    ]


def whole(facts: Facts, streamed: Days) -> Days:
    """The days with the orders that are not final yet and stand nowhere else."""
    days = Days({day: count.copy() for day, count in streamed.counts.items()})
    for trade in facts.trades:
        if trade.kind in COUNTED and trade.status not in (*FINAL, "cancelled"):
            days.add(_order(facts.person.id, trade))
    return days


def _order(client_id: str, trade: Trade) -> Happening:
    body: dict[str, Any] = {"order": trade.kind, "amount": trade.amount}
    return Happening("trading", trade.id, client_id, "order", trade.placed_at, body)


def assets_before(facts: Facts) -> float:
    """What was held before the redemptions that have already left."""
    gone = sum(t.amount for t in facts.trades if t.goes_out and t.status in FINAL)
    return facts.total + gone

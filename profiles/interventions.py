"""What is to be done about an alert, decided from the facts in which it was raised (requirement E2). Pure.

low     a note on the market, from how the holdings moved
medium  advice how to spread, computed from the holdings; work for the own advisor
high    orders that can still be stopped are held, the client is asked, a person is called within the promise
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from contracts.reasons import REASONS, TOPICS
from institution.calendar import SHANGHAI, cut_off
from profiles.alerts import Alert
from profiles.indicators.declared import percent, yuan
from profiles.indicators.holdings import BROAD, CALM_KINDS
from profiles.indicators.trades import spoken
from profiles.lines import Node
from profiles.model import Facts, Level, Position, Trade

FILE = Path(__file__).parent / "policy" / "interventions.yml"
ORDERS = ("redeem", "buy", "any", "none")
#: Until then an order can be stopped; `dealing` is sold already.
STOPPABLE = ("held", "placed")
VERBS = {"redeem": "赎回", "buy": "买入", "switch": "转换", "dca": "定投"}
#: Where money goes that leaves a crowd, by the client's level; kinds, never a product (no unasked offer).
CALMER = {
    0: "货币基金", 1: "货币基金", 2: "债券基金", 3: "宽基指数基金和债券基金各一半", 4: "宽基指数基金", 5: "宽基指数基金",
}  # fmt: skip
WEEK = 5


@dataclass(frozen=True)
class GroupRule:
    reason: str
    topic: str
    orders: str
    least_yuan: float
    ask: str


@dataclass(frozen=True)
class Rules:
    promise: timedelta
    sector_limit: float
    fund_limit: float
    groups: Mapping[str, GroupRule]


@dataclass(frozen=True)
class Move:
    """Money that leaves a fund. before, after: the crowd's share of all that is held."""

    fund: str
    name: str
    amount: float
    to: str
    before: float
    after: float


@dataclass(frozen=True)
class Pending:
    """An order that can still be stopped. until: the last minute for it."""

    id: str
    words: str
    amount: float
    status: str
    until: str


@dataclass(frozen=True)
class Plan:
    """What is to be done, with its words. reason is None when nobody has to be called."""

    level: Level
    note: str = ""
    moves: tuple[Move, ...] = ()
    pending: tuple[Pending, ...] = ()
    ask: str = ""
    reason: str | None = None
    topic: str | None = None
    task: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "level": self.level.value}


def load(path: Path = FILE) -> Rules:
    """Raises PolicyBroken."""
    return read(path.read_text(encoding="utf-8"))


def read(text: str) -> Rules:
    top = Node.root("interventions.yml", text).fields("version promise_minutes limits groups", "")
    limits = top["limits"].fields("sector fund", "")
    return Rules(
        timedelta(minutes=top["promise_minutes"].number(1, 60)), limits["sector"].share(), limits["fund"].share(),
        {name: _group(node) for name, node in top["groups"].fields().items()},
    )  # fmt: skip


def _group(node: Node) -> GroupRule:
    fields = node.fields("reason topic orders least_yuan ask", "")
    return GroupRule(
        fields["reason"].one_of(REASONS, "转人工原因"), fields["topic"].one_of(TOPICS, "话题"),
        fields["orders"].one_of(ORDERS, "交易种类"), fields["least_yuan"].number(0), fields["ask"].template(("orders", "until")),
    )  # fmt: skip


def plan_for(alert: Alert, group: str, kind: str, facts: Facts, rules: Rules) -> Plan:
    """What is to be done about an alert that was just raised or has risen.

    kind  of the indicator: a person is called only for what has happened (`event`), not for what has long been so
    """
    if alert.level is Level.LOW:
        return Plan(alert.level, note=market_note(facts, alert))
    moves = spread(facts.positions, facts.person.risk, rules)
    rule = rules.groups.get(group)
    if alert.level is Level.MEDIUM or rule is None or kind != "event":
        return Plan(alert.level, moves=moves, task=True)
    pending = stoppable(facts, rule.orders)
    if rule.orders != "none" and (not pending or sum(p.amount for p in pending) < rule.least_yuan):
        return Plan(alert.level, moves=moves, task=True)
    # Whatever the alarm is about, money on its way out is what can still be saved.
    held = pending or stoppable(facts, "redeem")
    about = ";".join(p.words for p in held) or alert.words
    return Plan(
        alert.level, moves=moves, pending=held, ask=rule.ask.format(orders=about, until=_until(held)), reason=rule.reason,
        topic=rule.topic, task=True,
    )  # fmt: skip


def stoppable(facts: Facts, kind: str) -> tuple[Pending, ...]:
    """The client's orders of a kind that can still be stopped, the newest first."""
    if kind == "none":
        return ()
    kinds = ("redeem", "buy", "switch") if kind == "any" else (kind,)
    return tuple(_pending(t) for t in facts.trades if t.kind in kinds and t.status in STOPPABLE)


def _pending(trade: Trade) -> Pending:
    last = cut_off(trade.day).astimezone(SHANGHAI)
    until = "" if trade.status == "held" else f"{spoken(last.date())}{last:%H:%M}"
    day = spoken(trade.placed_at.astimezone(SHANGHAI).date())
    words = f"{day}{VERBS.get(trade.kind, trade.kind)}{trade.name} {yuan(trade.amount)}"
    return Pending(trade.id, words, trade.amount, trade.status, until)


def _until(pending: Sequence[Pending]) -> str:
    known = [p.until for p in pending if p.until]
    return f"{min(known)}前都可以撤单" if known else "在您确认之前我们不会处理"


def spread(positions: Sequence[Position], risk: int, rules: Rules) -> tuple[Move, ...]:
    """What would have to leave each crowded industry, then each crowded fund, and where to; () when nothing is crowded.

    The whole stays the same: what leaves one fund goes into another, so a crowd of value v over the limit l of the
    total t sheds v - l x t. Locked shares cannot move.
    """
    total = sum(p.value for p in positions)
    if total <= 0:
        return ()
    left = {p.fund: p.value for p in positions}
    moves: list[Move] = []
    sectors = sorted({p.sector for p in positions if p.sector not in BROAD})
    for crowd, limit in [
        *(([p for p in positions if p.sector == s], rules.sector_limit) for s in sectors),
        *(([p], rules.fund_limit) for p in positions if p.kind not in (*CALM_KINDS, "FOF")),
    ]:
        over = sum(left[p.fund] for p in crowd) - limit * total
        for position in sorted(crowd, key=lambda p: (-left[p.fund], p.fund)):
            out = min(over, left[position.fund])
            if out < 1 or position.locked:
                continue
            before = sum(left[p.fund] for p in crowd) / total
            left[position.fund] -= out
            over -= out
            after = sum(left[p.fund] for p in crowd) / total
            moves.append(Move(position.fund, position.name, round(out, 2), CALMER[risk], before, after))
    return tuple(moves)


def move_words(move: Move) -> str:
    return f"{move.name}转出约 {yuan(move.amount)}到{move.to},占比由 {percent(move.before)} 降到 {percent(move.after)}"


def market_note(facts: Facts, alert: Alert) -> str:
    """How the present holdings moved in a week and in the months known, beside what was noticed."""
    worth = facts.worth
    if len(worth) <= WEEK or worth[-1 - WEEK] <= 0 or worth[0] <= 0:
        return f"{alert.words}。"
    week, whole = worth[-1] / worth[-1 - WEEK] - 1, worth[-1] / worth[0] - 1
    return (
        f"{alert.words}。现有持仓近一周{_moved(week)},近{len(worth)}个交易日{_moved(whole)}。"
        f"过往涨跌不代表以后,是否调整请结合用钱的时间。"
    )


def _moved(change: float) -> str:
    return "基本持平" if abs(change) < 0.0005 else f"{'上涨' if change > 0 else '下跌'} {abs(change):.1%}"


def task_text(alert: Alert, plan: Plan) -> str:
    """What the own advisor reads."""
    steps = [f"{n}. {move_words(move)}" for n, move in enumerate(plan.moves, 1)]
    return "\n".join([f"{alert.words}。{alert.advice}", *(["按持仓测算,可以和客户商量:", *steps] if steps else [])])


__all__ = ["Move", "Pending", "Plan", "Rules", "load", "market_note", "plan_for", "read", "spread", "task_text"]

"""定投: what there is. Its changes are orders (`trade.py`)."""

from __future__ import annotations

from actions.answers import Answer, answers, say
from actions.orders.wording import plan_line
from actions.services import House
from actions.turn import Turn
from actions.words import cite, with_comfort
from actions.writing import day, money
from institution.models import Plan


@answers("dca_query")
async def dca_query(turn: Turn, house: House) -> Answer:
    plans = [
        plan for plan in await house.institution.plans(turn.client_id) if not turn.funds or plan.fund in turn.funds
    ]
    kept = [plan for plan in plans if plan.status != "stopped"]
    if not kept:
        return say("您名下没有在用的定投计划。", quick=("新建定投", "定投是什么"))
    rules = await house.rules(turn.today, "RULE-DCA")
    rows = [{"label": plan.name, "value": plan_line(plan).removeprefix(plan.name).strip()} for plan in kept]
    text = "\n".join(
        (f"您有{len(kept)}个定投:", *(f"· {plan_line(plan)}" for plan in kept), following(kept), cite(rules))
    )
    return say(with_comfort(turn, text), card={"title": "定投计划", "rows": rows}, quick=next_steps(kept))


def next_steps(plans: list[Plan]) -> tuple[str, ...]:
    """Only what can be done with these plans."""
    states = {plan.status for plan in plans}
    can = {"running": "暂停定投", "paused": "恢复定投"}
    return ("改金额", *(words for state, words in can.items() if state in states))


def following(plans: list[Plan]) -> str:
    dates = [(plan.next_date, plan) for plan in plans if plan.next_date]
    if not dates:
        return "目前没有要扣的。"
    on, plan = min(dates, key=lambda pair: pair[0])
    return f"下一次扣款是{day(on)},{plan.name}{money(plan.amount)}。"

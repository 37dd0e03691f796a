"""定投: what there is. Its changes are orders (`trade.py`)."""

from __future__ import annotations

import re

from actions import known
from actions.answers import HUMAN, Answer, answers, say
from actions.orders.wording import plan_line
from actions.services import House
from actions.turn import Turn
from actions.words import cite, with_comfort
from actions.writing import day, money
from institution.models import Plan

#: What is asked of a deduction that the rule answers, with or without a plan.
ASKS_RULE = re.compile(
    r"(定投|扣款|扣钱|扣).{0,16}(碰上|碰到|遇上?到?|赶上|周末|节假日|放假|来得及|几点前|没钱|余额不足|钱不够|失败)"
    r"|(碰上|碰到|遇上?到?|赶上|周末|节假日|放假|没钱|余额不足|钱不够).{0,12}(定投|扣款|扣钱|还扣|会扣|怎么扣)"
)
QUESTION = re.compile(r"[??]|吗|么$|怎么|咋|会不会|还扣|来得及|几点前|能不能|算不算|如何")
#: 「周末扣了吗」 asks for what happened.
DONE = re.compile(r"扣了.{0,4}(吗|没|多少)")
NO_MONEY = re.compile(r"没钱|余额不足|钱不够|失败")


def asks_rule(text: str) -> bool:
    """Whether a message asks how deductions go (a weekend, no money, the last hour for a change), not for the client's plans."""
    return bool(ASKS_RULE.search(text) and QUESTION.search(text) and not DONE.search(text))


async def by_rule(turn: Turn, house: House) -> Answer:
    """The rule of deductions in its own words; what happens without money is told by the knowledge base."""
    rules = await house.rules(turn.today, "RULE-DCA")
    fact = known.fact(turn, house, f"定投扣款失败 {turn.text}") if NO_MONEY.search(turn.text) else ""
    text = fact or "\n".join((*(rule.text for rule in rules), cite(rules)))
    return say(with_comfort(turn, text), quick=("我的定投", "修改定投", HUMAN))


@answers("dca_query")
async def dca_query(turn: Turn, house: House) -> Answer:
    if asks_rule(turn.text):
        return await by_rule(turn, house)
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

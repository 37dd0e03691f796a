"""The questions for what an order still lacks, with taps that answer them. Pure: draft, books -> an answer."""

from __future__ import annotations

from actions.answers import Answer, say
from actions.orders.checks import assess
from actions.orders.filling import plans_for
from actions.orders.model import Draft, Facts, Kind, Step
from actions.orders.phrases import VERBS
from actions.orders.wording import DROP, order_line, plan_line
from actions.reading import Quantity
from actions.writing import money, shares


def ask(draft: Draft, facts: Facts) -> Answer:
    """The question for what is missing."""
    return {
        Step.FUND: ask_fund, Step.TARGET: ask_target, Step.QUANTITY: ask_quantity, Step.RHYTHM: ask_rhythm,
        Step.PLAN: ask_plan, Step.CHANGE: ask_change, Step.ORDER: ask_order, Step.MODE: ask_mode,
    }[draft.step](draft, facts)  # fmt: skip


def ask_fund(draft: Draft, facts: Facts) -> Answer:
    if draft.kind is Kind.REDEEM:
        return ask_what_to_sell(facts, said_words(draft.quantity))
    if draft.kind.on_holding:
        target = f"转成{facts.name(draft.to_fund)}," if draft.to_fund else ""
        question = f"{target}要转出哪一只?" if draft.kind is Kind.SWITCH else "哪一只要改分红方式?"
        return say(question, quick=(*(item.name for item in facts.holdings[:6]), DROP))
    mine = [item.name for item in facts.holdings if item.fund in facts.funds
            and assess(facts.client, facts.funds[item.fund], today=facts.today, occasion="offer").allowed]  # fmt: skip
    word = "定投" if draft.kind is Kind.DCA_CREATE else "买"
    return say(f"想{word}哪一只?说名字或代码都行。", quick=(*mine[:4], "我能买哪些", DROP))


def ask_what_to_sell(facts: Facts, wanted: str) -> Answer:
    """Fund and quantity in one tap, so that a redemption stays within three steps; a quantity said is not asked again."""
    held = [f"{item.name}:{shares(item.available_shares)},约{money(item.value)}" for item in facts.holdings]
    parts = (wanted,) if wanted else ("全部", "一半")
    quick = tuple(f"赎回{item.name}{part}" for item in facts.holdings[: 6 // len(parts)] for part in parts)
    question = f"要从哪一只赎回{wanted}?" if wanted else "要赎回哪一只、多少?"
    ending = "点一个,或者说基金名。" if wanted else "点一个,或者直接说,比如「卖一半」带上基金名。"
    return say("\n".join((f"{question}您持有:", *(f"· {line}" for line in held), ending)), quick=(*quick, DROP))


def said_words(quantity: Quantity | None) -> str:
    """A quantity as the client said it; empty for none, or for one that has to be said with the fund."""
    if quantity is None or quantity.unit == "keep":
        return ""
    if quantity.unit == "portion":
        return {"1": "全部", "0.5": "一半"}.get(f"{quantity.value:f}", f"{quantity.value * 100:g}%")
    return money(quantity.value) if quantity.unit == "yuan" else shares(quantity.value)


def ask_target(draft: Draft, facts: Facts) -> Answer:
    level = facts.client.risk_level
    fitting = [
        fund.name
        for fund in facts.funds.values()
        if fund.code != draft.fund
        and "衡远" in fund.company + fund.name
        and assess(facts.client, fund, today=facts.today, occasion="offer").allowed
    ]
    source = facts.name(draft.fund) if draft.fund else "这只"
    return say(f"{source}要转成哪一只?转入的基金不能超过您的风险等级{level}。", quick=(*fitting[:4], DROP))


def ask_quantity(draft: Draft, facts: Facts) -> Answer:
    name = facts.name(draft.fund)
    if draft.kind in (Kind.REDEEM, Kind.SWITCH):
        holding = facts.holding(draft.fund)
        have = f"您有{shares(holding.available_shares)}可用,约{money(holding.value)}。" if holding else ""
        return say(f"{have}{name}要{VERBS[draft.kind]}多少份?", quick=("全部", "一半", DROP))
    fund = facts.funds.get(draft.fund or "")
    least = f"(最低{money(fund.min_buy)})" if fund else ""
    what = "每次定投" if draft.kind is Kind.DCA_CREATE else "买"
    return say(f"{name}{what}多少钱?{least}", quick=("1000元", "5000元", DROP))


def ask_rhythm(draft: Draft, facts: Facts) -> Answer:
    if draft.frequency in ("每周", "每两周"):
        return say("星期几扣款?", quick=("周一", "周三", "周五", DROP))
    return say(
        "多久扣一次、哪天扣?比如「每月15号」。日期请在1至28号之间选。", quick=("每月1号", "每月15号", "每周一", DROP)
    )


def ask_plan(draft: Draft, facts: Facts) -> Answer:
    plans = plans_for(draft.kind, facts)
    lines = "\n".join(f"· {plan_line(plan)}" for plan in plans)
    quick = tuple(f"{plan.name} {plan.id}" for plan in plans[:5])
    return say(f"您有{len(plans)}个定投,要{VERBS[draft.kind]}的是哪一个?\n{lines}", quick=(*quick, DROP))


def ask_change(draft: Draft, facts: Facts) -> Answer:
    plan = facts.plan(draft.plan)
    now = f"现在是:{plan_line(plan)}。" if plan else ""
    return say(
        f"{now}\n要改成多少钱,或者改到哪天?扣款卡要在「我的 > 账户安全」里改。",
        quick=("改成500元", "改到每月15号", DROP),
    )


def ask_order(draft: Draft, facts: Facts) -> Answer:
    lines = "\n".join(f"· {order_line(order)}" for order in facts.orders)
    return say(f"要撤哪一笔?\n{lines}", quick=(*(f"撤 {order.id}" for order in facts.orders[:5]), DROP))


def ask_mode(draft: Draft, facts: Facts) -> Answer:
    holding = facts.holding(draft.fund)
    now = f"现在是{holding.dividend_mode}。" if holding else ""
    return say(
        f"{facts.name(draft.fund)}{now}改成现金分红(到卡里)还是红利再投资(换成份额)?",
        quick=("现金分红", "红利再投资", DROP),
    )

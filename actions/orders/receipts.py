"""What the client reads once something stands in the books. Pure."""

from __future__ import annotations

from typing import Any

from actions.answers import HUMAN, Answer, say
from actions.orders.model import Draft, Kind
from actions.orders.phrases import VERBS, phrase
from actions.writing import day, moment, money, rate, shares
from institution.models import Order, Plan


def receipt(draft: Draft, order: Order) -> Answer:
    """What stands in the books now."""
    size = shares(order.shares) if order.kind in ("redeem", "switch") else money(order.amount)
    rows = [{"label": "单号", "value": order.id}, {"label": "基金", "value": order.name}, {"label": "数量", "value": size},
            {"label": "状态", "value": order.status_words}, {"label": "T日", "value": day(order.t_day)}]  # fmt: skip
    if order.kind == "redeem":
        rows.append({"label": "预计到账", "value": f"{moment(order.arrival)}前"})
    card = {"title": f"{VERBS[draft.kind]}回执", "rows": rows, "stamp": order.status_words}
    if order.status == "cancelled":
        return say(f"已撤单:{order.name} {size},单号{order.id}。", card=card, quick=("查交易记录",))
    if order.status == "held":
        return say(f"这笔赎回已登记,按大额赎回规则先暂缓(RULE-HOLD),单号{order.id}。", card=card)
    ends = f"资金{moment(order.arrival)}前到账。" if order.kind == "redeem" else f"{day(order.confirm_day)}确认。"
    until = f"{moment(order.cancellable_until)}前可以撤单。" if order.cancellable_until else ""
    text = f"已受理:{VERBS[draft.kind]}{order.name} {size},单号{order.id}。T日是{day(order.t_day)},{ends}{until}"
    return say(text, card=card, quick=("查这笔进度", "撤单", "我的持仓"))


def held(draft: Draft, order: Order) -> Answer:
    """A large redemption waits: for the client's second word, or for a person (RULE-HOLD)."""
    share = f"占您资产的{rate(order.hold.share_of_aum, 1)}," if order.hold else ""
    if order.hold and order.hold.needs_human:
        return say(
            f"这笔{share}超过三成,放行前要由人工与您核实一次,是为了防止账户被他人操作。我这就为您接人工。",
            quick=(HUMAN, "撤单"),
        )
    return say(
        f"这笔{share}需要您再确认一次才会放行:点「{phrase(draft)}」。不想赎了可以撤单。",
        quick=(phrase(draft), "撤单", HUMAN),
    )


def plan_receipt(draft: Draft, plan: Plan) -> Answer:
    following = f"下次扣款{day(plan.next_date)}。" if plan.next_date else ""
    done = {Kind.DCA_CREATE: "定投已建好", Kind.DCA_MODIFY: "定投已修改", Kind.DCA_PAUSE: "定投已暂停",
            Kind.DCA_RESUME: "定投已恢复", Kind.DCA_STOP: "定投已终止"}[draft.kind]  # fmt: skip
    rows = [
        {"label": "基金", "value": plan.name},
        {"label": "金额", "value": money(plan.amount)},
        {"label": "扣款", "value": f"{plan.day_words}"},
        {"label": "状态", "value": plan.status_words},
    ]
    return say(f"{done}:{plan.name},{plan.day_words},{money(plan.amount)}。{following}",
               card={"title": "定投回执", "rows": rows, "stamp": plan.status_words}, quick=("我的定投",))  # fmt: skip


def dividend_receipt(fund_name: str, done: dict[str, Any]) -> Answer:
    return say(f"已提交:{fund_name}的分红方式改为{done['mode']},{day(done.get('confirmed_on'))}确认;"
               "登记日在确认日当天或之后的分红按新方式发(RULE-DIV)。", quick=("我的持仓",))  # fmt: skip

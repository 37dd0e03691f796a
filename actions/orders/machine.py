"""Where a draft goes after a message. Pure: draft, what was heard, the books -> the draft and what to do.

(missing field) -> … -> confirm --yes--> final --phrase with the amount--> place -> [release if held]
any step: a correction recomputes and comes back to confirm; 「算了」 drops; another question is answered, then asked again
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from enum import Enum

from actions.orders import checks
from actions.orders.hearing import Heard
from actions.orders.model import Draft, Facts, Kind, Problem, Step
from actions.reading import Quantity, number, numbers
from actions.writing import plain
from institution.models import Plan

#: Intents that speak to the draft itself, not of something else.
FILLING = frozenset(
    {"affirm", "deny", "correct", "buy_fund", "redeem_fund", "switch_fund", "cancel_order", "set_dividend_mode",
     "dca_create", "dca_modify", "dca_pause", "dca_resume", "dca_stop", "rebalance", "nlu_fallback", "default_fallback",
     "clarify", ""}
)  # fmt: skip
KIND_OF_INTENT = {
    "buy_fund": Kind.BUY, "redeem_fund": Kind.REDEEM, "switch_fund": Kind.SWITCH, "cancel_order": Kind.CANCEL,
    "dca_create": Kind.DCA_CREATE, "dca_modify": Kind.DCA_MODIFY, "dca_pause": Kind.DCA_PAUSE,
    "dca_resume": Kind.DCA_RESUME, "dca_stop": Kind.DCA_STOP, "set_dividend_mode": Kind.DIVIDEND,
    "rebalance": Kind.REBALANCE,
}  # fmt: skip
VERBS = {Kind.BUY: "申购", Kind.REDEEM: "赎回", Kind.SWITCH: "转换", Kind.CANCEL: "撤单", Kind.DCA_CREATE: "新建定投",
         Kind.DCA_MODIFY: "修改定投", Kind.DCA_PAUSE: "暂停定投", Kind.DCA_RESUME: "恢复定投", Kind.DCA_STOP: "终止定投",
         Kind.DIVIDEND: "改为", Kind.REBALANCE: "调仓"}  # fmt: skip
RUNNING = {Kind.DCA_PAUSE: ("running",), Kind.DCA_RESUME: ("paused",), Kind.DCA_STOP: ("running", "paused"),
           Kind.DCA_MODIFY: ("running", "paused")}  # fmt: skip


SAYS = {Kind.BUY: "买|申购|加仓", Kind.REDEEM: "卖|赎", Kind.SWITCH: "转换|换成|转成", Kind.CANCEL: "撤单|撤销|撤了",
        Kind.DCA_CREATE: "定投", Kind.DIVIDEND: "分红|红利", Kind.REBALANCE: "调仓|再平衡"}  # fmt: skip


#: What the client says when the checks ask for one confirmation more.
AWARE = "我已了解"
#: 「去掉第2笔」, 「不要第二笔」 of a rebalancing.
LEFT_OUT = re.compile(r"(?:去掉|不要|删掉?|别动|不动|取消|不做)(?:了)?第?([一二三四五六七八九1-9])[笔条步]")
WHY = re.compile(r"为(什么|啥|何)|凭什么|依据|理由|怎么(算|定|选|配)的?|道理")
KEPT = re.compile(r"(别|不要?)(动|卖|转|碰)|留着|保留|不卖|不转")
POINTS = re.compile(r"它|这[只个支]|那[只个支]|该基金")


def names(kind: Kind, text: str) -> bool:
    """Whether the text says this kind of order in so many words."""
    return bool(re.search(SAYS.get(kind, "定投"), text))


class Act(str, Enum):
    ASK = "ask"
    EXPLAIN = "explain"
    DROP = "drop"
    PLACE = "place"
    DIGRESS = "digress"
    REPLACE = "replace"


@dataclass(frozen=True)
class Move:
    draft: Draft
    act: Act
    problem: Problem | None = None


def advance(draft: Draft, heard: Heard, facts: Facts) -> Move:
    """What one message does to an open draft."""
    closed = draft.step in (Step.FINAL, Step.RELEASE) and is_phrase(draft, heard.text)
    if closed and not heard.question and not heard.no:
        return Move(draft, Act.PLACE)
    if draft.unsure:
        return _while_unsure(draft, heard)
    if draft.kind is Kind.REBALANCE and not heard.question and changes(draft, heard, facts):
        fewer = replace(without_legs(draft, heard), step=Step.CONFIRM)
        return Move(fewer, Act.ASK, checks.check(fewer, facts))
    if heard.no and not changes(draft, heard, facts):
        return Move(draft, Act.DROP)
    if draft.step is Step.AWARE and heard.quantity is None and (AWARE in heard.text or heard.yes) and not heard.no:
        return Move(replace(draft, step=Step.CONFIRM, aware=True), Act.ASK)
    waiting = draft.step in (Step.CONFIRM, Step.FINAL)
    if waiting and draft.kind is Kind.REBALANCE and (heard.why_fee or WHY.search(heard.text)):
        return Move(draft, Act.EXPLAIN)
    if waiting and draft.kind.quoted and heard.why_fee and not other_fund(draft, heard):
        return Move(draft, Act.EXPLAIN)
    if asks_why_again(draft, heard) or asks_when(draft, heard):
        return Move(draft, Act.EXPLAIN)
    if draft.step is Step.CONFIRM and heard.yes and not changes(draft, heard, facts):
        return Move(replace(draft, step=Step.FINAL), Act.ASK)
    if heard.intent not in FILLING and (heard.question or not (fills(draft, heard) or bare_figure(heard))):
        return Move(draft, Act.DIGRESS)
    other = KIND_OF_INTENT.get(heard.intent)
    if other and wants_other(draft, heard, other):
        return Move(draft, Act.REPLACE)
    if draft.step is Step.RELEASE:
        return Move(draft, Act.ASK, Problem("type_phrase", "要放行请点按钮,或原样打出引号里的话。"))
    filled = settle(fill(draft, heard, facts), facts)
    problem = checks.check(filled, facts)
    if problem is None and replace(filled, step=draft.step) == draft:
        # Said once more what stands there already: 「纯债那个」 is no riddle, the check is shown again.
        again = draft.step is Step.CONFIRM and carries(heard) and not heard.not_this
        return Move(draft, Act.ASK, None if again else missed(draft, heard))
    return Move(filled, Act.ASK, problem)


def asks_why_again(draft: Draft, heard: Heard) -> bool:
    """Whether a client who confirmed once asks why that is not all."""
    closing = draft.step in (Step.FINAL, Step.RELEASE) and not other_fund(draft, heard)
    return closing and bool(WHY.search(heard.text)) and heard.again


def asks_when(draft: Draft, heard: Heard) -> bool:
    """Whether the client asks from when another way of dividends holds."""
    plain_question = heard.question and (heard.intent in FILLING or "生效" in heard.text)
    return draft.kind is Kind.DIVIDEND and plain_question and heard.from_when


def _while_unsure(draft: Draft, heard: Heard) -> Move:
    """The order may be in the books already: it can be sent again and looked up, but neither changed nor dropped."""
    if heard.intent == "cancel_order" and draft.kind is not Kind.CANCEL:
        return Move(draft, Act.REPLACE)
    if heard.intent not in FILLING:
        return Move(draft, Act.DIGRESS)
    return Move(draft, Act.ASK, Problem("unsure", "查清之前,这笔不能改,也不能当作没有提交。"))


def meaning_last_fund(draft: Draft, heard: Heard, last_fund: str | None, facts: Facts) -> Draft:
    """「卖一半」, 「把它卖了」 right after talking of a fund mean that fund, when it fits the order at all."""
    # A bare sum (「取两千出来用」) asks for money from wherever it is best taken: the client chooses the fund.
    of_it = heard.quantity is not None and heard.quantity.unit in ("portion", "keep", "shares")
    pointed = POINTS.search(heard.text) or of_it or (draft.kind.adds and heard.quantity is not None)
    if not last_fund or not pointed or draft.kind.on_plan or draft.kind is Kind.CANCEL:
        return draft
    # 「把它换成沪深300」 names the fund to go into; it is the one left.
    into = draft.kind is Kind.SWITCH and len(heard.funds) == 1 and last_fund not in heard.funds
    if heard.funds and not into:
        return draft
    fits = facts.holding(last_fund) if draft.kind.on_holding else facts.funds.get(last_fund)
    return replace(draft, fund=last_fund) if fits else draft


def wants_other(draft: Draft, heard: Heard, other: Kind) -> bool:
    """Whether the client now wants another kind of order: said in its own words, or nothing here fits this draft."""
    if other is draft.kind or heard.yes or draft.step is Step.RELEASE:
        return False
    said = names(other, heard.text) and not names(draft.kind, heard.text)
    return said or not carries(heard)


def carries(heard: Heard) -> bool:
    """Whether the message holds a figure, a fund or a choice: 「改成三千份」 speaks to whatever order is open."""
    return bool(
        heard.quantity or heard.funds or heard.mode or heard.not_this or heard.frequency or heard.day or heard.weekday
    )


def missed(draft: Draft, heard: Heard) -> Problem:
    """Nothing in the message moved the draft."""
    if draft.step is Step.AWARE:
        return Problem("not_understood", "")
    if draft.step is Step.FINAL and heard.yes:
        return Problem("type_phrase", "为了稳妥,最后一步要请您点带金额的按钮,或原样打出引号里的话。")
    if heard.not_this:
        return Problem("which_then", "好的,换一个。")
    if heard.quantity and draft.step in (Step.FUND, Step.TARGET):
        return Problem("kept", "数量记下了。")
    return Problem("not_understood", "这句我没对上。")


def fills(draft: Draft, heard: Heard) -> bool:
    """Whether the message carries something that the waited-for step takes."""
    carried = {
        Step.FUND: bool(heard.funds), Step.TARGET: bool(heard.funds), Step.QUANTITY: heard.quantity is not None,
        Step.RHYTHM: bool(heard.frequency or heard.day or heard.weekday), Step.PLAN: bool(heard.funds or heard.quantity),
        Step.CHANGE: bool(heard.quantity or heard.day or heard.frequency), Step.ORDER: bool(heard.funds or heard.quantity),
        Step.MODE: heard.mode is not None,
    }  # fmt: skip
    return carried.get(draft.step, bool(heard.quantity or heard.funds or heard.mode or heard.yes or heard.not_this))


def bare_figure(heard: Heard) -> bool:
    """「一半」, 「改成三千份」: a figure and little else is for the order that is open, whatever it looks like by itself."""
    return heard.quantity is not None and len(heard.text) <= 8


def other_fund(draft: Draft, heard: Heard) -> bool:
    return any(code not in (draft.fund, draft.to_fund) for code in heard.funds)


def changes(draft: Draft, heard: Heard, facts: Facts) -> bool:
    """Whether the message asks for something else than the draft says."""
    if draft.kind is Kind.REBALANCE:
        return without_legs(draft, heard) != draft
    if heard.not_this or other_fund(draft, heard):
        return True
    if heard.mode and heard.mode != draft.mode:
        return True
    if heard.quantity is None:
        return False
    after = settle(replace(draft.forgetting_figures(), quantity=heard.quantity), facts)
    same_number = heard.quantity.unit == "bare" and heard.quantity.value in (draft.shares, draft.amount)
    return not same_number and (after.shares, after.amount) != (draft.shares, draft.amount)


def fill(draft: Draft, heard: Heard, facts: Facts) -> Draft:
    """The draft with everything in it that the message says."""
    if draft.kind is Kind.REBALANCE:
        return without_legs(draft, heard)
    if heard.not_this and not heard.funds:
        draft = the_other(draft, heard, facts)
    draft = _fill_funds(draft, heard, facts)
    rhythmic = draft.kind in (Kind.DCA_CREATE, Kind.DCA_MODIFY)
    if heard.quantity and not draft.kind.on_plan and draft.kind not in (Kind.CANCEL, Kind.DIVIDEND):
        draft = replace(draft.forgetting_figures(), quantity=heard.quantity)
    if heard.quantity and draft.kind is Kind.DCA_MODIFY:
        draft = replace(draft.forgetting_figures(), quantity=heard.quantity)
    if rhythmic and (heard.frequency or heard.day or heard.weekday):
        frequency = heard.frequency or draft.frequency or ("每周" if heard.weekday else "每月" if heard.day else None)
        day = heard.weekday if frequency in ("每周", "每两周") else heard.day
        kept = draft.day if frequency == draft.frequency else None
        draft = replace(draft, frequency=frequency, day=day or kept)
    if draft.kind is Kind.DIVIDEND and heard.mode:
        draft = replace(draft, mode=heard.mode)
    return _fill_choice(draft, heard, facts)


def without_legs(draft: Draft, heard: Heard) -> Draft:
    """A rebalancing without the order that the client will not have: by its number, or by a fund that is to stay."""
    numbered = {int(number(said) or 0) for said in LEFT_OUT.findall(heard.text)}
    staying = set(heard.funds) if KEPT.search(heard.text) else set()
    legs = tuple(
        leg
        for place, leg in enumerate(draft.legs, 1)
        if place not in numbered and not staying & {leg.fund, leg.to_fund}
    )
    return replace(draft, legs=legs, t_day=None, aware=False) if legs != draft.legs else draft


def the_other(draft: Draft, heard: Heard, facts: Facts) -> Draft:
    """「另一只」: of two holdings the one that was not meant; else the fund is open again."""
    others = [item.fund for item in facts.holdings if item.fund not in (draft.fund, draft.to_fund)]
    pointed = draft.fund and draft.kind.on_holding and re.search("另|换一", heard.text)
    other = others[0] if pointed and len(others) == 1 else None
    return replace(draft.forgetting_figures(), fund=other, plan=None, order=None)


def _fill_funds(draft: Draft, heard: Heard, facts: Facts) -> Draft:
    if not heard.funds:
        return draft
    if draft.kind is Kind.SWITCH:
        named = list(heard.funds)
        if len(named) > 1:
            return replace(draft.forgetting_figures(), fund=named[0], to_fund=named[1])
        other = draft.fund is not None and draft.fund != named[0]
        said_into = other and re.search("换成|转成|转到|换到|转入", heard.text) is not None
        into = said_into or draft.step is Step.TARGET or facts.holding(named[0]) is None
        changed = replace(draft, to_fund=named[0]) if into else replace(draft, fund=named[0])
        return changed.forgetting_figures()
    if draft.kind.on_plan:
        return draft
    # 「不是沪深300,是新能源」: the last one named is meant.
    chosen = heard.funds[-1]
    return draft if chosen == draft.fund else replace(draft.forgetting_figures(), fund=chosen)


def _fill_choice(draft: Draft, heard: Heard, facts: Facts) -> Draft:
    """The plan or the order that is meant: the only one, the one of the fund named, or the one whose number or id is said."""
    if draft.kind.on_plan:
        fitting = plans_for(draft.kind, facts)
        meant = [plan for plan in fitting if plan.id in heard.text] or [
            plan for plan in fitting if plan.fund in heard.funds
        ]
        meant = meant or ([] if draft.plan else fitting)
        return replace(draft, plan=meant[0].id, fund=meant[0].fund) if len(meant) == 1 else draft
    if draft.kind is Kind.CANCEL:
        found = [order for order in facts.orders if order.id in heard.text] or [
            o for o in facts.orders if o.fund in heard.funds
        ]
        found = found or ([] if draft.order else list(facts.orders))
        return replace(draft, order=found[0].id, fund=found[0].fund) if len(found) == 1 else draft
    if draft.kind.on_holding and draft.fund is None and len(facts.holdings) == 1 and not heard.not_this:
        return replace(draft, fund=facts.holdings[0].fund)
    return draft


def plans_for(kind: Kind, facts: Facts) -> list[Plan]:
    """The client's plans that this change fits: only a running one can be paused."""
    return [plan for plan in facts.plans if plan.status in RUNNING.get(kind, ())]


def settle(draft: Draft, facts: Facts) -> Draft:
    """Shares or yuan worked out of the quantity said, and the step that is missing next."""
    draft = figures(draft, facts)
    return replace(draft, step=missing(draft))


def figures(draft: Draft, facts: Facts) -> Draft:
    said = draft.quantity
    if said is None or draft.fund is None or draft.kind in (Kind.CANCEL, Kind.DIVIDEND, Kind.REBALANCE):
        return draft
    if draft.kind in (Kind.BUY, Kind.DCA_CREATE, Kind.DCA_MODIFY):
        return replace(draft, amount=said.value, shares=None) if said.unit in ("yuan", "bare") else draft
    holding = facts.holding(draft.fund)
    return replace(draft, shares=shares_meant(said, holding.available_shares, holding.nav)) if holding else draft


def shares_meant(said: Quantity, owned: Decimal, nav: Decimal) -> Decimal:
    """How many shares leave: a portion and what stays of what is owned, yuan by the last NAV, cut to 0.01 share."""
    cent = Decimal("0.01")
    if said.unit == "portion":
        return owned if said.value == 1 else (owned * said.value).quantize(cent, ROUND_DOWN)
    if said.unit == "keep":
        return max(Decimal(0), owned - said.value)
    if said.unit == "yuan":
        return (said.value / nav).quantize(cent, ROUND_DOWN)
    return said.value


def missing(draft: Draft) -> Step:
    """What the draft needs next; an answered draft waits for the first confirmation."""
    if draft.kind is Kind.REBALANCE:
        return Step.CONFIRM
    if draft.kind.on_plan:
        if draft.plan is None:
            return Step.PLAN
        if draft.kind is Kind.DCA_MODIFY and draft.frequency in ("每周", "每两周", "每月") and draft.day is None:
            return Step.RHYTHM
        changed = draft.amount is not None or draft.day is not None or draft.frequency is not None
        return Step.CHANGE if draft.kind is Kind.DCA_MODIFY and not changed else Step.CONFIRM
    if draft.kind is Kind.CANCEL:
        return Step.CONFIRM if draft.order else Step.ORDER
    if draft.fund is None:
        return Step.FUND
    if draft.kind is Kind.DIVIDEND:
        return Step.CONFIRM if draft.mode else Step.MODE
    if draft.kind is Kind.SWITCH and draft.to_fund is None:
        return Step.TARGET
    if draft.shares is None and draft.amount is None:
        return Step.QUANTITY
    rhythm = draft.kind is not Kind.DCA_CREATE or (draft.frequency == "每日" or (draft.frequency and draft.day))
    return Step.CONFIRM if rhythm else Step.RHYTHM


def phrase(draft: Draft) -> str:
    """What the client taps or types last: it names the deed and the amount."""
    if draft.step is Step.RELEASE:
        return "确认放行这笔赎回"
    verb = VERBS[draft.kind]
    if draft.kind is Kind.REBALANCE:
        return f"确认{verb}{plain(moved(draft))}元"
    if draft.kind in (Kind.REDEEM, Kind.SWITCH):
        return f"确认{verb}{plain(draft.shares)}份"
    if draft.kind is Kind.BUY or (draft.kind is Kind.DCA_CREATE):
        return f"确认{verb}{plain(draft.amount)}元"
    if draft.kind is Kind.DCA_MODIFY and draft.amount is not None:
        return f"确认{verb}{plain(draft.amount)}元"
    return f"确认{verb}{draft.mode}" if draft.kind is Kind.DIVIDEND else f"确认{verb}"


def moved(draft: Draft) -> Decimal:
    """The yuan that a rebalancing moves: what is sold and what is switched."""
    return sum((leg.value for leg in draft.legs if leg.kind != "buy"), Decimal(0))


def is_phrase(draft: Draft, text: str) -> bool:
    """Whether the text is the closing phrase and nothing more, however spaced or spelled (「确认赎回六千份」)."""
    said, wanted = _squeezed(text), _squeezed(phrase(draft))
    if said == wanted:
        return True
    amount, verb, unit = next(numbers(wanted), (None, wanted, ""))
    return any(
        value == amount and before.strip() == verb and after in ("", unit) for value, before, after in numbers(said)
    )


def closes_something(text: str) -> bool:
    """Whether the text is a closing phrase at all; with no draft open it belongs to an order that is done or dropped."""
    return _squeezed(text).startswith(tuple(f"确认{verb}" for verb in VERBS.values()))


def _squeezed(text: str) -> str:
    return (
        re.sub(r"[\s,,。.!!「」\"'“”]+(?!\d)", "", text)
        .replace("確認", "确认")
        .replace("贖回", "赎回")
        .replace(",", "")
    )

"""Where a draft goes after a message. Pure: draft, what was heard, the books -> the draft and what to do.

(missing field) -> … -> confirm --yes--> final --phrase with the amount--> place -> [release if held]
any step: a correction recomputes and comes back to confirm; 「算了」 drops; another question is answered, then asked again
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from actions.orders import checks
from actions.orders.filling import fill, settle, without_legs
from actions.orders.hearing import Heard
from actions.orders.model import Draft, Facts, Kind, Problem, Step
from actions.orders.phrases import VERBS, closes_something, is_phrase

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

SAYS = {Kind.BUY: "买|申购|加仓", Kind.REDEEM: "卖|赎", Kind.SWITCH: "转换|换成|转成|转(?=到|入|去|货币|债|成)",
        Kind.CANCEL: "撤单|撤销|撤了",
        Kind.DCA_CREATE: "定投", Kind.DIVIDEND: "分红|红利", Kind.REBALANCE: "调仓|再平衡"}  # fmt: skip

#: What the client says when the checks ask for one confirmation more.
AWARE = "我已了解"
#: 「啊?还要再确认一次?」
ONCE_MORE = re.compile(r"[还又再].{0,4}(确认|点|按|输|打).{0,6}[??吗]")
WHY = re.compile(r"为(什么|啥|何)|凭什么|依据|理由|怎么(算|定|选|配)的?|道理")
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
    """kind: of the order that replaces this one, when the words say it and the intent does not."""

    draft: Draft
    act: Act
    problem: Problem | None = None
    kind: Kind | None = None


def advance(draft: Draft, heard: Heard, facts: Facts) -> Move:
    """What one message does to an open draft."""
    closed = draft.step in (Step.FINAL, Step.RELEASE) and is_phrase(draft, heard.text)
    if closed and not heard.question and not heard.no:
        return Move(draft, Act.PLACE)
    if draft.unsure:
        return _while_unsure(draft, heard)
    if heard.complaint_denied:
        return Move(draft, Act.DIGRESS)
    if heard.instead and heard.instead is not draft.kind and draft.step is not Step.RELEASE:
        return Move(draft, Act.REPLACE, kind=heard.instead)
    if draft.step in (Step.CONFIRM, Step.FINAL) and closes_another(draft, heard.text):
        return Move(draft, Act.ASK, Problem("not_understood", "您打的是另一笔的确认语,现在等您确认的不是它。"))
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
        meant = carries(heard) or KIND_OF_INTENT.get(heard.intent) is draft.kind
        again = draft.step is Step.CONFIRM and meant and not heard.not_this
        return Move(draft, Act.ASK, None if again else missed(draft, heard))
    return Move(filled, Act.ASK, problem)


def closes_another(draft: Draft, text: str) -> bool:
    """Whether the text is the closing phrase of another kind of order: never a figure for this one."""
    return closes_something(text) and not closes_something(text, VERBS[draft.kind])


def asks_why_again(draft: Draft, heard: Heard) -> bool:
    """Whether a client who confirmed once asks why that is not all."""
    closing = draft.step in (Step.FINAL, Step.RELEASE) and not other_fund(draft, heard)
    return closing and bool(WHY.search(heard.text) or ONCE_MORE.search(heard.text)) and heard.again


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
    # … unless a money fund was just talked of: 「那取五千出来」 means that one.
    of_cash = (
        last_fund is not None
        and last_fund in facts.funds
        and facts.funds[last_fund].kind == "货币"
        and heard.text.startswith("那")
    )
    of_it = of_it or (of_cash and heard.quantity is not None)
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
    if heard.yes:
        return Problem("going_on", "好的,接着办。")
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

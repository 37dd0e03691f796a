"""The words that close an order: what a client taps or types last, and whether a text is that. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from actions.orders.model import Draft, Kind, Step
from actions.reading import numbers
from actions.writing import plain

VERBS = {Kind.BUY: "申购", Kind.REDEEM: "赎回", Kind.SWITCH: "转换", Kind.CANCEL: "撤单", Kind.DCA_CREATE: "新建定投",
         Kind.DCA_MODIFY: "修改定投", Kind.DCA_PAUSE: "暂停定投", Kind.DCA_RESUME: "恢复定投", Kind.DCA_STOP: "终止定投",
         Kind.DIVIDEND: "改为", Kind.REBALANCE: "调仓"}  # fmt: skip


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


def closes_something(text: str, *verbs: str) -> bool:
    """Whether the text is a closing phrase at all (of these verbs); with no draft open its order is done or dropped."""
    return _squeezed(text).startswith(tuple(f"确认{verb}" for verb in verbs or VERBS.values()))


def _squeezed(text: str) -> str:
    return (
        re.sub(r"[\s,,。.!!「」\"'“”]+(?!\d)", "", text)
        .replace("確認", "确认")
        .replace("贖回", "赎回")
        .replace(",", "")
    )

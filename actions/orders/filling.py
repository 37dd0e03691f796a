"""What a message puts into a draft, and what the draft then still lacks. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from actions.orders.hearing import Heard
from actions.orders.model import Draft, Facts, Kind, Step
from actions.reading import Quantity, number
from institution.models import Plan

RUNNING = {Kind.DCA_PAUSE: ("running",), Kind.DCA_RESUME: ("paused",), Kind.DCA_STOP: ("running", "paused"),
           Kind.DCA_MODIFY: ("running", "paused")}  # fmt: skip


#: 「去掉第2笔」, 「不要第二笔」 of a rebalancing.
LEFT_OUT = re.compile(r"(?:去掉|不要|删掉?|别动|不动|取消|不做)(?:了)?第?([一二三四五六七八九1-9])[笔条步]")


INTO = re.compile(r"(都|那|就|给我|帮我)?(换成|转成|转到|换到|转入)(?!别|其他|另|什么|哪)")
KEPT = re.compile(r"(别|不要?)(动|卖|转|碰)|留着|保留|不卖|不转")


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
        # 「换成新能源」 begins with the fund to go into, and one that is left is asked for.
        said_into = said_into or INTO.match(heard.text) is not None
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
        # A third of 9,000 is 3,000, though the third itself has no last digit.
        part = (owned * said.value).quantize(Decimal("0.001"))
        return owned if said.value == 1 else part.quantize(cent, ROUND_DOWN)
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

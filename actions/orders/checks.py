"""What stands in the way of a draft, told before the client has confirmed anything. The institution checks again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from actions.orders.model import Draft, Facts, Kind, Problem, Step
from actions.writing import shares
from compliance import suitability, suitability_policy
from compliance.suitability import Assessment, Case, Checked, Occasion
from institution.models import Client, Fund, Holding


def check(draft: Draft, facts: Facts) -> Problem | None:
    """The first problem, the ones that end the draft before those that can be corrected."""
    return nothing_there(draft, facts) or not_held(draft, facts) or _adding(draft, facts) or too_many(draft, facts)


def nothing_there(draft: Draft, facts: Facts) -> Problem | None:
    if draft.kind.on_holding and not facts.holdings:
        return Problem("no_holdings", "您名下现在没有持有基金,没有可以操作的份额。", fatal=True)
    if draft.kind is Kind.CANCEL and not facts.orders:
        return Problem("nothing_to_cancel", "您现在没有可以撤的单子:撤单只能在T日15:00之前,过了就按当天净值成交了。", fatal=True,
                       quick=("查交易记录", "转人工"))  # fmt: skip
    if draft.kind.on_plan and draft.step is Step.PLAN:
        return _no_plan(draft, facts)
    if draft.kind is Kind.REBALANCE and not draft.legs:
        return Problem(
            "no_legs", "几笔都去掉了,这次就不调了,什么都没有提交。", fatal=True, quick=("我的持仓", "组合体检")
        )
    return None


def _no_plan(draft: Draft, facts: Facts) -> Problem | None:
    fitting = {Kind.DCA_PAUSE: ("running",), Kind.DCA_RESUME: ("paused",)}.get(draft.kind, ("running", "paused"))
    if any(plan.status in fitting for plan in facts.plans):
        return None
    words = {Kind.DCA_PAUSE: "您没有正在扣款的定投,不用暂停。", Kind.DCA_RESUME: "您没有暂停中的定投,不用恢复。"}
    return Problem(
        "no_plan", words.get(draft.kind, "您名下没有在用的定投计划。"), fatal=True, quick=("我的定投", "新建定投")
    )


def not_held(draft: Draft, facts: Facts) -> Problem | None:
    if not draft.kind.on_holding or draft.fund is None or facts.holding(draft.fund):
        return None
    return Problem("not_held", f"您名下没有{facts.name(draft.fund)}。", fatal=False)


# -- suitability -----------------------------------------------------------------------------------------------------


def _adding(draft: Draft, facts: Facts) -> Problem | None:
    """The first check of suitability that refuses what the draft puts money into."""
    codes = [code for code, _, _ in additions(draft, facts)]
    if any(code not in facts.funds for code in codes):
        return Problem(
            "unknown_fund", "这只基金不在我们的产品清单里,我没法为您下单。", fatal=True, quick=("我能买哪些", "转人工")
        )
    refused = next((found.refusal for found in assessments(draft, facts) if found.refusal), None)
    return problem_of(refused) if refused else None


def additions(draft: Draft, facts: Facts) -> list[tuple[str, Decimal | None, str | None]]:
    """What a draft puts money into: (fund, yuan as far as known, the fund they come out of)."""
    if draft.kind is Kind.REBALANCE:
        return [
            (leg.to_fund or leg.fund, leg.value, leg.fund if leg.to_fund else None)
            for leg in draft.legs if leg.kind != "redeem"
        ]  # fmt: skip
    if draft.kind is Kind.SWITCH and draft.to_fund:
        held = facts.holding(draft.fund)
        value = draft.shares * held.nav if held and draft.shares is not None else None
        return [(draft.to_fund, value, draft.fund)]
    if draft.kind.adds and draft.fund:
        return [(draft.fund, draft.amount, None)]
    plan = facts.plan(draft.plan)
    if plan and draft.kind is Kind.DCA_RESUME:
        return [(plan.fund, plan.amount, None)]
    if plan and draft.kind is Kind.DCA_MODIFY and draft.amount is not None and draft.amount > plan.amount:
        return [(plan.fund, draft.amount, None)]
    return []


def assessments(draft: Draft, facts: Facts) -> list[Assessment]:
    """The twelve checks of everything that a draft puts money into."""
    return [
        assess(
            facts.client, facts.funds[code], today=facts.today, holdings=facts.holdings, amount=amount, out_of=out_of
        )
        for code, amount, out_of in additions(draft, facts)
        if code in facts.funds
    ]


def assess(
    client: Client,
    fund: Fund,
    *,
    today: date,
    holdings: Sequence[Holding] = (),
    amount: Decimal | None = None,
    out_of: str | None = None,
    occasion: Occasion = "order",
) -> Assessment:
    who = suitability.investor(client, holdings)
    case = Case(who, suitability.product(fund), today, occasion, amount, out_of)
    return suitability.assess(case, suitability_policy.load())


def unsuitable(client: Client, fund: Fund, today: date) -> Problem | None:
    """Why this client may not put money into this fund; None when he may."""
    refused = assess(client, fund, today=today).refusal
    return problem_of(refused) if refused else None


#: What a refused check is called in a draft, and what the client can do next.
CODES = {
    "test_valid": ("test_expired", ("重新测评", "转人工")), "test_consistent": ("test_inconsistent", ("重新测评", "转人工")),
    "lowest_class": ("unsuitable", ("我能买哪些", "我的风险等级", "转人工")),
    "risk_match": ("unsuitable", ("我能买哪些", "我的风险等级", "转人工")),
    "qualified_investor": ("not_qualified", ("怎么认证合格投资者", "转人工")),
    "minimum_amount": ("below_minimum", ()), "term_match": ("term_too_long", ("我能买哪些", "重新测评", "转人工")),
}  # fmt: skip


def problem_of(refused: Checked) -> Problem:
    """A refusal as the client hears it: why, and what is possible instead."""
    code, quick = CODES.get(refused.id, (refused.id, ("我能买哪些", "转人工")))
    correctable = code in OF_QUANTITY
    return Problem(code, refused.words if correctable else f"{refused.words}{refused.instead}", not correctable, quick)


def too_many(draft: Draft, facts: Facts) -> Problem | None:
    holding = facts.holding(draft.fund)
    if draft.kind not in (Kind.REDEEM, Kind.SWITCH) or holding is None or draft.shares is None:
        return None
    if holding.available_shares <= 0:
        # Asked again and again for a quantity there would be no right answer.
        return Problem("none_free", f"{holding.name}的份额都在办理途中,现在没有可以动的。", fatal=True,
                       quick=("查单子进度", "我的持仓", "转人工"))  # fmt: skip
    if draft.shares <= 0:
        return Problem("no_shares", f"这样算下来没有份额可以动,您现在有{shares(holding.available_shares)}。")
    if draft.shares > holding.available_shares:
        return Problem("insufficient_shares", f"您可用的只有{shares(holding.available_shares)},不够{shares(draft.shares)}。",
                       quick=("全部", "一半", "算了"))  # fmt: skip
    if draft.to_fund and draft.to_fund == draft.fund:
        return Problem("same_fund", "转出和转入是同一只基金。")
    return None


#: Problems that are cured by another quantity; the draft goes back to asking for it.
OF_QUANTITY = frozenset({"insufficient_shares", "no_shares", "below_minimum", "amount_invalid", "over_limit", "invalid",
                         "below_min_redeem", "amount_too_small", "below_minimum_shares"})  # fmt: skip
#: Problems that are cured by another fund.
OF_FUND = frozenset({"not_held", "same_fund"})

"""What stands in the way of a draft, told before the client has confirmed anything. The institution checks again. Pure."""

from __future__ import annotations

from actions.orders.model import Draft, Facts, Kind, Problem, Step
from actions.writing import full_day, money, shares
from institution.models import Client, Fund


def check(draft: Draft, facts: Facts) -> Problem | None:
    """The first problem, the ones that end the draft before those that can be corrected."""
    return (
        nothing_there(draft, facts)
        or not_held(draft, facts)
        or _adding(draft, facts)
        or too_many(draft, facts)
        or amount_out_of_reach(draft, facts)
    )


def nothing_there(draft: Draft, facts: Facts) -> Problem | None:
    if draft.kind.on_holding and not facts.holdings:
        return Problem("no_holdings", "您名下现在没有持有基金,没有可以操作的份额。", fatal=True)
    if draft.kind is Kind.CANCEL and not facts.orders:
        return Problem("nothing_to_cancel", "您现在没有可以撤的单子:撤单只能在T日15:00之前,过了就按当天净值成交了。", fatal=True,
                       quick=("查交易记录", "转人工"))  # fmt: skip
    if draft.kind.on_plan and draft.step is Step.PLAN:
        return _no_plan(draft, facts)
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


def _adding(draft: Draft, facts: Facts) -> Problem | None:
    """Suitability of the fund that money would go into (RULE-SUIT, RULE-TEST, RULE-PRIV)."""
    code = draft.to_fund if draft.kind is Kind.SWITCH else draft.fund if draft.kind.adds else None
    fund = facts.funds.get(code or "")
    if code and fund is None:
        return Problem(
            "unknown_fund", "这只基金不在我们的产品清单里,我没法为您下单。", fatal=True, quick=("我能买哪些", "转人工")
        )
    return unsuitable(facts.client, fund) if fund else None


def unsuitable(client: Client, fund: Fund) -> Problem | None:
    """Why this client may not put money into this fund; None when he may."""
    if client.risk_expired or not client.risk_level:
        until = f"(到{full_day(client.risk_valid_until)}为止)" if client.risk_valid_until else ""
        return Problem("test_expired", f"您的风险测评已经过期{until}。按RULE-TEST,买入、转入、新建和加额定投要先重新测评;"
                       "赎回和正在扣的定投不受影响。", fatal=True, quick=("重新测评", "转人工"))  # fmt: skip
    if int(fund.risk[1]) > int(client.risk_level[1]):
        return Problem("unsuitable", f"{fund.name}是{fund.risk},您的风险等级是{client.risk_level},"
                                     f"最高可以买R{client.risk_level[1]}。"
                       "按适当性规则(RULE-SUIT),超过等级的产品不能买入,签承诺书也不行;已经持有的可以继续拿着或卖出。", fatal=True,
                       quick=("我能买哪些", "我的风险等级", "转人工"))  # fmt: skip
    if fund.kind == "私募" and not client.qualified:
        return Problem("not_qualified", f"{fund.name}是私募产品,要先通过合格投资者认证(RULE-PRIV)。", fatal=True,
                       quick=("怎么认证合格投资者", "转人工"))  # fmt: skip
    return None


def too_many(draft: Draft, facts: Facts) -> Problem | None:
    holding = facts.holding(draft.fund)
    if draft.kind not in (Kind.REDEEM, Kind.SWITCH) or holding is None or draft.shares is None:
        return None
    if draft.shares <= 0:
        return Problem("no_shares", f"这样算下来没有份额可以动,您现在有{shares(holding.available_shares)}。")
    if draft.shares > holding.available_shares:
        return Problem("insufficient_shares", f"您可用的只有{shares(holding.available_shares)},不够{shares(draft.shares)}。",
                       quick=("全部", "一半", "算了"))  # fmt: skip
    if draft.to_fund and draft.to_fund == draft.fund:
        return Problem("same_fund", "转出和转入是同一只基金。")
    return None


def amount_out_of_reach(draft: Draft, facts: Facts) -> Problem | None:
    fund = facts.funds.get(draft.fund or "")
    if draft.kind is not Kind.BUY or fund is None or draft.amount is None or draft.amount >= fund.min_buy:
        return None
    return Problem("below_minimum", f"{fund.name}最低{money(fund.min_buy)}起购。")


#: Problems that are cured by another quantity; the draft goes back to asking for it.
OF_QUANTITY = frozenset({"insufficient_shares", "no_shares", "below_minimum", "amount_invalid", "over_limit", "invalid",
                         "below_min_redeem", "amount_too_small", "below_minimum_shares"})  # fmt: skip
#: Problems that are cured by another fund.
OF_FUND = frozenset({"not_held", "same_fund"})

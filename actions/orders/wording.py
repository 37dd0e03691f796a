"""What the client reads while an order is talked over. Pure: draft, books, quote -> an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from actions.answers import HUMAN, Answer, say
from actions.orders import effect
from actions.orders.effect import Effect
from actions.orders.machine import AWARE
from actions.orders.model import Draft, Facts, Kind, Problem, Step
from actions.orders.phrases import VERBS, phrase
from actions.words import RISK_NOTICE
from actions.words import cite as cite_rules
from actions.writing import cents, day, decimal, full_day, moment, money, rate, shares
from compliance.suitability import Checked
from institution.models import FeeLine, Order, Plan, Quote, Rule, RuleCited

DROP = "算了"
#: Where the verb of the closing phrase does not name the deed.
DEEDS = {Kind.DIVIDEND: "改分红方式"}


def cite(rules: Sequence[RuleCited]) -> str:
    return "依据:" + "、".join(f"{rule.rule} v{rule.version}({full_day(rule.effective)}起施行)" for rule in rules)


def plan_line(plan: Plan) -> str:
    following = f",下次{day(plan.next_date)}" if plan.next_date else ""
    return f"{plan.name} {plan.day_words} {money(plan.amount)}({plan.status_words}{following})"


def order_line(order: Order) -> str:
    size = shares(order.shares) if order.kind in ("redeem", "switch") else money(order.amount)
    kind = {"buy": "申购", "redeem": "赎回", "dca": "定投", "switch": "转换"}[order.kind]
    return f"{order.id} {day(order.placed_at)}{kind}{order.name} {size}({order.status_words})"


def opened_by(words: str, answer: Answer) -> Answer:
    """The answer with words before it, in one bubble: a refusal and its question are one reply."""
    if not answer.replies or not words:
        return answer
    first = replace(answer.replies[0], text=f"{words}\n{answer.replies[0].text}")
    return replace(answer, replies=(first, *answer.replies[1:]))


# -- first confirmation ------------------------------------------------------------------------------------------


def confirm_quote(draft: Draft, facts: Facts, quote: Quote) -> Answer:
    """What will happen, before the first yes."""
    lines = {Kind.REDEEM: _redeem_lines, Kind.BUY: _buy_lines, Kind.SWITCH: _switch_lines}[draft.kind](facts, quote)
    found = effect.of_quotes(facts, [quote])
    text = "\n".join((f"第1步(共3步),请核对:{lines[0]}", *lines[1:], effect.words(found, facts),
                      *((RISK_NOTICE,) if draft.kind is not Kind.REDEEM else ()),
                      "没问题就回复「确认」,我再请您做最后一次核对。"))  # fmt: skip
    fee = ("为什么收这个费",) if quote.fee else ()
    return say(text, card=with_effect(quote_card(draft, quote), found, facts), quick=("确认", *fee, DROP, HUMAN))


def with_effect(card: dict[str, Any], found: Effect, facts: Facts) -> dict[str, Any]:
    """A card with what the order does to the client's mix: rows of shares before and after, and the chart."""
    return card | {"rows": [*card["rows"], *effect.rows(found, facts)], "chart": effect.chart(found)}


def ask_aware(asked: Sequence[Checked]) -> Answer:
    """What must be known before this goes on: said, and confirmed by an act of its own."""
    lines = "\n".join(f"· {check.words}{check.instead}" for check in asked)
    return say(f"办这笔之前,有一件事要请您先确认:\n{lines}\n都清楚的话请回复「{AWARE}」,再接着办;不办就说「{DROP}」。",
               quick=(AWARE, DROP, HUMAN))  # fmt: skip


def _cut_off(quote: Quote) -> str:
    return f"{moment(quote.cancellable_until)}前完成确认,T日就是{day(quote.t_day)};"


def _redeem_lines(facts: Facts, quote: Quote) -> list[str]:
    owned = f"(您共有{shares(quote.owned_shares)})" if quote.owned_shares is not None else ""
    lines = [
        f"赎回{quote.name}{shares(quote.shares)}{owned}。",
        f"按{day(quote.nav_date)}净值{quote.nav:.4f}估算:{money(quote.gross)} − 手续费{money(quote.fee)} = "
        f"到手约{money(quote.net)}。实际按T日{day(quote.t_day)}晚上公布的净值算。",
        f"{_cut_off(quote)}资金{moment(quote.arrival)}前到账。",
    ]
    if quote.hold:
        human = ",还要有人工与您通话核实" if quote.hold.needs_human else ""
        lines.append(
            f"这笔占您资产的{rate(quote.hold.share_of_aum, 1)},属于大额赎回:提交后先暂缓,由您再确认一次{human}(RULE-HOLD)。"
        )
    return lines


def _buy_lines(facts: Facts, quote: Quote) -> list[str]:
    return [
        f"申购{quote.name}{money(quote.gross)},申购费{money(quote.fee)}。",
        f"{_cut_off(quote)}{day(quote.confirm_day)}确认份额,按T日净值成交(按{day(quote.nav_date)}净值{quote.nav:.4f}估算约{shares(quote.shares)})。",
    ]


def _switch_lines(facts: Facts, quote: Quote) -> list[str]:
    buying = f",其中补差申购费{money(quote.buy_fee)}" if quote.buy_fee else ""
    return [
        f"把{quote.name}{shares(quote.shares)}转成{quote.to_name}。",
        f"按{day(quote.nav_date)}净值{quote.nav:.4f}估算转出{money(quote.gross)},费用{money(quote.fee)}{buying},转入约{money(quote.net)}。",
        f"{_cut_off(quote)}转出转入{day(quote.confirm_day)}确认。",
    ]


def quote_card(draft: Draft, quote: Quote) -> dict[str, Any]:
    rows: list[dict[str, str]] = [{"label": "基金", "value": f"{quote.name}({quote.fund})"}]
    if quote.to_name:
        rows.append({"label": "转入", "value": f"{quote.to_name}({quote.to_fund})"})
    if draft.kind is not Kind.BUY:
        rows.append({"label": "份额", "value": shares(quote.shares)})
    rows += [
        {"label": "估算金额", "value": money(quote.gross)},
        {"label": "手续费", "value": money(quote.fee), "tone": "warn" if quote.fee else "muted"},
        {"label": "预计到手" if draft.kind is Kind.REDEEM else "净额", "value": money(quote.net)},
        {"label": "T日", "value": day(quote.t_day)},
    ]
    if draft.kind is Kind.REDEEM:
        rows.append({"label": "预计到账", "value": f"{moment(quote.arrival)}前"})
    else:
        rows.append({"label": "确认日", "value": day(quote.confirm_day)})
    return {"title": f"{VERBS[draft.kind]}核对单", "rows": rows, "note": cite(quote.rules)}


def confirm_change(draft: Draft, facts: Facts) -> Answer:
    """What will happen, for the orders that have no quote."""
    text = {
        Kind.CANCEL: _cancel_text, Kind.DIVIDEND: _dividend_text, Kind.DCA_CREATE: _create_text,
    }.get(draft.kind, _plan_text)(draft, facts)  # fmt: skip
    card = None
    if found := effect.of_plan(draft, facts):
        year = decimal(draft.amount) * effect.TIMES_A_YEAR.get(draft.frequency or "每月", 12)
        opening = f"扣满一年共约{money(year)}(按现在的净值、不算涨跌)"
        text = f"{text}\n{effect.words(found, facts, opening=opening)}"
        rows = [{"label": "基金", "value": facts.name(draft.fund)},
                {"label": "扣款", "value": f"{rhythm_words(draft.frequency or '每月', draft.day)} "
                                           f"{money(draft.amount)}"}]  # fmt: skip
        card = with_effect({"title": "新建定投核对单", "rows": rows, "note": "占比是扣满一年后的"}, found, facts)
    return say(f"请核对:{text}\n没问题就回复「确认」,我再请您做最后一次核对。", card=card, quick=("确认", DROP, HUMAN))


def _cancel_text(draft: Draft, facts: Facts) -> str:
    order = facts.order(draft.order)
    if order is None:
        return "撤掉这笔单子。"
    back = "钱退回原来的卡" if order.kind in ("buy", "dca") else "份额恢复可用"
    return f"撤掉 {order_line(order)}。{moment(order.cancellable_until)}前可以撤,撤了以后{back}(RULE-T)。"


def _dividend_text(draft: Draft, facts: Facts) -> str:
    return f"{facts.name(draft.fund)}的分红方式改为{draft.mode}。T+1确认,登记日在确认日当天或之后的分红按新方式发(RULE-DIV)。"


def _create_text(draft: Draft, facts: Facts) -> str:
    when = rhythm_words(draft.frequency or "每月", draft.day)
    return (f"定投{facts.name(draft.fund)},{when}扣{money(draft.amount)}。遇到非交易日顺延到下一个交易日(RULE-DCA)。\n"
            f"{RISK_NOTICE}")  # fmt: skip


def rhythm_words(frequency: str, day_number: int | None) -> str:
    """`每月15号`, `每周三`, `每两周的周三`, `每日`."""
    if frequency == "每日" or day_number is None:
        return frequency
    if frequency == "每月":
        return f"每月{day_number}号"
    weekday = "一二三四五"[min(day_number, 5) - 1]
    return f"每周{weekday}" if frequency == "每周" else f"每两周的周{weekday}"


def _plan_text(draft: Draft, facts: Facts) -> str:
    plan = facts.plan(draft.plan)
    if plan is None:
        return VERBS[draft.kind]
    limit = "扣款日前一天24:00前改,当期就生效;过了从下一期起(RULE-DCA)。"
    if draft.kind is Kind.DCA_MODIFY:
        changed = "、".join(filter(None, (
            f"金额{money(plan.amount)} → {money(draft.amount)}" if draft.amount is not None else "",
            f"扣款日{plan.day_words} → {rhythm_words(draft.frequency or plan.frequency, draft.day)}"
            if draft.day or draft.frequency else "",
        )))  # fmt: skip
        return f"{plan.name}的定投:{changed}。{limit}"
    doing = {Kind.DCA_PAUSE: "先暂停,随时可以恢复,已经买的份额不动。", Kind.DCA_RESUME: "恢复扣款。",
             Kind.DCA_STOP: "终止,以后要投得新建;已经买的份额不动。只想歇一歇的话,可以说「暂停」。"}[draft.kind]  # fmt: skip
    return f"{plan_line(plan)} —— {doing}{limit}"


# -- after that --------------------------------------------------------------------------------------------------


def last_step(draft: Draft) -> Answer:
    words = phrase(draft)
    return say(f"最后一步:点「{words}」,或者原样打出来,我就提交。想改数量或基金,直接说就行。", quick=(words, DROP))


def explain_fee(quote: Quote) -> Answer:
    """Which shares cost what, first in, first out; and what would cost less."""
    if quote.kind == "buy" or not quote.fee_lines:
        rule = f"{money(quote.gross)}的申购费是{money(quote.fee)}。"
        return say(f"{rule}\n{cite(quote.rules)}", quick=("确认", DROP))
    lines = [_fee_line(line, quote.nav) for line in quote.fee_lines]
    text = ["按「先进先出」算,先卖最早买的:", *(f"· {line}" for line in lines), f"合计手续费{money(quote.fee)}。"]
    if quote.buy_fee:
        text.append(f"其中转入基金的补差申购费{money(quote.buy_fee)}。")
    if quote.free_shares and 0 < quote.free_shares < quote.shares:
        text.append(f"如果只卖{shares(quote.free_shares)},就不收手续费。")
    text += [f"持有到{day(line.next_rate_from)}起,那{shares(line.shares)}的费率降到{rate(line.next_rate)}。"
             for line in quote.fee_lines if line.fee and line.next_rate is not None and line.next_rate_from]  # fmt: skip
    cited = [rule for rule in quote.rules if "FEE" in rule.rule] or list(quote.rules)
    return say("\n".join((*text, cite(cited))), quick=("确认", DROP))


def explain_again(held: Order | None, rules: Sequence[Rule]) -> Answer:
    """Why one confirmation is not all: of a held redemption, else of any order."""
    if held is None or held.hold is None:
        return say("第一次是核对内容,这一次才是正式提交,分两步是怕误点。现在什么都还没有提交,改主意也来得及。")
    share = rate(held.hold.share_of_aum, 1)
    return say(
        f"这笔赎回占您资产的{share},属于大额,按规定先暂缓,要您本人再确认一次才放行,是为了防止账户被他人操作。\n{cite_rules(rules)}"
    )


def explain_rules(rules: Sequence[Rule]) -> Answer:
    """The rules' own words."""
    return say("\n".join((*(rule.text for rule in rules), cite_rules(rules))))


def _fee_line(line: FeeLine, nav: Decimal) -> str:
    since = f"{full_day(line.confirmed_on)}确认," if line.confirmed_on else ""
    if not line.fee:
        return f"{shares(line.shares)}:{since}持有{line.days}天,费率{rate(line.rate)},不收费"
    sum_ = f"{plain_number(line.shares)}×{nav:.4f}×{rate(line.rate)}"
    return f"{shares(line.shares)}:{since}持有{line.days}天,费率{rate(line.rate)},{sum_} = {money(line.fee)}"


def plain_number(value: Decimal) -> str:
    amount = cents(value)
    return f"{amount:,.0f}" if amount == amount.to_integral() else f"{amount:,.2f}"


def dropped(draft: Draft) -> Answer:
    return say(f"好的,{DEEDS.get(draft.kind, VERBS[draft.kind])}不办了,什么都没有提交。", quick=("我的持仓", HUMAN))


def nothing_to_confirm(orders: Sequence[Order]) -> Answer:
    """The closing phrase once more, with no draft open: a second tap, or an order that was dropped."""
    newest = max(orders, key=lambda order: order.placed_at, default=None)
    if newest is None:
        return say("现在没有等您确认的单子,什么都没有提交。想办的话,告诉我基金和数量就行。", quick=("我的持仓", HUMAN))
    return say(
        f"没有重复提交。您最近的一笔是{newest.name},单号{newest.id}:{newest.status_words}。",
        quick=("查这笔进度", "撤单"),
    )


def cut_off_passed(quote: Quote) -> str:
    return (f"提醒一下:确认时已经过了截止时间,T日变成{day(quote.t_day)},"
            f"{'资金' + moment(quote.arrival) + '前到账' if quote.kind == 'redeem' else day(quote.confirm_day) + '确认'}。"
            f"")  # fmt: skip


def put_aside(draft: Draft) -> str:
    return f"好,刚才的{DEEDS.get(draft.kind, VERBS[draft.kind])}先放下,没有提交。"


def not_sent(draft: Draft) -> Answer:
    """The institution went silent before anything was sent."""
    return say(f"系统没有及时回应,这笔还没有提交。请过一会儿再点「{phrase(draft)}」,也可以转人工。",
               quick=(phrase(draft), DROP, HUMAN))  # fmt: skip


def unsure(draft: Draft) -> Answer:
    """The institution went silent while placing: we do not know, and say so."""
    return say(f"系统没有及时回应,这笔是否受理我还不能确定。请再点一次「{phrase(draft)}」:同一笔不会重复提交。"
               "也可以先查交易记录,或者转人工核实。", quick=(phrase(draft), "查交易记录", HUMAN))  # fmt: skip


def still_unsure(draft: Draft, problem: Problem) -> Answer:
    """Something else was asked of an order that may be in the books."""
    return say(f"{reminder(draft)}{problem.words}", quick=(phrase(draft), "查交易记录", HUMAN))


def reminder(draft: Draft) -> str:
    """The way back after another question."""
    if draft.unsure:
        deed = DEEDS.get(draft.kind, VERBS[draft.kind])
        return f"刚才那笔{deed}是否受理还不能确定:再点一次「{phrase(draft)}」就能查清,不会重复提交。"
    if draft.step is Step.FINAL:
        return f"回到刚才的{DEEDS.get(draft.kind, VERBS[draft.kind])}:要提交就点「{phrase(draft)}」,不办就说「算了」。"
    if draft.step is Step.RELEASE:
        return f"回到刚才的赎回:要放行就点「{phrase(draft)}」,不想赎了可以撤单。"
    if draft.step is Step.AWARE:
        return f"回到刚才的{DEEDS.get(draft.kind, VERBS[draft.kind])}:上面的提醒清楚了请回复「{AWARE}」,不办就说「{DROP}」。"
    if draft.step is Step.CONFIRM:
        what = shares(draft.shares) if draft.shares is not None else money(draft.amount) if draft.amount else ""
        return f"回到刚才的{DEEDS.get(draft.kind, VERBS[draft.kind])}{what}:没问题请回复「确认」,不办就说「算了」。"
    return f"回到刚才的{DEEDS.get(draft.kind, VERBS[draft.kind])}:"

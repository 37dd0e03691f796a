"""The rules of dealing, for the client's own case: arrival, confirmation, hours, fees, limits, lock-up, dividends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.answers import HUMAN, Answer, about, answers, say
from actions.orders.checks import assess
from actions.services import House
from actions.suitability import keep
from actions.turn import Turn
from actions.words import cite, listing, with_comfort
from actions.writing import day, decimal, full_day, moment, money, rate, shares
from institution.models import Fund, Holding, Order, Rule

#: Which rule says when the money of a kind of fund comes.
ARRIVAL_RULE = {"货币": "RULE-RDM-MMF", "债券": "RULE-RDM-BOND", "股票": "RULE-RDM-EQ", "指数": "RULE-RDM-EQ",
                "混合": "RULE-RDM-EQ", "FOF": "RULE-RDM-EQ", "QDII": "RULE-RDM-QDII"}  # fmt: skip
#: The sum that a tap offers to buy, in yuan.
OFFERED = 1000
KIND_WORDS = {"货币": "货币|日日盈|活期|余额", "债券": "债", "QDII": "QDII|qdii|海外|纳指|美股|港股", "股票": "股票",
              "指数": "指数", "混合": "混合|偏股|权益"}  # fmt: skip


def kind_named(text: str) -> str | None:
    """The kind of fund that the words name."""
    return next((kind for kind, words in KIND_WORDS.items() if re.search(words, text)), None)


async def quoted_rules(turn: Turn, house: House, *ids: str) -> tuple[str, list[Rule]]:
    """The rules' own texts and their citation: one source, the same on every channel (A5)."""
    rules = await house.rules(turn.today, *ids)
    return "\n".join(rule.text for rule in rules), rules


@answers("ask_redeem_arrival")
async def ask_redeem_arrival(turn: Turn, house: House) -> Answer:
    """The client's own pending redemption with its date, else the rule for the kind of fund, with today's date worked out."""
    orders = await house.institution.orders(turn.client_id, 50)
    pending = [order for order in orders if order.kind == "redeem" and order.status in ("placed", "dealing", "held", "confirmed")
               and (not turn.funds or order.fund in turn.funds)]  # fmt: skip
    if pending and not (kind_named(turn.text) and not turn.funds):
        return await own_arrival(turn, house, pending)
    fund = await fund_meant(turn, house)
    kind = fund.kind if fund else kind_named(turn.text)
    if kind is None:
        rules = await house.rules(turn.today, "RULE-RDM-MMF", "RULE-RDM-BOND", "RULE-RDM-EQ", "RULE-RDM-QDII")
        lines = listing(f"{rule.title}:{rule.text}" for rule in rules)
        return say(
            with_comfort(turn, f"到账时间按基金类型分:\n{lines}\n{cite(rules)}"),
            quick=("T日是什么", "我的持仓", "现在赎回哪天到"),
        )
    return await kind_arrival(turn, house, kind, fund)


async def own_arrival(turn: Turn, house: House, pending: Sequence[Order]) -> Answer:
    lines = [f"{day(order.placed_at)}赎回的{order.name}{shares(order.shares)}(单号{order.id}):T日{day(order.t_day)},"
             + ("正在等您确认放行,放行后才排款。" if order.status == "held" else f"{moment(order.arrival)}前到账,"
                                                                  f"约{money(order.amount)}。")
             for order in pending[:3]]  # fmt: skip
    funds = await house.funds_by_code()
    ids = dict.fromkeys(
        ARRIVAL_RULE.get(funds[order.fund].kind, "RULE-T") for order in pending[:3] if order.fund in funds
    )
    rules = await house.rules(turn.today, *ids)
    answer = say(with_comfort(turn, "\n".join((*lines, cite(rules)))), quick=("查单子进度", "撤单", HUMAN))
    return answer.remembering(**about(pending[0].fund), last_order=pending[0].id)


async def kind_arrival(turn: Turn, house: House, kind: str, fund: Fund | None) -> Answer:
    if kind == "私募":
        return say("私募产品只能在合同约定的开放日赎回,到账时间以合同为准。我帮您转专人查合同。", quick=(HUMAN,))
    text, rules = await quoted_rules(turn, house, ARRIVAL_RULE.get(kind, "RULE-RDM-EQ"))
    name = fund.name if fund else f"{kind}基金"
    now = (await house.institution.calendar(turn.today)).t_day
    example = f"现在提交,T日是{day(now)}。"
    holding = await house.holding(turn.client_id, fund.code) if fund else None
    if fund and holding and holding.available_shares > 0 and fund.kind != "私募":
        quote = await house.institution.quote(turn.client_id, "redeem", fund=fund.code, shares=holding.available_shares)
        example = f"您现在提交的话,T日是{day(quote.t_day)},资金{moment(quote.arrival)}前到账。"
    answer = say(
        with_comfort(turn, f"{name}:{text}\n{example}\n{cite(rules)}"), quick=("赎回手续费", "帮我赎回", "T日是什么")
    )
    return answer.remembering(**about(fund.code if fund else None))


async def fund_meant(turn: Turn, house: House) -> Fund | None:
    """The fund named here, else the one talked of last unless a kind is named."""
    code = turn.funds[0] if turn.funds else (None if kind_named(turn.text) else turn.last_fund)
    return (await house.funds_by_code()).get(code) if code else None


@answers("ask_confirm_date")
async def ask_confirm_date(turn: Turn, house: House) -> Answer:
    """Own newest purchase on its way with dates; always today's case by the rule."""
    orders = await house.institution.orders(turn.client_id, 20)
    lines = [
        f"您{day(order.placed_at)}的{order.name}({order.status_words}):"
        f"T日{day(order.t_day)},{day(order.confirm_day)}确认份额。"
        for order in orders
        if order.kind in ("buy", "dca", "switch") and order.status in ("placed", "dealing")
    ][:3]
    today = await house.institution.calendar(turn.today)
    text, rules = await quoted_rules(turn, house, "RULE-T", "RULE-BUY")
    now = f"现在提交,T日是{day(today.t_day)}。"
    return say(
        with_comfort(turn, "\n".join((*lines, now, text, cite(rules)))), quick=("查我的单子", "T日是什么", "周末能买吗")
    )


@answers("ask_trading_hours")
async def ask_trading_hours(turn: Turn, house: House) -> Answer:
    asked = turn.period[0] if turn.period else turn.today
    on = await house.institution.calendar(asked)
    word = "是交易日" if on.trading else f"不是交易日,下一个交易日是{day(on.next_trading)}"
    text, rules = await quoted_rules(turn, house, "RULE-T")
    first = f"{day(asked)}{word}。"
    if re.search(r"周末|周六|周日|星期[六日天]|节假日|假期|放假|国庆|春节", turn.text) and not turn.period:
        first = f"周末和节假日可以提交,但不是交易日,T日算下一个交易日。今天{day(asked)}{word}。"
    if asked == turn.today:
        first += f"现在提交的单子,T日是{day(on.t_day)}。"
    hours = "任何时候都可以提交,24小时受理。交易日和时间按沪深交易所的日历。"
    return say("\n".join((first, hours, text, cite(rules))), quick=("今天买哪天确认", "赎回多久到账"))


@answers("ask_fee")
async def ask_fee(turn: Turn, house: House) -> Answer:
    """The fund's rates; for a holding also what selling costs today, lot by lot."""
    fund = await fund_meant(turn, house)
    if fund is None and re.search(r"管理费|托管费|服务费", turn.text):
        return await running_costs(turn, house)
    if fund is None:
        rules = await house.rules(turn.today, "RULE-FEE-BUY", "RULE-FEE-RDM", "RULE-SWITCH")
        listed = listing(f"{rule.title}:{rule.text}" for rule in rules)
        return say(with_comfort(turn, f"{listed}\n{cite(rules)}"), quick=("我的持仓赎回要多少手续费", "管理费怎么收"))
    lines = fee_lines(fund)
    holding = await house.holding(turn.client_id, fund.code)
    if holding and holding.available_shares > 0:
        lines.append(await selling_today(turn, house, holding))
    rules = await house.rules(turn.today, "RULE-FEE-BUY", "RULE-FEE-RDM")
    answer = say(with_comfort(turn, "\n".join((*lines, cite(rules)))), quick=("先进先出是什么", "帮我赎回", HUMAN))
    return answer.remembering(**about(fund.code))


async def running_costs(turn: Turn, house: House) -> Answer:
    """What the client's own funds cost a year, and that it is inside the NAV."""
    funds = await house.funds_by_code()
    mine = [funds[item.fund] for item in (await house.institution.holdings(turn.client_id)).items if item.fund in funds]
    lines = listing(
        f"{fund.name}:管理费每年{rate(fund.fees.management)},托管费每年{rate(fund.fees.custody)}" for fund in mine[:5]
    )
    text = "管理费、托管费每天从基金资产里计提,公布的净值已经扣过,不会另外从您账户扣款。"
    return say(with_comfort(turn, f"{text}\n{lines}" if mine else text), quick=("赎回手续费", "我的持仓"))


def fee_lines(fund: Fund) -> list[str]:
    steps = "、".join(
        f"持有{step.from_days}天及以上{rate(step.rate)}" if step.to_days is None
        else f"{step.from_days}–{step.to_days - 1}天{rate(step.rate)}" for step in fund.fees.redeem
    ) or "0"  # fmt: skip
    service = f",销售服务费{rate(fund.fees.service)}" if fund.fees.service else ""
    return [
        f"{fund.name}的费率:申购费{rate(fund.fees.buy)};赎回费:{steps}。",
        f"管理费每年{rate(fund.fees.management)},托管费每年{rate(fund.fees.custody)}{service}:每天从基金资产里计提,净值已经扣过,不另外收。",
    ]


async def selling_today(turn: Turn, house: House, holding: Holding) -> str:
    quote = await house.institution.quote(turn.client_id, "redeem", fund=holding.fund, shares=holding.available_shares)
    if not quote.fee:
        return f"您的{shares(quote.shares)}如果今天全卖(T日{day(quote.t_day)}),不收赎回费。"
    free = f",其中{shares(quote.free_shares)}已经免费" if quote.free_shares else ""
    return f"您的{shares(quote.shares)}如果今天全卖(T日{day(quote.t_day)}),赎回费约{money(quote.fee)}{free}。"


@answers("ask_limit")
async def ask_limit(turn: Turn, house: House) -> Answer:
    fund = await fund_meant(turn, house)
    if fund is None:
        funds = list((await house.funds_by_code()).values())
        least = min((item.min_buy for item in funds if item.kind != "私募"), default=decimal(0))
        rules = await house.rules(turn.today, "RULE-RDM-MMF", "RULE-PRIV")
        told = listing(f"{rule.title}:{rule.text}" for rule in rules)
        return say(
            f"公募基金最低{money(least)}起购,各只不同,说名字我帮您查。\n{told}\n{cite(rules)}",
            quick=("我的持仓", "我能买哪些"),
        )
    text = f"{fund.name}最低{money(fund.min_buy)}起购,最少赎回{shares(fund.min_redeem_shares)}。"
    rules = await house.rules(
        turn.today, "RULE-PRIV" if fund.kind == "私募" else "RULE-RDM-MMF" if fund.kind == "货币" else "RULE-T"
    )
    # A tap that buys is an offer: only of what may be offered.
    offer = assess(await house.institution.client(turn.client_id), fund, today=turn.today, occasion="offer")
    await keep(turn, house, [offer] if offer.allowed else [])
    buyable = ("买1000元",) if offer.allowed and fund.min_buy <= OFFERED else ()
    extra = f"\n{rules[0].text}" if rules and fund.kind in ("私募", "货币") else ""
    return say(
        f"{text}{extra}\n{cite(rules) if extra else ''}".strip(), quick=(*buyable, "这只怎么样", "手续费怎么收")
    ).remembering(**about(fund.code))


@answers("ask_lockup")
async def ask_lockup(turn: Turn, house: House) -> Answer:
    holdings = (await house.institution.holdings(turn.client_id)).items
    locked = [item for item in holdings if item.locked_until and item.locked_until > turn.today]
    fund = await fund_meant(turn, house)
    if (fund.kind if fund else kind_named(turn.text)) == "货币":
        return await money_fund_open(turn, house, fund)
    if fund and not fund.lockup_years and fund.kind != "私募":
        return say(f"{fund.name}没有持有期,交易日随时可以赎回。{early_fee(fund)}",
                   quick=("赎回手续费", "赎回多久到账")).remembering(**about(fund.code))  # fmt: skip
    lines = [f"{item.name}:您有{shares(item.shares)},可用{shares(item.available_shares)},"
             f"最晚一批锁定到{full_day(item.locked_until)}。"
             for item in locked if fund is None or item.fund == fund.code]  # fmt: skip
    if fund and not lines:
        lines = [f"{fund.name}每笔从确认日起要持有满{fund.lockup_years}年,满了才能赎回。"]
    if not lines:
        return say("您持有的基金都没有在锁定期的份额,交易日随时可以赎回。", quick=("我的持仓", "赎回多久到账"))
    return say(with_comfort(turn, "\n".join(lines) + "\n没到期的份额不能提前取,这是基金合同定的。急用钱可以先看别的持仓。"),
               quick=("我的持仓", HUMAN))  # fmt: skip


async def money_fund_open(turn: Turn, house: House, fund: Fund | None) -> Answer:
    """A money fund: no lock-up, no fee, and the quick redemption with its limit, in the rule's own words."""
    text, rules = await quoted_rules(turn, house, "RULE-RDM-MMF")
    cited = [*rules, *await house.rules(turn.today, "RULE-FEE-RDM")]
    name = fund.name if fund else "货币基金"
    answer = say(with_comfort(turn, f"{name}没有持有期,随时可以赎回,不收赎回费。\n{text}\n{cite(cited)}"),
                 quick=("帮我赎回", "我的持仓", HUMAN))  # fmt: skip
    return answer.remembering(**about(fund.code if fund else None))


def early_fee(fund: Fund) -> str:
    """What selling soon costs, by the fund's own steps."""
    dear = [step for step in fund.fees.redeem if step.rate and step.to_days is not None]
    if not dear:
        return "不收赎回费。" if not any(step.rate for step in fund.fees.redeem) else ""
    first, free = min(dear, key=lambda step: step.from_days), max(step.to_days or 0 for step in dear)
    after = f",满{free}天不收" if not any(step.rate for step in fund.fees.redeem if step.from_days >= free) else ""
    return f"持有不满{first.to_days}天的赎回费是{rate(first.rate)}{after}。"


@answers("ask_dividend")
async def ask_dividend(turn: Turn, house: House) -> Answer:
    """The dividend mode of what the client holds. Coming dividends are not in the institution's data: said so."""
    items = (await house.institution.holdings(turn.client_id)).items
    chosen = [item for item in items if not turn.funds or item.fund in turn.funds]
    if not chosen:
        return say("您名下没有这只基金,没有它的分红。", quick=("我的持仓",))
    lines = listing(f"{item.name}:{item.dividend_mode}" for item in chosen)
    text, rules = await quoted_rules(turn, house, "RULE-DIV")
    note = "哪天分、分多少,以基金公司的分红公告为准;我手里没有接下来的分红安排,不乱说。"
    return say(
        f"您现在的分红方式:\n{lines}\n{note}\n{text}\n{cite(rules)}", quick=("改成红利再投资", "改成现金分红", HUMAN)
    )

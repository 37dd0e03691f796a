"""The rules of dealing, for the client's own case: arrival, confirmation, hours, fees, limits, lock-up, dividends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from actions import holidays
from actions.answers import HUMAN, Answer, about, answers, say
from actions.orders.checks import assess
from actions.services import House
from actions.suitability import keep
from actions.turn import Turn
from actions.words import cite, listing, with_comfort
from actions.writing import day, decimal, full_day, moment, money, rate, shares
from institution.models import Fund, Holding, Order, Quote, Rule

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
    if WHICH_CARD.search(turn.text):
        return await to_which_card(turn, house)
    orders = await house.institution.orders(turn.client_id, 50)
    pending = [order for order in orders if order.kind == "redeem" and order.status in ("placed", "dealing", "held", "confirmed")
               and (not turn.funds or order.fund in turn.funds)]  # fmt: skip
    if pending and not (kind_named(turn.text) and not turn.funds):
        return await own_arrival(turn, house, pending)
    fund = await fund_meant(turn, house)
    kind = fund.kind if fund else kind_named(turn.text)
    if kind is None and (mine := await own_funds_arrival(turn, house)):
        return mine
    if kind is None:
        rules = await house.rules(turn.today, "RULE-RDM-MMF", "RULE-RDM-BOND", "RULE-RDM-EQ", "RULE-RDM-QDII")
        lines = listing(f"{rule.title}:{rule.text}" for rule in rules)
        return say(
            with_comfort(turn, f"到账时间按基金类型分:\n{lines}\n{cite(rules)}"),
            quick=("T日是什么", "我的持仓", "现在赎回哪天到"),
        )
    return await kind_arrival(turn, house, kind, fund)


WHICH_CARD = re.compile(r"(哪张|哪个|哪里|什么|哪)(的)?(银行)?(卡|账户|账号)")
#: So many of the client's funds are worked out one by one.
MOST_QUOTED = 4


async def to_which_card(turn: Turn, house: House) -> Answer:
    client, rules = await asyncio.gather(house.institution.client(turn.client_id), house.rules(turn.today, "RULE-CARD"))
    text = f"赎回的钱回到您绑定的银行卡,尾号{client.card_tail}。{''.join(rule.text for rule in rules)}"
    return say(with_comfort(turn, f"{text}\n{cite(rules)}"), quick=("换银行卡", "赎回多久到账"))


async def own_funds_arrival(turn: Turn, house: House) -> Answer | None:
    """What the client would get when, fund by fund, if he sold now; None when he holds nothing that can be sold."""
    items = sorted((await house.institution.holdings(turn.client_id)).items, key=lambda item: -item.value)
    sold = [item for item in items if item.available_shares > 0 and item.kind in ARRIVAL_RULE][:MOST_QUOTED]
    if not sold or turn.funds:
        return None
    quotes = await asyncio.gather(
        *(house.institution.quote(turn.client_id, "redeem", fund=i.fund, shares=i.available_shares) for i in sold),
        return_exceptions=True,
    )
    lines = [f"{q.name}:{moment(q.arrival)}前到账" for q in quotes if isinstance(q, Quote)]
    if not lines:
        return None
    t_day = next(q.t_day for q in quotes if isinstance(q, Quote))
    rules = await house.rules(turn.today, *dict.fromkeys(ARRIVAL_RULE[item.kind] for item in sold))
    text = f"现在提交赎回,T日是{day(t_day)}。您手里的基金:\n{listing(lines)}\n{cite(rules)}"
    return say(with_comfort(turn, text), quick=("赎回手续费", "帮我赎回", "T日是什么"))


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
    confirmed = (await house.institution.calendar(today.t_day)).next_trading
    now = f"现在提交,T日是{day(today.t_day)},{day(confirmed)}确认份额(境内基金)。"
    return say(
        with_comfort(turn, "\n".join((*lines, now, text, cite(rules)))), quick=("查我的单子", "T日是什么", "周末能买吗")
    )


async def on_holiday(turn: Turn, house: House, name: str, on: date) -> Answer:
    """Whether the exchanges are open on a holiday, and to which day an order of then belongs."""
    there = await house.institution.calendar(on)
    shut = "是交易日" if there.trading else f"休市,不是交易日;那天提交的单子照样受理,T日算{day(there.next_trading)}"
    text, rules = await quoted_rules(turn, house, "RULE-T")
    note = "放假安排以交易所的公告为准。着急用钱的,请把赎回放在节前,并留出到账的天数。"
    return say(
        "\n".join((f"{name}({day(on)}){shut}。", note, text, cite(rules))), quick=("赎回多久到账", "今天买哪天确认")
    )


#: 「下午三点以后买算哪天」
AFTER_HOURS = re.compile(r"(三点|3点|15点|15:00|收盘)(多|钟)?(以|之|过)?后|过了(三点|3点|15点)")


@answers("ask_trading_hours")
async def ask_trading_hours(turn: Turn, house: House) -> Answer:
    if holiday := holidays.named(turn.text, turn.today):
        return await on_holiday(turn, house, *holiday)
    asked = turn.period[0] if turn.period else turn.today
    on = await house.institution.calendar(asked)
    word = "是交易日" if on.trading else f"不是交易日,下一个交易日是{day(on.next_trading)}"
    text, rules = await quoted_rules(turn, house, "RULE-T")
    first = f"{day(asked)}{word}。"
    if re.search(r"周末|周六|周日|星期[六日天]|节假日|假期|放假|国庆|春节", turn.text) and not turn.period:
        first = f"周末和节假日可以提交,但不是交易日,T日算下一个交易日。今天{day(asked)}{word}。"
    if asked == turn.today:
        first += f"现在提交的单子,T日是{day(on.t_day)}。"
    if AFTER_HOURS.search(turn.text) and not turn.period:
        first = f"15:00以后提交的,不算当天:今天15:00前提交T日是{day(on.t_day)},过了15:00就是{day(on.next_trading)}。"
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
    funds = await house.funds_by_code()
    lines = [f"{item.name}:您有{shares(item.shares)},现在能赎回{shares(unlocked(item, funds.get(item.fund), turn.today))},"
             f"最晚一批锁定到{full_day(item.locked_until)}。"
             for item in locked if fund is None or item.fund == fund.code]  # fmt: skip
    if fund and not lines:
        lines = [f"{fund.name}每笔从确认日起要持有满{fund.lockup_years}年,满了才能赎回。"]
    if not lines:
        return say("您持有的基金都没有在锁定期的份额,交易日随时可以赎回。", quick=("我的持仓", "赎回多久到账"))
    return say(with_comfort(turn, "\n".join(lines) + "\n没到期的份额不能提前取,这是基金合同定的。急用钱可以先看别的持仓。"),
               quick=("我的持仓", HUMAN))  # fmt: skip


def unlocked(holding: Holding, fund: Fund | None, today: date) -> Decimal:
    """The shares whose holding period is over, as far as they are not on their way out."""
    years = fund.lockup_years if fund else 0
    over = [lot for lot in holding.lots if lot.confirmed_on and opens_on(lot.confirmed_on, years) <= today]
    return min(holding.available_shares, sum((lot.shares for lot in over), Decimal(0)))


def opens_on(confirmed: date, years: int) -> date:
    """The same day so many years later; of a leap day the first of March."""
    try:
        return confirmed.replace(year=confirmed.year + years)
    except ValueError:
        return date(confirmed.year + years, 3, 1)


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

"""Facts about funds: NAV, what a fund is, what fits the client, terms, how the robo-adviser chooses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from actions import known
from actions.answers import HUMAN, Answer, about, answers, say
from actions.attribution import drawdown
from actions.orders.checks import assess, unsuitable
from actions.services import House
from actions.suitability import keep
from actions.turn import Turn
from actions.words import RISK_NOTICE, UNKNOWN, cite, soft, with_comfort
from actions.writing import change, day, decimal, full_day, money, rate, tone
from compliance.suitability import Assessment
from institution.models import Client, Fund
from knowledge.search import Entry

MONTH = timedelta(days=30)
YI = 100_000_000


async def named_fund(turn: Turn, house: House) -> Fund | None:
    """The fund named in the message, else the one talked of last."""
    code = turn.funds[0] if turn.funds else turn.last_fund
    return (await house.funds_by_code()).get(code) if code else None


@answers("ask_nav")
async def ask_nav(turn: Turn, house: House) -> Answer:
    fund = await named_fund(turn, house)
    if fund is None:
        return await own_navs(turn, house)
    if fund.seven_day_yield is not None:
        text = (
            f"{fund.name}是货币基金,净值固定{fund.nav:.4f};"
            f"{day(fund.nav_date)}七日年化{rate(fund.seven_day_yield)},是过去七天的折算,不是承诺。"
        )
        return say(text, quick=("我的收益", "赎回多久到账")).remembering(**about(fund.code))
    asked = turn.period[0] if turn.period else None
    navs = await house.institution.navs(fund.code, (asked or turn.today) - MONTH, asked or turn.today)
    if asked and navs:
        text = f"{fund.name}{day(navs[-1].date)}净值{navs[-1].nav:.4f}。" + (
            "" if navs[-1].date == asked else f"{day(asked)}没有净值(非交易日或还没公布)。"
        )
    else:
        text = f"{fund.name}最近一个净值是{day(fund.nav_date)}的{fund.nav:.4f},{change(fund.day_change)}。当天净值晚上公布。"
    points = [[nav.date.isoformat(), float(nav.nav)] for nav in navs]
    card = {
        "title": f"{fund.name}净值",
        "rows": [
            {
                "label": day(fund.nav_date),
                "value": f"{fund.nav:.4f}({change(fund.day_change)})",
                "tone": tone(fund.day_change),
            }
        ],
        "chart": {"kind": "line", "series": [{"name": "单位净值", "points": points}]},
    }
    return say(with_comfort(turn, text), card=card, quick=("这只怎么样", "我的收益")).remembering(**about(fund.code))


async def own_navs(turn: Turn, house: House) -> Answer:
    items = (await house.institution.holdings(turn.client_id)).items
    if not items:
        return say("想查哪只基金的净值?说名字或代码都行。", quick=("沪深300净值",))
    funds = await house.funds_by_code()
    rows = [{"label": item.name, "value": f"{item.nav:.4f},"
                                          f"{change(funds[item.fund].day_change)}" if item.fund in funds else f"{item.nav:.4f}",
             "tone": tone(funds[item.fund].day_change) if item.fund in funds else "muted"} for item in items]  # fmt: skip
    lines = ";".join(f"{row['label']}{row['value']}" for row in rows[:3])
    return say(with_comfort(turn, f"您持有的基金{day(items[0].nav_date)}净值:{lines}。当天净值晚上公布。"),
               card={"title": "持仓净值", "rows": rows}, quick=("我的收益", "我的持仓"))  # fmt: skip


@answers("ask_fund_info")
async def ask_fund_info(turn: Turn, house: House) -> Answer:
    fund = await named_fund(turn, house)
    if fund is None:
        return say(
            "您说的是哪只基金?我在产品清单里没对上名字,说全名或代码我再查。", quick=("我的持仓", "我能买哪些", HUMAN)
        )
    navs = await house.institution.navs(fund.code, turn.today - timedelta(days=365), turn.today)
    client = await house.institution.client(turn.client_id)
    rows = [{"label": "类型", "value": f"{fund.kind},{fund.sector}"}, {"label": "风险", "value": fund.risk},
            {"label": "基金经理", "value": fund.manager}, {"label": "规模", "value": f"{decimal(fund.size) / YI:,.1f}亿元"},
            {"label": "基准", "value": fund.benchmark},
            {"label": "净值", "value": f"{fund.nav:.4f}({day(fund.nav_date)},{change(fund.day_change)})"}]  # fmt: skip
    past = ""
    if len(navs) > 1:
        low = drawdown(navs)
        past = (
            f"{full_day(navs[0].date)}以来{change(navs[-1].nav / navs[0].nav - 1)},"
            f"基准{change(navs[-1].benchmark / navs[0].benchmark - 1)}"
        )
        past += f",从期间高点{change(low.rate)}。" if low and low.rate < -0.02 else "。"
    barred = unsuitable(client, fund, turn.today)
    if re.search(r"保本|保证|稳不稳|会不会亏|不会亏|亏吧|安全", turn.text):
        past += f"公募基金都不保本,它是{fund.risk},有亏损的可能。"
    fit = f"要提醒您:{barred.words}" if barred else f"{fund.risk}在您的等级{client.risk_level}以内。"
    text = f"{fund.name}({fund.code})是{fund.kind}基金,{fund.risk},经理{fund.manager}。{past}{fit}\n{RISK_NOTICE}"
    return say(
        with_comfort(turn, text), card={"title": fund.name, "rows": rows}, quick=("手续费怎么收", "今天净值", HUMAN)
    ).remembering(**about(fund.code))


@answers("ask_recommendation")
async def ask_recommendation(turn: Turn, house: House) -> Answer:
    """What fits the client's level, and why; nothing above it, nothing while the test is out of date or the client is upset."""
    client = await house.institution.client(turn.client_id)
    if client.risk_conflicts:
        return say(f"您的风险测评里有前后不一致的回答({'、'.join(client.risk_conflicts)})。先重新测一次(约3分钟),"
                   "我才能按准的等级给您看合适的产品(RULE-TEST)。", quick=("重新测评", HUMAN))  # fmt: skip
    if client.risk_expired:
        until = f",{full_day(client.risk_valid_until)}到期" if client.risk_valid_until else ""
        return say(
            f"您的风险测评已经过期{until}。先重新测一次(约3分钟),我才能按新的等级给您看合适的产品(RULE-TEST)。",
            quick=("重新测评", HUMAN),
        )
    if soft(turn):
        return say(
            with_comfort(turn, "现在不急着买新的。我先陪您把手里的看清楚,等您心里踏实了再说。"),
            quick=("组合体检", "为什么亏了", HUMAN),
        )
    funds = list((await house.funds_by_code()).values())
    offers = fitting(funds, client, turn.today)
    await keep(turn, house, [offer for _, offer in offers])
    chosen = [fund for fund, _ in offers]
    care = next((check.words for _, offer in offers for check in offer.of("warn")), "")
    lines = [f"· {fund.name}({fund.code}):{fund.kind},{fund.risk},申购费{rate(fund.fees.buy)},{money(fund.min_buy)}起"
             + (f",每笔要持有满{fund.lockup_years}年" if fund.lockup_years else "") for fund in chosen]  # fmt: skip
    rules = await house.rules(turn.today, "RULE-SUIT")
    text = (f"您的等级是{client.risk_level},可以看R{client.risk_level[1]}及以下的产品。按类型各列一只规模最大的供您了解:\n"
            + "\n".join(lines) + f"\n选法:只看风险等级匹配和规模,不看短期涨幅,"
                                 f"也不代表它们会涨。{care}\n{cite(rules)}\n{RISK_NOTICE}")  # fmt: skip
    return say(text, quick=(*(f"{fund.name}怎么样" for fund in chosen[:3]), "怎么选的", HUMAN))


def fitting(funds: Sequence[Fund], client: Client, today: date) -> list[tuple[Fund, Assessment]]:
    """The largest fund of each kind that may be offered to the client, the lowest risk first, with its checks."""
    best: dict[str, tuple[Fund, Assessment]] = {}
    for fund in funds:
        offer = assess(client, fund, today=today, occasion="offer")
        if offer.allowed and (fund.kind not in best or fund.size > best[fund.kind][0].size):
            best[fund.kind] = (fund, offer)
    return sorted(best.values(), key=lambda pair: (pair[0].risk, pair[0].code))[:5]


@answers("ask_term")
async def ask_term(turn: Turn, house: House) -> Answer:
    terms = [entry for entry in house.library.terms(turn.text) if entry.holds(turn.today)]
    if terms:
        return say("\n".join(explain(term) for term in terms[:2]), quick=after_term(terms[0]))
    if hits := known.found(turn, house):
        return say(known.told(hits[0].entry), quick=("我的持仓", HUMAN))
    return say(f"{UNKNOWN}您把这个词出现的地方说给我听,或者我帮您转人工。", quick=(HUMAN,))


def explain(term: Entry) -> str:
    example = f"举个例子:{term.example}" if term.example else ""
    return f"{term.title}:{term.text}{example}({term.cited})"


def after_term(term: Entry) -> tuple[str, ...]:
    return ("我的持仓", "再说简单点", HUMAN)


@answers("ask_robo_logic")
async def ask_robo_logic(turn: Turn, house: House) -> Answer:
    """How the mix came about, with the client's own figures."""
    client = await house.institution.client(turn.client_id)
    holdings = await house.institution.holdings(turn.client_id)
    weights: dict[str, float] = {}
    for item in holdings.items:
        weights[item.kind] = weights.get(item.kind, 0) + float(item.share_of_assets)
    mix = "、".join(f"{kind}{share:.0%}" for kind, share in sorted(weights.items(), key=lambda pair: -pair[1]))
    tested = f"({full_day(client.risk_tested_on)}测评)" if client.risk_tested_on else ""
    rules = await house.rules(turn.today, "RULE-SUIT")
    text = (f"我们按四步配:一是您的风险等级{client.risk_level}{tested}定上限,"
            f"只选R{client.risk_level[1]}及以下;二是按年龄和用钱时间定股债比例;"
            "三是同类里看费用、规模和跟基准的偏离,不追短期涨幅;四是偏离目标太多时提醒您调。\n"
            f"您现在的配置是:{mix or '还没有持仓'}。\n"
            "您可以参与:比如想自己选新能源,只要不超过等级,我就照您的意思算给您看;单一板块超过一半我会提醒。算法是按规则算的,不保证收益。\n"
            f"{cite(rules)}\n{RISK_NOTICE}")  # fmt: skip
    return say(with_comfort(turn, text), quick=("组合体检", "我的风险等级", "自己选新能源"))

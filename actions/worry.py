"""My fund is down: causes with real figures, what history saw, what can be done at this client's risk level. Never a forecast."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from actions import attribution
from actions.answers import HUMAN, Answer, about, answers, say
from actions.funds import ask_fund_info
from actions.loss import (
    Case,
    card,
    causes,
    causes_shortly,
    heavy,
    in_yuan,
    own_timing,
    rebounds,
    standing,
    standing_shortly,
    tone_of,
)
from actions.services import House
from actions.turn import Turn
from actions.words import RISK_NOTICE, comfort, soft
from actions.writing import change, day, gain, money, rate
from institution.models import Fund, Holdings, Nav

#: The span over which causes are looked for, and how far back highs are.
SPAN, LOOK_BACK = timedelta(days=30), timedelta(days=730)
#: The fund whose benchmark is the market.
MARKET_FUND = "HY031"
CAUTIOUS, BOLD = ("C1", "C2"), ("C4", "C5")
FORECAST = re.compile(
    r"(什么时候|啥时候|哪天|何时|多久|几时|会不会|能不能|还能|能).{0,8}(涨|回本|回来|反弹|翻身|解套|见底)|见底了?[吗没]|预测|后市|明天.{0,4}(涨|跌)"
)


async def load_case(turn: Turn, house: House) -> Case | None:
    """The holding named, talked of, or losing most; None when the client holds nothing."""
    holdings = await house.institution.holdings(turn.client_id)
    named = [code for code in (*turn.funds, turn.last_fund) if code]
    held = {item.fund: item for item in holdings.items}
    chosen = next((held[code] for code in named if code in held), None) or attribution.worst(holdings.items)
    chosen = chosen or next(iter(sorted(holdings.items, key=lambda item: -item.value)), None)
    if chosen is None:
        return None
    today = turn.today
    client, fund, navs, market = await asyncio.gather(
        house.institution.client(turn.client_id),
        house.institution.fund(chosen.fund),
        house.institution.navs(chosen.fund, today - LOOK_BACK, today),
        house.institution.navs(MARKET_FUND, today - SPAN, today),
    )
    recent = attribution.moves([nav for nav in navs if nav.date >= today - SPAN], market)
    return Case(holdings, chosen, fund, navs, recent, client.risk_level or turn.person.risk_level)


async def not_held(turn: Turn, house: House, *, adding: bool = False) -> Answer | None:
    """A fund is named that the client does not have: its facts, not those of another fund he holds."""
    if not turn.funds:
        return None
    holdings = await house.institution.holdings(turn.client_id)
    funds = await house.funds_by_code()
    named = [funds[code] for code in turn.funds if code in funds]
    if not named or any(item.fund in turn.funds for item in holdings.items):
        return None
    opening = "买不买由您来定,先看事实。" if adding else f"我查了,您名下没有{named[0].name}。"
    facts = await ask_fund_info(turn, house)
    return replace(
        facts, replies=(replace(facts.replies[0], text=f"{opening}{facts.replies[0].text}"), *facts.replies[1:])
    )


@answers("ask_loss_reason")
async def ask_loss_reason(turn: Turn, house: House) -> Answer:
    if answer := await not_held(turn, house):
        return answer
    case = await load_case(turn, house)
    if case is None:
        return say("您名下现在没有持有基金,没有亏损。", quick=("我的持仓", HUMAN))
    if attribution.worst(case.holdings.items) is None:
        return no_loss(turn, case)
    if turn.worry_told == turn.message_id:
        return say("亏的原因上面已经算给您看了。", quick=("组合体检", HUMAN))
    own = own_timing(case)
    parts = [
        comfort(turn),
        standing(case),
        causes(case),
        in_yuan(case),
        own,
        heavy(case),
        path(case, soft(turn)),
        RISK_NOTICE,
    ]
    if turn.person.elderly:
        parts = [comfort(turn), standing_shortly(case), causes_shortly(case), CALM_DOWN, RISK_NOTICE]
    return told(turn, case, parts)


def no_loss(turn: Turn, case: Case) -> Answer:
    """Nothing is below its cost: said so, with the day's move that may have caused the question."""
    total = case.holdings
    text = (
        f"我查了,您持有的{len(total.items)}只基金目前都没有低于成本,累计{gain(total.profit)};"
        f"{day(case.holding.nav_date)}当天{gain(total.day_profit)}{day_cause(total)}。"
    )
    named = next((item for item in total.items if item.fund in turn.funds), None)
    if named:
        text = f"{standing(case)}{causes(case)}" if case.holding.fund == named.fund else text
    worst = min(total.items, key=lambda item: item.day_profit)
    answer = say("\n".join(part for part in (comfort(turn), text, RISK_NOTICE) if part), quick=("我的持仓", "组合体检"))
    # 「那要不要把它卖掉」 means the fund just named.
    return answer.remembering(**about(named.fund if named else worst.fund if worst.day_profit < 0 else None))


def day_cause(total: Holdings) -> str:
    """Which fund made the day's loss."""
    worst = min(total.items, key=lambda item: item.day_profit)
    return f",主要是{worst.name}{gain(worst.day_profit)}" if total.day_profit < 0 and worst.day_profit < 0 else ""


#: For the elderly: the matter in a few short sentences; the rest stands on the card and is told when asked for.
CALM_DOWN = "不用急着做决定。想听哪一点,您说,我慢慢讲。"


def told(turn: Turn, case: Case, parts: Sequence[str]) -> Answer:
    text = "\n".join(part for part in parts if part)
    return say(text, card=card(case), quick=("组合体检", "我的持仓", HUMAN)).remembering(
        **about(case.holding.fund), worry_told=turn.message_id
    )


def path(case: Case, gentle: bool) -> str:
    """What can be done, by the client's level: cautious, balanced, bold. The choice stays the client's."""
    if case.level in CAUTIOUS:
        return cautious(case, gentle)
    if case.level in BOLD:
        return f"{rebounds(case)}\n拿着、减一些分散,都是选择,看这笔钱多久要用、能承受多大波动;决定由您来做。"
    return (f"您的等级是{case.level}。可以看三件事:这笔钱一年内用不用;单只占{rate(case.holding.share_of_assets, 1)}是否太重;"
            f"跌到什么程度您会睡不着。{rebounds(case)}\n维持、分批减、换一部分到波动小的类型都可以,决定由您来做。")  # fmt: skip


def cautious(case: Case, gentle: bool) -> str:
    above = attribution.above_level(case.holdings.items, case.level)
    names = "、".join(f"{item.name}({item.risk})" for item in above)
    fit = (
        f"您的等级是{case.level},持仓里{names}超过了这个等级,波动会比您能承受的大。"
        if above
        else f"您的持仓都在您的等级{case.level}以内。"
    )
    if not above and case.holding.profit >= 0:
        return fit
    if gentle:
        return f"{fit}现在不用急着做决定,先把情况看明白。想降低波动,我可以把R{case.level[1]}以内的类型讲给您听。"
    return f"{fit}想降低波动,可以了解R{case.level[1]}以内的货币、纯债类,用转换或分批的方式换过去;换不换由您决定。"


def no_forecast(turn: Turn, case: Case) -> str:
    """Asked for the day of recovery: declined, with the reason."""
    if not FORECAST.search(turn.text):
        return ""
    return "什么时候涨、会不会涨,没有人能提前知道,我说一个日子就是在骗您,所以不预测。能给您的只有事实和算术:"


@answers("ask_should_sell")
async def ask_should_sell(turn: Turn, house: House) -> Answer:
    return await _should(turn, house, "要不要卖,得您来定。先看清楚三件事:")


@answers("ask_should_add")
async def ask_should_add(turn: Turn, house: House) -> Answer:
    return await _should(turn, house, "要不要加,得您来定。先看清楚几件事:")


async def _should(turn: Turn, house: House, opening: str) -> Answer:
    adding = turn.intent == "ask_should_add" or re.search(r"抄底|加仓|补仓|再买|上车|梭哈", turn.text) is not None
    if answer := await not_held(turn, house, adding=adding):
        return answer
    case = await load_case(turn, house)
    if case is None:
        return say("您名下现在没有持有基金。", quick=("我的持仓", HUMAN))
    if declined := no_forecast(turn, case):
        return told(turn, case, [comfort(turn), declined, standing(case), RISK_NOTICE])
    if turn.worry_told == turn.message_id:
        return say(
            f"{'要不要加' if turn.intent == 'ask_should_add' else '要不要卖'},看的也是上面这几条,由您来定。",
            quick=("组合体检", HUMAN),
        )
    barred = f"另外,这只是{case.holding.risk},超过您的等级{case.level},按RULE-SUIT不能再加仓,可以保留或卖出。" if adding and (
        attribution.above_level([case.holding], case.level)) else ""  # fmt: skip
    parts = [
        comfort(turn),
        opening,
        standing(case),
        causes(case),
        heavy(case),
        path(case, soft(turn)),
        barred,
        RISK_NOTICE,
    ]
    if turn.person.elderly:
        parts = [comfort(turn), opening.split("。")[0] + "。", standing_shortly(case), causes_shortly(case), barred, CALM_DOWN,
                 RISK_NOTICE]  # fmt: skip
    return told(turn, case, parts)


@answers("ask_market")
async def ask_market(turn: Turn, house: House) -> Answer:
    """The market's last day and month from index data, and what of it the client holds. News we do not have are said so."""
    if FORECAST.search(turn.text):
        return await _should(turn, house, "")
    start = turn.today - SPAN
    funds = await house.funds_by_code()
    named = [funds[code] for code in turn.funds if code in funds] or [
        f for f in funds.values() if f.sector in turn.text and f.sector
    ]
    shown = list(
        {fund.benchmark: fund for fund in ([funds[MARKET_FUND]] if MARKET_FUND in funds else []) + named[:2]}.values()
    )
    series = await asyncio.gather(*(house.institution.navs(fund.code, start, turn.today) for fund in shown))
    rows = [_index_row(fund, navs) for fund, navs in zip(shown, series, strict=True) if len(navs) > 1]
    holdings = await house.institution.holdings(turn.client_id)
    mine = [item for item in holdings.items if item.kind not in ("货币",)]
    effect = f"您的持仓在{day(mine[0].nav_date)}合计{gain(holdings.day_profit)}。" if mine else ""
    lines = [f"{row['label']}:{row['value']}" for row in rows]
    ending = "新闻和政策我看不到原文,不替它下结论;后市也不预测。"
    text = "\n".join(part for part in (comfort(turn), *lines, effect, ending, RISK_NOTICE) if part)
    return say(text, card={"title": "市场", "rows": rows}, quick=("我的收益", "为什么亏了", HUMAN))


def _index_row(fund: Fund, navs: Sequence[Nav]) -> dict[str, str]:
    last = float(navs[-1].benchmark / navs[-2].benchmark - 1)
    month = float(navs[-1].benchmark / navs[0].benchmark - 1)
    return {
        "label": fund.benchmark,
        "value": f"{day(navs[-1].date)}{change(last)},近30天{change(month)}",
        "tone": tone_of(last),
    }


@answers("soothe")
async def soothe(turn: Turn, house: House) -> Answer:
    """Comfort first, own holdings against own level, what history saw; nothing is sold (B2)."""
    case = await load_case(turn, house)
    first = comfort(turn) or "这几天看您心里不太踏实,我陪您把情况理一理。"
    if case is None:
        return say(f"{first}\n您名下现在没有持有基金,资金没有在波动。想说说担心什么吗?", quick=(HUMAN,))
    own = advisor_told(turn)
    if (turn.escalation or {}).get("topic") == "投诉":
        # The mood is about how he was treated, not about the market.
        return say("\n".join(part for part in (first, "您说的事都在记录里,处理的同事看得到,不用再说一遍。", own) if part),
                   quick=("投诉进度", HUMAN))  # fmt: skip
    history_told = rebounds(case) if case.holding.profit < 0 else ""
    parts = [
        first,
        standing_gently(case),
        heavy(case),
        history_told,
        "不用急着做决定。您想了解哪一点,我慢慢讲给您听。",
        own,
        RISK_NOTICE,
    ]
    return say("\n".join(part for part in parts if part), quick=("为什么会跌", "我的持仓", HUMAN)).remembering(
        **about(case.holding.fund)
    )


def standing_gently(case: Case) -> str:
    """The whole before the part: the client's total and how risk and level fit."""
    total = case.holdings
    steady = sum((i.value for i in total.items if i.kind in ("货币", "债券")), Decimal(0))
    above = attribution.above_level(total.items, case.level)
    fit = (f"持仓里{'、'.join(i.name for i in above)}的风险高过您的等级{case.level},波动会比较磨人。" if above
           else f"您的持仓都在您的风险等级{case.level}以内。")  # fmt: skip
    part = f"其中{rate(steady / total.total, 1)}在货币和债券里,比较稳。" if total.total and steady else ""
    return f"先看全局:您一共{money(total.total)},{gain(total.profit)}。{part}{fit}"


def advisor_told(turn: Turn) -> str:
    return "您的专属顾问也会留意您的情况。" if turn.person.own_advisor else ""

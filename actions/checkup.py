"""The portfolio's check: concentration, overlap, likeness, risk against level, cost, drawdown; plain words, one chart."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

from actions import attribution
from actions.answers import HUMAN, Answer, answers, say
from actions.services import House
from actions.turn import Turn
from actions.words import RISK_NOTICE, comfort
from actions.writing import change, money, rate
from institution.models import Fund, Holdings, Nav

#: One sector above this share of assets is named (requirement E2, A2).
HEAVY = Decimal("0.50")


@answers("ask_diagnosis")
async def ask_diagnosis(turn: Turn, house: House) -> Answer:
    """Concentration, overlap, risk against level, cost, drawdown: plain words, one chart."""
    holdings, client, funds = await asyncio.gather(
        house.institution.holdings(turn.client_id), house.institution.client(turn.client_id), house.funds_by_code()
    )
    if not holdings.items:
        return say("您名下现在没有持有基金,还没有组合可以体检。", quick=("我能买哪些", "新手怎么开始"))
    navs = dict(
        zip(
            (i.fund for i in holdings.items),
            await asyncio.gather(
                *(house.institution.navs(i.fund, turn.today - timedelta(days=365), turn.today) for i in holdings.items)
            ),
            strict=True,
        )
    )
    findings = diagnose(holdings, client.risk_level, funds, navs)
    rows = [{"label": label, "value": value, "tone": tone} for label, value, tone in findings]
    points = [[sector, round(float(share) * 100, 1)] for sector, share in attribution.concentration(holdings.items)]
    chart = {"kind": "donut", "unit": "%", "series": [{"name": "板块占比", "points": points}]} if points else None
    made: dict[str, Any] = {"title": "组合体检", "rows": rows} | ({"chart": chart} if chart else {})
    worst = [value for _, value, tone in findings if tone == "warn"]
    fine = ";".join(value for label, value, _ in findings if label in ("集中度", "风险匹配", "近一年回撤"))
    head = f"看了您的{len(holdings.items)}只基金,合计{money(holdings.total)}。"
    body = (
        f"有{len(worst)}处要留意:\n" + "\n".join(f"· {line}" for line in worst)
        if worst
        else f"没有发现要马上处理的:{fine}。"
    )
    return say("\n".join(part for part in (comfort(turn), head + body, RISK_NOTICE) if part), card=made,
               quick=("为什么亏了" if holdings.profit < 0 else "我的收益", "怎么分散", HUMAN))  # fmt: skip


def diagnose(
    holdings: Holdings, level: str, funds: dict[str, Fund], navs: dict[str, list[Nav]]
) -> list[tuple[str, str, str]]:
    """(what, finding, tone) for each check; tone warn where a look is needed."""
    items = holdings.items
    sectors = attribution.concentration(items)
    top, share = sectors[0] if sectors else ("现金和债券", Decimal(0))
    above = attribution.above_level(items, level)
    same = {sector: [i.name for i in items if i.sector == sector] for sector, _ in sectors}
    stocks = attribution.in_shares(items)
    pairs = attribution.alike({i.name: navs.get(i.fund, []) for i in items if i.kind not in attribution.STEADY_KINDS})
    double = [f"{sector}有{len(names)}只({'、'.join(names)})" for sector, names in same.items() if len(names) > 1]
    cost = sum(
        (i.value * yearly(funds[i.fund]) for i in items if i.fund in funds),
        Decimal(0),
    )
    single = max(items, key=lambda i: i.share_of_assets)
    one_heavy = single.share_of_assets > HEAVY and single.kind not in attribution.STEADY_KINDS
    path = attribution.together(navs, {i.fund: i.value for i in items})
    whole, deepest_whole = attribution.drawdown(path), attribution.deepest(path)
    deepest = min(((attribution.deepest(navs[i.fund]), i.name) for i in items if navs.get(i.fund)), default=(0.0, ""))
    return [
        ("集中度", (f"最重的板块是{top},占{rate(share, 1)}" if sectors else "没有押在单一板块上")
         + (",超过一半,偏集中" if share > HEAVY else ""), "warn" if share > HEAVY else "muted"),
        ("单只占比", f"最重的一只是{single.name},占{rate(single.share_of_assets, 1)}" + (",超过一半,偏集中" if one_heavy else ""),
         "warn" if one_heavy else "muted"),
        ("重叠", "同一板块买了不止一只:" + ";".join(double) if double else "没有同一板块的重复", "warn" if double else "muted"),
        ("走势相似", "、".join(f"{a}和{b}近一年走势很像(相关{value:.2f})" for a, b, value in pairs[:2]) or "没有走势特别像的",
         "warn" if pairs else "muted"),
        ("股票类占比", f"股票类合计占{rate(stocks, 1)}" + (",会一起涨一起跌" if stocks > Decimal("0.8") else ""),
         "warn" if stocks > Decimal("0.8") else "muted"),
        ("风险匹配", f"{'、'.join(f'{i.name}({i.risk})' for i in above)}超过您的等级{level},可保留或卖出,不能加仓(RULE-SUIT)"
         if above else f"都在您的等级{level}以内", "warn" if above else "muted"),
        ("费用", f"管理费、托管费和销售服务费每年约{money(cost)}(已从净值里扣)", "muted"),
        ("组合近一年回撤", f"按现在的配置,这一年最深时比高点{change(deepest_whole)},现在比高点{change(whole.rate)}"
         if whole else "数据不足", "warn" if deepest_whole < -0.15 else "muted"),
        ("近一年回撤", f"最深的是{deepest[1]},从高点{change(deepest[0])}" if deepest[1] else "数据不足",
         "warn" if deepest[0] < -0.15 else "muted"),
    ]  # fmt: skip


def yearly(fund: Fund) -> Decimal:
    """What the fund takes a year, as a share of what is in it."""
    fees = fund.fees
    return fees.management + fees.custody + fees.service

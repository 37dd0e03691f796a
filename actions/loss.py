"""What became of a fund that a client holds: its figures, the causes of the loss in rates and in yuan, history, the card. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from actions import attribution
from actions.arithmetic import rise_to_recover
from actions.attribution import Moves
from actions.writing import change, day, full_day, gain, money, points, rate
from institution.models import Fund, Holding, Holdings, Nav
from knowledge import history

#: What each part of a split is called, and below which sum (yuan) it is not worth a word.
PARTS = (("market", "大盘"), ("sector", "板块"), ("own", "基金自己"), ("timing", "这段时间新买的"))

LEAST_YUAN = 1.0

#: One sector above this share of assets is named (requirement E2, A2).
HEAVY = Decimal("0.50")


@dataclass(frozen=True)
class Case:
    """The fund in question with the client's books around it. navs: up to two years; recent: the last 30 days of both."""

    holdings: Holdings
    holding: Holding
    fund: Fund
    navs: Sequence[Nav]
    recent: Moves | None
    level: str


def standing(case: Case) -> str:
    """The client's own figures."""
    item = case.holding
    back = ""
    if item.profit_rate < 0:
        back = (
            f"从现在的净值算,要涨{rate(rise_to_recover(float(item.profit_rate)))}才回到您的成本,这只是算术,不是预测。"
        )
    return (f"{item.name}截至{day(item.nav_date)}净值{item.nav:.4f},您投入{money(item.cost)},现值{money(item.value)},"
            f"{gain(item.profit)}({change(item.profit_rate)})。{back}")  # fmt: skip


def standing_shortly(case: Case) -> str:
    item = case.holding
    return f"{item.name}:您投入{money(item.cost)},现在值{money(item.value)},{gain(item.profit)}。"


def causes(case: Case) -> str:
    """Market, sector, the fund itself: by the differences over the last 30 days."""
    found = case.recent
    if found is None:
        return "近30天的净值数据不全,原因我没法算清楚,不乱说。"
    span = f"{day(found.start)}到{day(found.end)}"
    facts = (
        f"{span},这只{change(found.fund)};它对标的{case.fund.benchmark}{change(found.benchmark)};"
        f"大盘(沪深300){change(found.market)}。"
    )
    same = abs(found.sector) < attribution.NAMED
    if found.fund >= 0:
        return f"{facts}近一个月它没有跌{',亏损是更早形成的' if case.holding.profit < 0 else ''}。"
    reason = {
        "market": "主要是大盘一起跌,不是这只独有的问题。",
        "sector": f"主要原因在板块:{case.fund.sector}比大盘多跌了{points(found.sector)},同类都在跌。",
        "own": f"主要是基金自己的原因:比它的基准多跌了{points(found.own)}。",
    }[attribution.main_cause(found)]
    own = ""
    if abs(found.own) >= attribution.NAMED and attribution.main_cause(found) != "own":
        own = f"基金本身比基准{'少' if found.own > 0 else '多'}跌{points(found.own)}。"
    return f"{facts}{reason}{'' if same else own}"


def causes_shortly(case: Case) -> str:
    found = case.recent
    if found is None:
        return "近30天的数据不全,原因我不乱说。"
    why = {"market": "大盘一起跌", "sector": f"{case.fund.sector}这一类都在跌", "own": "基金自己做得比同类差"}
    moved = f"近一个月它{change(found.fund)}"
    return f"{moved}。" if found.fund >= 0 else f"{moved},主要是{why[attribution.main_cause(found)]}。"


def split_of(case: Case) -> attribution.Split | None:
    return attribution.split(case.holding, case.navs, case.recent) if case.recent else None


def in_yuan(case: Case) -> str:
    """The last 30 days in the client's own money, by cause; only of a loss."""
    found = split_of(case)
    if found is None or found.total > -LEAST_YUAN:
        return ""
    parts = [f"{words}{gain(value)}" for name, words in PARTS if abs(value := getattr(found, name)) >= LEAST_YUAN]
    return f"折成您的钱,近30天这只一共{gain(found.total)}:{','.join(parts)}。"


def own_timing(case: Case) -> str:
    gap = attribution.timing(case.holding, case.navs)
    if gap is None or len(case.holding.lots) < 2 or abs(gap) < 0.02:
        return ""
    side = "后来加的仓买在了较高的位置,拉低了" if gap < 0 else "后来加的仓买得较低,改善了"
    return f"买入时点也有影响:您分{len(case.holding.lots)}批买入,{side}收益{points(gap)}。"


def heavy(case: Case) -> str:
    """One sector above half of the assets, named with its share."""
    sectors = attribution.concentration(case.holdings.items)
    if not sectors or sectors[0][1] <= HEAVY:
        return ""
    name, share = sectors[0]
    return (
        f"要提醒的是集中度:{rate(share, 1)}压在{name}一个板块,超过一半,"
        f"一起一落都会很大,再加仓会更集中。分散到不同类型能让波动小一些。"
    )


def rebounds(case: Case) -> str:
    """What history saw, in the past tense, with the long and the unfinished cases."""
    falls = history.of_index(history.read(), case.fund.benchmark)
    low = attribution.drawdown(case.navs)
    own = ""
    if low and low.rate < -0.05:
        own = f"这只基金从{full_day(low.peak_on)}的高点{low.peak:.4f}到现在{change(low.rate)}。"
    if falls is None:
        # No statistics of this index at hand: what the fund's own two years show, all cases told.
        return f"{own}{own_falls(case)}"
    return f"{own}{falls.told()}历史不代表这次也一样。(来源:{falls.source})"


def own_falls(case: Case) -> str:
    """The fund's own deep falls in the years at hand, those that are not back included."""
    found = attribution.falls(case.navs)
    if not found:
        return ""
    back = [f"{fall.months}个月" for fall in found if fall.months]
    done = f"{len(back)}次分别用了{'、'.join(back)}回到原来的高点" if back else ""
    open_one = "一次到现在还没有回到前高" if found[-1].back_on is None else ""
    told = ";".join(part for part in (done, open_one) if part)
    return (f"{full_day(case.navs[0].date)}以来,它从高点跌超10%有过{len(found)}次:{told}。"
            "历史不代表这次也一样。(来源:这只基金的历史净值)")  # fmt: skip


def card(case: Case) -> dict[str, Any]:
    item, rows = case.holding, []
    rows.append(
        {"label": "您的盈亏", "value": f"{gain(item.profit)}({change(item.profit_rate)})", "tone": tone_of(item.profit)}
    )
    if case.recent:
        rows += [{"label": label, "value": change(value), "tone": tone_of(value)} for label, value in (
            ("近30天 基金", case.recent.fund), (f"近30天 {case.fund.benchmark}", case.recent.benchmark),
            ("近30天 沪深300", case.recent.market))]  # fmt: skip
    # What stocks did says nothing of a fund without stocks.
    if (found := split_of(case)) and case.fund.kind not in attribution.STEADY_KINDS:
        rows += [{"label": f"近30天 {words}(元)", "value": gain(value), "tone": tone_of(value)} for name, words in PARTS
                 if abs(value := getattr(found, name)) >= LEAST_YUAN]  # fmt: skip
    days = [nav for nav in case.navs if case.recent and nav.date >= case.recent.start]
    title = f"{item.name}:{'亏在哪里' if item.profit < 0 else '近况'}"
    made: dict[str, Any] = {"title": title, "rows": rows}
    if len(days) > 1:
        series = [("基金", [nav.nav for nav in days]), ("基准", [nav.benchmark for nav in days])]
        made["chart"] = {"kind": "line", "unit": "%", "series": [
            {"name": name, "points": [[nav.date.isoformat(), round(float(value / values[0] - 1) * 100, 2)]
                                      for nav, value in zip(days, values, strict=True)]} for name, values in series]}  # fmt: skip
    return made


def tone_of(value: object) -> str:
    return "up" if float(str(value)) > 0 else "down"

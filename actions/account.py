"""What the client has: returns, holdings, assets, orders, statements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from actions.answers import HUMAN, Answer, about, answers, say
from actions.orders.wording import order_line
from actions.services import House
from actions.turn import Turn
from actions.words import cite, soft, with_comfort
from actions.writing import as_date, change, day, full_day, gain, moment, money, rate, shares, signed, tone
from institution.models import Holding, Holdings, Order, Returns

KINDS = {"buy": "申购", "redeem": "赎回", "dca": "定投扣款", "switch": "转换"}
OPEN = ("placed", "dealing", "held")
RECOGNITION = "这段时间您拿得住"


@answers("ask_return")
async def ask_return(turn: Turn, house: House) -> Answer:
    """Yesterday's and total gain, or that of the period asked, by fund when one is named."""
    if turn.period:
        return period_return(turn, await house.institution.returns(turn.client_id, *turn.period))
    holdings = await house.institution.holdings(turn.client_id)
    if not holdings.items:
        return nothing_held()
    if turn.funds:
        held = next((item for item in holdings.items if item.fund == turn.funds[0]), None)
        return one_return(turn, held) if held else say("您名下没有这只基金。", quick=("我的持仓",))
    return all_returns(turn, holdings)


def period_return(turn: Turn, returns: Returns) -> Answer:
    wanted = [item for item in returns.items if not turn.funds or item.fund in turn.funds]
    total = sum((item.profit for item in wanted), start=type(returns.profit)(0)) if turn.funds else returns.profit
    span = day(returns.start) if returns.start == returns.end else f"{day(returns.start)}至{day(returns.end)}"
    rows = [{"label": item.name, "value": signed(item.profit), "tone": tone(item.profit)} for item in wanted]
    text = with_comfort(turn, f"{span},您{'这只' if turn.funds else ''}一共{gain(total)}。{recognise(turn, total)}")
    return say(text, card={"title": f"{span}收益", "rows": rows} if rows else None, quick=("我的持仓", "为什么会这样"))


def one_return(turn: Turn, item: Holding) -> Answer:
    text = (f"{item.name}:{day(item.nav_date)}{gain(item.day_profit)};持有以来{gain(item.profit)}({change(item.profit_rate)})。"
            f"市值{money(item.value)},成本{money(item.cost)}。")  # fmt: skip
    return say(with_comfort(turn, text), quick=("为什么会这样", "这只现在净值", "我的持仓")).remembering(
        **about(item.fund)
    )


def all_returns(turn: Turn, holdings: Holdings) -> Answer:
    on = max(item.nav_date for item in holdings.items)
    rows = [{"label": item.name, "value": f"当日{signed(item.day_profit)},累计{signed(item.profit)}", "tone": tone(item.profit)}
            for item in holdings.items]  # fmt: skip
    text = (
        f"最近一个净值日{day(on)},您{gain(holdings.day_profit)};持有以来累计{gain(holdings.profit)}。"
        f"{recognise(turn, holdings.profit)}"
    )
    quick = ("本月收益", "我的持仓", "为什么亏了" if holdings.profit < 0 else "交易记录")
    return say(with_comfort(turn, text), card={"title": f"收益({full_day(on)})", "rows": rows}, quick=quick)


def recognise(turn: Turn, profit: object) -> str:
    """A gain is met with recognition (A6), soberly."""
    said = any(RECOGNITION in text for text in turn.told)
    return f"{RECOGNITION},值得肯定。" if float(str(profit)) > 0 and not soft(turn) and not said else ""


def nothing_held() -> Answer:
    return say("您名下现在没有持有基金。", quick=("我能买哪些", "新手怎么开始", HUMAN))


@answers("ask_holdings")
async def ask_holdings(turn: Turn, house: House) -> Answer:
    holdings = await house.institution.holdings(turn.client_id)
    if not holdings.items:
        return nothing_held()
    if turn.funds and (held := next((item for item in holdings.items if item.fund == turn.funds[0]), None)):
        return one_holding(held)
    text = f"截至{day(holdings.as_of)},您持有{len(holdings.items)}只基金,合计{money(holdings.total)},累计{gain(holdings.profit)}。"
    quick = ("收益怎么样", "组合体检", "交易记录")
    return say(with_comfort(turn, text), card=holdings_card(holdings), quick=quick)


def one_holding(item: Holding) -> Answer:
    lots = "、".join(f"{full_day(lot.confirmed_on)}确认{shares(lot.shares)}" for lot in item.lots)
    locked = f"锁定到{full_day(item.locked_until)}。" if item.locked_until else ""
    text = (f"{item.name}({item.kind},{item.risk}):您有{shares(item.shares)},{day(item.nav_date)}净值{item.nav:.4f},"
            f"市值{money(item.value)},占{rate(item.share_of_assets, 1)}。{lots}。{locked}")  # fmt: skip
    return say(text, quick=("收益怎么样", "卖一半", "今天净值")).remembering(**about(item.fund))


def holdings_card(holdings: Holdings) -> dict[str, Any]:
    rows = [{"label": item.name, "value": f"{shares(item.shares)},{money(item.value)},占{rate(item.share_of_assets, 1)}",
             "tone": tone(item.profit)} for item in holdings.items]  # fmt: skip
    points = [[item.name, float(item.value)] for item in holdings.items]
    return {"title": f"持仓({full_day(holdings.as_of)})", "rows": rows,
            "chart": {"kind": "donut", "unit": "元", "series": [{"name": "市值", "points": points}]}}  # fmt: skip


@answers("ask_assets")
async def ask_assets(turn: Turn, house: House) -> Answer:
    holdings = await house.institution.holdings(turn.client_id)
    if not holdings.items:
        return nothing_held()
    kinds = by_kind(holdings.items)
    rows = [{"label": kind, "value": f"{money(value)},{rate(value / holdings.total, 1)}"} for kind, value in kinds]
    chart = {"kind": "donut", "unit": "元", "series": [{"name": "配置", "points": [[k, float(v)] for k, v in kinds]}]}
    text = (
        f"截至{day(holdings.as_of)},您的总资产是{money(holdings.total)},"
        f"投入成本{money(holdings.cost)},累计{gain(holdings.profit)}。"
    )
    card = {"title": "资产配置", "rows": rows, "chart": chart}
    return say(with_comfort(turn, text), card=card, quick=("我的持仓", "收益怎么样", "组合体检"))


def by_kind(items: Sequence[Holding]) -> list[tuple[str, Any]]:
    """Value by kind of fund, the largest first."""
    sums: dict[str, Any] = {}
    for item in items:
        sums[item.kind] = sums.get(item.kind, 0) + item.value
    return sorted(sums.items(), key=lambda pair: -pair[1])


@answers("ask_transactions")
async def ask_transactions(turn: Turn, house: House) -> Answer:
    orders = await house.institution.orders(turn.client_id, 100)
    start, end = turn.period or (date.min, date.max)
    found = [order for order in orders if start <= (as_date(order.placed_at) or date.min) <= end
             and (not turn.funds or order.fund in turn.funds) and of_kind(turn.text, order)]  # fmt: skip
    span = f"{day(start)}至{day(end)}" if turn.period else "最近"
    if not found:
        return say(f"{span}没有符合的交易记录。", quick=("全部交易记录", "我的持仓"))
    rows = [{"label": f"{day(order.placed_at)} {KINDS[order.kind]}", "value": f"{order.name} {size(order)} {order.status_words}"}
            for order in found[:10]]  # fmt: skip
    counts = "、".join(f"{word}{sum(o.kind == kind for o in found)}笔" for kind, word in KINDS.items()
                      if any(o.kind == kind for o in found))  # fmt: skip
    more = ",下面是最近10笔" if len(found) > 10 else ""
    return say(
        f"{span}共{len(found)}笔:{counts}{more}。",
        card={"title": "交易记录", "rows": rows},
        quick=("最近一笔进度", "我的持仓"),
    )


def of_kind(text: str, order: Order) -> bool:
    """Whether the words ask for this kind of order; no such word asks for all."""
    wanted = [kind for kind, words in (("buy", "买|申购|加仓"), ("redeem", "卖|赎"), ("dca", "定投"), ("switch", "转换"))
              if re.search(words, text)]  # fmt: skip
    return not wanted or order.kind in wanted


def size(order: Order) -> str:
    return shares(order.shares) if order.kind in ("redeem", "switch") else money(order.amount)


@answers("ask_order_status")
async def ask_order_status(turn: Turn, house: House) -> Answer:
    """The order meant: by number, fund, kind; else the newest one still open."""
    orders = await house.institution.orders(turn.client_id, 50)
    found = [order for order in orders if order.id in turn.text] or matching(turn, orders)
    if not found:
        return say("没有找到您说的这笔单子。您可以告诉我大概哪天、哪只基金。", quick=("交易记录", HUMAN))
    order = next((order for order in found if order.status in OPEN), found[0])
    none_open = "" if order.status in OPEN or order.id in turn.text else "您没有在途的单子,最近一笔是:"
    lines = [f"{none_open}{order_line(order)}。", *progress(order)]
    lines += await complained_of(turn, house, order)
    cited = cite(await house.rules(turn.today, "RULE-T"))
    return say(
        with_comfort(turn, "\n".join((*lines, cited))),
        quick=(*(("撤单",) if order.status in OPEN else ()), "交易记录", HUMAN),
    ).remembering(**about(order.fund), last_order=order.id)


async def complained_of(turn: Turn, house: House, order: Order) -> list[str]:
    """The open complaint about money that is late, with its deadline; empty when there is none."""
    if order.kind != "redeem" or order.status == "arrived" or order.arrival is None or turn.now <= order.arrival:
        return []
    tickets = await house.institution.complaints(turn.client_id)
    waiting = [t for t in tickets if t.kind == "到账延迟" and t.status != "solved"]
    return [f"您的投诉{t.id}也在办:{moment(t.solve_by)}前解决。" for t in waiting[-1:]]


def matching(turn: Turn, orders: Sequence[Order]) -> list[Order]:
    start, end = turn.period or (date.min, date.max)
    return [order for order in orders if (not turn.funds or order.fund in turn.funds) and of_kind(turn.text, order)
            and start <= (as_date(order.placed_at) or date.min) <= end]  # fmt: skip


def progress(order: Order) -> list[str]:
    """Where the order stands, with its dates."""
    if order.status == "cancelled":
        return ["这笔已经撤掉了。"]
    lines = [f"T日是{day(order.t_day)},确认日是{day(order.confirm_day)}。"]
    if order.kind == "redeem":
        lines.append("钱已经到账。" if order.status == "arrived" else f"资金{moment(order.arrival)}前到账。")
    if order.status in OPEN and order.cancellable_until:
        lines.append(f"{moment(order.cancellable_until)}前可以撤单。")
    return lines


@answers("ask_statement")
async def ask_statement(turn: Turn, house: House) -> Answer:
    holdings = await house.institution.holdings(turn.client_id)
    text = (f"对账单、资产证明和持有证明在「我的 > 账单与证明」里开:选种类和日期,系统生成盖电子章的PDF。"
            f"证明要写明的数额供您核对:截至{full_day(holdings.as_of)},总资产{money(holdings.total)}。"
            "要纸质件、外文件或给使馆用的,我帮您转人工办理。")  # fmt: skip
    return say(text, quick=("我的总资产", "交易记录", HUMAN))

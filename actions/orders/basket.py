"""A rebalancing in talk: laid out, quoted leg by leg, placed leg by leg; the same legs are never placed twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from actions import allocation, attribution
from actions.answers import HUMAN, Answer, say
from actions.orders import balance, checks, effect, receipts, wording
from actions.orders.model import Draft, Facts, Kind, Leg, Step
from actions.orders.phrases import moved
from actions.services import House
from actions.turn import Turn
from actions.words import RISK_NOTICE, listing, with_comfort
from actions.writing import day, full_day, moment, money, rate, shares
from contracts.turn import Reply
from institution.models import Fund, Order, Quote
from kit.errors import AgentError, Unavailable


def laid_out(draft: Draft, facts: Facts, preferred: Sequence[str] = ()) -> Draft:
    """The draft with the orders that lead to the reference mix, through the funds that the client named where they fit."""

    def suitable(fund: Fund, amount: Decimal, out_of: str) -> bool:
        """We name the fund: nothing that may not be offered."""
        found = checks.assess(facts.client, fund, today=facts.today, holdings=facts.holdings, amount=amount, out_of=out_of,
                              occasion="offer")  # fmt: skip
        return found.allowed and not found.of("confirm")

    legs = balance.propose(facts.holdings, facts.funds, facts.client, allocation.load(), suitable, preferred)
    return replace(draft, legs=legs, step=Step.CONFIRM)


def reasons(facts: Facts) -> str:
    """What is off: the classes against the reference, and what is above the level."""
    reference = allocation.load()
    found = balance.drifts(facts.holdings, facts.client, reference)
    off = [f"{one.name}现在{rate(one.now, 1)},参考{rate(one.wanted, 0)}" for one in found
           if abs(one.now - one.wanted) >= reference.band]  # fmt: skip
    off += [f"{item.name}是{item.risk},超过您的等级{facts.client.risk_level},只能保留或卖出"
            for item in attribution.above_level(facts.holdings, facts.client.risk_level)]  # fmt: skip
    return (f"按您的等级{facts.client.risk_level}的参考配置({reference.source},{full_day(reference.effective)}起)看:\n"
            f"{listing(off)}")  # fmt: skip


def explain(facts: Facts) -> Answer:
    """Why these orders: what is off, and how the funds that go and come are chosen."""
    reference = allocation.load()
    cap = f"权益不超过{reference.age_cap}减年龄({max(reference.age_cap - facts.client.age, 0)}%);"
    how = (f"{cap}偏离不到{rate(reference.band, 0)}的不动。先动超过等级的,再动多出来的类别里最重的一只;"
           "转入的先用您已经有的,没有就用规模最大、没有持有期、适合您等级的。")  # fmt: skip
    return say(f"{reasons(facts)}\n{how}", quick=("确认", wording.DROP))


def not_fitting(draft: Draft, facts: Facts, preferred: Sequence[str]) -> str:
    """Why a fund that the client named is in no leg."""
    used = {leg.to_fund or leg.fund for leg in draft.legs}
    held = {item.fund for item in facts.holdings}
    said = [checks.unsuitable(facts.client, facts.funds[code], facts.today) for code in preferred
            if code in facts.funds and code not in used | held]  # fmt: skip
    return "".join(f"\n{problem.words}" for problem in said if problem)


def nothing_to_do(turn: Turn, facts: Facts) -> Answer:
    """No order is proposed: nothing is held, nothing is off, nothing suitable is there, or it is no moment for it."""
    if not facts.holdings:
        return say("您名下现在没有持有基金,没有可以调的组合。", quick=("我能买哪些",))
    reference, client = allocation.load(), facts.client
    near = all(abs(one.now - one.wanted) < reference.band for one in balance.drifts(facts.holdings, client, reference))
    above = attribution.above_level(facts.holdings, client.risk_level)
    cash = next((fund for fund in facts.funds.values() if fund.kind == "货币"), None)
    barred = checks.unsuitable(client, cash, facts.today) if cash else None
    if near and not above:
        text = (f"您的组合和等级{client.risk_level}的参考配置相差都不到{rate(reference.band, 0)},也没有超过等级的产品,"
                "可以不动:来回调要花手续费。")  # fmt: skip
    elif barred:
        text = f"{reasons(facts)}\n现在还不能调:{barred.words}赎回不受影响。"
    else:
        text = f"{reasons(facts)}\n现在不急着动,先看清楚;等您想好了,说「调仓」我把每一笔算给您看。"
    return say(with_comfort(turn, f"{text}\n{RISK_NOTICE}"), quick=("组合体检", "我的持仓", HUMAN))


def as_one(replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """The reasons and the proposal in one bubble."""
    if len(replies) < 2:
        return tuple(replies)
    first, second, *rest = replies
    return (replace(second, text=f"{first.text}\n{second.text}"), *rest)


async def quotes_of(draft: Draft, turn: Turn, house: House) -> list[Quote]:
    """Each leg's quote, in order. Raises what the institution refuses."""
    ask = house.institution.quote
    return list(await asyncio.gather(*(
        ask(turn.client_id, leg.kind, fund=leg.fund, to_fund=leg.to_fund, amount=leg.amount, shares=leg.shares)
        for leg in draft.legs
    )))  # fmt: skip


async def confirm(draft: Draft, facts: Facts, turn: Turn, house: House) -> tuple[Answer, Draft]:
    """Every leg with its cost and dates, and the mix that comes of them."""
    quotes = await quotes_of(draft, turn, house)
    found = effect.of_quotes(facts, quotes)
    lines = [f"{n}. {line(quote)}" for n, quote in enumerate(quotes, 1)]
    fees = sum((quote.fee for quote in quotes), Decimal(0))
    bought = sum((quote.gross for quote in quotes if quote.kind == "buy"), Decimal(0))
    card_note = f"申购的{money(bought)}从您绑定的银行卡扣,赎回的钱另外到账。" if bought else ""
    text = "\n".join((
        f"要调到参考配置,一共{len(quotes)}笔,手续费合计约{money(fees)}:", *lines,
        f"{card_note}{target_words(found, facts)}", RISK_NOTICE,
        "哪一笔不要,说「去掉第几笔」。没问题就回复「确认」,我再请您做最后一次核对。",
    ))  # fmt: skip
    answer = say(text, card=card(quotes, fees, found, facts), quick=("确认", "去掉第1笔", wording.DROP, HUMAN))
    return answer, replace(draft, t_day=quotes[0].t_day.isoformat())


def line(quote: Quote) -> str:
    if quote.kind == "switch":
        return (f"把{quote.name}{shares(quote.shares)}(约{money(quote.gross)})转成{quote.to_name},费用{money(quote.fee)},"
                f"{day(quote.confirm_day)}确认。")  # fmt: skip
    if quote.kind == "redeem":
        hold = "属于大额赎回,提交后要再确认一次。" if quote.hold else ""
        return (f"赎回{quote.name}{shares(quote.shares)}(约{money(quote.gross)}),费用{money(quote.fee)},"
                f"资金{moment(quote.arrival)}前到账。{hold}")  # fmt: skip
    return f"申购{quote.name}{money(quote.gross)},费用{money(quote.fee)},{day(quote.confirm_day)}确认。"


def classes(found: effect.Mix, facts: Facts) -> dict[str, Decimal]:
    """The share of each class; private funds are counted in none."""
    reference = allocation.load()
    sums: dict[str, Decimal] = {}
    for code, value in found.funds.items():
        fund = facts.funds.get(code)
        name = reference.class_of(fund.kind, fund.sector) if fund else None
        if name:
            sums[name] = sums.get(name, Decimal(0)) + value
    total = sum(sums.values(), Decimal(0))
    return {name: sums.get(name, Decimal(0)) / total if total else Decimal(0) for name in allocation.CLASSES}


def target_words(found: effect.Effect, facts: Facts) -> str:
    before, after = classes(found.before, facts), classes(found.after, facts)
    parts = [
        f"{name}从{rate(before[name], 1)}变成{rate(after[name], 1)}" for name in after if before[name] or after[name]
    ]
    return f"办完以后:{','.join(parts)}。{effect.heavy(found, facts)}"


def card(quotes: Sequence[Quote], fees: Decimal, found: effect.Effect, facts: Facts) -> dict[str, Any]:
    rows = [{"label": f"第{n}笔", "value": line(quote).rstrip("。")} for n, quote in enumerate(quotes, 1)]
    rows.append({"label": "手续费合计", "value": money(fees), "tone": "warn" if fees else "muted"})
    now, then = classes(found.before, facts), classes(found.after, facts)
    wanted = allocation.load().mix(facts.client.risk_level, facts.client.age)
    series = [
        {"name": name, "points": [[one, round(float(mix[one]) * 100, 1)] for one in allocation.CLASSES]}
        for name, mix in (("现在", now), ("办完以后", then), ("参考", wanted))
    ]
    return {"title": "调仓核对单", "rows": rows, "note": wording.cite(quotes[0].rules),
            "chart": {"kind": "bar", "unit": "%", "series": series}}  # fmt: skip


async def place(draft: Draft, facts: Facts, turn: Turn, house: House) -> Answer:
    """All legs, one after the other, each under its own key: sent again, those placed are the same ones.

    Raises Unavailable when the institution goes silent: what is placed by then is not known.
    """
    if not draft.unsure:
        try:
            offered = await quotes_of(draft, turn, house)
        except Unavailable:
            return wording.not_sent(draft).remembering(order=draft.to_slot())
        except AgentError:
            # Sent once more, the shares are on their way already: the keys tell which orders are the same.
            offered = []
        if offered and offered[0].t_day.isoformat() != draft.t_day:
            later = replace(draft, t_day=offered[0].t_day.isoformat())
            return (say(wording.cut_off_passed(offered[0])) + wording.last_step(later)).remembering(
                order=later.to_slot()
            )
    placed: list[Order] = []
    for number, leg in enumerate(draft.legs, 1):
        try:
            placed.append(await _placed(leg, f"{draft.order_key}-{number}", turn, house))
        except Unavailable:
            raise
        except AgentError as error:
            return partly(draft, placed, number, error.message)
    return receipt(draft, placed, facts)


async def _placed(leg: Leg, key: str, turn: Turn, house: House) -> Order:
    return await house.institution.place_order(
        turn.client_id, leg.kind, fund=leg.fund, key=key, to_fund=leg.to_fund, amount=leg.amount, shares=leg.shares
    )


def partly(draft: Draft, placed: Sequence[Order], number: int, why: str) -> Answer:
    """One leg was refused: what is in the books, what is not."""
    done = f"前面{len(placed)}笔已受理(单号{'、'.join(order.id for order in placed)})。" if placed else ""
    rest = f"第{number}笔没有办成:{why}这一笔和后面的都没有提交。"
    answer = say(f"{done}{rest}", quick=("查交易记录", "调仓", HUMAN))
    return answer.remembering(order=None, **({"last_order": placed[-1].id} if placed else {}))


def receipt(draft: Draft, placed: Sequence[Order], facts: Facts) -> Answer:
    lines = [f"{n}. {wording.order_line(order)}" for n, order in enumerate(placed, 1)]
    rows = [{"label": order.id, "value": f"{order.name}{'→' + order.to_name if order.to_name else ''}:{order.status_words}"}
            for order in placed]  # fmt: skip
    held = [order for order in placed if order.status == "held"]
    answer = say(
        f"已受理,一共{len(placed)}笔,约{money(moved(draft))}:\n{chr(10).join(lines)}\n15:00前可以逐笔撤单,进展随时可以说「查我的单子」。",
        card={"title": "调仓回执", "rows": rows, "stamp": "已受理"}, quick=("查我的单子", "撤单", "我的持仓"),
    ).remembering(order=None, last_order=placed[-1].id)  # fmt: skip
    if not held:
        return answer
    waiting = Draft(Kind.REDEEM, draft.key, draft.seen, draft.touched, Step.RELEASE, fund=held[0].fund, shares=held[0].shares,
                    order=held[0].id)  # fmt: skip
    person = held[0].hold is not None and held[0].hold.needs_human
    large = {"order": held[0].id, "share": f"{held[0].hold.share_of_aum:f}"} if person and held[0].hold else None
    kept = None if person else waiting.to_slot()
    return (answer + receipts.held(waiting, held[0])).remembering(order=kept, large_redemption=large)

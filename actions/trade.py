"""Everything that opens an order, 定投 too; and what a rebalancing would have to look at."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from actions import attribution
from actions.answers import HUMAN, Answer, Handler, answers, say
from actions.orders.desk import concerns, go_on, open_draft, void_words, went_stale
from actions.orders.machine import KIND_OF_INTENT
from actions.orders.model import Kind
from actions.services import House
from actions.turn import Turn
from actions.words import RISK_NOTICE, cite, soft, with_comfort
from actions.writing import rate
from institution.models import Holding


def opens(kind: Kind) -> Handler:
    """The answer to an intent that asks for an order of this kind: a draft is opened."""

    async def opened(turn: Turn, house: House) -> Answer:
        return await open_draft(kind, turn, house)

    return opened


for _intent, _kind in KIND_OF_INTENT.items():
    answers(_intent)(opens(_kind))


@answers("order")
async def order(turn: Turn, house: House) -> Answer:
    """`action_order`: the open order hears the turn, whatever the intent; with none open, says so."""
    if concerns(turn):
        return await go_on("order", order, turn, house)
    words = void_words(turn) if went_stale(turn) else "现在没有等您确认的单子。"
    return say(words, quick=("我的持仓", "交易记录")).remembering(order=None)


@answers("rebalance")
async def rebalance(turn: Turn, house: House) -> Answer:
    """What is off in the client's mix and the switches that would mend it; each switch is confirmed by itself."""
    holdings, client = await asyncio.gather(
        house.institution.holdings(turn.client_id), house.institution.client(turn.client_id)
    )
    if not holdings.items:
        return say("您名下现在没有持有基金,没有可以调的组合。", quick=("我能买哪些",))
    findings = off_balance(holdings.items, client.risk_level)
    rules = await house.rules(turn.today, "RULE-SWITCH", "RULE-SUIT")
    head = (
        "按您现在的持仓看:\n" + "\n".join(f"· {line}" for line in findings)
        if findings
        else "您的组合没有超过等级的产品,也没有一个板块超过一半,可以不动。"
    )
    how = "调仓用基金转换来做,一笔一笔确认;赎回费按先进先出算,我会先报给您。"
    sources = [item for item in holdings.items if item.sector == heaviest(holdings.items)] or list(holdings.items)
    quick = tuple(f"把{item.name}转换一部分" for item in sources[:2]) if findings and not soft(turn) else ()
    return say(with_comfort(turn, f"{head}\n{how}\n{cite(rules)}\n{RISK_NOTICE}"), quick=(*quick, "组合体检", HUMAN))


def off_balance(items: tuple[Holding, ...], level: str) -> list[str]:
    sectors = attribution.concentration(items)
    lines = [f"{name}占{rate(share, 1)},超过一半,偏集中" for name, share in sectors if share > Decimal("0.5")]
    return lines + [
        f"{item.name}是{item.risk},超过您的等级{level},可以保留或卖出,不能加"
        for item in attribution.above_level(items, level)
    ]


def heaviest(items: tuple[Holding, ...]) -> str:
    sectors = attribution.concentration(items)
    return sectors[0][0] if sectors else ""

"""Everything that opens an order, 定投 and rebalancing too."""

from __future__ import annotations

from actions import dca
from actions.answers import Answer, Handler, answers, say
from actions.orders.desk import concerns, go_on, open_draft, void_words, went_stale
from actions.orders.machine import KIND_OF_INTENT
from actions.orders.model import Kind
from actions.services import House
from actions.turn import Turn


def opens(kind: Kind) -> Handler:
    """The answer to an intent that asks for an order of this kind: a draft is opened."""

    async def opened(turn: Turn, house: House) -> Answer:
        if kind.on_plan and dca.asks_rule(turn.text):
            return await dca.by_rule(turn, house)
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

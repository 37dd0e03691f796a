"""The rasa-sdk side: tracker in, messages and slot events out. Decides nothing about content."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions import (
    account,
    checkup,
    complaints,
    dca,
    footing,
    funds,
    gloss,
    guards,
    human,
    overheard,
    planning,
    plans,
    risk,
    rules,
    service,
    talk,
    trade,
    worry,
)
from actions.answers import HANDLERS, HUMAN, Answer, Handler, say
from actions.orders import desk
from actions.planning import Sketch
from actions.services import House
from actions.turn import Turn
from actions.words import SYSTEM_SILENT, for_person, typeset, typeset_all
from kit import log
from kit.errors import AgentError, Unavailable

#: Imported so that they register their answers.
BUSINESS = (account, checkup, complaints, dca, funds, human, plans, risk, rules, service, talk, trade, worry)
#: Answered at once, whatever order is open: care and safety come before business.
BEFORE_ORDERS = frozenset({"request_handoff", "soothe", "self_care", "self_harm", "account_security", "ask_human"})
#: Where a beginner meets the terms: rules, figures, orders.
GLOSSED = frozenset(
    {"ask_redeem_arrival", "ask_confirm_date", "ask_fee", "ask_nav", "ask_fund_info", "ask_return", "buy_fund", "redeem_fund",
     "switch_fund", "dca_create", "ask_loss_reason", "ask_diagnosis"}
)  # fmt: skip
LOG = log.get(__name__)
#: 「哪天能涨回来」 asks for a forecast, however much it looks like a question of days.
RISE = re.compile(r"(什么时候|啥时候|哪天|何时|多久|几时|会不会|能不能).{0,6}(涨|回本|反弹|翻身|解套|见底)")
FORECAST_TAKEN_FOR = frozenset(
    {"ask_loss_reason", "ask_confirm_date", "ask_trading_hours", "ask_order_status", "ask_redeem_arrival"}
    | {"default_fallback", "clarify", "out_of_scope"}
)


class Answering(Action):  # type: ignore[misc]  # rasa-sdk has no types
    """The action `action_<name>`: asks its handler, or the open order when the turn belongs to it."""

    def __init__(self, name: str, handler: Handler, house: House) -> None:
        self._name, self._handler, self._house = name, handler, house

    def name(self) -> str:
        return f"action_{self._name}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn.of(tracker.slots, tracker.latest_message, conversation_id=tracker.sender_id, events=tracker.events)
        answer = await answer_turn(self._name, self._handler, turn, self._house)
        short = self._name.startswith("ask_") and footing.wants_short(turn)
        # Somebody upset is not taught.
        glossable = not short and not turn.upset and self._name in GLOSSED
        for reply in answer.replies:
            text = footing.shortened(reply.text) if short else reply.text
            if glossable and reply is answer.replies[0]:
                text = gloss.glossed(text, turn.person.stage, turn.told)
            extra = {"card": typeset_all(reply.card), "quick_replies": [typeset(text) for text in reply.quick_replies]}
            dispatcher.utter_message(text=typeset(for_person(text, turn.person)), json_message=extra)
        slots = dict(answer.slots)
        if answer.replies and self._name != "repeat":
            slots["last_answer"] = answer.text
        return [SlotSet(name, value) for name, value in slots.items()]


async def answer_turn(name: str, handler: Handler, turn: Turn, house: House) -> Answer:
    """What the handler says, or the open order; a system that is silent is said to be silent."""
    try:
        if name not in BEFORE_ORDERS - {"ask_human"} and (refused := guards.refusal(turn)):
            return refused
        if name not in BEFORE_ORDERS and (warned := guards.warning(turn)):
            return warned if name in guards.NOTHING_ELSE else warned + await handler(turn, house)
        if name not in BEFORE_ORDERS and desk.concerns(turn):
            return await desk.go_on(name, handler, turn, house)
        if name not in BEFORE_ORDERS and (kept := await plans.saved(turn, house)):
            return kept
        if plans.heard_already(name, turn):
            return Answer()
        other_plan = name in planning.NEEDS and not plans.hears_first(turn)
        if name not in BEFORE_ORDERS and not other_plan and plans.concerns(turn):
            return await plans.go_on(turn, house, Sketch.of(turn.plan or {}))
        if name not in BEFORE_ORDERS and (again := footing.at_other_length(turn) or await footing.sourced(turn, house)):
            return again
        if name not in BEFORE_ORDERS and (sure := await overheard.heard(turn, house)):
            return Answer() if turn.answered else sure
        if name in FORECAST_TAKEN_FOR and RISE.search(turn.text):
            return await worry.ask_should_sell(turn, house)
        return await footing.helped(name, turn, house) or await handler(turn, house)
    except Unavailable as error:
        LOG.warning(
            "A system did not answer.", action="answer_unavailable", handler=name, cause=error.fields.get("cause")
        )
        return say(SYSTEM_SILENT, quick=(HUMAN,))
    except AgentError as error:
        LOG.warning("A request was refused.", action="answer_refused", handler=name, code=error.code)
        return say(f"{error.message}\n需要的话,我帮您转人工。", quick=(HUMAN,))


def executor(house: House) -> ActionExecutor:
    """All actions, registered, on these services."""
    made = ActionExecutor()
    for name, handler in HANDLERS.items():
        made.register_action(Answering(name, handler, house))
    return made

"""The turn channel: one HTTP call a turn. All of a turn is kept, or nothing of it.

The gateway sends `contracts.turn.TurnRequest` and gets `TurnAnswer`. A message id that the tracker already holds is not
processed again: the answer is read back from the events after it, so a replayed turn is the same turn. Only one that was
read along while a person had the conversation, and is asked again to be answered, is processed anew. When an action
fails, nothing is saved: 503 when the action server is away (the gateway asks until it is back), 500 when it is there and
this message makes it fail.
"""

from __future__ import annotations

import asyncio
import hmac
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import structlog
from rasa.core.actions.action import ActionExecutionRejection
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.policies.escalation import RulesFile, negative_share, topic_of
from bot.policies.policy import RULES

log = structlog.get_logger()
LISTEN = "action_listen"
#: Marks in the tracker what a person said, not the bot.
HUMAN = "human"
#: Slots that are given with each turn; the rest belong to the dialogue.
GIVEN = ("client_id", "message_id", "channel", "now", "owner", "client", "failures", "repeats", "recent_emotions")
#: Slots that the gateway may want to know of.
TOLD = (
    "plan", "order", "plan_ready", "last_topic", "last_topic_fund", "large_redemption", "last_order", "last_ticket",
)  # fmt: skip
MOST_ACTIONS = 10
#: Messages after which the one before still is the subject, and how many of them are looked over.
KEEPS_SUBJECT = ("affirm", "deny", "correct", "thank", "greet", "repeat")
LOOKED_BACK = 4
Work = Callable[[MessageProcessor, RulesFile, dict[str, Any]], Awaitable[dict[str, Any]]]


class TurnInput(InputChannel):
    """`POST /webhooks/turn/message?token=KEY`, and `/heard` for what a person says while the bot is silent."""

    @classmethod
    def name(cls) -> str:
        return "turn"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        webhook = Blueprint("turn_webhook", "bot.channels.turn")
        rules = RulesFile(RULES)
        key = os.environ.get("HUIBAN_INTERNAL_KEY", "")

        async def locked(request: Request, fields: Sequence[str], work: Work) -> HTTPResponse:
            """Check the call and do its work with the conversation's lock held."""
            if not key or not hmac.compare_digest(request.args.get("token", ""), key):
                return problem(401, "key_wrong", "the token is missing or wrong")
            body = request.json
            # Present is enough: the client_id of a guest is empty.
            missing = [f for f in fields if (body or {}).get(f) is None]
            if missing:
                return problem(422, "fields_missing", f"missing: {', '.join(missing)}")
            agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return problem(503, "no_model", "no model is loaded")
            try:
                async with agent.lock_store.lock(body["conversation_id"]):
                    return response.json(await work(agent.processor, rules, body))
            except Exception as error:  # the boundary: whatever an action raised, the turn is played again
                kind = type(error).__name__
                log.error("Turn not completed", action="turn_failed", message_id=body["message_id"], error=kind)
                if is_away(error):
                    return problem(503, "actions_away", "the action server does not answer")
                return problem(500, "turn_failed", "the turn could not be completed")

        @webhook.route("/message", methods=["POST"])
        async def message(request: Request) -> HTTPResponse:
            return await locked(request, ("conversation_id", "message_id", "client_id", "text"), take_turn)

        @webhook.route("/heard", methods=["POST"])
        async def heard(request: Request) -> HTTPResponse:
            return await locked(request, ("conversation_id", "message_id", "author", "text"), hear)

        return webhook


def is_away(error: BaseException | None) -> bool:
    """Whether the cause is a lost connection: Rasa wraps what its client of the action server raised."""
    while error is not None:
        if isinstance(error, asyncio.TimeoutError):
            # It is there and does not get done with this message.
            return False
        if isinstance(error, (aiohttp.ClientConnectionError, OSError)):
            return True
        error = error.__cause__ or error.__context__
    return False


def problem(status: int, code: str, detail: str) -> HTTPResponse:
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail}
    return response.json(body, status=status, content_type="application/problem+json")


async def hear(processor: MessageProcessor, rules: RulesFile, body: dict[str, Any]) -> dict[str, Any]:
    """Keep what a person said to the client: after the return the bot knows it, and the fund it was about."""
    channel = CollectingOutputChannel()
    tracker = await processor.fetch_tracker_and_update_session(body["conversation_id"], channel)
    if not has_heard(tracker, body["message_id"]):
        said = UserMessage(body["text"], sender_id=body["conversation_id"], input_channel="turn")
        parsed = await processor.parse_message(said, tracker)
        metadata = {"author": HUMAN, "role": body["author"], "message_id": body["message_id"]}
        tracker.update(BotUttered(body["text"], metadata=metadata), processor.domain)
        funds = [e["value"] for e in parsed.get("entities", ()) if e["entity"] == "fund"]
        if funds:
            tracker.update(SlotSet("last_topic_fund", funds[-1]), processor.domain)
        await processor.save_tracker(tracker)
    return {}


async def take_turn(processor: MessageProcessor, rules: RulesFile, body: dict[str, Any]) -> dict[str, Any]:
    """Understand the message, and answer it unless a person owns the conversation."""
    channel = CollectingOutputChannel()
    tracker = await processor.fetch_tracker_and_update_session(body["conversation_id"], channel)
    if not settled(tracker, body):
        tracker.update_with_events(given_slots(body), processor.domain)
        spoken_of = tracker.get_slot("last_topic_fund")
        await understand(processor, rules, tracker, body)
        if body.get("answer", True):
            await act(processor, tracker, channel)
        else:
            tracker.update(ActionExecuted(LISTEN), processor.domain)
        if spoken_of == tracker.get_slot("last_topic_fund"):
            tracker.update_with_events(named_fund(tracker), processor.domain)
        await processor.save_tracker(tracker)
    return answer(tracker, body["message_id"])


def named_fund(tracker: DialogueStateTracker) -> list[Event]:
    """The fund that the message named becomes the one talked of, after the turn: 「把它换成沪深300」 means another by 它."""
    funds = (
        [e["value"] for e in tracker.latest_message.entities if e["entity"] == "fund"] if tracker.latest_message else []
    )
    return [SlotSet("last_topic_fund", funds[-1])] if funds else []


def given_slots(body: dict[str, Any]) -> list[Event]:
    values = {**body, **body.get("figures", {})}
    return [SlotSet(name, values[name]) for name in GIVEN if name in values]


async def understand(
    processor: MessageProcessor, rules: RulesFile, tracker: DialogueStateTracker, body: dict[str, Any]
) -> None:
    """Parse with what the context gives (previous intent, the product's time) and log the message."""
    metadata = {
        "now": body.get("now"), "previous": previous(tracker, body["message_id"]), "answered": body.get("answer", True),
    }  # fmt: skip
    message = UserMessage(
        body["text"],
        sender_id=body["conversation_id"],
        input_channel="turn",
        message_id=body["message_id"],
        metadata=metadata,
    )
    parsed = await processor.parse_message(message, tracker)
    tracker.update(
        UserUttered(
            body["text"], parsed["intent"], parsed["entities"], parsed, input_channel="turn",
            message_id=body["message_id"], metadata=metadata,
        ),
        processor.domain,
    )  # fmt: skip
    tracker.update_with_events(understood_slots(rules, tracker, parsed), processor.domain)


def understood_slots(rules: RulesFile, tracker: DialogueStateTracker, parsed: dict[str, Any]) -> list[Event]:
    emotion = parsed.get("emotion") or {}
    found = {"emotion": emotion.get("name"), "emotion_strength": emotion.get("strength")}
    intents = [r["intent"] for r in parsed.get("requests", ())] or [parsed["intent"].get("name") or ""]
    topic = topic_of(rules.current(), intents)
    if topic:
        found["last_topic"] = topic
    if tracker.get_slot("last_ticket"):
        # It names the ticket of one turn: a later turn without one calls nobody.
        found["last_ticket"] = None
    recent = tracker.get_slot("recent_emotions") or ()
    found["negative_share"] = negative_share(rules.current(), recent, emotion.get("name", "平静"))
    if found["negative_share"] <= rules.current().soothing_above:
        # The spell of worry is over: the next one may be soothed again (B2).
        found["soothed"] = None
    return [SlotSet(name, value) for name, value in found.items()]


async def act(processor: MessageProcessor, tracker: DialogueStateTracker, channel: CollectingOutputChannel) -> None:
    """Run the actions that the policies name until they listen. Raises what an action raises."""
    for _ in range(MOST_ACTIONS):
        action, prediction = processor.predict_next_with_tracker_if_should(tracker)
        working = tracker.copy()
        working.update_with_events(prediction.events, processor.domain)
        try:
            events = await action.run(channel, processor.nlg, working, processor.domain)
        except ActionExecutionRejection:
            tracker.update(ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence))
            continue
        processor._log_action_on_tracker(tracker, action, events, prediction)
        if action.name() == LISTEN:
            return
    tracker.update(ActionExecuted(LISTEN), processor.domain)


# --- reading a turn back from the tracker ---


def by_person(event: Event) -> bool:
    return isinstance(event, BotUttered) and event.metadata.get("author") == HUMAN


def has_heard(tracker: DialogueStateTracker, message_id: str) -> bool:
    """Whether a person's message is in the tracker already."""
    return any(by_person(event) and event.metadata.get("message_id") == message_id for event in tracker.events)


def already(tracker: DialogueStateTracker, message_id: str) -> int | None:
    """Where in the tracker's events the message stands (the last time: it can have been read along first), or None."""
    found = [n for n, e in enumerate(tracker.events) if isinstance(e, UserUttered) and e.message_id == message_id]
    return found[-1] if found else None


def settled(tracker: DialogueStateTracker, body: dict[str, Any]) -> bool:
    """Whether the message was processed as it is asked now; one that was only read along does not answer anybody."""
    start = already(tracker, body["message_id"])
    if start is None:
        return False
    return not body.get("answer", True) or bool(tracker.events[start].metadata.get("answered", True))


def answer(tracker: DialogueStateTracker, message_id: str) -> dict[str, Any]:
    """The turn's answer, from the events after the message up to the next one."""
    events = list(tracker.events)
    start = already(tracker, message_id)
    assert start is not None, "the message was just logged"
    following: list[Event] = []
    for event in events[start + 1 :]:
        if isinstance(event, UserUttered):
            break
        following.append(event)
    message = events[start]
    assert isinstance(message, UserUttered)
    parsed = message.parse_data
    emotion = parsed.get("emotion") or {}
    actions = [e.action_name for e in following if isinstance(e, ActionExecuted) and e.action_name != LISTEN]
    slots = {e.key: e.value for e in following if isinstance(e, SlotSet) and e.key in (*TOLD, "escalation")}
    return {
        "replies": [reply(e) for e in following if isinstance(e, BotUttered) and not by_person(e)],
        "intent": message.intent_name or "",
        "confidence": float(parsed["intent"].get("confidence") or 0.0),
        "emotion": emotion.get("name", "平静"),
        "strength": float(emotion.get("strength", 0.0)),
        "entities": message.entities,
        "actions": [name for name in actions if name],
        "escalation": slots.pop("escalation", None) if "action_request_handoff" in actions else None,
        "slots": {name: value for name, value in slots.items() if name != "escalation"},
        "requests": parsed.get("requests", []),
        "flags": parsed.get("flags", []),
    }


def reply(event: BotUttered) -> dict[str, Any]:
    custom = event.data.get("custom") or {}
    return {
        "text": event.text or "",
        "card": custom.get("card"),
        "quick_replies": custom.get("quick_replies", []),
    }


def previous(tracker: DialogueStateTracker, message_id: str) -> dict[str, Any] | None:
    """What the client asked before the present message, and what the bot did: a follow-up is understood by it."""
    events = tracker.applied_events()
    said = [e for e in events if isinstance(e, UserUttered) and e.text and e.message_id != message_id]
    if not said:
        return None
    # 「好的」 and 「不对」 do not change the subject.
    message = next((e for e in reversed(said[-LOOKED_BACK:]) if e.intent_name not in KEEPS_SUBJECT), said[-1])
    ran = [e.action_name for e in events if isinstance(e, ActionExecuted) and e.action_name != LISTEN]
    told = [e.text for e in events if isinstance(e, BotUttered) and e.text]
    carried = message.parse_data.get("carried") or []
    return {
        "intent": message.intent_name,
        "text": message.text,
        "entities": [*message.entities, *carried],
        "bot_action": ran[-1] if ran else None,
        "bot_text": told[-1] if told else None,
        "order": bool(tracker.get_slot("order")),
    }

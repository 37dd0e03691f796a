"""What the bot does in one turn, step by step: answers, soothing, the open order, the handoff. Pure.

    escalation -> what is said before it, then action_request_handoff
    otherwise  -> soothing when it is due, then the answer to each request in the client's order

An open order or plan hears each message first, whichever action it reaches (`actions/shell.py`), so that 「六千」 or 「嗯」 in the
middle of it needs no certainty here. An ordinary turn (one request, understood, nothing else due) is left to Rasa's
RulePolicy and `data/rules`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.policies.escalation import ANSWER, NOTHING, Escalation, Facts, Rules, decide, negative_share
from contracts.reasons import NEGATIVE

LISTEN = "action_listen"
HANDOFF = "action_request_handoff"
SOOTHE = "action_soothe"
FALLBACK = "action_default_fallback"
CLARIFY = "action_clarify"
CARE = "action_self_care"
WAIT = "action_ask_wait"
#: Reasons that reach the queue even when the client already waits there: the others would only repeat themselves.
URGENT = frozenset({"explicit_ask", "own_advisor_asked", "self_harm", "account_safety", "emotion_panic"})
#: A cry for help that names neither a thing nor a person: first we help ourselves (`actions/footing.py`).
BARE_HELP = re.compile(r"(help|帮助|帮帮我|帮我一下|求助|教教我)[吧啊呀!!。~]*$", re.IGNORECASE)
WITH_HELP = frozenset({"repeated_failure", "elderly", "high_net_worth_channel"})
#: Somebody in care waits at the very front already; only these say something new.
CARE_REASONS = frozenset({"self_harm", "account_safety"})
#: Short answers that mean nothing outside what was just asked.
BARE = frozenset({"affirm", "deny", "correct"})
#: What the last words of somebody in distress are easily taken for.
MAY_BE_DESPAIR = BARE | frozenset(
    [
        "goodbye",
        "greet",
        "ask_identity",
        "ask_capability",
        "ask_callback",
        "ask_own_advisor",
        "thank",
        "chitchat",
        "abuse",
        "repeat",
        "out_of_scope",
        "stop_marketing",
        "ask_human",
        "ask_wait",
        "close_account",
    ]
)
SURE_BUSINESS = 0.8
#: Said in the queue it asks for the place, whatever was talked of just before.
HOW_LONG = re.compile(
    r"(那|请问|大概|前面|还|要|有|得|需要|等)*(多久|多长时间|几个人|几位)(啊|呀|呢|(能|才)?(轮|排)?到我)?\W*$"
)
#: Its answer writes a complaint into the institution's books.
COMPLAINT = "complain_"
#: 「赎回几天到账」 and 「钱多久能到账」 share a fifth of their characters; two different worries hardly one.
LEAST_ALIKE = 0.15
#: Asked again they are another question: three terms explained are not one term asked three times.
OF_MANY_THINGS = frozenset({"ask_term", "how_to_use", "ask_market", "ask_recommendation"})
#: Questions about these are never counted as asked "again": saying them twice is ordinary talk.
NO_QUESTION = BARE | {
    "greet",
    "goodbye",
    "thank",
    "repeat",
    "chitchat",
    "abuse",
    "self_harm",
    "ask_wait",
    "out_of_scope",
}


@dataclass(frozen=True)
class Turn:
    """The present message as understood, and where the turn stands.

    ranking   (intent, confidence 0..1), best first
    requests  intents of the message, in the client's order; at least the best one
    done      actions already run for this message
    earlier   (intent, funds, text) of the client's earlier messages of this session, oldest first
    """

    text: str
    ranking: tuple[tuple[str, float], ...]
    requests: tuple[str, ...]
    flags: frozenset[str] = frozenset()
    emotion: str = "平静"
    strength: float = 0.0
    recent_emotions: tuple[str, ...] = ()
    failures: int = 0
    repeats: int = 0
    funds: frozenset[str] = frozenset()
    earlier: tuple[tuple[str, frozenset[str], str], ...] = ()
    owner: str = "bot"
    client: Mapping[str, Any] = field(default_factory=dict)
    slots: Mapping[str, Any] = field(default_factory=dict)
    done: tuple[str, ...] = ()

    @property
    def intent(self) -> str:
        return self.requests[0]


@dataclass(frozen=True)
class Step:
    """The next action, and the slots that it finds set."""

    action: str
    slots: Mapping[str, Any] = field(default_factory=dict)


def next_step(rules: Rules, turn: Turn) -> Step | None:
    """The next action of this turn; None when Rasa's rules shall decide."""
    escalation = escalation_of(rules, turn)
    # Care and safety come alone: no figures before them.
    alone = in_care(turn) or (escalation is not None and escalation.say != ANSWER)
    calming = [] if alone else soothing(rules, turn)
    wanted = calming if calming and doubtful(rules, turn) else [*calming, *answers(rules, turn, escalation)]
    if ordinary(wanted, turn, escalation):
        return None
    for action in wanted:
        if action not in turn.done:
            return Step(action, {"soothed": True} if action == SOOTHE else {})
    if escalation and HANDOFF not in turn.done:
        return Step(HANDOFF, {"escalation": escalation.to_slot()})
    return Step(LISTEN)


def ordinary(wanted: Sequence[str], turn: Turn, escalation: Escalation | None) -> bool:
    """One request with its own action, nothing else before or after: the rules of `data/rules` say what follows."""
    own = action_of(turn.intent)
    return list(wanted) == [own] and escalation is None and set(turn.done) <= {own}


def action_of(intent: str) -> str:
    """The action that answers an intent (data/rules says the same to RulePolicy)."""
    return f"action_{intent}"


def answers(rules: Rules, turn: Turn, escalation: Escalation | None) -> list[str]:
    """The actions that answer the message, in order."""
    if escalation and escalation.say == NOTHING:
        return []
    if escalation and escalation.say != ANSWER:
        return [escalation.say]
    if in_care(turn):
        return [CARE]
    if BARE_HELP.match(turn.text.strip()):
        return [FALLBACK]
    if turn.owner == "queue" and HOW_LONG.match(turn.text.strip()):
        return [WAIT]
    if unclear(rules, turn):
        return [CLARIFY]
    if not understood(rules, turn):
        return [FALLBACK]
    return [action_of(intent) for intent in one_complaint(turn.requests)]


def one_complaint(requests: Sequence[str]) -> list[str]:
    """Each request once; of several complaints in one breath the first, for they are one matter and one ticket.

    Calls that somebody else makes with leaked data are part of that complaint, no wish to stop ours.
    """
    found = list(dict.fromkeys(requests))
    first = next((intent for intent in found if intent.startswith(COMPLAINT)), None)
    same = {intent for intent in found if intent.startswith(COMPLAINT)} - {first}
    if first == "complain_privacy":
        same.add("stop_marketing")
    return [intent for intent in found if intent not in same]


def doubtful(rules: Rules, turn: Turn) -> bool:
    """Not sure enough of the wish to begin business with somebody upset."""
    return turn.ranking[0][1] < rules.sure


def in_care(turn: Turn) -> bool:
    """Words of self-harm were said and nobody has come yet: small talk, doubtful and gloomy messages are met with care."""
    said = (turn.slots.get("escalation") or {}).get("reasons", ())
    if turn.owner != "queue" or "self_harm" not in said:
        return False
    plain_business = (
        turn.intent not in MAY_BE_DESPAIR and turn.ranking[0][1] >= SURE_BUSINESS and turn.emotion not in NEGATIVE
    )
    return not plain_business


def in_progress(turn: Turn) -> bool:
    """An order or a plan is being filled in."""
    return bool(turn.slots.get("order") or turn.slots.get("plan"))


def understood(rules: Rules, turn: Turn) -> bool:
    return in_progress(turn) or turn.ranking[0][1] >= rules.floor


def unclear(rules: Rules, turn: Turn) -> bool:
    """Two neighbours are nearly as likely, or a complaint would be registered on a guess: ask."""
    if turn.intent.startswith(COMPLAINT) and turn.ranking[0][1] < rules.sure:
        return True
    if len(turn.ranking) < 2 or len(turn.requests) > 1 or in_progress(turn) or turn.intent in BARE:
        # A doubtful no is still no: neither of two things to offer means it.
        return False
    (_, best), (_, second) = turn.ranking[:2]
    return rules.floor <= best < rules.sure and best - second < rules.margin


def soothing(rules: Rules, turn: Turn) -> list[str]:
    """Comfort first, once a spell: when the share of negative messages has just passed the limit (B2)."""
    if SOOTHE in turn.done:
        return [SOOTHE]
    due = (
        turn.emotion in NEGATIVE
        and not turn.slots.get("soothed")
        and negative_share(rules, turn.recent_emotions, turn.emotion) > rules.soothing_above
    )
    return [SOOTHE] if due else []


def escalation_of(rules: Rules, turn: Turn) -> Escalation | None:
    """The handoff that is due; in the queue only for what changes the client's place in it."""
    found = decide(rules, facts_of(rules, turn))
    if (
        found
        and BARE_HELP.match(turn.text.strip())
        and set(found.reasons) <= {"explicit_ask", "repeated_question", *WITH_HELP}
    ):
        return None
    if found and in_care(turn) and not CARE_REASONS & set(found.reasons):
        return None
    if found and turn.owner == "queue" and not URGENT & set(found.reasons):
        return None
    return found


def facts_of(rules: Rules, turn: Turn) -> Facts:
    return Facts(
        intents=turn.requests, text=turn.text, flags=turn.flags, emotion=turn.emotion, strength=turn.strength,
        understood=understood(rules, turn), confidence=turn.ranking[0][1],
        negative_share=negative_share(rules, turn.recent_emotions, turn.emotion), failures=turn.failures,
        repeats=max(turn.repeats, repeats(turn)), tier=str(turn.client.get("tier") or ""),
        age=int(turn.client.get("age") or 0), slots=turn.slots, last_topic=turn.slots.get("last_topic"),
    )  # fmt: skip


def alike(one: str, other: str) -> float:
    """Share of the characters of two texts that stand in both, 0..1."""
    a, b = set(one), set(other)
    return len(a & b) / len(a | b) if a | b else 1.0


def repeats(turn: Turn) -> int:
    """How often the same question about the same funds was asked just before, without another in between."""
    if turn.intent in NO_QUESTION | OF_MANY_THINGS or in_progress(turn):
        return 0
    count = 0
    for intent, funds, text in reversed([e for e in turn.earlier if e[0] not in NO_QUESTION]):
        if (intent, funds) != (turn.intent, turn.funds) or alike(text, turn.text) < LEAST_ALIKE:
            break
        count += 1
    return count

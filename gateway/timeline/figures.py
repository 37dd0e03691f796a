"""The running figures of a conversation (requirements B2, C1). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.turn import TurnAnswer

#: Requirement B2: the client's recent messages are the last ten of the last thirty days, on all channels.
WINDOW_MESSAGES = 10
WINDOW = timedelta(days=30)
#: A question of yesterday is a new question.
REPEAT_WINDOW = timedelta(hours=24)
#: Two wordings that share this part of their character pairs are the same question; checked on the examples of the test.
NEAR = 0.5
NOT_WORDS = re.compile(r"[\W_]+|[啊呀呢吧吗嘛哦了的么]|请问|麻烦|你好|您好|帮我|我想")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
#: Shorter texts (好, 是的, 嗯) are answers, not questions.
SHORTEST_QUESTION = 3


@dataclass(frozen=True)
class Heard:
    """One earlier message of the client; `emotion` and `intent` are None when it was never understood."""

    text: str
    at: datetime
    emotion: str | None = None
    intent: str | None = None


def recent(heard: Iterable[Heard], *, now: datetime) -> list[Heard]:
    """The understood messages that count for the share of negative ones, newest first."""
    known = [one for one in heard if one.emotion is not None and now - WINDOW <= one.at <= now]
    return sorted(known, key=lambda one: one.at, reverse=True)[:WINDOW_MESSAGES]


def recent_emotions(heard: Iterable[Heard], *, now: datetime) -> tuple[str, ...]:
    """Those of the messages that make the window full together with the present one, oldest first."""
    window = recent(heard, now=now)[: WINDOW_MESSAGES - 1]
    return tuple(one.emotion for one in reversed(window) if one.emotion is not None)


def repeats(text: str, heard: Iterable[Heard], *, now: datetime, intent: str | None = None) -> int:
    """How often this question was asked before today: near-same words, or the same intent when it is known."""
    asked = 0
    for one in heard:
        if not now - REPEAT_WINDOW <= one.at <= now:
            continue
        asked += near(text, one.text) or (intent is not None and one.intent == intent)
    return asked


def near(one: str, other: str) -> bool:
    """Whether two texts are the same question in nearly the same words."""
    left, right = NOT_WORDS.sub("", one.lower()), NOT_WORDS.sub("", other.lower())
    if min(len(left), len(right)) < SHORTEST_QUESTION:
        return False
    if left == right:
        return True
    # 沪深300 is not 中证500, 50 is not 500: numbers are what differs between two real questions.
    if NUMBER.findall(left) != NUMBER.findall(right):
        return False
    pairs_left, pairs_right = _pairs(left), _pairs(right)
    return len(pairs_left & pairs_right) / len(pairs_left | pairs_right) >= NEAR


def failures(missed_newest_first: Sequence[bool]) -> int:
    """Answers in a row, up to the last one, that missed."""
    count = 0
    for missed in missed_newest_first:
        if not missed:
            break
        count += 1
    return count


def missed(answer: TurnAnswer) -> bool:
    """Whether the bot had nothing fitting to say."""
    if not any(reply.text.strip() or reply.card for reply in answer.replies):
        return True
    return answer.intent == "nlu_fallback" or any("fallback" in action for action in answer.actions)


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}

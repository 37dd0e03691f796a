"""What was written for the splitter and for follow-ups: data/requests, one JSON object a line.

two_requests.jsonl  {text, intents} with two intents in the client's order, or {text, intent} for one with its story
follow_ups.jsonl    {history: [{who, text}], before, text, intent}; `before` is the intent of the client's message there
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.language import context_training, request_training
from bot.language.context import Previous
from bot.language.entities import extract
from bot.language.examples import FOLLOW_UP_FOLDS, fold
from bot.language.funds import Fund, FundMatcher
from bot.language.normalise import normalise

#: Only which kinds of value a message holds counts here, so any day will do.
_DAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Written:
    """follow_ups are those that the encoder has not learned from."""

    pairs: tuple[request_training.Told, ...] = ()
    follow_ups: tuple[context_training.Told, ...] = ()


def read_written(folder: Path, funds: Sequence[Fund]) -> Written:
    matcher = FundMatcher(funds)
    pairs = tuple(
        request_training.Told(normalise(line["text"]).text, tuple(line.get("intents") or [line["intent"]]))
        for line in _lines(folder / "two_requests.jsonl")
    )
    follow_ups = tuple(
        after(line["text"], line["intent"], previous(line), matcher)
        for line in _lines(folder / "follow_ups.jsonl")
        if apart(line["text"])
    )
    return Written(pairs, follow_ups)


def previous(line: dict[str, Any]) -> Previous:
    said = {turn["who"]: turn["text"] for turn in line["history"]}
    return Previous(line["before"], text=said["client"], bot_text=said.get("bot", ""))


def apart(text: str) -> bool:
    """Whether a written follow-up is kept from the encoder."""
    return fold(normalise(text).text) in FOLLOW_UP_FOLDS


def after(text: str, intent: str, previous: Previous, matcher: FundMatcher) -> context_training.Told:
    clean = normalise(text)
    return context_training.Told(clean.text, extract(clean, matcher, _DAY), previous, intent)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]

"""One message understood: the whole of bot.language put together, without Rasa."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.language import context, emotion, requests, safety
from bot.language.context import Previous
from bot.language.encoder import Encoder
from bot.language.entities import Entity, extract
from bot.language.funds import Fund, FundMatcher
from bot.language.models import Models
from bot.language.normalise import Normalised, normalise
from bot.language.requests import Cut, Request, Side, Splitter

#: How many intents are reported with their confidence.
RANKING = 10


@dataclass(frozen=True)
class Parse:
    """What a message means. `requests` holds one or two, in the client's order; intent is the first one's.

    strength 0..1; emotion_words carried the emotion; follow_up when it was read on from the turn before,
    `carried` then holds the entities of that turn which still hold.
    """

    text: str
    normalised: str
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: tuple[Entity, ...]
    emotion: str
    emotion_confidence: float
    strength: float
    emotion_words: tuple[str, ...]
    flags: tuple[str, ...]
    requests: tuple[Request, ...]
    follow_up: bool = False
    carried: tuple[Mapping[str, Any], ...] = ()


class Understanding:
    """Models, encoder and funds at work; holds no state between messages."""

    def __init__(self, models: Models, encoder: Encoder, funds: Sequence[Fund]) -> None:
        if models.encoder != encoder.identity:
            raise ValueError(f"trained on encoder {models.encoder}, here is {encoder.identity}: train again")
        self._models = models
        self._encoder = encoder
        self._matcher = FundMatcher(funds)

    @property
    def models(self) -> Models:
        return self._models

    def parse(self, text: str, *, today: date, previous: Previous | None = None) -> Parse:
        clean = normalise(text)
        if not clean.text.strip():
            clean = Normalised(text, text, tuple((i, i + 1) for i in range(len(text))))
        splitter = self._models.splitter
        cuts = splitter.cuts(clean.text) if splitter else ()
        before = previous if context.reads_on(clean.text, previous) else None
        passages = [requests.passage(clean.text, cuts)]
        if before:
            passages.append(context.passage(clean.text, before))
        vectors, *after = self._encoder.read(passages)
        ranking = self._models.intents(vectors[0], clean.text)
        own = dict(ranking)
        found = extract(clean, self._matcher, today)
        heard = dict(self._models.intents(after[0][0], clean.text)) if after else own
        resolved = context.resolve(clean.text, own, heard, found, before, self._models.context)
        wishes = (Request(resolved.intent, resolved.confidence, text),)
        if splitter and cuts and not resolved.follow_up:
            sides = requests.read_sides(clean.text, cuts, vectors, own, self._models.intents)
            wishes = _two(clean, splitter, cuts, Side(clean.text, vectors[0], own), sides) or wishes
        reading = emotion.read(clean.text)
        mood, mood_confidence, strength = self._models.emotions(vectors[0], clean.text, reading)
        return Parse(
            text=text, normalised=clean.text, intent=wishes[0].intent, confidence=wishes[0].confidence,
            ranking=_first(wishes[0], ranking), entities=found, emotion=mood, emotion_confidence=mood_confidence,
            strength=strength, emotion_words=emotion.explain(reading, mood), flags=safety.flags(clean.text),
            requests=wishes, follow_up=resolved.follow_up, carried=resolved.carried,
        )  # fmt: skip


def _two(
    clean: Normalised, splitter: Splitter, cuts: Sequence[Cut], whole: Side, sides: Sequence[tuple[Side, Side]]
) -> tuple[Request, ...]:
    """The two requests of the best cut, none when no cut is likely enough; `sides` are left and right of each cut."""
    tried = [(splitter.chance(cut, whole, *both), i) for i, (cut, both) in enumerate(zip(cuts, sides, strict=True))]
    chance, at = max(tried)
    if chance < requests.LEAST_CHANCE:
        return ()
    bounds = [(0, cuts[at].left_end), (cuts[at].right_start, len(clean.text))]
    return tuple(
        Request(side.best, side.probabilities[side.best], clean.original[slice(*clean.original_span(*span))].strip())
        for side, span in zip(sides[at], bounds, strict=True)
    )


def _first(wish: Request, ranking: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """The ranking with the chosen intent at its head."""
    return ((wish.intent, wish.confidence), *[one for one in ranking if one[0] != wish.intent])[:RANKING]


def today_of(now: str | None, fallback: Callable[[], date]) -> date:
    """The day of an ISO instant; the institution's wall clock is what the client means by 今天."""
    if not now:
        return fallback()
    at = datetime.fromisoformat(now.replace("Z", "+00:00"))
    return at.astimezone(ZoneInfo("Asia/Shanghai")).date() if at.tzinfo else at.date()


def load(folder: Path, encoder: Encoder, funds: Sequence[Fund]) -> Understanding:
    return Understanding(Models.load(folder), encoder, funds)

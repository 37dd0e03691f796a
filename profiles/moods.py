"""What becomes of a low mood after the bot has soothed, and after a person has helped (requirement B2, B4). Pure.

A moment of soothing is a negative message that the bot answered: its actions put the calm words first whenever the client's
mood is low. A moment of help is a person's first words after the bot's. Compared are the client's last few messages up
to the moment with the first few after it, within a day. A mood that was low tends to rise by itself: the drop is what was seen,
not what the words have caused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.reasons import NEGATIVE

CLIENT, BOT, PEOPLE = "client", "ai", ("human", "expert")
#: So many messages on each side, and only those of the same day's talk.
SIDE, WITHIN = 5, timedelta(hours=24)


@dataclass(frozen=True)
class Told:
    """A message of a conversation. emotion: of a client's message that was understood."""

    conversation_id: str
    author: str
    at: datetime
    emotion: str | None = None


@dataclass(frozen=True)
class Drop:
    """moments: with a client's message on both sides. before, after: shares 0..1 of their messages that were negative."""

    moments: int
    before: float
    after: float

    @property
    def drop(self) -> float:
        return self.before - self.after


def soothed(talk: Sequence[Told]) -> list[int]:
    """Where in a conversation the bot has answered a negative message: the places of its answers."""
    return [
        place for place, one in enumerate(talk)
        if place and one.author == BOT and talk[place - 1].author == CLIENT and talk[place - 1].emotion in NEGATIVE
    ]  # fmt: skip


def helped(talk: Sequence[Told]) -> list[int]:
    """Where a person has begun to help: the places of the first words after the bot's."""
    found, bot = [], True
    for place, one in enumerate(talk):
        if one.author in PEOPLE and bot:
            found.append(place)
        bot = one.author == BOT or (bot and one.author not in PEOPLE)
    return found


def drop(conversations: Iterable[Sequence[Told]], moments: dict[str, list[int]]) -> Drop:
    """Over all moments. moments: conversation -> places in it."""
    before: list[bool] = []
    after: list[bool] = []
    count = 0
    for talk in conversations:
        for place in moments.get(talk[0].conversation_id, []) if talk else []:
            earlier, later = _moods(talk, place, back=True), _moods(talk, place, back=False)
            if earlier and later:
                count, before, after = count + 1, before + earlier, after + later
    return Drop(count, _share(before), _share(after))


def _moods(talk: Sequence[Told], place: int, *, back: bool) -> list[bool]:
    part = talk[:place][::-1] if back else talk[place + 1 :]
    at = talk[place].at
    felt = [one for one in part if one.author == CLIENT and one.emotion and abs(one.at - at) <= WITHIN]
    return [one.emotion in NEGATIVE for one in felt[:SIDE]]


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0

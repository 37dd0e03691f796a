"""What the encoder learns from: messages, pairs of them joined into one, and messages after others.

Messages joined and messages after strangers are drawn anew each epoch: however a message stands, its own pieces say
what it wants. Only what was written as a follow-up means something else after what stood before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bot.language.encoder import Passage, Span, pieces
from bot.language.examples import Example
from bot.language.request_training import JOINS, LONGEST_SIDE
from bot.language.requests import MARKS, SMALL_TALK
from bot.language.unigram import Unigram
from tools.encoder.slips import Slips

#: Cross entropy passes over it: no label.
NONE = -100
#: For so many messages one joined pair, one message after a stranger and one misspelt, an epoch.
PAIR_EVERY, STRANGER_EVERY, SLIP_EVERY = 4, 8, 8
#: How often a written follow-up is read an epoch; there are few of them, and they are the hard ones.
FOLLOW_UP_TIMES = 2


@dataclass(frozen=True)
class FollowUp:
    """A message, normalised, what was said before it (client, then bot where it is known), and what it means."""

    text: str
    before: tuple[str, ...]
    intent: str


@dataclass(frozen=True)
class Row:
    """Pieces, ranges of them, the intent of each range, and the emotion of the whole (NONE without one)."""

    ids: list[int]
    parts: list[Span]
    intents: list[int]
    emotion: int = NONE


class Corpus:
    """Rows of an epoch, the same for the same randomness."""

    def __init__(
        self,
        examples: Sequence[Example],
        follow_ups: Sequence[FollowUp],
        emotions: Sequence[str],
        tokenizer: Unigram,
        slips: Slips,
    ) -> None:
        self.intents = sorted({example.intent for example in examples})
        self._number = {name: i for i, name in enumerate(self.intents)}
        self._tokenizer = tokenizer
        self._follow_ups = follow_ups
        self._mood = {name: i for i, name in enumerate(emotions)}
        self._examples, self._slips = examples, slips
        self._short = [e for e in examples if 3 <= len(e.text) <= LONGEST_SIDE and e.intent not in SMALL_TALK]
        self._bots = sorted({f.before[1] for f in follow_ups if len(f.before) > 1})
        self._singles = [self._single(example, example.text) for example in examples]

    def __len__(self) -> int:
        """Rows of an epoch."""
        extra = sum(len(self._singles) // every for every in (PAIR_EVERY, STRANGER_EVERY, SLIP_EVERY))
        return len(self._singles) + extra + FOLLOW_UP_TIMES * len(self._follow_ups)

    def epoch(self, chance: Random) -> list[Row]:
        told = [self._row(Passage(f.text, (None,), f.before), [f.intent]) for f in self._follow_ups]
        return [
            *self._singles,
            *(self._pair(chance) for _ in range(len(self._singles) // PAIR_EVERY)),
            *(self._after_a_stranger(chance) for _ in range(len(self._singles) // STRANGER_EVERY)),
            *(self._misspelt(chance) for _ in range(len(self._singles) // SLIP_EVERY)),
            *told * FOLLOW_UP_TIMES,
        ]

    def _single(self, example: Example, text: str) -> Row:
        return self._row(Passage(text), [example.intent], self._mood.get(example.emotion or "", NONE))

    def _misspelt(self, chance: Random) -> Row:
        example = chance.choice(self._examples)
        return self._single(example, self._slips.make(example.text, chance))

    def _pair(self, chance: Random) -> Row:
        first, second = chance.choice(self._short), chance.choice(self._short)
        form = chance.choices(list(JOINS), list(JOINS.values()))[0]
        text, parts = joined(first.text, second.text, form)
        return self._row(Passage(text, parts), [first.intent, second.intent])

    def _after_a_stranger(self, chance: Random) -> Row:
        before, example = chance.choice(self._short), chance.choice(self._short)
        bot = (chance.choice(self._bots),) if self._bots and chance.random() < 0.5 else ()
        return self._row(Passage(example.text, (None,), (before.text, *bot)), [example.intent])

    def _row(self, passage: Passage, intents: Sequence[str], emotion: int = NONE) -> Row:
        read = pieces(self._tokenizer, passage)
        return Row(read.ids, read.parts, [self._number[intent] for intent in intents], emotion)


def joined(first: str, second: str, form: str) -> tuple[str, tuple[Span, Span]]:
    """Two messages in a form of JOINS, and where each stands in the text."""
    first = first.strip(MARKS)
    head, rest = form.split("{a}")
    middle, tail = rest.split("{b}")
    start = len(head) + len(first) + len(middle)
    return head + first + middle + second + tail, ((len(head), len(head) + len(first)), (start, start + len(second)))


def thinned(row: Row, tokenizer: Unigram, share: float, chance: Random) -> Row:
    """A row with some of its pieces left out or unknown, as slips and new words will be; parts keep at least a piece."""
    if len(row.ids) < 5:
        return row
    kept: list[int] = []
    places = []
    marks = (tokenizer.bos, tokenizer.eos)
    for piece in row.ids:
        places.append(len(kept))
        throw = chance.random()
        if piece in marks or throw > share:
            kept.append(piece)
        elif throw > share / 2:
            kept.append(tokenizer.unknown)
    places.append(len(kept))
    parts = [(places[start], places[end]) for start, end in row.parts]
    return row if any(start == end for start, end in parts) else Row(kept, parts, row.intents, row.emotion)

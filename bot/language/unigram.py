"""A SentencePiece unigram tokenizer in plain Python: enough for short messages (0.1 ms for twenty characters)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

_SPACES = re.compile(r"\s+")
SPACE = "\u2581"
#: What an unknown character costs more than the rarest piece (SentencePiece's kUnkPenalty).
UNKNOWN_PENALTY = 10.0


class Unigram:
    """Pieces with log probabilities; a text is cut into its most probable pieces (Kudo 2018, Viterbi)."""

    def __init__(self, pieces: Sequence[tuple[str, float]], bos: int, eos: int, pad: int, unknown: int) -> None:
        self.bos, self.eos, self.pad, self.unknown = bos, eos, pad, unknown
        special = {bos, eos, pad, unknown}
        self._pieces: dict[str, tuple[int, float]] = {
            piece: (i, score) for i, (piece, score) in enumerate(pieces) if i not in special
        }
        self._longest = max(map(len, self._pieces))
        self._unknown_score = min(score for _, score in self._pieces.values()) - UNKNOWN_PENALTY

    @classmethod
    def load(cls, path: Path) -> Unigram:
        body = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            list(zip(body["pieces"], body["scores"], strict=False)),
            body["bos"],
            body["eos"],
            body["pad"],
            body["unknown"],
        )

    def encode(self, text: str, most: int) -> list[int]:
        """Piece numbers with the marks of begin and end, at most `most` of them."""
        return [self.bos, *[piece for piece, _, _ in self.pieces(text)][: most - 2], self.eos]

    def pieces(self, text: str) -> list[tuple[int, int, int]]:
        """(number, start, end) of each piece, in characters of a text as `normalise` leaves it."""
        clean = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()
        # Before the first character stands the mark of a beginning; leading spaces were taken off.
        shift = len(text) - len(text.lstrip()) - 1
        return [
            (number, max(0, start + shift), end + shift)
            for number, start, end in self._best(SPACE + clean.replace(" ", SPACE))
        ]

    def _best(self, text: str) -> list[tuple[int, int, int]]:
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)]  # score so far, start of the last piece, its number
        for end in range(1, len(text) + 1):
            options = [(best[end - 1][0] + self._unknown_score, end - 1, self.unknown)]
            for start in range(max(0, end - self._longest), end):
                known = self._pieces.get(text[start:end])
                if known:
                    options.append((best[start][0] + known[1], start, known[0]))
            best.append(max(options))
        pieces: list[tuple[int, int, int]] = []
        at = len(text)
        while at:
            _, start, piece = best[at]
            # A run of unknown characters is one unknown piece.
            if piece == self.unknown and pieces and pieces[-1][0] == self.unknown:
                pieces[-1] = (piece, start, pieces[-1][2])
            else:
                pieces.append((piece, start, at))
            at = start
        return pieces[::-1]

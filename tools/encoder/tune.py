"""Joint fine-tuning: one vector that tells both the intent and the emotion apart, for a whole message and for its parts.

Intent alone would drop emotion from the vector, so both heads pull on it together; a supervised contrastive
term (Khosla et al. 2020) keeps texts of one intent close, which is what retrieval and follow-ups use.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch  # type: ignore[import-not-found,unused-ignore]
from torch import nn  # type: ignore[import-not-found,unused-ignore]
from torch.nn import functional  # type: ignore[import-not-found,unused-ignore]

from bot.language.unigram import Unigram
from tools.encoder.corpus import Corpus, Row, thinned
from tools.encoder.network import Encoder, pooled


@dataclass(frozen=True)
class Recipe:
    """How to tune.

    frozen_layers   the lowest stay as they are: they know the language already, and a third of the time is saved
    half            reckons in bfloat16
    seconds         ends the run early, the rates falling towards that end; 0 runs all epochs
    """

    epochs: int = 8
    batch: int = 64
    rate: float = 8e-5
    head_rate: float = 2e-3
    emotion_weight: float = 1.0
    contrast_weight: float = 0.2
    smoothing: float = 0.05
    dropped_pieces: float = 0.10
    frozen_layers: int = 4
    seconds: float = 0.0
    half: bool = True
    seed: int = 20_261_124


class Heads(nn.Module):  # type: ignore[misc,unused-ignore]
    """Cosine to one direction an intent, and a linear layer for emotion."""

    def __init__(self, width: int, intents: int, emotions: int) -> None:
        super().__init__()
        self.intent = nn.Parameter(torch.randn(intents, width) * 0.02)
        self.emotion = nn.Linear(width, emotions)
        # Unit vectors need sharpening before a softmax; 20 is a temperature of 0.05.
        self.sharpness = 20.0

    def forward(self, vectors: Any) -> tuple[Any, Any]:
        directions = functional.normalize(self.intent, dim=-1)
        return vectors @ directions.T * self.sharpness, self.emotion(vectors * self.sharpness)


@dataclass(frozen=True)
class Batch:
    """ids, mask int64 (texts, pieces); rows int64 and parts bool (parts, pieces) as `pooled` wants them; a label a part."""

    ids: Any
    mask: Any
    rows: Any
    parts: Any
    intents: Any
    emotions: Any


def tune(encoder: Encoder, tokenizer: Unigram, corpus: Corpus, emotions: int, recipe: Recipe) -> None:
    """Change the encoder's weights in place; prints a line an epoch."""
    chance = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    heads = Heads(encoder.words.weight.shape[1], len(corpus.intents), emotions)
    # Frozen word vectors keep words that the training text lacks close to those it has.
    encoder.words.weight.requires_grad_(False)
    for layer in encoder.layers[: recipe.frozen_layers]:
        layer.requires_grad_(False)
    encoder.frozen_layers = recipe.frozen_layers
    groups = [{"params": [p for p in encoder.parameters() if p.requires_grad], "lr": recipe.rate},
              {"params": list(heads.parameters()), "lr": recipe.head_rate}]  # fmt: skip
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = recipe.epochs * math.ceil(len(corpus) / recipe.batch)
    began = time.monotonic()

    def rate(step: int) -> float:
        spent = (time.monotonic() - began) / recipe.seconds if recipe.seconds else 0.0
        return _warm_then_down(step, max(step / steps, min(1.0, spent)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    encoder.train()
    for epoch in range(recipe.epochs):
        total, count = 0.0, 0
        for batch in _batches(corpus.epoch(chance), tokenizer, recipe, chance):
            loss = _loss(encoder, heads, batch, recipe)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total, count = total + loss.item(), count + 1
            if recipe.seconds and time.monotonic() - began > recipe.seconds:
                print(f"stopped after {recipe.seconds:.0f} s, {count} steps into epoch {epoch + 1}", flush=True)
                encoder.eval()
                return
        print(f"epoch {epoch + 1}: loss {total / count:.3f}, {time.monotonic() - began:.0f} s", flush=True)
    encoder.eval()


def _warm_then_down(step: int, progress: float) -> float:
    """Share of the full rate: up over the first 20 steps, then straight down to nearly nothing."""
    return min(1.0, (step + 1) / 20) * max(0.02, 1.0 - progress)


def _batches(rows: list[Row], tokenizer: Unigram, recipe: Recipe, chance: random.Random) -> Iterator[Batch]:
    """Shuffled, then sorted by length within pools of eight batches: little padding, still mixed."""
    order = list(rows)
    chance.shuffle(order)
    pool = recipe.batch * 8
    chunks: list[list[Row]] = []
    for at in range(0, len(order), pool):
        part = sorted(order[at : at + pool], key=lambda row: len(row.ids))
        chunks += [part[i : i + recipe.batch] for i in range(0, len(part), recipe.batch)]
    chance.shuffle(chunks)
    for chunk in chunks:
        yield _batch([thinned(row, tokenizer, recipe.dropped_pieces, chance) for row in chunk], tokenizer.pad)


def _batch(rows: list[Row], pad: int) -> Batch:
    longest = max(len(row.ids) for row in rows)
    ids = torch.tensor([row.ids + [pad] * (longest - len(row.ids)) for row in rows])
    wanted = [(i, start, end) for i, row in enumerate(rows) for start, end in row.parts]
    places = torch.arange(longest)
    starts, ends = torch.tensor([[w[1]] for w in wanted]), torch.tensor([[w[2]] for w in wanted])
    return Batch(
        ids=ids,
        mask=(ids != pad).long(),
        rows=torch.tensor([w[0] for w in wanted]),
        parts=(places >= starts) & (places < ends),
        intents=torch.tensor([intent for row in rows for intent in row.intents]),
        emotions=torch.tensor([row.emotion for row in rows for _ in row.parts]),
    )


def _loss(encoder: Encoder, heads: Heads, batch: Batch, recipe: Recipe) -> Any:
    # Half precision where the processor has it: nearly twice as fast, the weights stay float32.
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=recipe.half):
        tokens = encoder(batch.ids, batch.mask)
    vectors = pooled(tokens, batch.rows, batch.parts)
    intent_scores, emotion_scores = heads(vectors)
    loss = functional.cross_entropy(intent_scores, batch.intents, label_smoothing=recipe.smoothing)
    if (batch.emotions >= 0).any():
        loss = loss + recipe.emotion_weight * functional.cross_entropy(emotion_scores, batch.emotions)
    return loss + recipe.contrast_weight * _contrast(vectors, batch.intents)


def _contrast(vectors: Any, labels: Any) -> Any:
    """Supervised contrastive loss over the batch; 0 where no label stands twice."""
    scores = vectors @ vectors.T * 10.0
    itself = torch.eye(len(labels), dtype=torch.bool)
    same = (labels[:, None] == labels[None, :]) & ~itself
    logs = scores - torch.logsumexp(scores.masked_fill(itself, -1e9), dim=1, keepdim=True)
    paired = same.any(1)
    if not paired.any():
        return vectors.sum() * 0.0
    return -((logs * same).sum(1)[paired] / same.sum(1)[paired]).mean()

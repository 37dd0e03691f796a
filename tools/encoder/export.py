"""The tuned encoder as one int8 ONNX file, checked against torch before it is believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found,unused-ignore]

from bot.language.unigram import Unigram
from tools.encoder.network import POSITIONS, Encoder

Array = np.ndarray[Any, Any]


def export(encoder: Encoder, path: Path) -> None:
    """encoder.onnx: inputs ids, mask int64 (batch, pieces); output tokens float32 (batch, pieces, 384)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-not-found,unused-ignore]

    encoder.eval()
    full = path.with_suffix(".full.onnx")
    sample = torch.tensor([[0, 5, 6, 1, 2], [0, 7, 8, 9, 1]])
    torch.onnx.export(
        encoder, (sample, (sample != 2).long()), str(full), input_names=["ids", "mask"], output_names=["tokens"],
        dynamic_axes={"ids": {0: "batch", 1: "pieces"}, "mask": {0: "batch", 1: "pieces"}, "tokens": {0: "batch", 1: "pieces"}},
        opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(full, path, weight_type=QuantType.QInt8, per_channel=True,
                     op_types_to_quantize=["MatMul", "Gather", "Gemm"])  # fmt: skip
    full.unlink()


def torch_vectors(encoder: Encoder, tokenizer: Unigram, texts: list[str]) -> Array:
    """float32 (texts, width) of length one, one text at a time so that padding plays no part."""
    rows: list[Array] = []
    with torch.inference_mode():
        for text in texts:
            ids = torch.tensor([tokenizer.encode(text, POSITIONS)])
            rows.append(encoder(ids, torch.ones_like(ids))[0].mean(0).numpy())
    found = np.stack(rows)
    unit: Array = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def agreement(ours: Array, served: Array) -> float:
    """Mean cosine between what torch and what the file make of the same texts."""
    return float((ours * served).sum(axis=1).mean())

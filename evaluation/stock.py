"""Rasa as it comes (Jieba, CountVectors, DIET) on the same messages, as a baseline; trains for an hour and more on two cores."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.language import scoring
from bot.language.examples import Example, by_intent

PIPELINE: dict[str, Any] = {
    "recipe": "default.v1", "assistant_id": "stock", "language": "zh",
    "pipeline": [
        {"name": "JiebaTokenizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 30, "constrain_similarities": True, "entity_recognition": False},
    ],
}  # fmt: skip


def judged(learned: Sequence[Example], sets: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """Intent figures of the stock pipeline, trained on `learned` and asked every line of each set that has one intent."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        model = _train(learned, folder)
        seconds = time.monotonic() - began
        size = model.stat().st_size / 2**20
        found = asyncio.run(_ask(model, {name: [line["text"] for line in lines] for name, lines in sets.items()}))
    rows = {name: _figures(sets[name], *found[name]) for name in sets}
    return {"training_seconds": round(seconds), "model_mb": round(size, 1), "sets": rows}


def _figures(lines: Sequence[Mapping[str, Any]], said: Sequence[str], times: Sequence[float]) -> dict[str, Any]:
    # An acceptable alternative counts as the truth.
    pairs = [(intent if intent in (line.get("also") or ()) else line["intent"], intent)
             for line, intent in zip(lines, said, strict=True)]  # fmt: skip
    right = [truth == intent for truth, intent in pairs]
    return {
        "n": len(right), "intent_accuracy": round(sum(right) / len(right), 4), "interval": scoring.interval(right),
        "intent_macro_f1": scoring.macro_f1(pairs), "confusions": scoring.confusions(pairs)[:10],
        "p50_ms": scoring.percentile(times, 0.5), "p95_ms": scoring.percentile(times, 0.95),
    }  # fmt: skip


def _train(learned: Sequence[Example], folder: Path) -> Path:
    blocks = [
        {"intent": intent, "examples": "".join(f"- {example.text}\n" for example in examples)}
        for intent, examples in by_intent(learned).items()
    ]
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), "utf-8")
    (folder / "config.yml").write_text(yaml.safe_dump(PIPELINE), "utf-8")
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--nlu", "nlu.yml", "--config", "config.yml"]
    command += ["--out", "models", "--fixed-model-name", "stock", "--quiet"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "models/stock.tar.gz"


async def _ask(model: Path, sets: Mapping[str, Sequence[str]]) -> dict[str, tuple[list[str], list[float]]]:
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    found: dict[str, tuple[list[str], list[float]]] = {}
    for name, texts in sets.items():
        said, times = [], []
        for text in texts:
            began = time.perf_counter()
            parsed = await agent.parse_message(text)
            times.append((time.perf_counter() - began) * 1000)
            said.append(str(parsed["intent"]["name"]))
        found[name] = (said, times)
    return found

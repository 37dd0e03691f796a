"""python -m tools.encoder [--out FOLDER] [--pieces N] [--epochs N] [--minutes M] [--go-on] [--threads N]

Makes encoder.onnx, tokenizer.json and card.md from data/nlu and data/requests.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import torch  # type: ignore[import-not-found,unused-ignore]

from bot.language.emotion import EMOTIONS
from bot.language.encoder import FOLDER, OnnxEncoder
from bot.language.examples import CALIBRATION_FOLD, FOLLOW_UP_FOLDS, MEASURING_FOLD, Example, fold, read_examples
from bot.language.normalise import normalise
from bot.language.unigram import Unigram
from tools.encoder import card, export, weights
from tools.encoder.corpus import Corpus, FollowUp
from tools.encoder.network import Encoder
from tools.encoder.slips import Slips
from tools.encoder.tune import Recipe, tune

ROOT = Path(__file__).resolve().parent.parent.parent
#: The network as the last run left it; --go-on starts from there when there is more text.
CHECKPOINT = ROOT / "var/encoder/encoder.pt"


def main() -> None:
    arguments = _arguments()
    began = time.monotonic()
    # Folds go by the normalised text, so that two spellings of a message fall into one.
    examples = [replace(e, text=normalise(e.text).text) for e in read_examples(ROOT / "data/nlu")]
    learned = [e for e in examples if fold(e.text) not in (CALIBRATION_FOLD, MEASURING_FOLD)]
    told = [f for f in follow_ups(ROOT / "data/requests/follow_ups.jsonl") if fold(f.text) not in FOLLOW_UP_FOLDS]
    source = weights.load()
    vocabulary = weights.cut(source, arguments.pieces)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "tokenizer.json").write_text(
        json.dumps(vocabulary.to_json(), ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    tokenizer = Unigram.load(arguments.out / "tokenizer.json")
    torch.set_num_threads(arguments.threads)
    encoder = Encoder(source, vocabulary)
    if arguments.go_on and CHECKPOINT.exists():
        encoder.load_state_dict(torch.load(CHECKPOINT, weights_only=True))
    recipe = Recipe(epochs=arguments.epochs, seconds=arguments.minutes * 60)
    print(f"{len(learned)} messages, {len(told)} follow-ups, {len(vocabulary.pieces)} pieces", flush=True)
    corpus = Corpus(learned, told, EMOTIONS, tokenizer, Slips.learn(e.text for e in learned))
    tune(encoder, tokenizer, corpus, len(EMOTIONS), recipe)
    CHECKPOINT.parent.mkdir(parents=True, exist_ok=True)
    torch.save(encoder.state_dict(), CHECKPOINT)
    file = arguments.out / "encoder.onnx"
    encoder.frozen_layers = 0
    export.export(encoder, file)
    texts = [e.text for e in examples[:: max(1, len(examples) // 200)]]
    cosine = export.agreement(export.torch_vectors(encoder, tokenizer, texts), OnnxEncoder(arguments.out).encode(texts))
    _write_card(arguments, recipe, learned, len(vocabulary.pieces), cosine, time.monotonic() - began)
    # What is trained on it is trained on the int8 file's own vectors; below this the file itself is broken.
    if cosine < 0.97:
        raise SystemExit(f"the int8 file strays from the network: cosine {cosine:.4f}, at least 0.97 is wanted")


def follow_ups(file: Path) -> list[FollowUp]:
    """What was written as a follow-up, normalised; the history's client message, then the bot's where there is one."""
    found = []
    for line in filter(None, file.read_text(encoding="utf-8").splitlines()):
        body = json.loads(line)
        turns = {turn["who"]: normalise(turn["text"]).text for turn in body["history"]}
        before = (turns["client"], *([turns["bot"]] if "bot" in turns else []))
        found.append(FollowUp(normalise(body["text"]).text, before, body["intent"]))
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.encoder", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--pieces", type=int, default=22_000)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--minutes", type=float, default=0.0, help="end the tuning after so many; 0: all epochs")
    parser.add_argument("--go-on", action="store_true", help="start from the last run's network, not from the source")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def _write_card(
    arguments: argparse.Namespace, recipe: Recipe, learned: list[Example], pieces: int, cosine: float, seconds: float
) -> None:
    file = arguments.out / "encoder.onnx"
    text = card.write(
        megabytes=file.stat().st_size / 1e6, pieces=pieces, messages=len(learned),
        intents=len({e.intent for e in learned}), recipe=recipe, cosine=cosine, minutes=seconds / 60,
    )  # fmt: skip
    (arguments.out / "card.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

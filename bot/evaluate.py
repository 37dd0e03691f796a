"""Figures of the trained model on a file of labelled messages: python -m bot.evaluate FILE.jsonl [--json OUT].

A line has `text` and `intent` (or `intents`, two of them), and may have `also`, `emotion`, `also_emotion`, `style`,
`history` [{who, text}], `entities` [{entity, value, start, end}], `now`. The model is read straight from its archive:
neither Rasa nor a server is started.
"""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.language import scoring
from bot.language.context import Previous
from bot.language.encoder import load_encoder
from bot.language.funds import read_funds
from bot.language.models import Models
from bot.language.scoring import Judged
from bot.language.understanding import Parse, Understanding, today_of

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "var/models/huiban.tar.gz"
#: The day that relative dates of lines without `now` count from; only entity values depend on it.
DAY = date(2026, 11, 24)


def load_model(archive: Path = MODEL) -> Understanding:
    """Understanding as it was trained into Rasa's archive."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as stored:
        names = [n for n in stored.getnames() if n.endswith(("/models.npz", "/models.json", "/funds.json"))]
        stored.extractall(folder, [stored.getmember(name) for name in names])
        found = next(Path(folder).rglob("models.json")).parent
        funds = read_funds(json.loads((found / "funds.json").read_text(encoding="utf-8")))
        return Understanding(Models.load(found), load_encoder(), funds)


def judge(line: Mapping[str, Any], understanding: Understanding) -> Judged:
    """What the model makes of one labelled line, and how long it took."""
    previous = previous_of(line.get("history") or (), understanding)
    today = today_of(line.get("now"), lambda: DAY)
    began = time.perf_counter()
    parse = understanding.parse(line["text"], today=today, previous=previous)
    return Judged(dict(line), parse, (time.perf_counter() - began) * 1000)


def previous_of(history: Sequence[Mapping[str, Any]], understanding: Understanding) -> Previous | None:
    """The turn before, from the client's earlier messages read one after another, and the bot's last words."""
    previous: Previous | None = None
    for turn in history:
        if turn.get("who") in ("client", "user", "客户"):
            parse = understanding.parse(turn["text"], today=DAY, previous=previous)
            previous = remember(parse, previous)
        elif previous:
            previous = replace(previous, bot_text=turn["text"])
    return previous


def remember(parse: Parse, before: Previous | None) -> Previous | None:
    """What the next turn is read against: small talk and corrections do not change the subject."""
    if before and parse.intent in ("affirm", "deny", "correct", "thank", "greet", "repeat"):
        return before
    entities = [entity.to_json() for entity in parse.entities] + [dict(entity) for entity in parse.carried]
    return Previous(parse.intent, tuple(entities), text=parse.text)


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bot.evaluate", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", type=Path, dest="out")
    parser.add_argument("--model", type=Path, default=MODEL)
    arguments = parser.parse_args()
    if not arguments.model.exists():
        print(f"evaluate: no model at {arguments.model}: run `make train` first", file=sys.stderr)
        return 1
    understanding = load_model(arguments.model)
    lines = read_lines(arguments.file)
    understanding.parse("你好", today=DAY)  # the first run warms the session, no client waits for it
    figures = scoring.figures([judge(line, understanding) for line in lines])
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(text if not arguments.out else scoring.summary(figures))
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

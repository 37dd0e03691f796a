"""What is wrong with the labelled text: python -m bot.lint. Ends with 1 when a training should not be begun."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import yaml

from bot.language.emotion import EMOTIONS
from bot.language.examples import read_examples
from bot.language.lint import Finding, check

ROOT = Path(__file__).resolve().parent.parent
#: Lines shown of each kind.
SHOWN = 10


def findings(root: Path = ROOT) -> list[Finding]:
    intents = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))["intents"]
    sets = {path.name: [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line]
            for path in sorted((root / "evaluation/sets").glob("*.jsonl"))}  # fmt: skip
    return check(read_examples(root / "data/nlu"), intents, EMOTIONS, sets)


def main() -> int:
    found = findings()
    for kind, count in Counter(one.kind for one in found).items():
        print(f"{kind}: {count}")
        for one in [one for one in found if one.kind == kind][:SHOWN]:
            print(f"  {'error ' if one.error else ''}{one.words}")
    return int(any(one.error for one in found))


if __name__ == "__main__":
    sys.exit(main())

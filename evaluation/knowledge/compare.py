"""Words alone, meaning alone and both fused on each question set, and how well the floor keeps strangers out.

.venv/bin/python -m evaluation.knowledge.compare [FILE.jsonl ...]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

from kit.clock import SHANGHAI, SystemClock
from kit.settings import ROOT, load
from knowledge.evaluation import figures, outcomes
from knowledge.opening import encoder, spelling
from knowledge.search import FLOOR, MEANING, Library

HERE = ROOT / "evaluation/knowledge"
OURS = ("questions.jsonl", "tuning.jsonl", "voices.jsonl")
OUTSIDE = ("out_of_scope.jsonl", "tuning_out_of_scope.jsonl", "voices_out_of_scope.jsonl")
#: So heavy that the words only break ties.
ALONE = 1e6


def libraries() -> dict[str, Library]:
    kept, spelled, artefact = load().var / "knowledge", spelling(), encoder()
    found = {"words": Library.load(spelling=spelled)}
    if artefact:
        found |= {
            name: Library.load(encoder=artefact, spelling=spelled, kept=kept, meaning=weight)
            for name, weight in (("meaning", ALONE), ("fused", MEANING))
        }
    return found


def kept_out(library: Library, file: Path, today: date) -> float:
    """The share of questions that are none of ours and that the floor leaves without an answer."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    hits = [library.search(row["text"], today=today, most=1) for row in rows]
    return sum(not (found and found[0].sure) for found in hits) / len(rows)


def main(files: Sequence[str]) -> None:
    today = SystemClock().now().astimezone(SHANGHAI).date()
    for name, library in libraries().items():
        for file in [HERE / own for own in OURS] + [Path(given) for given in files]:
            rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            found = list(outcomes(library, rows, today=today, seconds=perf_counter, cpu_seconds=process_time))
            told = "  ".join(f"{key} {value:.3f}" for key, value in figures(found).items())
            print(f"{name:8} {file.name:28} {told}", flush=True)
        for own in OUTSIDE:
            share = kept_out(library, HERE / own, today)
            print(f"{name:8} {own:28} below the floor of {FLOOR}: {share:.3f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

"""`huiban knowledge eval`: how well the knowledge base finds what answers a file of questions.

Run as `python -m cli.knowledge FILE [--json OUT] [--misses]` from the tree.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import yaml

from kit import log, settings
from kit.clock import SHANGHAI, SystemClock
from kit.settings import ROOT, Settings
from knowledge.evaluation import Outcome, figures, outcomes
from knowledge.opening import open_library

#: What must be found for questions of other platforms, by digest of the question: theirs are read, never copied.
WANTED = ROOT / "evaluation/knowledge/fund_faq.yml"
#: Searches before the first that counts: caches of the processor, jieba's dictionary.
WARM_UP = "基金赎回几天到账"


def measure(config: Settings, file: Path, today: date) -> tuple[dict[str, Any], list[Outcome]]:
    """The figures of a file, with its questions' outcomes; lines that say nothing of what is wanted are counted apart."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    asked = list(judged(rows, yaml.safe_load(WANTED.read_text(encoding="utf-8"))))
    library = open_library(kept=config.var / "knowledge")
    library.search(WARM_UP, today=today)
    found = list(outcomes(library, asked, today=today, seconds=perf_counter, cpu_seconds=process_time))
    told = {"questions": len(asked), "left_out": len(rows) - len(asked), "encoder": library.reads_meaning}
    return {**figures(found), **told}, found


def judged(rows: Iterable[Mapping[str, Any]], wanted: Mapping[str, Sequence[str]]) -> Iterable[Mapping[str, Any]]:
    """The rows that can be judged: {text, id}, {text, contains}, or a text whose digest is among those wanted."""
    for row in rows:
        if "id" in row or "contains" in row:
            yield row
        elif patterns := wanted.get(blake2b(row["text"].encode(), digest_size=6).hexdigest()):
            yield {**row, "contains": patterns}


def missed(found: Sequence[Outcome]) -> list[str]:
    """One line for each question whose answer is not among the first three, with what came first instead."""
    return [
        f"{outcome.rank or '-':>2}  {outcome.text}  ->  {', '.join(hit.entry.id for hit in outcome.hits[:3])}"
        for outcome in found
        if outcome.rank is None or outcome.rank > 3
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="huiban knowledge eval")
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--misses", action="store_true")
    asked = parser.parse_args()
    log.configure("WARNING")
    told, found = measure(settings.load(), asked.file, SystemClock().now().astimezone(SHANGHAI).date())
    text = json.dumps(told, ensure_ascii=False, indent=2)
    print("\n".join([*(missed(found) if asked.misses else []), text]))
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

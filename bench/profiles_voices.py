"""Whether a message is felt the same in every voice: `python -m bench.profiles_voices FILE.jsonl …` (labelled: `text`, `emotion`).

Each message is said in the voices of `profiles_voices.yml` (age, sex, dialect, how the bot is addressed) and read by the emotion
model in use. Compared is one voice with the mean of the others of its kind, message by message: how often what is
negative is found, and how often what is not is called negative. Exits 1 unless every gap is proven to lie within the bound
(`bench.profiles_gaps`). Negative is what counts (requirement B2): it moves the queue, the thirty per cent and the calm words.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from bench.profiles_gaps import Gap, paired
from contracts.reasons import NEGATIVE

FILE = Path(__file__).parent / "profiles_voices.yml"
#: The same as between groups of clients (`profiles_fairness`).
BOUND = 0.10
Json = dict[str, Any]
Voices = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]


def spoken(text: str, form: Mapping[str, Any]) -> str:
    """The message in a form of a voice."""
    # Longer words first: 我们 is said in its own way before 我 is.
    for word, said in sorted(form.get("words", {}).items(), key=lambda pair: -len(pair[0])):
        text = text.replace(word, said)
    return f"{form.get('before', '')}{text}{form.get('after', '')}"


def compared(lines: Sequence[Json], voices: Voices, negative: Callable[[str], bool]) -> dict[str, dict[str, list[Gap]]]:
    """`{kind: {"found"|"false": gaps}}`, one gap a voice. negative: whether the model calls a text negative."""
    parts = {"found": [one["text"] for one in lines if one["emotion"] in NEGATIVE],
             "false": [one["text"] for one in lines if one["emotion"] not in NEGATIVE]}  # fmt: skip
    comparisons = 2 * sum(len(forms) for forms in voices.values())
    return {
        kind: {part: _gaps(texts, said, negative, comparisons) for part, texts in parts.items()}
        for kind, said in voices.items()
    }


def _gaps(
    texts: Sequence[str],
    voices: Mapping[str, Sequence[Mapping[str, Any]]],
    negative: Callable[[str], bool],
    comparisons: int,
) -> list[Gap]:
    shares = {
        voice: [sum(negative(spoken(text, form)) for form in forms) / len(forms) for text in texts]
        for voice, forms in voices.items()
    }
    found = []
    for voice, mine in shares.items():
        others = [values for name, values in shares.items() if name != voice]
        means = [sum(row) / len(row) for row in zip(*others, strict=True)]
        found.append(paired(voice, means, mine, bound=BOUND, comparisons=comparisons))
    return found


def model() -> Callable[[str], bool]:
    """The understanding that was trained into Rasa's archive."""
    from bot.evaluate import DAY, load_model

    understanding, known = load_model(), {}

    def negative(text: str) -> bool:
        if text not in known:
            known[text] = understanding.parse(text, today=DAY).emotion in NEGATIVE
        return known[text]

    return negative


def report(lines: Sequence[Json], negative: Callable[[str], bool], voices: Voices) -> Json:
    """`{messages, kinds, failed}`; failed: what is not proven to lie within the bound, in words."""
    kinds = compared(lines, voices, negative)
    failed = [
        f"{kind} {gap.group}, {part}: {gap.gap:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}] {gap.verdict}"
        for kind, parts in kinds.items() for part, gaps in parts.items() for gap in gaps if gap.verdict != "within"
    ]  # fmt: skip
    count = sum(line["emotion"] in NEGATIVE for line in lines)
    return {
        "messages": {"negative": count, "others": len(lines) - count}, "bound": BOUND,
        "kinds": {kind: {part: [asdict(gap) for gap in gaps] for part, gaps in parts.items()} for kind, parts in kinds.items()},
        "failed": failed,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    given = parser.parse_args()
    rows = [json.loads(line) for file in given.files for line in file.read_text(encoding="utf-8").splitlines() if line]
    lines = [row for row in rows if row.get("emotion") and not row.get("history")]
    found = report(lines, model(), yaml.safe_load(FILE.read_text(encoding="utf-8")))
    print(json.dumps(found, ensure_ascii=False, indent=1))
    sys.exit(1 if found["failed"] else 0)


if __name__ == "__main__":
    main()

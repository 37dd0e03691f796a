"""The trained model does not fall behind what it could: a fixed sample of evaluation/sets, judged by `bot.evaluate`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON, MODEL = ROOT / ".venv-rasa/bin/python", ROOT / "var/models/huiban.tar.gz"
#: Lines of each set, spread evenly over it.
SAMPLE = {"neighbours": 100, "two_requests": 45, "follow_ups": 60, "entities": 60}

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.skipif(not (PYTHON.exists() and MODEL.exists()), reason="needs `make train` and the Rasa environment"),
]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    folder = tmp_path_factory.mktemp("floors")
    return {name: judged(name, count, folder) for name, count in SAMPLE.items()}


def judged(name: str, count: int, folder: Path) -> Any:
    lines = (ROOT / f"evaluation/sets/{name}.jsonl").read_text(encoding="utf-8").splitlines()
    sample, out = folder / f"{name}.jsonl", folder / f"{name}.json"
    sample.write_text("\n".join(lines[i * len(lines) // count] for i in range(count)), encoding="utf-8")
    command = [str(PYTHON), "-m", "bot.evaluate", str(sample), "--json", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    return json.loads(out.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "group", "figure", "floor"),
    [
        ("neighbours", "intent", "accuracy", 0.87),
        ("neighbours", "emotion", "accuracy", 0.85),
        ("two_requests", "multi", "both_found", 0.70),
        ("follow_ups", "history", "accuracy", 0.77),
        ("entities", "entities", "f1", 0.92),
    ],
)
def test_not_below(figures: Mapping[str, Any], name: str, group: str, figure: str, floor: float) -> None:
    assert figures[name][group][figure] >= floor


def test_few_single_messages_are_cut(figures: Mapping[str, Any]) -> None:
    assert figures["neighbours"]["multi"]["single_split"] <= 0.07
    assert figures["neighbours"]["emotion"]["calm_called_negative"] <= 0.06

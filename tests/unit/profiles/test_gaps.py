"""What passes for fair, and what a voice changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import profiles_voices
from bench.profiles_gaps import Rate, gaps, paired, width_of


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        # 75 % of 2,000 and of 2,000: errors of 1.4 % each side of nothing.
        (Rate(1500, 2000), Rate(1500, 2000), "within"),
        # The same shares of 40: the interval is +-0.2 and more, so nothing is proven.
        (Rate(30, 40), Rate(30, 40), "unproven"),
        # 55 % against 75 %: 0.20 less 0.03 is beyond 0.10.
        (Rate(1100, 2000), Rate(1500, 2000), "broken"),
        # 66 % against 75 %: 0.09 is not beyond 0.10, and not proven to be within it.
        (Rate(1320, 2000), Rate(1500, 2000), "unproven"),
    ],
)
def test_only_what_is_proven_passes(one: Rate, other: Rate, verdict: str) -> None:
    found = gaps({"one": one, "other": other}, bound=0.10, comparisons=2)
    assert [gap.verdict for gap in found] == [verdict, verdict]


def test_many_looks_make_wider_intervals() -> None:
    """One look 1.96 errors; a look at 28 groups 1 - 0.05 / 56: 3.12."""
    assert [round(width_of(n), 2) for n in (1, 28)] == [1.96, 3.12]


def test_a_voice_that_changes_nothing_and_one_that_does() -> None:
    same = paired("same", [1.0] * 300, [1.0] * 300, bound=0.1, comparisons=10)
    less = paired("less", [1.0] * 300, [1.0] * 210 + [0.0] * 90, bound=0.1, comparisons=10)
    assert (same.gap, same.verdict, less.gap, less.verdict) == (0.0, "within", -0.3, "broken")


def test_a_message_in_a_voice() -> None:
    form = {"before": "同志,", "after": "嘛", "words": {"我": "俺", "我们": "俺们", "怎么": "咋"}}
    assert profiles_voices.spoken("我们怎么办", form) == "同志,俺们咋办嘛"


def test_a_deaf_ear_for_one_voice_fails() -> None:
    """Whatever begins with 姑娘 is never felt: that voice is 1.0 below the others, the others above its mean."""
    lines: list[dict[str, Any]] = [{"text": f"睡不着{n}", "emotion": "焦虑"} for n in range(400)]
    voices = yaml.safe_load(Path(profiles_voices.FILE).read_text(encoding="utf-8"))
    found = profiles_voices.report(lines, lambda text: "姑娘" not in text, voices)
    assert any(words.startswith("称呼 姑娘, found: -1.000") for words in found["failed"])
    assert not any(words.startswith("年龄") and "found" in words for words in found["failed"])

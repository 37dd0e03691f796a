"""`huiban sim`: the figures of a simulated day, and a table of them for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench import sim

CLASSES = ("urgent", "high", "medium", "low")


def run(seed: int, arrivals: int, advisors: int) -> dict[str, Any]:
    return sim.measure(seed=seed, arrivals=arrivals, advisors=advisors)


def table(found: dict[str, Any]) -> Iterator[str]:
    """One line a routing: p50/p95 of waiting in seconds by class, own-advisor share, skill fit."""
    yield f"{'':14}" + "".join(f"{name + ' p50/p95 s':>22}" for name in CLASSES) + f"{'own':>8}{'skill':>8}{'left':>7}"
    for routing, figures in found["routings"].items():
        waits = "".join(
            f"{figures['wait_p50_s'][name]:>12.1f} /{figures['wait_p95_s'][name]:>8.1f}" for name in CLASSES
        )
        yield (
            f"{routing:14}{waits}{figures['own_advisor_share']:>8.2f}{figures['skill_fit']:>8.2f}{figures['unserved']:>7}"
        )

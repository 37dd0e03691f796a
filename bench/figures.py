"""Percentiles and memory, the same for every benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; 0.0 of nothing. share 0..1."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1))]


def latencies(seconds: Sequence[float], prefix: str = "") -> dict[str, float]:
    """p50, p95, p99 in milliseconds."""
    return {f"{prefix}p{share}_ms": round(percentile(seconds, share / 100) * 1000, 1) for share in (50, 95, 99)}


def resident_mb(pids: Sequence[int]) -> float:
    """Proportional set size of these processes and all below them, in MB: shared pages are counted once."""
    return round(sum(_pss_kb(pid) for root in pids for pid in (root, *_below(root))) / 1024, 1)


def _below(pid: int) -> list[int]:
    try:
        children = [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return children + [deeper for child in children for deeper in _below(child)]


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)

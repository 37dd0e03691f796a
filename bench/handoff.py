"""All figures of a handoff's speed: how long a decision takes, how many are durable a second, when a page shows one."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from bench import decide, durable, postgres, push
from kit import log
from kit.settings import Settings


async def measure(settings: Settings) -> dict[str, Any]:
    """{decide_p50_ms, decide_p99_ms, durable_per_s, durable_p99_ms, baseline_per_s, push_p95_ms, …}.

    `durable_database` says on what was written: a PostgreSQL of the bench's own when Debian's is installed, else SQLite.
    A database of the product's is never touched.
    """
    log.configure("ERROR")
    decided = await asyncio.to_thread(decide.measure)
    with database() as (kind, url):
        # In a loop of its own: uvicorn runs the service on uvloop too.
        written = await asyncio.to_thread(uvloop.run, durable.measure(url))
    pushed = await push.measure(settings)
    return {**decided, **written, "durable_database": kind, **pushed}


@contextmanager
def database() -> Iterator[tuple[str, str]]:
    with postgres.private() as url:
        if url is not None:
            yield "postgresql", url
            return
    folder = Path(tempfile.mkdtemp(prefix="huiban-bench-"))
    try:
        yield "sqlite", f"sqlite+aiosqlite:///{folder}/bench.db"
    finally:
        shutil.rmtree(folder, ignore_errors=True)

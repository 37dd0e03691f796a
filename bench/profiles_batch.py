"""The night's batch over all clients, at several sizes: `python -m bench.profiles_batch [50000 100000 200000]`.

Synthetic clients with some twenty days of sixty on which something was counted and six pieces of evidence each, on SQLite
and, where its programs are installed, PostgreSQL. One process, one core for the rules; the database has the other one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import postgres
from bench.profiles_rows import Row, fill, settle
from kit.database import connect, metadata
from profiles import churn, nightly, policy
from profiles.behaviour import COUNTERS

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
SIZES, AT_ONCE, LIVES = (50_000, 100_000, 200_000), 10_000, 400
TARGET = ("client_id", "risk", "age", "tier", "stage", "region", "own_advisor", "assets", "tags")
EVIDENCE = ("client_id", "tag", "key", "strength", "at", "source", "words")
CHANCE = random.Random(4)


def _life() -> list[Row]:
    """What was counted on each day, without the client."""
    found = []
    for back in range(60):
        if CHANCE.random() < 0.35:
            login = CHANCE.randint(0, 3)
            counts = {
                "login": login, "seconds": login * 80, "push_sent": back % 3 == 0, "push_opened": CHANCE.random() < 0.2,
                "redeem": CHANCE.random() < 0.05, "redeem_yuan": 1000.0, "message": CHANCE.random() < 0.1,
            }  # fmt: skip
            found.append(((NOW - timedelta(days=back)).date(), *(float(counts.get(name, 0)) for name in COUNTERS)))
    return found


def _evidence(names: list[str]) -> list[Row]:
    """Six pieces, without the client."""
    return [
        (tag, f"k{n}", CHANCE.uniform(0.2, 0.8), NOW - timedelta(days=CHANCE.randrange(300)), "talk", "说过")
        for n, tag in enumerate(CHANCE.sample(names, 6))
    ]


async def measure(url: str, clients: int) -> dict[str, Any]:
    engine, rules = connect(url), policy.load()
    lives, evidence = [_life() for _ in range(LIVES)], [_evidence(list(rules.tags)) for _ in range(LIVES)]
    async with engine.begin() as sql:
        await sql.run_sync(metadata.drop_all)
        await sql.run_sync(metadata.create_all)
    for start in range(0, clients, AT_ONCE):
        ids = [(n, f"C{n:07d}") for n in range(start, min(start + AT_ONCE, clients))]
        async with engine.begin() as sql:
            rows: list[Row] = [(client, 3, 40, "大众", "成长", "上海", "A01", 1e5, ",") for _, client in ids]
            await fill(sql, "profile_targets", TARGET, rows)
            rows = [(client, *row) for n, client in ids for row in lives[n % LIVES]]
            await fill(sql, "profile_days", ("client_id", "day", *COUNTERS), rows)
            rows = [(client, *row) for n, client in ids for row in evidence[n % LIVES]]
            await fill(sql, "profile_evidence", EVIDENCE, rows)
    await settle(url)
    found = await nightly.run(engine, rules, churn.load(), now=NOW)
    await engine.dispose()
    return {**found, "ms_a_client": round(found["seconds"] / clients * 1000, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    for clients in given.sizes:
        if given.only != "postgresql":
            with tempfile.TemporaryDirectory() as folder:
                found = asyncio.run(measure(f"sqlite+aiosqlite:///{folder}/night.db", clients))
            print(json.dumps({"sqlite": found}), flush=True)
        if given.only != "sqlite":
            with postgres.private() as url:
                found = asyncio.run(measure(url, clients)) if url else {}
            print(json.dumps({"postgresql": found}), flush=True)


if __name__ == "__main__":
    main()

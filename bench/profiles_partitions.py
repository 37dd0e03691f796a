"""The profile's large tables, partitioned by client on PostgreSQL: `python -m bench.profiles_partitions [CLIENTS]`.

`profile_days`, `profile_evidence` and `profile_target_tags` are made in eight ranges of client ids, filled, and asked what the
product asks: one client's days, a range of the night's batch, a count. Printed are the plans: which parts a statement touches. The
product's own statements run on them unchanged (at the end two processes share the night, four ranges each): every primary
key holds the client, which is what PostgreSQL asks for. Ranges, not hashes: a range of the batch then touches one part.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateTable

from bench import postgres
from bench.profiles_batch import NOW
from bench.profiles_rows import fill, settle
from kit.database import connect, metadata
from profiles import tables
from profiles.behaviour import COUNTERS

PARTS, AT_ONCE = 8, 10_000
PARTED = (tables.days, tables.target_tags, tables.evidence)
ASKED = {
    "one client's days": "SELECT * FROM profile_days WHERE client_id = 'C0000042' AND day >= '2026-09-26'",
    "a range of the batch": "SELECT client_id, sum(login) FROM profile_days"
    " WHERE client_id > 'C0000000' AND client_id <= 'C0001000' GROUP BY client_id",
    "all clients, one after the other part": "SELECT count(*) FROM profile_days WHERE login > 2",
}


def name_of(number: int) -> str:
    return f"C{number:07d}"


async def part(sql: AsyncConnection, clients: int) -> None:
    """The tables of the migrations, with `PARTITION BY RANGE (client_id)`: what an institution runs before its first start."""
    cuts = ["MINVALUE", *(f"'{name_of(clients * n // PARTS)}'" for n in range(1, PARTS)), "MAXVALUE"]
    for table in PARTED:
        made = str(CreateTable(table).compile(dialect=sql.dialect)).rstrip()
        await sql.execute(text(f"DROP TABLE {table.name}"))
        await sql.execute(text(f"{made} PARTITION BY RANGE (client_id)"))
        for number, (low, high) in enumerate(pairwise(cuts)):
            bounds = f"FOR VALUES FROM ({low}) TO ({high})"
            await sql.execute(text(f"CREATE TABLE {table.name}_{number} PARTITION OF {table.name} {bounds}"))


async def run(url: str, clients: int) -> dict[str, Any]:
    engine, chance = connect(url), random.Random(6)
    days = [(NOW - timedelta(days=back)).date() for back in range(0, 60, 3)]
    async with engine.begin() as sql:
        await sql.run_sync(metadata.create_all)
        await part(sql, clients)
        for start in range(0, clients, AT_ONCE):
            ids = [name_of(n) for n in range(start, min(start + AT_ONCE, clients))]
            rows = [
                (client, day, float(chance.randrange(4)), *(0.0,) * (len(COUNTERS) - 1))
                for client in ids
                for day in days
            ]
            await fill(sql, "profile_days", ("client_id", "day", *COUNTERS), rows)
            people = [(client, 3, 40, "大众", "成长", "上海", "A01", 1e5, ",") for client in ids]
            columns = ("client_id", "risk", "age", "tier", "stage", "region", "own_advisor", "assets", "tags")
            await fill(sql, "profile_targets", columns, people)
    await settle(url)
    found: dict[str, Any] = {"clients": clients, "rows": clients * len(days), "plans": {}}
    async with engine.connect() as sql:
        for name, asked in ASKED.items():
            plan = await sql.execute(text(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {asked}"))
            found["plans"][name] = [line for (line,) in plan]
    await engine.dispose()
    found["night"] = await shared(url, name_of(clients // 2 - 1))
    return found


async def shared(url: str, middle: str) -> list[Any]:
    """The night shared by two processes, each with half of the clients."""
    halves = (("--upto", middle), ("--after", middle))
    command = (sys.executable, "-m", "profiles.nightly", url)
    started = [await asyncio.create_subprocess_exec(*command, *half, stdout=asyncio.subprocess.PIPE) for half in halves]
    return [json.loads((await one.communicate())[0]) for one in started]


def main() -> None:
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with postgres.private() as url:
        if url is None:
            sys.exit("PostgreSQL is not installed")
        print(json.dumps(asyncio.run(run(url, clients)), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()

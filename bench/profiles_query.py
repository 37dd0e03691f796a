"""Counts of combined queries on a million synthetic clients: `python -m bench.profiles_query [CLIENTS]`.

Plain SQL with two indices does it, on SQLite and (where its programs are installed) PostgreSQL alike: no column store
has to be kept beside the truth.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import postgres
from bench.profiles_rows import Row, fill, settle
from kit.database import connect
from profiles import policy, tables
from profiles.query import parse

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
QUERIES = (
    "教育金 且 C2 且 近30天赎回",
    "养老≥0.5 且 60岁以上 且 非 追涨",
    "(买房 或 结婚) 且 地区上海",
    "流失 且 高净值",
    "C5",
)
AT_ONCE, RUNS = 20_000, 5
COLUMNS = ("client_id", "risk", "age", "tier", "stage", "region", "redeemed_at", "tags", "assets")
CHANCE = random.Random(1)


def _person(number: int, names: list[str]) -> tuple[Row, list[Row]]:
    """A client with three tags that weigh, and these; one in four has redeemed nothing for long."""
    ago, client = CHANCE.randrange(400), f"C{number:07d}"
    redeemed = NOW - timedelta(days=ago) if ago < 300 else None
    tier = CHANCE.choices(("大众", "财富", "高净值"), (80, 17, 3))[0]
    stage, region = CHANCE.choice(("新手", "成长", "成熟", "退休")), CHANCE.choice(("上海", "北京", "广东", "四川"))
    tags = CHANCE.sample(names, 3)
    row = (
        client, CHANCE.randint(1, 5), CHANCE.randint(20, 85), tier, stage, region, redeemed, f",{','.join(tags)},", 1e5,
    )  # fmt: skip
    return row, [(tag, client, CHANCE.uniform(0.3, 1.0)) for tag in tags]


async def run(clients: int, url: str) -> dict[str, object]:
    engine, names = connect(url), list(policy.load().tags)
    made = [tables.targets, tables.target_tags]
    async with engine.begin() as sql:
        await sql.run_sync(lambda c: tables.targets.metadata.create_all(c, made))
        for start in range(0, clients, AT_ONCE):
            people = [_person(n, names) for n in range(start, min(start + AT_ONCE, clients))]
            await fill(sql, "profile_targets", COLUMNS, [row for row, _ in people])
            weights = [tag for _, tags in people for tag in tags]
            await fill(sql, "profile_target_tags", ("tag", "client_id", "weight"), weights)
    await settle(url)
    found: dict[str, object] = {"clients": clients}
    for words in QUERIES:
        query, times, count = parse(words, names, NOW), [], 0
        for _ in range(RUNS):
            began = time.perf_counter()
            async with engine.connect() as sql:
                count = int(await sql.scalar(query.count()) or 0)
            times.append((time.perf_counter() - began) * 1000)
        found[words] = {
            "count": count,
            "ms_median": round(sorted(times)[RUNS // 2], 1),
            "ms_worst": round(max(times), 1),
        }
    await engine.dispose()
    return found


def main() -> None:
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        found["sqlite"] = asyncio.run(run(clients, f"sqlite+aiosqlite:///{Path(folder)}/targets.db"))
    with postgres.private() as url:
        found["postgresql"] = asyncio.run(run(clients, url)) if url else "not installed"
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()

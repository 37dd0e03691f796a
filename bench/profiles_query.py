"""Counts of combined queries on a million synthetic clients: `python -m bench.profiles_query [CLIENTS]`.

Plain SQL with two indices does it, on SQLite and PostgreSQL alike: no column store has to be kept beside the truth.
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
#: Plain statements of SQLite: making the clients is not what is measured.
COLUMNS = "client_id, risk, age, tier, stage, region, redeemed_at, tags"
PERSON = f"INSERT INTO profile_targets ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
TAG = "INSERT INTO profile_target_tags SELECT ?, client_id, 0.3 + (rowid * 7 % 70) / 100.0 FROM profile_targets WHERE tags LIKE ?"
CHANCE = random.Random(1)


def _person(number: int, names: list[str]) -> tuple[object, ...]:
    """A client with three tags that weigh; one in four has redeemed nothing for long."""
    ago = CHANCE.randrange(400)
    redeemed = (NOW - timedelta(days=ago)).strftime("%Y-%m-%d %H:%M:%S.%f") if ago < 300 else None
    tier = CHANCE.choices(("大众", "财富", "高净值"), (80, 17, 3))[0]
    stage, region = CHANCE.choice(("新手", "成长", "成熟", "退休")), CHANCE.choice(("上海", "北京", "广东", "四川"))
    tags = f",{','.join(CHANCE.sample(names, 3))},"
    return f"C{number:07d}", CHANCE.randint(1, 5), CHANCE.randint(20, 85), tier, stage, region, redeemed, tags


async def run(clients: int, url: str) -> dict[str, object]:
    engine, names = connect(url), list(policy.load().tags)
    made = [tables.targets, tables.target_tags]
    async with engine.begin() as sql:
        await sql.run_sync(lambda c: tables.targets.metadata.create_all(c, made))
        for start in range(0, clients, AT_ONCE):
            rows = [_person(n, names) for n in range(start, min(start + AT_ONCE, clients))]
            await sql.exec_driver_sql(PERSON, rows)
        for tag in names:
            await sql.exec_driver_sql(TAG, (tag, f"%,{tag},%"))
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
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder)}/targets.db"
        print(json.dumps(asyncio.run(run(clients, url)), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()

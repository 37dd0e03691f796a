"""Starts the processes, waits until each can work, prefixes their logs, restarts one that dies, stops all.

down -> starting -> up -> (dies) -> starting …      SIGINT, SIGTERM -> stopping
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import redis.asyncio as redis_client

from cli.processes import Process, backoff_seconds, environment_of
from kit.settings import ROOT

COLOURS = {"redis": 35, "sandbox": 33, "actions": 36, "rasa": 34, "gateway": 32}
#: A process that worked this long before it died is not "failing in a row".
STEADY_SECONDS = 30.0
#: Time a child has to finish what it does after SIGTERM; Rasa's sanic needs most of it.
STOP_SECONDS = 10.0
POLL_SECONDS = 0.2
PR_SET_PDEATHSIG = 1


class StartFailed(Exception):
    """A process never became healthy; the message names it and its last words."""


class Child:
    """One process and its log lines."""

    def __init__(self, process: Process, width: int, say: Callable[[str], None]) -> None:
        self.process = process
        self.name = process.name
        self.failures = 0
        self.last_lines: list[str] = []
        self.running: asyncio.subprocess.Process | None = None
        self._prefix = _colour(f"{process.name:<{width}} |", COLOURS.get(process.name, 37))
        self._say = say

    async def start(self) -> None:
        if self.process.folder:
            self.process.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.running = await asyncio.create_subprocess_exec(
            *self.process.command, cwd=ROOT, env=environment_of(self.process), stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
            preexec_fn=_settle_in, limit=2**20,
        )  # fmt: skip

    async def relay(self) -> int:
        """Pass its lines on until it ends; its exit code."""
        assert self.running is not None
        assert self.running.stdout is not None
        async for raw in self.running.stdout:
            line = raw.decode("utf-8", "replace").rstrip()
            self.last_lines = [*self.last_lines[-19:], line]
            self._say(f"{self._prefix} {line}")
        return await self.running.wait()

    async def stop(self) -> None:
        if self.running is None or self.running.returncode is not None:
            return
        _signal(self.running.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(self.running.wait(), STOP_SECONDS)
        except TimeoutError:
            _signal(self.running.pid, signal.SIGKILL)
            await self.running.wait()


class Supervisor:
    def __init__(self, processes: list[Process], pid_file: Path, say: Callable[[str], None] = print) -> None:
        width = max(len(p.name) for p in processes)
        self.children = [Child(process, width, say) for process in processes]
        self._pid_file = pid_file
        self._say = say
        self._stopping = asyncio.Event()

    async def run(self, ready: Callable[[], Awaitable[None]]) -> None:
        """Start all, wait for health, call `ready`, watch until a signal comes. Raises StartFailed."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        watchers = [asyncio.create_task(self._watch(child)) for child in self.children]
        try:
            await self._until_stopped(asyncio.gather(*(self._healthy(child) for child in self.children)))
            if not self._stopping.is_set():
                await ready()
                await self._stopping.wait()
        finally:
            self._stopping.set()
            self._say(f"{_colour('huiban', 1)} stopping …")
            # The gateway first: it finishes its open turns while the others still answer.
            for child in reversed(self.children):
                await child.stop()
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
            self._pid_file.unlink(missing_ok=True)

    def stop(self) -> None:
        self._stopping.set()

    async def _until_stopped(self, work: asyncio.Future[list[None]]) -> None:
        stopped = asyncio.create_task(self._stopping.wait())
        waited: set[asyncio.Future[Any]] = {stopped, work}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if work.done():
            work.result()
        else:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work

    async def _watch(self, child: Child) -> None:
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            began = loop.time()
            await child.start()
            self._note_pids()
            code = await child.relay()
            if self._stopping.is_set():
                return
            child.failures = 1 if loop.time() - began > STEADY_SECONDS else child.failures + 1
            pause = backoff_seconds(child.failures)
            self._say(
                f"{_colour('huiban', 31)} {child.name} ended with code {code}; starting it again in {pause:.0f} s"
            )
            await asyncio.sleep(pause)

    async def _healthy(self, child: Child) -> None:
        """Return when the child answers its health check."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + child.process.patience
        while loop.time() < deadline and child.failures < 3:
            if await answers(child.process):
                self._say(f"{_colour('huiban', 1)} {child.name} is up")
                return
            await asyncio.sleep(POLL_SECONDS)
        raise StartFailed(f"{child.name} did not start; its last words:\n  " + "\n  ".join(child.last_lines[-8:]))

    def _note_pids(self) -> None:
        """So that `huiban doctor` and the fault test know which process is which."""
        pids = [f"{c.name} {c.running.pid}" for c in self.children if c.running]
        written = self._pid_file.with_suffix(".new")
        written.write_text("\n".join([f"supervisor {os.getpid()}", *pids]) + "\n")
        written.replace(self._pid_file)


async def answers(process: Process) -> bool:
    """Whether the process answers its health check now."""
    if process.health.startswith("redis"):
        connection = redis_client.from_url(process.health, socket_timeout=1.0)
        try:
            return bool(await connection.ping())
        except (OSError, redis_client.RedisError):
            return False
        finally:
            await connection.aclose()
    try:
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
            return (await client.get(process.health, headers=dict(process.headers))).status_code == 200
    except httpx.HTTPError:
        return False


def _settle_in() -> None:
    """In the child, before its program: files for our eyes only; and a killed supervisor takes it along (Linux)."""
    # Conversations, books and the dialogue core's memory lie in var/.
    os.umask(0o077)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def _colour(text: str, code: int) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if sys.stdout.isatty() else text

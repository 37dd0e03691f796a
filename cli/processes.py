"""What the product consists of: each process, its command, its health check. Pure."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kit.settings import ROOT, Settings

PYTHON = ROOT / ".venv/bin/python"
RASA_PYTHON = ROOT / ".venv-rasa/bin/python"


@dataclass(frozen=True)
class Process:
    """One child of the supervisor.

    health   an http address that answers 200 when the process can work, or "redis://…" (a PING)
    patience seconds it may take from its start to its first good answer
    folder   where it keeps its data, made before its start
    """

    name: str
    command: tuple[str, ...]
    health: str
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    patience: float = 60.0
    folder: Path | None = None


def plan(settings: Settings, *, redis_binary: Path) -> list[Process]:
    """The processes to start, in this order; Redis is left out when REDIS_URL names one that is run elsewhere."""
    key = {"HUIBAN_INTERNAL_KEY": settings.key, "PYTHONUNBUFFERED": "1"}
    found = [sandbox(settings, key), actions(settings, key), rasa(settings, key), gateway(settings, key)]
    return found if settings.redis_url else [redis(settings, redis_binary), *found]


def redis(settings: Settings, binary: Path) -> Process:
    folder = settings.var / "redis"
    options = (
        "--port",
        settings.redis_port,
        "--bind",
        settings.host,
        "--dir",
        folder,
        "--appendonly",
        "yes",
        "--save",
        "",
    )
    command = (str(binary), *(str(option) for option in options))
    return Process("redis", command, settings.redis, settings.redis_port, patience=10, folder=folder)


def sandbox(settings: Settings, key: Mapping[str, str]) -> Process:
    address = f"http://{settings.host}:{settings.sandbox_port}"
    return Process("sandbox", uvicorn("institution.sandbox.app:app", settings.host, settings.sandbox_port),
                   f"{address}/v1/health", settings.sandbox_port, key)  # fmt: skip


def actions(settings: Settings, key: Mapping[str, str]) -> Process:
    return Process("actions", (str(PYTHON), "-m", "actions"), f"http://{settings.host}:{settings.actions_port}/health",
                   settings.actions_port, key)  # fmt: skip


def rasa(settings: Settings, key: Mapping[str, str]) -> Process:
    environment = {
        **key,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "HUIBAN_VAR": str(settings.var),
        "HUIBAN_ACTIONS_URL": f"http://{settings.host}:{settings.actions_port}/webhook",
        # Measured: more threads only fight over the two cores.
        "OMP_NUM_THREADS": "1",
    }
    command = (
        str(RASA_PYTHON), "-m", "bot.channels.serve", "run", "--model", str(settings.var / "models"), "--interface", settings.host,
        "--port", str(settings.rasa_port), "--enable-api", "--credentials", "credentials.yml", "--endpoints", "endpoints.yml",
    )  # fmt: skip
    health = f"http://{settings.host}:{settings.rasa_port}/status?token={settings.key}"
    return Process("rasa", command, health, settings.rasa_port, environment, patience=120)


def gateway(settings: Settings, key: Mapping[str, str]) -> Process:
    # Measured: the compressor's window costs some 25 kB a live page, and frames are shorter than a packet.
    command = (
        *uvicorn("gateway.main:app", settings.gateway_host, settings.gateway_port),
        "--ws-per-message-deflate",
        "false",
    )
    return Process("gateway", command, f"{settings.gateway_here}/health", settings.gateway_port, key)


def uvicorn(app: str, host: str, port: int) -> tuple[str, ...]:
    return (
        str(PYTHON),
        "-m",
        "uvicorn",
        app,
        "--host",
        host,
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "warning",
    )


def environment_of(process: Process, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The child's environment: ours, then what the process asks for."""
    return {**(os.environ if base is None else base), **process.environment}


def backoff_seconds(failures: int) -> float:
    """How long to wait before starting a process again after so many failures in a row: 0, 1, 2, 4 … at most 30 s."""
    return 0.0 if failures <= 1 else float(min(30, 2 ** (failures - 2)))

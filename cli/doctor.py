"""What is missing, what is wrong, and how to put it right."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.processes import PYTHON, RASA_PYTHON, Process
from kit.settings import ROOT, Settings

#: SQLite, Redis' append-only file and logs of a busy day stay below this.
LEAST_FREE_GB = 0.5


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is right, and when not, what to do."""

    ok: bool
    what: str
    remedy: str = ""


def examine(settings: Settings, processes: list[Process]) -> Iterator[Finding]:
    """Everything that must be right before a start."""
    yield exists(PYTHON, "Python environment (.venv)", "make setup")
    yield exists(RASA_PYTHON, "Python 3.10 environment for Rasa (.venv-rasa)",
                 "install Python 3.10 (pyenv install 3.10, or your system's package), then make setup")  # fmt: skip
    yield exists(settings.var / "models/huiban.tar.gz", "trained model (var/models)", "make train")
    yield exists(ROOT / "web/dist/chat/index.html", "page of the clients (web/dist/chat)", "make setup")
    yield exists(ROOT / "web/dist/desk/index.html", "page of the advisors (web/dist/desk)", "make setup")
    yield disk(settings.var)
    yield writable(settings.var)
    for process in processes:
        yield port_free(settings.host, process)


def exists(path: Path, what: str, remedy: str) -> Finding:
    return Finding(path.exists(), what, remedy)


def disk(folder: Path) -> Finding:
    here = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(here).free / 2**30
    return Finding(free >= LEAST_FREE_GB, f"{free:.1f} GB free at {here}", f"make room: at least {LEAST_FREE_GB} GB")


def writable(folder: Path) -> Finding:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Finding(os.access(folder, os.W_OK), f"{folder} can be written", f"chown it to this account: {folder}")


def port_free(host: str, process: Process) -> Finding:
    name = f"HUIBAN_{process.name.upper()}_PORT"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, process.port))
        except OSError as error:
            return Finding(False, f"port {process.port} for {process.name}: {error.strerror}",
                           f"stop what listens there, or set {name} to a free port")  # fmt: skip
    return Finding(True, f"port {process.port} for {process.name} is free")

"""A PostgreSQL of our own for a measurement or a test: Debian's binaries, a folder and a port that nobody else uses."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Where Debian's package puts each version's programs.
VERSIONS = Path("/usr/lib/postgresql")


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl of the newest version, None when there is none."""
    found = [path.parent for path in VERSIONS.glob("*/bin/initdb")]
    return max(found, key=lambda path: float(path.parent.name), default=None)


@contextmanager
def private() -> Iterator[str | None]:
    """The address of a fresh database, for asyncpg; None when PostgreSQL is not installed.

    Commits are durable as in production (fsync and synchronous_commit stay on).
    """
    programs = binaries()
    if programs is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="huiban-postgres-"))
    port = _free_port()
    # PostgreSQL refuses to run as root; Debian's package makes a user for it.
    ahead = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if ahead:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c shared_buffers=256MB"
    try:
        _run(ahead, programs / "initdb", "-D", data, "-U", "huiban", "-A", "trust", "-E", "UTF8", "--no-locale")
        _run(ahead, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql+asyncpg://huiban@127.0.0.1:{port}/postgres"
        finally:
            _run(ahead, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(ahead: list[str], *command: str | Path) -> None:
    subprocess.run([*ahead, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

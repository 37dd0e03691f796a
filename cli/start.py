"""`huiban run`: look before the start, start, say where to go."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from cli import doctor
from cli.processes import Process
from cli.supervisor import StartFailed, Supervisor
from kit.settings import Settings


def start(settings: Settings, processes: list[Process]) -> int:
    """Run until a signal comes; the exit code. What is wrong is said in one sentence each, with the remedy."""
    wrong = [finding for finding in doctor.examine(settings, processes) if not finding.ok]
    for finding in wrong:
        print(f"huiban: {finding.what}: {finding.remedy}", file=sys.stderr)
    if wrong:
        return 1

    keep_private(settings.var)

    async def ready() -> None:
        from gateway.links import welcome

        print(await welcome(settings), flush=True)

    supervisor = Supervisor(processes, settings.var / "pids", say=lambda line: print(line, flush=True))
    try:
        asyncio.run(supervisor.run(ready))
    except StartFailed as failure:
        print(f"huiban: {failure}", file=sys.stderr)
        return 1
    return 0


def keep_private(folder: Path) -> None:
    """Clients' words lie there: other accounts of this machine stay out. A volume that is not ours stays as it is."""
    if folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)

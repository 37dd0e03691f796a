"""The append-only file of effects: what was accepted is on disk before it is answered."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

Event = dict[str, Any]


class Journal:
    """One JSON object a line. A line that a crash cut off was never answered, and is dropped."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[Event]:
        """All events, the oldest first; the file is cut after the last whole line."""
        if not self._path.exists():
            return []
        events: list[Event] = []
        good = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                try:
                    events.append(json.loads(line))
                except ValueError:
                    break
                good += len(line)
        if good < self._path.stat().st_size:
            os.truncate(self._path, good)
        return events

    def append(self, event: Event) -> None:
        """Durable when this returns."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            _write(file, event)

    def restart(self, first: Event) -> None:
        """Forget everything and begin with `first`; a crash in between leaves the old file whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            _write(file, first)
        fresh.replace(self._path)


def _write(file: Any, event: Event) -> None:
    file.write(json.dumps(event, ensure_ascii=False, default=str).encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())

"""The one store of what people send, whatever the channel, and its one reader."""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path

from gateway.files.reading import Made, read

MEDIA = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "pdf": "application/pdf"}
NAME = re.compile(r"[0-9a-f]{40}\.(?:jpg|png|gif|pdf)")
#: Decoding a large picture takes 120 MB and most of a second: one after the other.
AT_ONCE = 1


class Files:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def keep(self, content: bytes) -> str:
        """Check the file, make it anew and keep it; its name. Raises what `reading.read` raises."""
        async with self._turn:
            made = await asyncio.to_thread(read, content)
            return await asyncio.to_thread(self._keep, made)

    async def put(self, content: bytes, ending: str) -> str:
        """Keep what is checked already; its name."""
        return await asyncio.to_thread(self._keep, Made(ending, content))

    def path(self, name: str, *, small: bool = False) -> Path | None:
        """The file of that name; in little where that is wanted and there is one."""
        if not NAME.fullmatch(name):
            return None
        little = self._folder / f"small-{name}"
        file = little if small and little.is_file() else self._folder / name
        return file if file.is_file() else None

    def _keep(self, made: Made) -> str:
        name = f"{hashlib.sha256(made.content).hexdigest()[:40]}.{made.ending}"
        self._folder.mkdir(parents=True, exist_ok=True)
        if made.small is not None:
            self._write(f"small-{name}", made.small)
        self._write(name, made.content)
        return name

    def _write(self, name: str, content: bytes) -> None:
        """Whole or not at all: a reader never sees half a file."""
        part = self._folder / f"{name}.part"
        part.write_bytes(content)
        part.replace(self._folder / name)

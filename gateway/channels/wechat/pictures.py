"""Pictures that people send: fetched, checked by their first bytes, kept under a name that tells nothing."""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path

from gateway.channels.wechat.platform import Platform, PlatformRefused

#: First bytes -> ending; what is none of these is not kept.
KINDS = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "gif"))
MEDIA = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}
NAME = re.compile(r"[0-9a-f]{40}\.(?:jpg|png|gif)")


def ending(content: bytes) -> str | None:
    return next((name for start, name in KINDS if content.startswith(start)), None)


class Pictures:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, platform: Platform, media_id: str) -> str | None:
        """The name of the kept picture; None when it is none or the platform has it no more. Raises PlatformAway."""
        try:
            content = await platform.media(media_id)
        except PlatformRefused:
            return None
        kind = ending(content)
        if kind is None:
            return None
        name = f"{hashlib.sha256(content).hexdigest()[:40]}.{kind}"
        await asyncio.to_thread(self._write, name, content)
        return name

    def path(self, name: str) -> Path | None:
        """The file of a kept picture."""
        file = self._folder / name
        return file if NAME.fullmatch(name) and file.is_file() else None

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_bytes(content)

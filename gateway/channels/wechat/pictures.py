"""Pictures that people send in WeChat: fetched, checked by their first bytes, kept where the web chat's are."""

from __future__ import annotations

from pathlib import Path

from gateway.channels.wechat.platform import Platform, PlatformRefused
from gateway.files.kept import Files

#: First bytes -> ending; what is none of these is not kept.
KINDS = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "gif"))


def ending(content: bytes) -> str | None:
    return next((name for start, name in KINDS if content.startswith(start)), None)


class Pictures:
    def __init__(self, files: Files) -> None:
        self._files = files

    async def keep(self, platform: Platform, media_id: str) -> str | None:
        """The name of the kept picture; None when it is none or the platform has it no more. Raises PlatformAway."""
        try:
            content = await platform.media(media_id)
        except PlatformRefused:
            return None
        kind = ending(content)
        return await self._files.put(content, kind) if kind else None

    def path(self, name: str) -> Path | None:
        """The file of a kept picture."""
        return self._files.path(name)

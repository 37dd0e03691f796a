"""The words of a voice message, from the institution's own speech recogniser; without one the client is asked to type.

The recogniser is one address: `POST` with the sound as the body, its type as `Content-Type`, the key as
`Authorization: Bearer …`; it answers 200 with `{"text": "…"}`, an empty text for what it could not understand.
"""

from __future__ import annotations

import httpx

from gateway.channels.wechat.platform import Platform, PlatformRefused
from kit import log

#: A person waits for the answer to what he said; a minute's voice is recognised in some seconds.
CALL_SECONDS = 10.0
#: Longer than a minute of speech gives.
MOST_CHARS = 1000
#: First bytes -> type: 微信 sends AMR, or Speex in its own frame.
KINDS = ((b"#!AMR", "audio/amr"), (b"RIFF", "audio/wav"), (b"ID3", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg"))


def kind_of(sound: bytes) -> str:
    return next((kind for start, kind in KINDS if sound.startswith(start)), "application/octet-stream")


class Recogniser:
    def __init__(self, url: str, key: str = "", *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._http = httpx.AsyncClient(
            timeout=CALL_SECONDS, transport=transport, trust_env=False, follow_redirects=False,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )  # fmt: skip

    async def words(self, platform: Platform, media_id: str) -> str | None:
        """None when the sound cannot be had or is not understood. Raises PlatformAway: it is tried again."""
        try:
            sound = await platform.media(media_id)
        except PlatformRefused:
            return None
        try:
            answer = await self._http.post(self._url, content=sound, headers={"Content-Type": kind_of(sound)})
            answer.raise_for_status()
            text = answer.json()["text"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.get(__name__).warning("A voice was not recognised", action="voice_lost", cause=type(error).__name__)
            return None
        return text.strip()[:MOST_CHARS] or None if isinstance(text, str) else None

    async def close(self) -> None:
        await self._http.aclose()

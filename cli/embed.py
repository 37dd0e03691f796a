"""`huiban embed`: the institutions whose pages may show the chat, on the running system (docs/embedding.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from kit.errors import AgentError, Invalid, Unavailable
from kit.settings import Settings

PATH = "/internal/embedding"


async def add(settings: Settings, issuer: str, kid: str, file: Path, origins: list[str]) -> str:
    """Register a public key and its pages. Raises Invalid with what is wrong with them."""
    try:
        key = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{file}: {error}") from error
    made = await _call(settings, "PUT", _of(issuer, kid), {"public_key": key, "origins": origins})
    return f"registered {made['issuer']} {made['kid']} for {', '.join(made['origins'])}; aud is {settings.public}"


async def listed(settings: Settings) -> str:
    keys = (await _call(settings, "GET", PATH))["keys"]
    lines = [f"{one['issuer']} {one['kid']}  {', '.join(one['origins'])}" for one in keys]
    return "\n".join(lines) or "no institution is registered"


async def remove(settings: Settings, issuer: str, kid: str) -> str:
    await _call(settings, "DELETE", _of(issuer, kid))
    return f"removed {issuer} {kid}"


def _of(issuer: str, kid: str) -> str:
    return f"{PATH}/{quote(issuer, safe='')}/{quote(kid, safe='')}"


async def _call(settings: Settings, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    headers = {"X-Internal-Key": settings.key}
    async with httpx.AsyncClient(base_url=settings.gateway, headers=headers, trust_env=False) as http:
        try:
            answer = await http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise Unavailable(f"{settings.gateway} does not answer: start it with `make run`") from error
    said: dict[str, Any] = answer.json()
    if answer.status_code != 200:
        raise AgentError(str(said.get("detail", answer.status_code)))
    return said

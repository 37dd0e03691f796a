"""`huiban keys`: keys of the Open API at the terminal, on the running system."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

import httpx

from kit.errors import Invalid, Unavailable
from kit.settings import Settings, fresh_secret

Json = dict[str, Any]
PATH = "/internal/open-keys"


async def new(settings: Settings, wanted: Json) -> str:
    """What to give to the partner. Raises Invalid, Unavailable."""
    made = await _call(settings, "POST", PATH, wanted)
    return f"key     {made['key']['id']}\nsecret  {made['secret']}\nThe secret is shown this once."


async def listed(settings: Settings) -> str:
    """One line a key. Raises Unavailable."""
    found = (await _call(settings, "GET", PATH))["keys"]
    return "\n".join(map(line, found)) or "no keys"


def line(key: Json) -> str:
    """A key as the list shows it. Pure."""
    serves = "all clients" if key["clients"] is None else f"{len(key['clients'])} clients"
    state = f"revoked {key['revoked_at'][:10]}" if key["revoked_at"] else f"since {key['created_at'][:10]}"
    parts = (key["id"], key["name"], key["channel"], ",".join(key["scopes"]), serves, f"{key['per_minute']}/min", state)
    return "  ".join(parts)


async def revoke(settings: Settings, key_id: str) -> str:
    """Raises Invalid, Unavailable."""
    await _call(settings, "POST", f"{PATH}/{quote(key_id, safe='')}/revoke")
    return f"{key_id} is revoked"


def rotate(settings: Settings) -> str:
    """Raises Invalid where the keys come from the environment."""
    if settings.sealing_keys:
        raise Invalid("HUIBAN_SEALING_KEYS holds the keys: put a new one before the others there")
    old = settings.ring
    path = settings.var / "sealing.keys"
    written = path.with_suffix(".new")
    written.touch(mode=0o600)
    written.write_text(fresh_secret() + "\n" + path.read_text())
    os.replace(written, path)
    return f"{len(old.keys) + 1} keys in {path}; start the gateway anew, then the lines below the first may go"


async def _call(settings: Settings, method: str, path: str, body: Json | None = None) -> Json:
    try:
        async with httpx.AsyncClient(base_url=settings.gateway, timeout=30.0, trust_env=False) as http:
            answer = await http.request(method, path, json=body, headers={"X-Internal-Key": settings.key})
    except httpx.HTTPError as error:
        raise Unavailable(f"{settings.gateway} does not answer; start the product with `make run`") from error
    said: Json = answer.json()
    if answer.status_code >= 400:
        raise Invalid(said.get("detail") or f"{path}: {answer.status_code}")
    return said

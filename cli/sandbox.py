"""`huiban sandbox`: set the institution's stand-in up, on the running system."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import yaml

from kit.clock import SHANGHAI
from kit.errors import Invalid, Unavailable
from kit.settings import Settings

#: A fixture with many clients: the dialogue core forgets one conversation after the other.
LOAD_SECONDS = 90.0
STEP = re.compile(r"\+(\d+)\s*([smhd])")
STEP_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def clock_order(text: str) -> dict[str, Any]:
    """`+90s`, `+2h` or an instant (Shanghai when no zone is named) as the sandbox's clock takes it. Raises Invalid."""
    if step := STEP.fullmatch(text.strip()):
        return {"advance_seconds": int(step[1]) * STEP_SECONDS[step[2]]}
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(f"not a time: {text} (like 2026-11-24T14:20, or +90s, +2h, +1d)") from error
    return {"at": (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).isoformat()}


async def load(settings: Settings, file: Path) -> str:
    """Put a fixture on top of the present data and let the gateway take its past messages and advisors' loads."""
    try:
        fixture = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise Invalid(f"{file}: {error}") from error
    # yaml reads unquoted dates as dates; the sandbox's interface speaks JSON.
    await _post(settings.institution, "/v1/admin/load", settings, _plain(fixture))
    taken = await _post(settings.gateway, "/internal/fixture", settings, {})
    return f"loaded {file.name}: {taken['messages']} past messages, {taken['advisors']} advisors; it is {taken['now']}"


async def reset(settings: Settings) -> str:
    await _post(settings.institution, "/v1/admin/reset", settings, {})
    await _post(settings.gateway, "/internal/fixture", settings, {})
    return "the seeded data and the real time are back"


async def move_clock(settings: Settings, text: str) -> str:
    answer = await _post(settings.institution, "/v1/clock", settings, clock_order(text))
    await _post(settings.gateway, "/internal/clock", settings, {})
    return f"it is {datetime.fromisoformat(answer['now']).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} in Shanghai"


async def faults(settings: Settings, mode: str, seconds: float) -> str:
    await _post(settings.institution, "/v1/admin/faults", settings, {"mode": mode, "seconds": seconds})
    return f"the institution's systems: {mode}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


async def _post(base: str, path: str, settings: Settings, body: Any) -> dict[str, Any]:
    try:
        async with httpx.AsyncClient(base_url=base, timeout=LOAD_SECONDS, trust_env=False) as http:
            answer = await http.post(path, json=body, headers={"X-Internal-Key": settings.key})
    except httpx.HTTPError as error:
        raise Unavailable(f"{base} does not answer; start the product with `make run`") from error
    said: dict[str, Any] = answer.json()
    if answer.status_code >= 400:
        raise Invalid(said.get("detail") or f"{path}: {answer.status_code}")
    return said

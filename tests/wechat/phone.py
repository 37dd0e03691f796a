"""The strict platform as a phone in the browser: a person writes to the 公众号 of a running gateway.

`huiban demo --wechat` runs it; the gateway must have been started with the settings that it prints.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import Body
from fastapi.responses import HTMLResponse

from kit import settings as product
from kit.clock import SystemClock
from tests.wechat.platform import AES_KEY, APP_ID, SECRET, TOKEN, Platform, prepared

PORT = int(os.environ.get("HUIBAN_PHONE_PORT", "8701"))
ME = "o-phone-in-the-browser-00001"
#: Who binds the phone to his account.
CLIENT = "C0001"
NEEDED = {
    "HUIBAN_WECHAT_APP_ID": APP_ID, "HUIBAN_WECHAT_SECRET": SECRET, "HUIBAN_WECHAT_TOKEN": TOKEN,
    "HUIBAN_WECHAT_AES_KEY": AES_KEY, "HUIBAN_WECHAT_API": f"http://127.0.0.1:{PORT}",
}  # fmt: skip

PAGE = Path(__file__).with_name("phone.html")


def phone(gateway: str) -> Platform:
    """A platform whose one person sits before the page."""
    platform = prepared(Platform(SystemClock()))
    platform.gateway = httpx.AsyncClient(base_url=gateway, timeout=5.0, trust_env=False)

    @platform.app.get("/", response_class=HTMLResponse)
    async def page() -> str:
        return PAGE.read_text(encoding="utf-8")

    @platform.app.post("/phone/push")
    async def push(body: dict[str, Any] = Body()) -> dict[str, bool]:
        return {"taken": await pushed(platform, body) == [200]}

    @platform.app.get("/phone/got")
    async def got(after: int = 0) -> dict[str, list[str]]:
        return {"texts": platform.person(ME).got[after:]}

    return platform


async def pushed(platform: Platform, body: dict[str, Any]) -> list[int]:
    """What the person does on the page, as the platform tells it to the gateway."""
    match body:
        case {"follow": bool(follows)}:
            return await platform.push(ME, "event", Event="subscribe" if follows else "unsubscribe", EventKey="")
        case {"menu": str(key)}:
            return await platform.push(ME, "event", Event="CLICK", EventKey=key)
        case {"scan": str(code)}:
            return await platform.push(ME, "event", Event="SCAN", EventKey=code)
        case {"picture": str(content)}:
            name = f"picture-{len(platform.media)}"
            platform.media[name] = base64.b64decode(content)
            return await platform.push(ME, "image", MediaId=name, PicUrl=f"http://mmbiz.example/{name}")
        case {"voice": str(heard)}:
            name = f"voice-{len(platform.media)}"
            platform.media[name] = b"#!AMR\n"
            return await platform.push(ME, "voice", MediaId=name, Format="amr", Recognition=heard)
        case {"text": str(text)}:
            return await platform.say(ME, text)
    return []


def app_link(gateway: str, key: str) -> str:
    """Where the client signs in to the app, to bind the phone there; empty when the gateway gives none."""
    try:
        made = httpx.post(
            f"{gateway}/internal/tickets", json={"client_id": CLIENT}, headers={"X-Internal-Key": key}, trust_env=False
        )
        return gateway + str(made.raise_for_status().json()["path"])
    except (httpx.HTTPError, KeyError, ValueError):
        return ""


def main() -> None:
    settings = product.load()
    gateway = settings.gateway
    try:
        told = httpx.get(f"{gateway}/health", timeout=5.0, trust_env=False).json()["wechat"]["official"]
    except (httpx.HTTPError, KeyError, ValueError):
        told = "does not answer"
    print(f"phone    http://127.0.0.1:{PORT}/\ngateway  {gateway} ({told})")
    if link := app_link(gateway, settings.key):
        print(f"app      {link} (once, as {CLIENT}; say 绑定微信 there)")
    if told != "on":
        print(
            "start the product with:\n  "
            + " \\\n  ".join(f"{name}={value}" for name, value in NEEDED.items())
            + " make run"
        )
    uvicorn.run(phone(gateway).app, host="127.0.0.1", port=PORT, log_level="warning")


if __name__ == "__main__":
    main()

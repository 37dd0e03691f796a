"""A gateway with WeChat switched on, and the strict platform at its other side, on one clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.channels.wechat.push import Push
from gateway.channels.wechat.receiver import message_id
from gateway.main import create_app
from kit.clock import ManualClock
from tests.unit.gateway.conftest import BASE, World, settings_in
from tests.unit.gateway.peers import House, Rasa
from tests.wechat.platform import (
    AES_KEY,
    APP_ID,
    CORP_ID,
    KF_SECRET,
    KF_TOKEN,
    SECRET,
    TOKEN,
    Platform,
    transport,
)

HER, HIM = "o-openid-of-her-000000000001", "o-openid-of-him-000000000002"


@dataclass
class Scene(World):
    """tap: what the client taps or types in the app, as his page does it."""

    wechat: Platform

    @property
    def clock(self) -> ManualClock:
        assert isinstance(self.wechat.clock, ManualClock)
        return self.wechat.clock

    async def heard(self) -> None:
        """Until what came in from WeChat last is done, its turn closed and what may be sent is sent."""
        await self.parts.wechat.receiver.idle()
        if self.wechat.last_msgid:
            key = Push(f"mp-{self.wechat.last_msgid}", "", "text")
            await self.parts.turns.wait(message_id(key), 20)
        await self.parts.wechat.sender.idle()

    async def bind(self, openid: str, client: httpx.AsyncClient) -> None:
        """The client binds this WeChat; the talk so far is merged."""
        code = (await client.post("/api/chat/bind")).json()["code"]
        have = len(self.wechat.person(openid).got)
        await self.wechat.say(openid, code)
        await self.wechat.got(openid, have + 1)
        done = await client.post("/api/chat/bind/confirm", json={"yes": True})
        assert done.status_code == 200, done.text
        await self.wechat.got(openid, have + 2)


@asynccontextmanager
async def opened(folder: Path, clock: ManualClock | None = None, platform: Platform | None = None,
                 house: House | None = None, rasa: Rasa | None = None, **changes: Any) -> AsyncIterator[Scene]:  # fmt: skip
    house, rasa = house or House(), rasa or Rasa()
    platform = platform or Platform(clock or ManualClock(house.now))
    settings: dict[str, Any] = {
        "wechat_app_id": APP_ID, "wechat_secret": SECRET, "wechat_token": TOKEN, "wechat_aes_key": AES_KEY,
        "wechat_kf_corp_id": CORP_ID, "wechat_kf_secret": KF_SECRET, "wechat_kf_token": KF_TOKEN,
        "wechat_kf_aes_key": AES_KEY, "wechat_api": "http://mp", "wechat_kf_api": "http://qy",
        "quiet_seconds_wechat": 0.0, "redis_port": 0, "public_url": "https://huiban.example",
    }  # fmt: skip
    app = create_app(
        settings_in(folder, **settings | changes), folder=folder / "dist", rasa=httpx.ASGITransport(app=rasa.app),
        institution=httpx.ASGITransport(app=house.app), wechat=transport(platform), wall=platform.clock,
    )  # fmt: skip
    async with app.router.lifespan_context(app):
        inner = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=inner, base_url=BASE) as platform.gateway:
            yield Scene(app, rasa, house, platform)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with opened(tmp_path) as found:
        yield found

"""The client's page in a real browser, before a real gateway; strict peers stand for the dialogue core and the institution."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from gateway.main import PAGES, create_app
from kit.settings import ROOT
from tests.unit.gateway.conftest import INTERNAL, settings_in
from tests.unit.gateway.peers import House, Rasa, reply

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-default-apps", "--disable-sync", "--no-first-run", "--mute-audio"]  # fmt: skip
PATIENCE_MS = 20_000
SCREENSHOTS = ROOT / "var/screenshots"
SIZES = {"phone": (360, 780), "desk": (1280, 800)}


class Talker(Rasa):
    """Says what the test has put down for a text; repeats any other."""

    said: dict[str, list[dict[str, Any]]]

    def __init__(self) -> None:
        super().__init__()
        self.said = {}

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = super()._answer(body)
        if body["answer"] and body["text"] in self.said:
            answer["replies"] = [reply(**one) for one in self.said[body["text"]]]
        return answer


class Older(House):
    """C0009 is 72 years old."""

    async def _client(self, client_id: str) -> Any:
        answer = await super()._client(client_id)
        if client_id == "C0009":
            answer = JSONResponse({**json.loads(answer.body), "age": 72})
        return answer


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@dataclass
class Live:
    """A gateway that listens."""

    url: str
    app: FastAPI
    rasa: Talker
    server: uvicorn.Server
    complaints: list[str] = field(default_factory=list)

    def post(self, path: str, body: dict[str, Any], method: str = "POST") -> dict[str, Any]:
        with httpx.Client(base_url=self.url, headers=INTERNAL, trust_env=False) as http:
            answer = http.request(method, path, json=body)
            assert answer.status_code == 200, answer.text
            said: dict[str, Any] = answer.json()
            return said

    def way_in(self, client_id: str = "C0001") -> str:
        return self.url + str(self.post("/internal/tickets", {"client_id": client_id})["path"])


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    rasa, port = Talker(), free_port()
    settings = settings_in(tmp_path_factory.mktemp("live"), gateway_port=port)
    app = create_app(
        settings, folder=PAGES, rasa=httpx.ASGITransport(app=rasa.app), institution=httpx.ASGITransport(app=Older().app)
    )
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    transport = httpx.HTTPTransport(retries=40)
    with httpx.Client(transport=transport, trust_env=False) as http:
        for _ in range(40):
            try:
                if http.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                    break
            except httpx.ConnectError:
                thread.join(0.25)
    yield Live(f"http://127.0.0.1:{port}", app, rasa, server)
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, live: Live) -> Iterator[Opened]:
    """Opens the chat of a client in a browser profile of its own; no page may complain of anything."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(client_id: str | None = "C0001", size: str = "phone", **more: Any) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai", **more
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # What the policy forbids is told on the console, and nowhere else.
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        if client_id:
            page.goto(live.way_in(client_id))
            page.get_by_test_id("owner").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def shoot(page: Page, name: str) -> None:
    """A picture to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")

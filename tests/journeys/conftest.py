"""Two browsers, and a scene in which advisors are on shift."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from kit.settings import ROOT
from tests.stage import Stage

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-default-apps", "--disable-sync", "--no-first-run", "--mute-audio"]  # fmt: skip
SCREENSHOTS = ROOT / "var/screenshots"
#: A page of a busy two-core machine.
PATIENCE_MS = 15_000
T = TypeVar("T")


def now(work: Coroutine[Any, Any, T]) -> T:
    """Do it before going on. The browser's own event loop holds this thread, so another one does it."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, work).result()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Pages:
    """Opens a signed-in page in a browser profile of its own, and remembers what its console complained of."""

    def __init__(self, browser: Browser, stage: Stage) -> None:
        self._browser, self._stage = browser, stage
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def chat(self, client_id: str) -> Page:
        page = self._open(360, 780)
        page.goto(self._stage.settings.gateway + now(self._stage.ticket("tickets", client_id=client_id)))
        return page

    def desk(self, staff_id: str) -> Page:
        page = self._open(1280, 800)
        page.goto(self._stage.settings.gateway + now(self._stage.ticket("staff-tickets", staff_id=staff_id)))
        return page

    def _open(self, width: int, height: int) -> Page:
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page


@pytest.fixture
def pages(browser: Browser, stage: Stage) -> Iterator[Pages]:
    pages = Pages(browser, stage)
    yield pages
    for context in pages.contexts:
        context.close()
    assert pages.complaints == []


def shoot(page: Page, name: str) -> None:
    """A picture for the README."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / name)

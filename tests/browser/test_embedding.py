"""The chat in a frame of an institution's page: one script, a token of the institution's, a live talk."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc.jwk import ECKey
from playwright.sync_api import expect

from kit.settings import ROOT
from tests.browser.conftest import Live, Opened, free_port, shoot

pytestmark = pytest.mark.browser

DOC = (ROOT / "docs/embedding.md").read_text(encoding="utf-8")
KEY = ECKey.generate_key("P-256")


def block(language: str, containing: str) -> str:
    """A sample of docs/embedding.md, as a reader copies it."""
    return next(one for one in re.findall(rf"```{language}\n(.*?)```", DOC, re.S) if containing in one)


def signer(audience: str) -> Any:
    """`huiban_token` of the sample on the page, with the test's key and address."""
    code = block("python", "def huiban_token").replace("https://chat.example.com", audience)
    names: dict[str, Any] = {"open": lambda _name: _Key()}
    exec(compile(code, "docs/embedding.md", "exec"), names)
    return names["huiban_token"]


class _Key:
    def read(self) -> str:
        return KEY.as_pem(private=True).decode()


@pytest.fixture
def institution(live: Live) -> Iterator[str]:
    """The institution's server: the page and the signer of docs/embedding.md."""
    port = free_port()
    page = block("html", "我的资产").replace("http://localhost:8000", live.url).encode()
    token = signer(live.app.state.services.settings.public)

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("text/html; charset=utf-8", page)

        def do_POST(self) -> None:
            self._answer("application/json", f'{{"token": "{token("C0001")}"}}'.encode())

        def _answer(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header(
                "Content-Security-Policy", f"default-src 'self'; script-src {live.url}; frame-src {live.url}"
            )
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()


def register(live: Live, origin: str) -> None:
    body = {"public_key": KEY.as_pem(private=False).decode(), "origins": [origin]}
    live.post("/internal/embedding/hengyuan/2026-11", body, "PUT")


def test_one_script_signs_the_client_in_and_talks(opened: Opened, live: Live, institution: str) -> None:
    register(live, institution)
    page = opened(None)
    page.goto(institution)
    page.get_by_role("button", name="在线客服").click()
    frame = page.frame_locator("iframe")
    frame.locator("#input").fill("您好")
    frame.locator("#input").press("Enter")
    expect(frame.get_by_test_id("message").last).to_contain_text("答：您好")
    assert "huiban_client" not in page.evaluate("document.cookie")
    shoot(page, "chat-embedded")
    page.get_by_role("button", name="关闭").click()
    expect(page.locator("iframe")).to_have_count(0)
    page.get_by_role("button", name="在线客服").click()
    expect(page.frame_locator("iframe").get_by_test_id("message").last).to_contain_text("答：您好")


def test_a_page_that_is_not_registered_shows_nothing(live: Live, institution: str, browser: Any) -> None:
    register(live, "https://another.example.com")
    context = browser.new_context()
    page = context.new_page()
    page.goto(institution)
    page.get_by_role("button", name="在线客服").click()
    expect(page.locator("iframe")).to_have_count(1)
    frame = page.frames[-1]
    frame.wait_for_load_state()
    assert frame.url.startswith("chrome-error:")
    assert frame.locator("#input").count() == 0
    context.close()

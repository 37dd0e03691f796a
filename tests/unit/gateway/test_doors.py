"""Errors, headers, pages, health: what every caller meets."""

from __future__ import annotations

import re
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from tests.unit.gateway.conftest import INTERNAL, World, running
from tests.unit.gateway.peers import Rasa


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"id": "m1", "text": ""}, 422, "message_empty"),
        ({"id": "m1", "text": "长" * 10_000}, 422, "message_too_long"),
        ({"id": "m1", "text": "a\x00"}, 422, "message_not_text"),
        ({"id": "m1", "text": 7}, 422, "message_not_text"),
        ({"text": "好"}, 422, "invalid"),
        ([], 422, "invalid"),
    ],
)
async def test_a_wrong_message_is_refused_in_chinese(world: World, body: object, status: int, code: str) -> None:
    async with world.client() as http:
        answer = await http.post("/api/chat/messages", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert re.search(r"[\u4e00-\u9fff]", problem["detail"])
    assert {"type", "title", "detail"} <= set(problem)


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe\x00", b""])
async def test_what_is_no_json_is_refused(world: World, body: bytes) -> None:
    async with world.client() as http:
        answer = await http.post("/api/chat/messages", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_beyond_reason_is_not_read(world: World) -> None:
    async with world.client() as http:
        assert (await http.post("/api/chat/messages", content=b"x" * 1_000_001)).status_code == 413


async def test_what_breaks_is_told_without_inside_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret table")

    async with world.client() as http:
        monkeypatch.setattr(world.parts.clients, "get", broken)
        answer = await http.get("/api/chat/snapshot")
    assert (answer.status_code, answer.json()["code"]) == (500, "error")
    assert "secret" not in answer.text


async def test_a_ticket_is_not_logged_when_its_use_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    logger = MagicMock()
    monkeypatch.setattr("gateway.errors.log.get", lambda *_: logger)
    async with running(tmp_path) as world, world.http() as http:
        path = (await http.post("/internal/tickets", json={"client_id": "C0001"}, headers=INTERNAL)).json()["path"]
        monkeypatch.setattr("gateway.signin.tickets.use", broken)
        assert (await http.get(path)).status_code == 500
    logged = str(logger.error.call_args_list)
    assert "/t/{ticket}" in logged
    assert path.removeprefix("/t/") not in logged


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),  # a program, no browser
    ],
)
async def test_a_page_of_another_site_cannot_act_for_a_client(
    world: World, headers: dict[str, str], status: int
) -> None:
    async with world.client() as http:
        answer = await http.post("/api/chat/messages", json={"id": "m1", "text": "好"}, headers=headers)
    assert answer.status_code == status


async def test_answers_say_what_a_page_may_load(world: World) -> None:
    async with world.http() as http:
        headers = (await http.get("/health")).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "ws://testserver" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


async def test_a_page_that_is_not_built_says_so(world: World) -> None:
    async with world.http() as http:
        answer = await http.get("/chat/")
        assert answer.status_code == 503
        assert "客户页面还没有构建" in answer.text
        assert (await http.get("/nothing/here.js")).status_code == 404


async def test_built_pages_are_served_with_fitting_cache_headers(tmp_path: Path) -> None:
    (tmp_path / "dist/chat/assets").mkdir(parents=True)
    (tmp_path / "dist/chat/index.html").write_text("<html>page</html>")
    (tmp_path / "dist/chat/assets/main-abc.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    async with running(tmp_path) as world, world.http() as http:
        page, again, asset = [
            await http.get(path) for path in ("/chat/", "/chat/deep/link", "/chat/assets/main-abc.js")
        ]
        assert page.text == again.text == "<html>page</html>"
        assert page.headers["cache-control"] == "no-cache"
        assert "immutable" in asset.headers["cache-control"]
        for outside in (
            "/chat/..%2f..%2fsecret.txt",
            "/chat/assets/gone.js",
            "/chat/%2e%2e/%2e%2e/secret.txt",
            "/chat/%00",
        ):
            assert (await http.get(outside)).status_code == 404


async def test_health_is_about_this_process(tmp_path: Path) -> None:
    async with running(tmp_path, Rasa(status=503)) as world, world.http() as http:
        answer = await http.get("/health")
        told = answer.json()
        assert (answer.status_code, told["ok"], told["database"], told["rasa"]) == (200, True, True, False)
        assert told["wechat"] == {
            "official": "off: HUIBAN_WECHAT_APP_ID is not set", "kf": "off: HUIBAN_WECHAT_KF_CORP_ID is not set",
        }  # fmt: skip


async def test_figures_are_there_for_prometheus(world: World) -> None:
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
        await world.turn("m1")
        text = (await http.get("/metrics", headers=INTERNAL)).text
    assert 'huiban_turns_total{outcome="answered"} 1.0' in text
    assert "huiban_turn_seconds_count 1.0" in text
    assert 'route="/api/chat/messages"' in text
    assert "C0001" not in text


async def test_figures_are_not_for_everybody(world: World) -> None:
    async with world.http() as nobody, world.staff("A01") as advisor, world.staff("A14") as supervisor:
        answers = [
            await nobody.get("/metrics"), await nobody.get("/metrics", headers={"X-Internal-Key": "wrong"}),
            await advisor.get("/metrics"), await supervisor.get("/metrics"),
        ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [401, 401, 403, 200]


async def test_the_interface_is_described_without_foreign_scripts(world: World) -> None:
    async with world.http() as nobody, world.staff("A01") as staff:
        # A map of the interface is for those who work here.
        assert [(await nobody.get(path)).status_code for path in ("/docs", "/openapi.json")] == [401, 401]
        text = (await staff.get("/docs")).text
        assert "/api/chat/messages" in (await staff.get("/openapi.json")).json()["paths"]
    assert "/api/chat/messages" in text
    assert "<script" not in text


async def test_the_sandbox_moves_our_clock(world: World) -> None:
    async with world.http() as http:
        world.house.now = world.house.now.replace(hour=7)
        answer = await http.post("/internal/clock", json={}, headers={"X-Internal-Key": "unit-key"})
    assert answer.json()["now"].startswith("2026-11-24T07:20")

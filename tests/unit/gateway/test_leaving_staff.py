"""Who has left the roster: no sign-in, no session, no live page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from gateway.bootstrap import take_roster
from tests.unit.gateway.conftest import INTERNAL, World, make
from tests.unit.gateway.peers import House, Rasa


async def test_who_is_off_the_roster_is_out_and_comes_back_with_it(world: World) -> None:
    async with world.staff("A02") as gone, world.staff("A01") as stays, world.http() as http:
        await gone.post("/api/staff/password", json={"password": "long-enough-words"})
        world.house.left = {"A02"}
        await take_roster(world.parts)
        assert (await gone.get("/api/staff/me")).status_code == 401
        assert (await stays.get("/api/staff/me")).status_code == 200
        entry = {"name": "A02", "password": "long-enough-words"}
        assert (await http.post("/api/staff/sign-in", json=entry)).json()["code"] == "sign_in_refused"
        made = await http.post("/internal/staff-tickets", json={"staff_id": "A02"}, headers=INTERNAL)
        assert made.status_code == 404
        world.house.left = set()
        await take_roster(world.parts)
        assert (await http.post("/api/staff/sign-in", json=entry)).status_code == 200


async def test_an_empty_roster_puts_nobody_out(world: World) -> None:
    async with world.staff("A01") as stays:
        world.house.left = {"everybody"}
        assert await take_roster(world.parts) == 0
        assert (await stays.get("/api/staff/me")).status_code == 200


def test_a_live_page_ends_at_its_next_ping(tmp_path: Path) -> None:
    app = make(tmp_path, Rasa(), House())
    with TestClient(app, base_url="http://testserver") as browser:
        made: Any = browser.post("/internal/staff-tickets", json={"staff_id": "A02"}, headers=INTERNAL).json()
        browser.get(made["path"], follow_redirects=False)
        with browser.websocket_connect("/api/desk/socket") as page:
            assert page.receive_json()["type"] == "hello"
            page.send_json({"type": "ping"})
            while page.receive_json()["type"] != "pong":
                pass
            assert browser.post("/api/staff/sign-out").status_code == 200
            page.send_json({"type": "ping"})
            while (event := page.receive())["type"] != "websocket.close":
                pass
            assert event["code"] == 4401

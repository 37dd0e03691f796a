"""Who gets in, and what they see."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from gateway.links import path, welcome
from gateway.signin import tickets
from gateway.signin.tickets import Ticket
from kit.clock import ManualClock
from tests.unit.gateway.conftest import BASE, INTERNAL, World, settings_in
from tests.unit.gateway.peers import KEY, House


def ticket(world: World, kind: tickets.Kind, subject: str, lifetime: timedelta = tickets.LIFETIME) -> str:
    made = Ticket(world.parts.new_id(), subject, "web", world.parts.wall.now() + lifetime)
    return path(KEY, kind, made)


async def test_a_ticket_signs_in_once(world: World) -> None:
    address = ticket(world, "client", "C0001")
    async with world.http() as http, world.http() as thief:
        first = await http.get(address)
        assert (first.status_code, first.headers["location"]) == (303, "/chat/")
        cookie = first.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert (await http.get("/api/chat/snapshot")).json()["client"]["id"] == "C0001"
        again = await thief.get(address)
        assert (again.status_code, again.json()["code"]) == (403, "ticket_used")
        assert (await thief.get("/api/chat/snapshot")).status_code == 401


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda world: ticket(world, "client", "C0001", timedelta(seconds=-1)), "ticket_expired"),
        (lambda world: "/t/forged.signature", "ticket_invalid"),
        (lambda world: ticket(world, "client", "C0001") + "x", "ticket_invalid"),
        # A client's ticket opens no desk, and the other way round.
        (lambda world: ticket(world, "client", "A01").replace("/t/", "/s/"), "ticket_invalid"),
        (lambda world: ticket(world, "staff", "A01").replace("/s/", "/t/"), "ticket_invalid"),
    ],
)
async def test_a_ticket_that_is_not_good_signs_nobody_in(world: World, make: object, code: str) -> None:
    async with world.http() as http:
        answer = await http.get(make(world))  # type: ignore[operator]
        assert (answer.status_code, answer.json()["code"]) == (403, code)
        page = await http.get(make(world), headers={"Accept": "text/html"})  # type: ignore[operator]
        assert (page.status_code, "无法登录" in page.text) == (403, True)


async def test_a_ticket_for_nobody_is_not_made(world: World) -> None:
    async with world.http() as http:
        missing = await http.post("/internal/tickets", json={"client_id": "X999"}, headers=INTERNAL)
        assert (missing.status_code, missing.json()["detail"]) == (404, "没有这位客户。")


async def test_a_client_sees_only_her_own_conversation(world: World) -> None:
    async with world.client("C0001") as one, world.client("C0002") as other:
        await one.post("/api/chat/messages", json={"id": "m1", "text": "我的秘密"})
        await world.turn("m1")
        seen = (await other.get("/api/chat/snapshot")).text + (await other.get("/api/chat/messages?before=99")).text
        assert "秘密" not in seen
        # The same message id in another conversation is another message.
        assert (await other.post("/api/chat/messages", json={"id": "m1", "text": "我的"})).json()["seq"] == 1
        for call in ("/api/desk/conversations/cv-C0001/messages", "/api/staff/me"):
            assert (await one.get(call)).status_code == 401


async def test_staff_read_only_what_they_own(world: World) -> None:
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
        await world.turn("m1")
    call = "/api/desk/conversations/cv-C0001/messages"
    async with world.staff("A01") as advisor, world.staff("A14") as supervisor:
        refused = await advisor.get(call)
        assert (refused.status_code, refused.json()["code"]) == (403, "refused")
        assert [m["emotion"] for m in (await supervisor.get(call)).json()["messages"]] == ["平静", None]
        assert (await advisor.post(call, json={"id": "a1", "text": "我来了"})).json()["code"] == "not_owner"


async def test_staff_set_a_password_and_sign_in_with_it(world: World) -> None:
    async with world.staff("A01") as http, world.http() as later:
        assert (await http.get("/api/staff/me")).json() == {"id": "A01", "name": "林静怡", "role": "顾问"}
        weak = await http.post("/api/staff/password", json={"password": "short"})
        assert (weak.status_code, weak.json()["code"]) == (422, "password_weak")
        assert (await http.post("/api/staff/password", json={"password": "一只橘猫在窗台晒太阳"})).status_code == 200
        for name in ("A01", "林静怡"):
            body = {"name": name, "password": "一只橘猫在窗台晒太阳"}
            assert (await later.post("/api/staff/sign-in", json=body)).json()["id"] == "A01"
        assert (await later.post("/api/staff/sign-out")).status_code == 200
        assert (await later.get("/api/staff/me")).status_code == 401
        assert (await http.get("/api/staff/me")).status_code == 200


async def test_a_session_ends_on_the_server_too(world: World) -> None:
    async with world.staff("A01") as http:
        cookie = http.cookies["huiban_staff"]
        await http.post("/api/staff/sign-out")
        stolen = await http.get("/api/staff/me", headers={"Cookie": f"huiban_staff={cookie}"})
    assert stolen.status_code == 401


async def test_a_wrong_name_and_a_wrong_password_look_the_same(world: World) -> None:
    async with world.http() as http:
        answers = [
            await http.post("/api/staff/sign-in", json={"name": name, "password": "不是这个密码"})
            for name in ("A01", "无此人")
        ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


async def test_guessing_is_slowed_down(world: World) -> None:
    async with world.http() as http:
        body = {"name": "A02", "password": "不是这个密码"}
        answers = [(await http.post("/api/staff/sign-in", json=body)).status_code for _ in range(7)]
    assert answers == [401] * 5 + [429] * 2


async def test_nobody_is_locked_out_by_others_guesses_or_by_signing_in(world: World) -> None:
    good, bad = ({"name": "A01", "password": word} for word in ("一只橘猫在窗台晒太阳", "不是这个密码"))
    async with world.staff("A01") as own, world.http() as guesser:
        await own.post("/api/staff/password", json={"password": good["password"]})
        assert {(await guesser.post("/api/staff/sign-in", json=good)).status_code for _ in range(7)} == {200}
        assert [(await guesser.post("/api/staff/sign-in", json=bad)).status_code for _ in range(6)][-1] == 429
        elsewhere = httpx.ASGITransport(app=world.app, client=("10.0.0.7", 1))
        async with httpx.AsyncClient(transport=elsewhere, base_url=BASE) as http:
            assert (await http.post("/api/staff/sign-in", json=good)).status_code == 200


async def test_the_internal_calls_need_the_key(world: World) -> None:
    async with world.http() as http:
        for headers in ({}, {"X-Internal-Key": "wrong"}, {"X-Internal-Key": ""}):
            assert (
                await http.post("/internal/tickets", json={"client_id": "C0001"}, headers=headers)
            ).status_code == 401


async def test_the_welcome_names_a_link_for_each_kind_of_person(tmp_path: Path, world: World) -> None:
    text = await welcome(settings_in(tmp_path), world.parts.wall)
    assert text.startswith("ready\n")
    links = [word.removeprefix("http://127.0.0.1:8000") for word in text.split() if "/t/" in word or "/s/" in word]
    async with world.http() as http:
        answers = [await http.get(link) for link in links]
    assert [answer.headers["location"] for answer in answers] == ["/chat/", "/desk/", "/desk/", "/desk/"]


def test_an_expired_ticket_is_expired_by_the_second() -> None:
    clock = ManualClock(House().now)
    text = tickets.issue(KEY, "client", Ticket("t1", "C0001", "web", clock.now() + tickets.LIFETIME))
    clock.advance(tickets.LIFETIME - timedelta(seconds=1))
    assert tickets.read(KEY, "client", text, now=clock.now()).subject == "C0001"
    clock.advance(timedelta(seconds=1))
    with pytest.raises(tickets.TicketExpired):
        tickets.read(KEY, "client", text, now=clock.now())

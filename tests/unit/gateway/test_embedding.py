"""An institution's page hands its client over: by ES256, within a minute, once, from a page that is registered."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.websockets import WebSocketDisconnect

from gateway.signin import tickets
from gateway.signin.sessions import CLIENT_COOKIE
from tests.unit.gateway.conftest import INTERNAL, World, sign_in
from tests.unit.gateway.peers import KEY

H5 = "https://h5.example.com"
OWN, OTHER = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
PUBLIC = OWN.as_pem(private=False).decode()
Claims = dict[str, Any]


@pytest.fixture
async def audience(world: World) -> str:
    async with world.http() as http:
        body = {"public_key": PUBLIC, "origins": [H5]}
        made = await http.put("/internal/embedding/hengyuan/2026-11", json=body, headers=INTERNAL)
        assert made.json() == {"issuer": "hengyuan", "kid": "2026-11", "origins": [H5]}
    return world.parts.settings.public


def claims(world: World, audience: str, **changes: Any) -> Claims:
    now = int(world.parts.wall.now().timestamp())
    base = {"iss": "hengyuan", "sub": "C0001", "aud": audience, "iat": now, "exp": now + 60, "jti": "once-1"}
    return {name: value for name, value in {**base, **changes}.items() if value is not None}


def signed(said: Claims, key: Any = OWN, alg: str = "ES256", kid: str = "2026-11") -> str:
    return jwt.encode({"alg": alg, "kid": kid}, said, key, algorithms=[alg])


async def hand(http: httpx.AsyncClient, token: str, origin: str = H5) -> httpx.Response:
    return await http.post("/api/chat/sign-in", json={"token": token, "origin": origin})


async def test_a_good_token_signs_in_once(world: World, audience: str) -> None:
    token = signed(claims(world, audience))
    async with world.http() as http:
        first = await hand(http, token)
        assert first.status_code == 200
        assert "HttpOnly" in first.headers["set-cookie"]
        assert (await http.get("/api/chat/snapshot")).json()["client"]["id"] == "C0001"
        again = await hand(http, token)
        assert (again.status_code, again.json()["why"]) == (403, "used")


async def test_over_tls_the_cookie_works_in_a_frame(world: World, audience: str) -> None:
    async with world.http() as http:
        http.headers["x-forwarded-proto"] = "https"
        words = (await hand(http, signed(claims(world, audience)))).headers["set-cookie"]
    assert "SameSite=None; Partitioned" in words
    assert "Secure" in words
    assert "HttpOnly" in words


def hs256(said: Claims) -> str:
    # The old trick: what is public serves as the shared secret. No library signs that any more, so by hand.
    head, body = ({"alg": "HS256", "kid": "2026-11"}, said)
    text = ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, body))
    mac = hmac.digest(PUBLIC.encode(), text.encode(), "sha256")
    return f"{text}.{urlsafe_b64encode(mac).decode().rstrip('=')}"


def none(said: Claims) -> str:
    return jwt.encode({"alg": "none", "kid": "2026-11"}, said, OctKey.import_key("x" * 32), algorithms=["none"])


def tampered(said: Claims) -> str:
    head, _, tail = signed(said).split(".")
    body = signed({**said, "sub": "C0002"}, OTHER).split(".")[1]
    return f"{head}.{body}.{tail}"


@pytest.mark.parametrize(
    ("change", "make", "why"),
    [
        ({}, lambda said: signed(said, OTHER), "signature"),
        ({}, hs256, "key_unknown"),
        ({}, none, "key_unknown"),
        ({}, lambda said: signed(said, RSAKey.generate_key(2048), "RS256"), "key_unknown"),
        ({}, tampered, "signature"),
        ({}, lambda said: signed(said, kid="2025-01"), "key_unknown"),
        ({}, lambda _: "not.a.token", "signature"),
        ({"iss": "another"}, signed, "key_unknown"),
        ({"aud": "https://another.example"}, signed, "audience"),
        ({"sub": None}, signed, "sub"),
        ({"sub": ["C0001"]}, signed, "sub"),
        ({"sub": "Z9999"}, signed, "client_unknown"),
        ({"jti": None}, signed, "jti"),
        ({"jti": "j" * 65}, signed, "jti"),
        ({"exp": None}, signed, "exp"),
        ({"iat": None}, signed, "iat"),
        ({"exp": 9e18}, signed, "exp"),
    ],
)
async def test_refused(world: World, audience: str, change: Claims, make: Callable[[Claims], str], why: str) -> None:
    said = claims(world, audience)
    said.update(change)
    token = make({name: value for name, value in said.items() if value is not None})
    async with world.http() as http:
        refused = await hand(http, token)
        assert (refused.status_code, refused.json()["why"], refused.json()["code"]) == (403, why, "handover_refused")
        assert CLIENT_COOKIE not in http.cookies


@pytest.mark.parametrize(
    ("issued", "expires", "why"),
    [
        # seconds from now; 5 s of leeway for two clocks
        (-60, 0, None),
        (-60, -4, None),
        (-66, -6, "expired"),
        (4, 64, None),
        (7, 60, "expired"),  # from the future
        (0, 61, "lifetime"),  # lives longer than a minute
        (0, 0, "lifetime"),
    ],
)
async def test_times(world: World, audience: str, issued: int, expires: int, why: str | None) -> None:
    now = int(world.parts.wall.now().timestamp()) + 1
    said = claims(world, audience, iat=now + issued, exp=now + expires)
    async with world.http() as http:
        answer = await hand(http, signed(said))
    assert answer.json().get("why") == why


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://h5.example.com", "https://h5.example.com.evil.example", "null", ""]
)
async def test_a_page_that_is_not_registered_hands_nobody_over(world: World, audience: str, origin: str) -> None:
    async with world.http() as http:
        assert (await hand(http, signed(claims(world, audience)), origin)).json()["why"] == "origin"


async def test_a_removed_key_and_a_new_one_under_its_name(world: World, audience: str) -> None:
    async with world.http() as http:
        assert (await http.delete("/internal/embedding/hengyuan/2026-11", headers=INTERNAL)).status_code == 200
        assert (await hand(http, signed(claims(world, audience)))).json()["why"] == "key_unknown"
        body = {"public_key": OTHER.as_pem(private=False).decode(), "origins": [H5]}
        await http.put("/internal/embedding/hengyuan/2026-11", json=body, headers=INTERNAL)
        assert (await hand(http, signed(claims(world, audience), OTHER))).status_code == 200
        assert (await http.delete("/internal/embedding/hengyuan/none", headers=INTERNAL)).status_code == 404


@pytest.mark.parametrize(
    ("key", "origins"),
    [
        (ECKey.generate_key("P-384").as_pem(private=False).decode(), [H5]),
        (RSAKey.generate_key(2048).as_pem(private=False).decode(), [H5]),
        ("-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----", [H5]),
        (PUBLIC, ["http://h5.example.com"]),
        (PUBLIC, ["https://h5.example.com/page"]),
        (PUBLIC, ["https://*.example.com"]),
        (PUBLIC, ["https://a.example; script-src *"]),
        (PUBLIC, ["https://a.example:port"]),
    ],
)
async def test_what_is_no_key_or_no_origin_is_not_taken(world: World, key: str, origins: list[str]) -> None:
    async with world.http() as http:
        body = {"public_key": key, "origins": origins}
        refused = await http.put("/internal/embedding/hengyuan/k", json=body, headers=INTERNAL)
    assert (refused.status_code, refused.json()["code"]) == (422, "embed_key_refused")


async def test_a_private_key_given_by_mistake_is_kept_as_its_public_part(world: World) -> None:
    async with world.http() as http:
        body = {"public_key": OWN.as_pem(private=True).decode(), "origins": [H5]}
        assert (await http.put("/internal/embedding/hengyuan/k", json=body, headers=INTERNAL)).status_code == 200
        assert (await http.put("/internal/embedding/hengyuan/k", json=body)).status_code == 401
    kept = world.parts.embedding.key_of("hengyuan", "k")
    assert kept is not None
    assert "PRIVATE" not in kept.public_key


async def test_only_registered_pages_may_frame_the_chat_and_nobody_the_desk(world: World, audience: str) -> None:
    async with world.http() as http:
        chat, desk = await http.get("/chat/"), await http.get("/desk/")
    assert f"frame-ancestors {H5}" in chat.headers["content-security-policy"]
    assert "x-frame-options" not in chat.headers
    assert "frame-ancestors 'none'" in desk.headers["content-security-policy"]
    assert desk.headers["x-frame-options"] == "DENY"


async def test_the_chat_has_a_policy_without_exceptions(world: World) -> None:
    async with world.http() as http:
        answer = await http.get("/chat/")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-frame-options"] == "DENY"


# -- the live connection -------------------------------------------------------------------------------------------


def ticket_of(browser: TestClient) -> str:
    return str(browser.post("/api/chat/socket-ticket", json={}).json()["ticket"])


def embed(browser: TestClient, client_id: str = "C0001", jti: str = "j1") -> None:
    body = {"public_key": PUBLIC, "origins": [H5]}
    browser.put("/internal/embedding/hengyuan/2026-11", json=body, headers=INTERNAL)
    parts = browser.app.state.services  # type: ignore[attr-defined]
    now = int(parts.wall.now().timestamp())
    said = {"iss": "hengyuan", "sub": client_id, "aud": parts.settings.public, "iat": now, "exp": now + 60, "jti": jti}
    assert browser.post("/api/chat/sign-in", json={"token": signed(said), "origin": H5}).status_code == 200


def closed_with(browser: TestClient, query: str, origin: str | None = "http://testserver") -> int | None:
    """The code that the server closes with; None when it says hello."""
    try:
        with browser.websocket_connect(
            f"/api/chat/socket{query}", headers={"origin": origin} if origin else {}
        ) as socket:
            assert socket.receive_json()["type"] == "hello"
            return None
    except WebSocketDisconnect as closed:
        return closed.code


def test_an_embedded_page_connects_with_a_fresh_ticket_once(browser: TestClient) -> None:
    embed(browser)
    assert closed_with(browser, "") == 4401
    ticket = ticket_of(browser)
    assert closed_with(browser, f"?ticket={ticket}") is None
    assert closed_with(browser, f"?ticket={ticket}") == 4401


def test_a_ticket_ends_and_belongs_to_one_client(browser: TestClient) -> None:
    embed(browser)
    parts = browser.app.state.services  # type: ignore[attr-defined]
    now = parts.wall.now()

    def issued(client_id: str, seconds: int, kind: tickets.Kind = "socket") -> str:
        return tickets.issue(KEY, kind, tickets.Ticket("t1", client_id, "web", now + timedelta(seconds=seconds)))

    assert closed_with(browser, f"?ticket={issued('C0001', -1)}") == 4401
    assert closed_with(browser, f"?ticket={issued('C0002', 20)}") == 4401
    assert closed_with(browser, f"?ticket={issued('C0001', 20, 'client')}") == 4401
    assert closed_with(browser, "?ticket=nonsense") == 4401


def test_the_origin_counts(browser: TestClient) -> None:
    embed(browser)
    assert closed_with(browser, f"?ticket={ticket_of(browser)}", "https://evil.example") == 1008
    assert closed_with(browser, f"?ticket={ticket_of(browser)}", H5) == 1008
    assert closed_with(browser, f"?ticket={ticket_of(browser)}", None) == 4401


def test_a_page_of_its_own_needs_no_ticket(browser: TestClient) -> None:
    sign_in(browser)
    assert closed_with(browser, "") is None
    assert closed_with(browser, f"?ticket={ticket_of(browser)}") is None

"""The signed calls of a partner: taken once, within its limits, for its clients, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.open_api import signing
from gateway.open_api.keys import WebhookRefused, check_webhook
from tests.unit.gateway.open_api.conftest import Partner, until


async def test_what_a_partner_says_is_answered_once_however_often_it_is_sent(partner: Partner) -> None:
    answers = [await partner.say("我有多少钱") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.text for answer in answers}) == 1
    await partner.world.turn(answers[0].json()["id"])
    told = (await partner.call("GET", "/clients/C0001/messages?after=0&limit=10")).json()
    assert [(m["seq"], m["author"], m["text"]) for m in told["messages"]] == [
        (1, "client", "我有多少钱"), (2, "ai", "答:我有多少钱"),
    ]  # fmt: skip
    assert (told["seq"], told["messages"][0]["channel"]) == (2, "partner")
    await until(lambda: len(partner.receiver.got) == 1)
    assert partner.receiver.got[0]["message"]["text"] == "答:我有多少钱"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"secret": "hbs_wrong"}, 401, "signature_refused"),
        ({"key": "hb_unknown"}, 401, "signature_refused"),
        ({"sent": b'{"client_msg_id": "p1", "text": "another"}'}, 401, "signature_refused"),
        ({"nonce": "short"}, 401, "signature_refused"),
        ({"stamp": "1"}, 401, "timestamp_refused"),
        ({"stamp": "soon"}, 401, "timestamp_refused"),
    ],
)
async def test_what_is_not_signed_right_is_refused(
    partner: Partner, changes: dict[str, object], status: int, code: str
) -> None:
    answer = await partner.say("你好", **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await partner.world.messages() == []


async def test_a_call_is_taken_once_and_its_limit_is_the_keys_own(partner: Partner) -> None:
    async with partner.world.http() as http:
        call = partner.signed("GET", "/open/v1/clients/C0001/state")
        first, second = await http.request(**call), await http.request(**call)
    assert (first.status_code, second.json()["code"]) == (200, "nonce_used")
    await partner.made(per_minute=2)
    answers = [await partner.call("GET", "/clients/C0001/state") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0


async def test_a_key_does_what_it_is_for(partner: Partner) -> None:
    await partner.made(scopes=["messages:read"], clients=["C0002"])
    assert (await partner.say("你好", client_id="C0002")).json()["code"] == "scope_missing"
    assert (await partner.call("GET", "/clients/C0001/messages")).json()["code"] == "client_unknown"
    assert (await partner.call("GET", "/clients/C0002/messages")).status_code == 200
    await partner.made()
    assert (await partner.call("GET", "/clients/X9999/messages")).json()["code"] == "client_unknown"


async def test_a_person_is_asked_for_once(partner: Partner) -> None:
    asked = [(await partner.call("POST", "/clients/C0001/handoff", {"key": "w1"})).json() for _ in range(2)]
    assert asked[0]["handoff_id"] == asked[1]["handoff_id"]
    assert (await partner.call("GET", "/clients/C0001/state")).json()["owner"]["kind"] == "queue"
    assert (await partner.call("POST", "/clients/C0001/handoff/cancel", {})).status_code == 200
    assert (await partner.call("POST", "/clients/C0001/handoff/cancel", {})).status_code == 409


async def test_keys_are_the_supervisors_and_a_revoked_one_is_worth_nothing(partner: Partner) -> None:
    async with partner.world.staff("A01") as advisor, partner.world.staff("A14") as supervisor:
        assert (await advisor.get("/api/desk/open-keys")).status_code == 403
        told = (await supervisor.get("/api/desk/open-keys")).json()["keys"]
        assert [key["id"] for key in told] == [partner.key]
        assert partner.secret not in str(told)
        for body, code in (
            ({"channel": "wechat"}, "channel_taken"), ({"scopes": ["all"]}, "scope_unknown"),
            ({"webhook": "http://partner.example/"}, "webhook_refused"),
        ):  # fmt: skip
            answer = await supervisor.post("/api/desk/open-keys", json={"name": "x", **body})
            assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert (await supervisor.post(f"/api/desk/open-keys/{partner.key}/revoke")).status_code == 200
        assert (await supervisor.post(f"/api/desk/open-keys/{partner.key}/revoke")).status_code == 404
    assert (await partner.say("你好")).json()["code"] == "signature_refused"


@pytest.mark.parametrize("inside", [
    "http://partner.example/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.1/x",
    "https://169.254.169.254/", "https://name:word@partner.example/", "ftp://partner.example/", "https:///x", "https://[x/",
])  # fmt: skip
def test_webhooks_go_out_and_not_in(inside: str) -> None:
    with pytest.raises(WebhookRefused):
        check_webhook(inside)


@given(st.text(max_size=20), st.binary(max_size=40), st.binary(max_size=40))
def test_a_signature_holds_for_what_was_signed_alone(nonce: str, body: bytes, other: bytes) -> None:
    signed = signing.signature("s", "POST", "/a", "1", nonce, body)
    assert signing.same(signed, signing.signature("s", "POST", "/a", "1", nonce, body))
    assert signing.same(signed, signing.signature("s", "POST", "/a", "1", nonce, other)) == (body == other)
    assert not signing.same(signed, signing.signature("t", "POST", "/a", "1", nonce, body))


def test_a_timestamp_is_fresh_for_five_minutes_either_way() -> None:
    now = datetime(2026, 11, 24, 6, tzinfo=UTC)
    stamps = {seconds: str(int((now + timedelta(seconds=seconds)).timestamp())) for seconds in (-301, -300, 300, 301)}
    assert [signing.is_fresh(stamps[seconds], now=now) for seconds in stamps] == [False, True, True, False]
    assert not any(signing.is_fresh(text, now=now) for text in ("", "x", "-1", "1e9", "９９", "9" * 13))

"""The live pages: nothing missed, nothing twice, however a connection ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from gateway.hub import LOG_FRAMES, MOST_WAITING, RESET, Hub, Page
from tests.unit.gateway.conftest import INTERNAL, sign_in


def socket(browser: TestClient, **query: Any) -> WebSocketTestSession:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return browser.websocket_connect(f"/api/chat/socket?{text}")


def say(page: WebSocketTestSession, message_id: str, text: str) -> None:
    page.send_json({"type": "message", "id": message_id, "text": text})


def until_message(page: WebSocketTestSession, text: str) -> list[dict[str, Any]]:
    """The message frames up to the one with this text."""
    found = []
    while True:
        frame = page.receive_json()
        if frame["type"] == "message":
            found.append(frame["message"])
            if found[-1]["text"] == text:
                return found


def test_a_page_is_greeted_acknowledged_and_answered(browser: TestClient) -> None:
    sign_in(browser)
    with socket(browser) as page:
        hello = page.receive_json()
        nothing = {"delivered": 0, "read": 0, "read_at": None}
        assert hello | {"epoch": "e"} == {
            "type": "hello", "marks": {"client": nothing, "staff": nothing},
            "epoch": "e", "seq": 0, "owner": {"kind": "bot", "advisor": None}, "waiting": None,
            "rating_asked": None,
        }  # fmt: skip
        say(page, "m1", "你好")
        frames = [page.receive_json() for _ in range(4)]
    assert sorted(frame["type"] for frame in frames) == ["ack", "message", "message", "typing"]
    assert {"type": "ack", "id": "m1", "seq": 1} in frames


def test_every_tab_of_the_client_sees_the_same(browser: TestClient) -> None:
    sign_in(browser)
    with socket(browser) as one, socket(browser) as other:
        say(one, "m1", "你好")
        seen = [[(m["seq"], m["text"]) for m in until_message(page, "答:你好")] for page in (one, other)]
    assert seen == [[(1, "你好"), (2, "答:你好")]] * 2


def test_a_page_that_comes_back_gets_what_it_missed_once(browser: TestClient) -> None:
    sign_in(browser)
    with socket(browser) as page:
        epoch = page.receive_json()["epoch"]
        say(page, "m1", "一")
        until_message(page, "答:一")
    browser.post("/api/chat/messages", json={"id": "m2", "text": "二"})
    browser.get("/internal/turns/m2?wait_seconds=5", headers=INTERNAL)
    with socket(browser, after=2, epoch=epoch) as page:
        assert page.receive_json()["seq"] == 4
        assert [m["seq"] for m in until_message(page, "答:二")] == [3, 4]
        say(page, "m3", "三")
        assert [m["seq"] for m in until_message(page, "答:三")] == [5, 6]


@pytest.mark.parametrize("query", [{"after": 0, "epoch": "another"}, {"after": 99}, {"after": -1}])
def test_a_page_of_another_epoch_starts_afresh(browser: TestClient, query: dict[str, Any]) -> None:
    sign_in(browser)
    if "epoch" not in query:
        query["epoch"] = browser.get("/api/chat/snapshot").json()["epoch"]
    with socket(browser, **query) as page:
        assert page.receive_json()["type"] == "hello"
        assert page.receive_json() == RESET


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "message", "id": "m1", "text": "长" * 10_000}, "message_too_long"),
        ({"type": "message", "id": "m1", "text": " "}, "message_empty"),
        ({"type": "message", "id": "m1", "text": 5}, "message_not_text"),
        ({"type": "message", "id": "../x", "text": "好"}, "message_id_invalid"),
        ({"type": "dance"}, "frame_unknown"),
        ([1], "frame_not_json"),
    ],
)
def test_a_wrong_frame_is_refused_and_the_page_lives_on(browser: TestClient, frame: Any, code: str) -> None:
    sign_in(browser)
    with socket(browser) as page:
        page.receive_json()
        page.send_text(json.dumps(frame))
        refused = page.receive_json()
        assert (refused["type"], refused["code"]) == ("refused", code)
        page.send_json({"type": "ping"})
        assert page.receive_json() == {"type": "pong"}


@pytest.mark.parametrize("text", ["{", "", "[" * 90_000, "\x00"])
def test_what_is_no_json_is_refused(browser: TestClient, text: str) -> None:
    sign_in(browser)
    with socket(browser) as page:
        page.receive_json()
        page.send_text(text)
        assert page.receive_json()["code"] == "frame_not_json"
        page.send_bytes(b"\xff\xfe")
        assert page.receive_json()["code"] == "frame_not_json"


def test_a_frame_that_is_far_too_long_ends_the_connection(browser: TestClient) -> None:
    sign_in(browser)
    with socket(browser) as page:
        page.receive_json()
        page.send_text("x" * 200_000)
        with pytest.raises(WebSocketDisconnect) as ended:
            page.receive_json()
    assert ended.value.code == 1009


def test_nobody_listens_without_sign_in_or_from_another_site(browser: TestClient) -> None:
    with socket(browser) as page, pytest.raises(WebSocketDisconnect) as ended:
        page.receive_json()
    assert ended.value.code == 4401
    sign_in(browser)
    with (
        pytest.raises(WebSocketDisconnect),
        browser.websocket_connect("/api/chat/socket", headers={"Origin": "https://evil.example"}),
    ):
        pass


def test_too_many_messages_are_slowed_down(browser: TestClient) -> None:
    sign_in(browser)
    answers = [browser.post("/api/chat/messages", json={"id": f"m{n}", "text": "在吗"}) for n in range(45)]
    assert [answer.status_code for answer in answers] == [200] * 40 + [429] * 5
    assert answers[-1].json()["detail"] == "您发得有点快,请稍等几秒再试。"
    assert answers[-1].headers["retry-after"]


# --- the desk's log ---------------------------------------------------------------------------------------


async def test_a_desk_that_comes_back_gets_its_own_frames_in_order() -> None:
    hub = Hub("e1")
    for number, audience in enumerate([None, {"A01"}, {"A02"}, {"A01", "A02"}], 1):
        await hub.to_advisors({"type": "handoff.changed", "n": number}, audience)
    missed = hub.missed("A01", epoch="e1", after=1)
    assert [(frame["seq"], frame["n"]) for frame in missed] == [(2, 2), (4, 4)]
    assert hub.missed("A01", epoch="e1", after=4) == []


@pytest.mark.parametrize(("epoch", "after"), [("e0", 1), ("e1", 9), (None, 1), ("e1", None)])
async def test_a_desk_of_another_epoch_starts_afresh(epoch: str | None, after: int | None) -> None:
    hub = Hub("e1")
    await hub.to_advisors({"type": "colleagues"}, None)
    assert hub.missed("A01", epoch=epoch, after=after) == [RESET]


async def test_of_whole_states_each_desk_catches_up_on_the_newest_only() -> None:
    hub = Hub("e1")
    frames = [({"A01", "A02"}, "queue.changed")] * 3 + [({"A01"}, "queue.changed"), (None, "handoff.changed")]
    for who, kind in frames * (LOG_FRAMES // 4):
        await hub.to_advisors({"type": kind}, who)
    # What fell out as worthless is no gap.
    first, second = (hub.missed(who, epoch="e1", after=0) for who in ("A01", "A02"))
    changed = [[frame["seq"] for frame in missed if frame["type"] == "queue.changed"] for missed in (first, second)]
    assert changed == [[hub.seq - 1], [hub.seq - 2]]
    assert len(first) == LOG_FRAMES // 4 + 1


async def test_the_log_is_bounded() -> None:
    hub = Hub("e1")
    for _ in range(LOG_FRAMES + 5):
        await hub.to_advisors({"type": "handoff.changed"}, None)
    assert hub.missed("A01", epoch="e1", after=4) == [RESET]
    assert len(hub.missed("A01", epoch="e1", after=5)) == LOG_FRAMES


def test_a_page_that_does_not_read_is_told_to_start_afresh() -> None:
    page = Page()
    for number in range(MOST_WAITING + 1):
        page.put({"type": "message", "n": number})
    assert page.frames.get_nowait() == RESET
    assert page.frames.empty()


async def test_frames_of_another_process_reach_the_pages_here() -> None:
    one, other = Hub("e1"), Hub("e2")
    one.send_on = other.deliver
    with other.desk_page("A01", epoch="e2", after=0) as page:
        await one.to_advisors({"type": "colleagues"}, None)
        assert page.frames.get_nowait() == {"type": "colleagues", "seq": 1}
    assert other.counts() == {"client": 0, "desk": 0}


def test_a_desk_is_greeted_and_its_ping_keeps_the_advisor_present(browser: TestClient) -> None:
    made = browser.post("/internal/staff-tickets", json={"staff_id": "A01"}, headers=INTERNAL).json()
    browser.get(made["path"], follow_redirects=False)
    with browser.websocket_connect("/api/desk/socket?after=0&epoch=old") as page:
        assert page.receive_json()["type"] == "hello"
        assert page.receive_json() == RESET
        page.send_json({"type": "ping"})
        while page.receive_json()["type"] != "pong":
            pass
        colleagues = browser.get("/api/desk/snapshot").json()["colleagues"]
    assert {one["id"]: one["presence"] for one in colleagues}["A01"] == "online"


def test_a_client_that_types_is_seen_by_the_owner_only(browser: TestClient) -> None:
    sign_in(browser)
    with socket(browser) as page:
        page.receive_json()
        page.send_json({"type": "typing"})
        page.send_json({"type": "ping"})
        assert page.receive_json() == {"type": "pong"}

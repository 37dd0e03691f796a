"""微信客服: the bell, pages, cursors, our own message ids, service states."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from gateway.channels.wechat import tables
from gateway.channels.wechat.kf import read
from gateway.channels.wechat.push import Push
from gateway.channels.wechat.receiver import message_id
from kit.clock import ManualClock
from tests.unit.gateway.peers import House
from tests.wechat.conftest import HER, HIM, Scene, opened
from tests.wechat.platform import AES_KEY, CORP_ID, KF_TOKEN, Platform
from tests.wechat.sealed import seal, sign

ACCOUNT = "wk-account-1"
SYNC, SEND = "/cgi-bin/kf/sync_msg", "/cgi-bin/kf/send_msg"


async def cursor(scene: Scene) -> str | None:
    async with scene.parts.engine.connect() as sql:
        return (await sql.execute(select(tables.cursors.c.cursor))).scalar()


async def test_the_address_check_reads_the_echo(scene: Scene) -> None:
    sealed = seal(AES_KEY, b"4711", CORP_ID)
    query = {"timestamp": "1", "nonce": "2", "echostr": sealed, "msg_signature": sign(KF_TOKEN, "1", "2", sealed)}
    async with scene.http() as http:
        assert (await http.get("/wechat/kf", params=query)).text == "4711"
        assert (await http.get("/wechat/kf", params={**query, "nonce": "3"})).status_code == 403


async def test_messages_are_fetched_and_answered(scene: Scene) -> None:
    await scene.wechat.kf_say(HER, ACCOUNT, "你好")
    assert await scene.wechat.got(HER, 1)
    # Nobody had the session: we took it.
    assert scene.wechat.person(HER).state == 1
    assert await cursor(scene) == "1"


async def test_pages_are_read_to_the_end_and_in_order(scene: Scene) -> None:
    for number in range(5):
        await scene.wechat.kf_say(HER, ACCOUNT, f"第{number}句", ring=False)
    scene.wechat.repeat_page = True
    assert await scene.wechat.ring(ACCOUNT) == 200
    await scene.wechat.got(HER, 1)
    await scene.parts.wechat.receiver.idle()
    assert await cursor(scene) == "5"
    assert "\n".join(turn["text"] for turn in scene.rasa.asked).split("\n") == [f"第{n}句" for n in range(5)]


async def test_an_old_bell_is_read_without_its_token(scene: Scene) -> None:
    await scene.wechat.kf_say(HER, ACCOUNT, "你好", ring=False)
    scene.wechat.faults[SYNC] = [95007]
    await scene.wechat.ring(ACCOUNT)
    assert await scene.wechat.got(HER, 1)


async def test_a_lost_bell_is_made_good_by_looking(scene: Scene) -> None:
    await scene.wechat.kf_say(HER, ACCOUNT, "第一句")
    await scene.wechat.got(HER, 1)
    await scene.wechat.kf_say(HIM, ACCOUNT, "没有响铃", ring=False)
    assert scene.parts.wechat.kf is not None
    await scene.parts.wechat.kf.look()
    assert await scene.wechat.got(HIM, 1)


async def test_a_send_without_an_answer_is_sent_again_and_comes_once(scene: Scene) -> None:
    scene.wechat.faults[SEND] = ["hang"]
    await scene.wechat.kf_say(HER, ACCOUNT, "你好")
    await scene.wechat.got(HER, 1)
    await scene.parts.wechat.sender.idle()
    assert len(scene.wechat.person(HER).got) == 1
    assert len(scene.wechat.msgids) == 1


async def test_the_count_of_微信客服_holds_what_is_left(scene: Scene) -> None:
    scene.wechat.faults[SEND] = [95001]
    await scene.wechat.kf_say(HER, ACCOUNT, "你好", msgid="first")
    assert scene.parts.wechat.kf is not None
    await scene.parts.wechat.kf.idle()
    await scene.parts.wechat.receiver.idle()
    await scene.parts.turns.wait(message_id(Push("kf-first", "", "text")), 20)
    await scene.parts.wechat.sender.idle()
    assert scene.wechat.person(HER).got == []
    scene.clock.advance(timedelta(seconds=1))
    await scene.wechat.kf_say(HER, ACCOUNT, "还在吗")
    # The held answer comes with the next.
    assert len(await scene.wechat.got(HER, 2)) == 2


async def test_a_crash_between_fetch_and_work_loses_nothing(tmp_path: Path) -> None:
    platform = Platform(ManualClock(House().now))
    async with opened(tmp_path, platform=platform) as scene:
        scene.parts.wechat.receiver.wake = lambda _of: None  # type: ignore[method-assign]
        await platform.kf_say(HER, ACCOUNT, "你好")
        assert scene.parts.wechat.kf is not None
        await scene.parts.wechat.kf.idle()
        assert await cursor(scene) == "1"
    async with opened(tmp_path, platform=platform):
        assert len(await platform.got(HER, 1)) == 1


async def test_the_same_person_in_two_ways_is_one_conversation(scene: Scene) -> None:
    async with scene.client() as client:
        await scene.bind(HER, client)
        code = (await client.post("/api/chat/bind")).json()["code"]
        await scene.wechat.kf_say(HIM, ACCOUNT, code)
        await scene.wechat.got(HIM, 1)
        await client.post("/api/chat/bind/confirm", json={"yes": True})
        await scene.wechat.got(HIM, 2)
        have = len(scene.wechat.person(HER).got)
        await scene.wechat.kf_say(HIM, ACCOUNT, "在客服里问")
        # The answer goes to where the client spoke last, and only there.
        assert (await scene.wechat.got(HIM, 3))[-1] == "答:在客服里问"
        await scene.parts.wechat.sender.idle()
        assert len(scene.wechat.person(HER).got) == have
        assert {one["kind"] for one in (await client.get("/api/chat/bind")).json()["bound"]} == {"official", "kf"}


async def test_who_enters_is_greeted_once(scene: Scene) -> None:
    await scene.wechat.kf_enter(HER, ACCOUNT)
    assert "慧伴" in (await scene.wechat.got(HER, 1))[0]
    await scene.wechat.ring(ACCOUNT)
    assert scene.parts.wechat.kf is not None
    await scene.parts.wechat.kf.idle()
    await scene.parts.wechat.receiver.idle()
    assert len(scene.wechat.person(HER).got) == 1


async def test_in_the_platforms_own_hands_nothing_is_sent_and_nothing_lost(scene: Scene) -> None:
    async with scene.client() as client:
        code = (await client.post("/api/chat/bind")).json()["code"]
        await scene.wechat.kf_say(HER, ACCOUNT, code)
        await scene.wechat.got(HER, 1)
        await client.post("/api/chat/bind/confirm", json={"yes": True})
        await scene.wechat.got(HER, 2)
        # The platform's own staff has taken the session: state 3 refuses what the API sends.
        scene.wechat.person(HER).state = 3
        await scene.wechat.kf_say(HER, ACCOUNT, "你好")
        assert scene.parts.wechat.kf is not None
        await scene.parts.wechat.kf.idle()
        await scene.parts.wechat.receiver.idle()
        await scene.parts.wechat.sender.idle()
        assert len(scene.wechat.person(HER).got) == 2
        texts = [m["text"] for m in (await client.get("/api/chat/snapshot")).json()["messages"]]
        assert "你好" in texts


def test_what_no_client_said_is_no_message() -> None:
    said = {"msgid": "m", "external_userid": "e", "origin": 3, "msgtype": "text", "text": {"content": " 好 "}}
    found = read(said)
    assert found is not None
    assert (found.key, found.text) == ("kf-m", "好")
    assert read({**said, "origin": 4}) is None
    staff = read({**said, "origin": 5})
    assert staff is not None
    assert (staff.kind, staff.text) == ("staff", "好")
    entered = {"msgid": "x", "origin": 4, "msgtype": "event",
               "event": {"event_type": "enter_session", "external_userid": "e", "scene_param": "ABCD2345"}}  # fmt: skip
    found = read(entered)
    assert found is not None
    assert (found.event, found.event_key) == ("enter_session", "ABCD2345")
    assert read({**entered, "event": {"event_type": "msg_send_fail"}}) is None

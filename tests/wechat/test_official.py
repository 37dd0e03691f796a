"""公众号 against the strict platform: pushes in every bad form, quotas, tokens, faults."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.channels.wechat import tables
from gateway.channels.wechat.contacts import contact_id
from kit.clock import ManualClock
from tests.unit.gateway.peers import House
from tests.wechat.conftest import HER, HIM, Scene, opened
from tests.wechat.platform import APP_ID, TOKEN, Platform
from tests.wechat.sealed import sign

SEND = "/cgi-bin/message/custom/send"


async def timeline(scene: Scene, of: str) -> list[str]:
    async with scene.http() as http:
        path = f"/internal/conversations/{of}/messages"
        found = await http.get(path, headers={"X-Internal-Key": scene.parts.settings.key})
    return [f"{m['author']}:{m['text']}" for m in found.json()["messages"]]


async def test_the_address_check_gives_back_the_echo(scene: Scene) -> None:
    async with scene.http() as http:
        query = {"timestamp": "1714037059", "nonce": "486452656", "echostr": "42"}
        right = await http.get(
            "/wechat/official", params={**query, "signature": sign(TOKEN, "1714037059", "486452656")}
        )
        wrong = await http.get("/wechat/official", params={**query, "signature": "0" * 40})
    assert (right.status_code, right.text) == (200, "42")
    assert wrong.status_code == 403


async def test_a_message_is_answered_by_客服消息(scene: Scene) -> None:
    assert await scene.wechat.say(HER, "申购费是多少") == [200]
    assert await scene.wechat.got(HER, 1)
    # Not bound: a question about the account is answered with how to bind.
    assert "绑定" in scene.wechat.person(HER).got[0]
    assert scene.rasa.asked[0]["client_id"] == ""
    assert scene.wechat.notices == []


@pytest.mark.parametrize("safe", [True, False])
async def test_deliveries_of_one_message_count_once(tmp_path: Path, safe: bool) -> None:
    platform = Platform(ManualClock(House().now), safe=safe)
    changes = {} if safe else {"wechat_aes_key": ""}
    async with opened(tmp_path, platform=platform, **changes) as scene:
        assert await platform.say(HER, "你好", deliveries=3, msgid="77") == [200, 200, 200]
        await platform.got(HER, 1)
        # Again after it was answered.
        assert await platform.say(HER, "你好", msgid="77") == [200]
        async with scene.parts.engine.connect() as sql:
            assert (await sql.execute(select(func.count()).select_from(tables.inbox))).scalar() == 1
        assert len(scene.rasa.asked) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"token": "another"}, {"receiver": "wx-somebody-else"}, {"block": 16, "Content": "x" * 30}, {"encrypted": "AAAA"},
     {"encrypted": "not base64!"}, {"late": timedelta(minutes=6)}],
)  # fmt: skip
async def test_a_forged_push_is_refused(scene: Scene, wrong: dict[str, object]) -> None:
    push = {"Content": "转人工", **wrong}
    # Padding to 16 is a valid padding to 32 for half of all lengths: several lengths, one of them must be refused.
    statuses = {
        s for n in range(2) for s in await scene.wechat.push(HER, "text", **{**push, "Content": "x" * (1 + 16 * n)})
    }
    assert 403 in statuses
    if "block" not in wrong:
        assert statuses == {403}


async def test_in_safe_mode_a_plain_push_is_refused(scene: Scene) -> None:
    scene.wechat.safe = False
    assert (await scene.wechat.say(HER, "转人工"))[0] in (403, 422)
    assert scene.rasa.asked == []


async def test_entities_and_other_formats_are_refused(scene: Scene) -> None:
    scene.wechat.safe = False
    async with opened(scene.parts.settings.var / "plain", platform=scene.wechat, wechat_aes_key="") as plain:
        stamp = str(int(plain.clock.now().timestamp()))
        query = {"timestamp": stamp, "nonce": "1", "signature": sign(TOKEN, stamp, "1")}
        for body in (b'{"MsgType":"text"}', b"<xml>", b"", b'<!DOCTYPE x [<!ENTITY a "b">]><xml><A>&a;</A></xml>',
                     b"<other/>"):  # fmt: skip
            assert plain.wechat.gateway is not None
            answer = await plain.wechat.gateway.post("/wechat/official", params=query, content=body)
            assert answer.status_code == 422, body


async def test_what_is_not_text_is_stored_and_answered(scene: Scene) -> None:
    scene.wechat.media["m1"] = b"\xff\xd8\xff" + b"0" * 100
    for kind, fields, reply in (
        ("voice", {"MediaId": "v1", "Recognition": ""}, "打字"), ("image", {"MediaId": "m1"}, "已收到"),
        ("image", {"MediaId": "gone"}, "没有收到"), ("location", {"Label": "上海"}, "文字"),
        ("link", {"Title": "新闻", "Url": "http://x"}, "文字"),
    ):  # fmt: skip
        have = len(scene.wechat.person(HER).got)
        await scene.wechat.push(HER, kind, **fields)
        assert reply in (await scene.wechat.got(HER, have + 1))[-1]
    said = [line for line in await timeline(scene, contact_id(APP_ID, HER)) if line.startswith("client")]
    assert [line.split(" ")[0] for line in said] == [
        "client:[语音]", "client:[图片]", "client:[图片]", "client:[位置]", "client:[链接]",
    ]  # fmt: skip
    assert scene.parts.wechat.pictures.path(said[1].split(" ")[1]) is not None


async def test_phone_numbers_are_masked_before_they_are_stored(scene: Scene) -> None:
    await scene.wechat.say(HER, "我的手机是13812345678")
    await scene.wechat.got(HER, 1)
    async with scene.parts.engine.connect() as sql:
        body = (await sql.execute(select(tables.inbox.c.body))).scalar()
    assert "13812345678" not in str(body)


async def test_a_scan_opens_three_for_a_minute(scene: Scene) -> None:
    await scene.wechat.push(HER, "event", Event="subscribe", EventKey="")
    assert "慧伴" in (await scene.wechat.got(HER, 1))[0]
    state = await scene.parts.wechat.state_of(contact_id(APP_ID, HER))
    assert state is not None
    assert (state["left"], state["of"]) == (2, 3)
    scene.clock.advance(timedelta(seconds=61))
    state = await scene.parts.wechat.state_of(contact_id(APP_ID, HER))
    assert state is not None
    assert state["left"] == 0


async def test_events_sent_twice_count_once(scene: Scene) -> None:
    await scene.wechat.push(HER, "event", Event="CLICK", EventKey="human", deliveries=3)
    await scene.wechat.got(HER, 1)
    assert [turn["text"] for turn in scene.rasa.asked] == ["转人工"]


@pytest.mark.parametrize("fault", ["500", "hang", -1, 45009])
async def test_a_fault_is_tried_again(scene: Scene, fault: int | str) -> None:
    scene.wechat.faults[SEND] = [fault]
    await scene.wechat.say(HER, "你好")
    assert len(await scene.wechat.got(HER, 1)) == 1


async def test_a_revoked_token_costs_one_renewal(scene: Scene) -> None:
    await scene.wechat.say(HER, "你好")
    await scene.wechat.got(HER, 1)
    assert scene.wechat.fetched == 1
    scene.wechat.revoke()
    await scene.wechat.say(HER, "您好")
    await scene.wechat.got(HER, 2)
    assert (scene.wechat.fetched, scene.wechat.forced) == (2, 0)


async def test_a_platform_that_refuses_every_token_is_not_asked_for_ever(scene: Scene) -> None:
    scene.wechat.faults[SEND] = [40001] * 50
    await scene.wechat.say(HER, "你好")
    await scene.wechat.say(HIM, "你好")
    scene.wechat.faults[SEND] = []
    await scene.parts.wechat.sender.sweep()
    await scene.wechat.got(HER, 1)
    # One fetch, one more after the refusal, one forced because the platform gave the refused one again.
    assert scene.wechat.fetched <= 6


async def test_restart_takes_up_what_was_accepted(tmp_path: Path) -> None:
    platform = Platform(ManualClock(House().now))
    async with opened(tmp_path, platform=platform) as scene:
        # Accepted, and the process ends before anything was done with it.
        scene.parts.wechat.receiver.wake = lambda _of: None  # type: ignore[method-assign]
        await platform.say(HER, "你好")
    async with opened(tmp_path, platform=platform):
        assert len(await platform.got(HER, 1)) == 1


async def test_without_settings_the_channel_is_off(tmp_path: Path) -> None:
    async with opened(tmp_path, wechat_app_id="", wechat_kf_corp_id="") as scene, scene.http() as http:
        told = (await http.get("/health")).json()["wechat"]
        assert told["official"].startswith("off")
        assert (await http.get("/wechat/official?signature=a&timestamp=1&nonce=2")).status_code == 404


async def test_the_platform_is_acknowledged_while_the_bot_is_slow(scene: Scene) -> None:
    scene.rasa.gate = asyncio.Event()
    async with asyncio.timeout(4):
        assert await scene.wechat.say(HER, "你好", deliveries=3) == [200, 200, 200]
    scene.rasa.gate.set()
    await scene.wechat.got(HER, 1)
    await scene.parts.wechat.sender.idle()
    assert len(scene.wechat.person(HER).got) == 1


async def test_a_cut_delivery_is_not_lost(scene: Scene) -> None:
    """The platform cuts the connection while we answer; its next delivery finds the row or makes it."""
    cut = asyncio.create_task(scene.wechat.say(HER, "你好", msgid="5"))
    asyncio.get_running_loop().call_soon(cut.cancel)
    await asyncio.wait({cut})
    await scene.wechat.say(HER, "你好", msgid="5")
    await scene.wechat.got(HER, 1)
    assert len(scene.rasa.asked) == 1

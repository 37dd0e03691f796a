"""One conversation in WeChat and in the app: binding, quotas, an advisor, the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from gateway.channels.wechat.contacts import contact_id
from kit.clock import SHANGHAI
from tests.wechat.conftest import HER, HIM, Scene
from tests.wechat.platform import APP_ID
from tests.wechat.test_official import SEND, timeline


async def at_work(advisor: httpx.AsyncClient) -> None:
    assert (await advisor.post("/api/desk/presence", json={"state": "online"})).status_code == 200


async def accepted(advisor: httpx.AsyncClient) -> dict[str, Any]:
    """The advisor takes the one offer; the handoff."""
    offer = (await advisor.get("/api/desk/snapshot")).json()["offers"][0]
    taken = await advisor.post(f"/api/desk/handoffs/{offer['id']}/accept", json={"version": offer["version"]})
    assert taken.status_code == 200
    found: dict[str, Any] = taken.json()["handoff"]
    return found


async def says(advisor: httpx.AsyncClient, text: str, number: int, of: str = "cv-C0001") -> None:
    said = await advisor.post(f"/api/desk/conversations/{of}/messages", json={"id": f"a{number}", "text": text})
    assert said.status_code == 200, said.text


async def in_app(scene: Scene, client: httpx.AsyncClient, text: str, message_id: str) -> dict[str, Any]:
    await client.post("/api/chat/messages", json={"id": message_id, "text": text})
    found: dict[str, Any] = (await scene.turn(message_id)).json()
    return found


# -- binding ---------------------------------------------------------------------------------------------------


async def test_a_code_from_the_app_binds_and_the_talk_is_merged_in_order_of_time(scene: Scene) -> None:
    async with scene.client() as client:
        await scene.wechat.say(HER, "第一句")
        await scene.wechat.got(HER, 1)
        scene.clock.advance(timedelta(minutes=1))
        await in_app(scene, client, "第二句", "m2")
        before = (await client.get("/api/chat/snapshot")).json()
        scene.clock.advance(timedelta(minutes=1))
        await scene.bind(HER, client)
        said = await timeline(scene, "cv-C0001")
        assert [line for line in said if line.startswith("client")] == ["client:第一句", "client:第二句"]
        assert said.index("client:第一句") < said.index("client:第二句")
        assert await timeline(scene, contact_id(APP_ID, HER)) == []
        after = (await client.get("/api/chat/snapshot")).json()
        # Numbers that the page has seen have changed: it must start afresh.
        assert after["epoch"] != before["epoch"]
        assert [m["seq"] for m in after["messages"]] == list(range(1, len(after["messages"]) + 1))
        # From now on a question about the account is answered.
        have = len(scene.wechat.person(HER).got)
        await scene.wechat.say(HER, "我现在有多少钱")
        assert (await scene.wechat.got(HER, have + 1))[-1].startswith("答:我现在有多少钱")
        assert scene.rasa.asked[-1]["client_id"] == "C0001"


async def test_binding_by_words_in_the_app(scene: Scene) -> None:
    async with scene.client() as client:
        told = (await in_app(scene, client, "绑定微信", "m1"))["outcome"]
        snapshot = (await client.get("/api/chat/snapshot")).json()
        code = snapshot["messages"][-1]["text"].split("绑定码是 ")[1][:8]
        await scene.wechat.say(HER, f"绑定码:{code.lower()}")
        await scene.wechat.got(HER, 1)
        asked = (await client.get("/api/chat/snapshot")).json()["messages"][-1]
        assert (told, asked["quick_replies"]) == ("command", ["确认绑定", "不是我"])
        await in_app(scene, client, "确认绑定", "m2")
        assert "绑定成功" in (await scene.wechat.got(HER, 2))[-1]
        assert [one["kind"] for one in (await client.get("/api/chat/bind")).json()["bound"]] == ["official"]


async def test_a_forwarded_code_binds_nobody_without_the_owner(scene: Scene) -> None:
    async with scene.client() as client:
        code = (await client.post("/api/chat/bind")).json()["code"]
        await scene.wechat.say(HIM, code)
        assert "确认" in (await scene.wechat.got(HIM, 1))[0]
        # The code is spent: nobody else may use it.
        await scene.wechat.say(HER, code)
        assert "无效" in (await scene.wechat.got(HER, 1))[0]
        await client.post("/api/chat/bind/confirm", json={"yes": False})
        assert (await client.get("/api/chat/bind")).json() == {"bound": [], "waiting": None}
        await scene.wechat.say(HIM, "我的持仓")
        assert "绑定" in (await scene.wechat.got(HIM, 2))[-1]
        assert scene.rasa.asked[-1]["client_id"] == ""


async def test_a_code_ends_after_ten_minutes_and_guessing_is_slow(scene: Scene) -> None:
    async with scene.client() as client:
        code = (await client.post("/api/chat/bind")).json()["code"]
        scene.clock.advance(timedelta(minutes=10))
        for number, guess in enumerate([code, "AAAAAAAA", "AAAAAAAB", "AAAAAAAC", "AAAAAAAD"], 1):
            await scene.wechat.say(HER, guess)
            assert "无效" in (await scene.wechat.got(HER, number))[-1]
        await scene.wechat.say(HER, "AAAAAAAE")
        assert "频繁" in (await scene.wechat.got(HER, 6))[-1]
        assert (await client.post("/api/chat/bind/confirm", json={"yes": True})).status_code == 404


async def test_a_scanned_code_claims_too_and_unbinding_ends_it(scene: Scene) -> None:
    async with scene.client() as client:
        made = (await client.post("/api/chat/bind")).json()
        assert made["code"] in made["link"]
        await scene.wechat.push(HER, "event", Event="subscribe", EventKey=f"qrscene_{made['code']}")
        await scene.wechat.got(HER, 1)
        await client.post("/api/chat/bind/confirm", json={"yes": True})
        await scene.wechat.got(HER, 2)
        await scene.wechat.say(HER, "解除绑定")
        assert "已解除" in (await scene.wechat.got(HER, 3))[-1]
        await scene.wechat.say(HER, "我的持仓")
        assert "绑定" in (await scene.wechat.got(HER, 4))[-1]


async def test_the_client_unbinds_in_the_app(scene: Scene) -> None:
    async with scene.client() as client, scene.client("C0002") as other:
        await scene.bind(HER, client)
        mine = (await client.get("/api/chat/bind")).json()["bound"][0]["id"]
        assert (await other.post("/api/chat/bind/remove", json={"id": mine})).status_code == 404
        assert (await client.post("/api/chat/bind/remove", json={"id": mine})).status_code == 200
        assert (await client.get("/api/chat/bind")).json()["bound"] == []


# -- where replies go ------------------------------------------------------------------------------------------


async def test_replies_go_where_the_client_spoke_last(scene: Scene) -> None:
    async with scene.client() as client, scene.staff("A01") as advisor:
        await scene.bind(HER, client)
        await at_work(advisor)
        await in_app(scene, client, "我要给孩子存教育金", "m1")
        have = len(scene.wechat.person(HER).got)
        await client.post("/api/chat/handoff", json={})
        await accepted(advisor)
        await says(advisor, "您好,在应用里", 1)
        await scene.wechat.say(HER, "我在微信里继续")
        await scene.heard()
        await says(advisor, "好的,在微信里", 2)
        got = await scene.wechat.got(HER, have + 1)
        assert got[have:] == ["【林静怡】好的,在微信里"]
        # The app has all of it.
        texts = [m["text"] for m in (await client.get("/api/chat/snapshot")).json()["messages"]]
        assert {"您好,在应用里", "我在微信里继续", "好的,在微信里"} <= set(texts)


async def test_the_main_journey(scene: Scene) -> None:
    """A question, worry, an advisor, back to the bot, the rating: all in WeChat."""
    async with scene.client() as client, scene.staff("A01") as advisor:
        await scene.bind(HER, client)
        await at_work(advisor)
        have = len(scene.wechat.person(HER).got)
        await scene.wechat.say(HER, "教育金怎么存")
        await scene.wechat.got(HER, have + 1)
        scene.rasa.emotion = "焦虑"
        await scene.wechat.say(HER, "一直在跌,我睡不着")
        await scene.wechat.got(HER, have + 2)
        await scene.parts.handoffs.request("cv-C0001", "C0001", ["explicit_ask"], key="k1", channel="wechat")
        assert "已为您转人工" in (await scene.wechat.got(HER, have + 3))[-1]
        handoff = await accepted(advisor)
        detail = (await advisor.get(f"/api/desk/handoffs/{handoff['id']}")).json()
        # 5 since her last message; one answer and one or two notices are gone.
        left = detail["channel_state"]["left"]
        until = (scene.clock.now() + timedelta(hours=48)).astimezone(SHANGHAI)
        assert detail["channel_state"]["words"] == f"剩余 {left}/5,到期 {until:%m-%d %H:%M}"
        assert 2 <= left <= 3
        await says(advisor, "别担心,我看了您的组合", 1)
        count = len(await scene.wechat.got(HER, have + 5 - left + 2))
        await scene.wechat.say(HER, "谢谢")
        await scene.heard()
        done = await advisor.post(f"/api/desk/handoffs/{handoff['id']}/return", json={"note": "已说明"})
        assert done.status_code == 200
        await scene.parts.wechat.sender.idle()
        asked = scene.wechat.person(HER).got[count:]
        assert sum("打分" in text for text in asked) == 1
        count += len(asked)
        await scene.wechat.say(HER, "5分")
        assert "感谢" in (await scene.wechat.got(HER, count + 1))[-1]
        await scene.wechat.say(HER, "申购费是多少")
        assert (await scene.wechat.got(HER, count + 2))[-1].startswith("答:申购费是多少")


# -- quotas ----------------------------------------------------------------------------------------------------


async def owned(scene: Scene, client: httpx.AsyncClient, advisor: httpx.AsyncClient) -> int:
    """A01 owns the conversation, the client wrote last in WeChat; how many messages she has."""
    await scene.bind(HER, client)
    await at_work(advisor)
    await in_app(scene, client, "我要给孩子存教育金", "m1")
    await client.post("/api/chat/handoff", json={})
    await accepted(advisor)
    have = len(scene.wechat.person(HER).got)
    await scene.wechat.say(HER, "在吗")
    await scene.heard()
    return have


async def test_what_the_quota_does_not_allow_waits_and_comes_merged(scene: Scene) -> None:
    async with scene.client() as client, scene.staff("A01") as advisor:
        have = await owned(scene, client, advisor)
        for number in range(1, 8):
            await says(advisor, f"第{number}句", number)
            if number <= 5:
                await scene.wechat.got(HER, have + number)
        got = scene.wechat.person(HER).got
        assert len(got) == have + 5
        assert "回复任意内容" in got[-1]
        state = await scene.parts.wechat.state_of("cv-C0001")
        assert state is not None
        assert (state["left"], state["words"][:6]) == (0, "剩余 0/5")
        await scene.wechat.say(HER, "请继续")
        got = await scene.wechat.got(HER, have + 7)
        assert got[have + 5 :] == ["【林静怡】第6句", "【林静怡】第7句"]


async def test_the_platforms_word_counts_more_than_our_book(scene: Scene) -> None:
    async with scene.client() as client, scene.staff("A01") as advisor:
        have = await owned(scene, client, advisor)
        scene.wechat.faults[SEND] = [45047]
        await says(advisor, "被拒的一句", 1)
        await scene.parts.wechat.sender.idle()
        await scene.wechat.say(HER, "喂")
        got = await scene.wechat.got(HER, have + 1)
        assert got[have:] == ["【林静怡】被拒的一句"]


async def test_after_48_hours_it_waits_and_the_app_shows_it(scene: Scene) -> None:
    async with scene.client() as client, scene.staff("A01") as advisor:
        have = await owned(scene, client, advisor)
        scene.clock.advance(timedelta(hours=48))
        async with scene.staff("A01") as again:
            await says(again, "两天后的一句", 1)
        await scene.parts.wechat.sender.sweep()
        assert len(scene.wechat.person(HER).got) == have
        async with scene.client() as late:
            texts = [m["text"] for m in (await late.get("/api/chat/snapshot")).json()["messages"]]
            assert "两天后的一句" in texts
            # She goes on in the app: what was held has been read there.
            await late.post("/api/chat/messages", json={"id": "m9", "text": "看到了"})
            await scene.turn("m9")
        await scene.wechat.say(HER, "微信里也说一句")
        await scene.heard()
        async with scene.staff("A01") as again:
            await says(again, "新的一句", 2)
        assert (await scene.wechat.got(HER, have + 1))[have:] == ["【林静怡】新的一句"]


async def test_unsubscribing_freezes_until_she_comes_back(scene: Scene) -> None:
    async with scene.client() as client, scene.staff("A01") as advisor:
        have = await owned(scene, client, advisor)
        await scene.wechat.push(HER, "event", Event="unsubscribe", EventKey="")
        await scene.heard()
        await says(advisor, "发不到", 1)
        await scene.wechat.push(HER, "event", Event="subscribe", EventKey="")
        assert "欢迎回来" in (await scene.wechat.got(HER, have + 1))[-1]
        assert SEND in scene.wechat.calls


async def test_a_long_answer_comes_in_parts_that_end_with_sentences(scene: Scene) -> None:
    async with scene.client() as client, scene.staff("A01") as advisor:
        have = await owned(scene, client, advisor)
        sentence = "这是一句用来检查长文字会在句末断开的话。"
        await says(advisor, sentence * 90, 1)
        got = (await scene.wechat.got(HER, have + 4))[have:]
        assert all(len(text.encode()) <= 2048 for text in got)
        assert all(text.endswith("。") for text in got)
        assert "".join(got).count(sentence) == 90

"""The platform's own staff has the session, one person in two accounts, guests who need a person, voices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from gateway.channels.wechat import words
from gateway.channels.wechat.contacts import contact_id
from tests.unit.gateway.conftest import INTERNAL
from tests.wechat.conftest import HER, HIM, Scene, opened
from tests.wechat.platform import APP_ID
from tests.wechat.test_journey import accepted, at_work, says
from tests.wechat.test_kf import ACCOUNT
from tests.wechat.test_official import timeline


async def at_rest(scene: Scene) -> None:
    """Until all that rang is fetched and done."""
    kf = scene.parts.wechat.kf
    assert kf is not None
    await kf.idle()
    await scene.parts.wechat.receiver.idle()
    await scene.parts.wechat.sender.idle()


async def test_while_the_platforms_staff_has_it_we_write_down_and_keep_silent(scene: Scene) -> None:
    person, of = scene.wechat.person(HER), contact_id(ACCOUNT, HER)
    await scene.wechat.kf_say(HER, ACCOUNT, "你好")
    await scene.wechat.got(HER, 1)
    await scene.wechat.kf_session(HER, ACCOUNT, 1)
    await scene.wechat.kf_say(HER, ACCOUNT, "有人吗")
    await scene.wechat.kf_staff_say(HER, ACCOUNT, "我是小张,您请说")
    await at_rest(scene)
    turn = scene.rasa.asked[-1]
    await scene.parts.turns.wait(turn["message_id"], 20)
    assert (turn["text"], turn["answer"]) == ("有人吗", False)
    assert (await timeline(scene, of))[-2:] == ["client:有人吗", "human:我是小张,您请说"]
    # What he wrote is not sent to the client a second time.
    assert person.got[1:] == ["我是小张,您请说"]
    await scene.wechat.kf_session(HER, ACCOUNT, 3)
    assert (await scene.wechat.got(HER, 3))[-1] == words.KF_ENDED
    await scene.wechat.kf_say(HER, ACCOUNT, "谢谢")
    assert len(await scene.wechat.got(HER, 4)) == 4
    await at_rest(scene)
    assert scene.rasa.asked[-1]["answer"] is True
    assert person.state == 1


async def test_the_desk_gives_a_session_to_the_platforms_pool(scene: Scene) -> None:
    async with scene.staff("A14") as supervisor, scene.staff("A01") as other:
        await scene.wechat.kf_say(HER, ACCOUNT, "你好")
        await scene.wechat.got(HER, 1)
        address = f"/api/desk/conversations/{contact_id(ACCOUNT, HER)}/platform"
        assert (await other.post(address, json={})).status_code == 403
        assert (await supervisor.post(address, json={})).status_code == 200
        assert (await scene.wechat.got(HER, 2))[-1] == words.KF_QUEUED
        assert scene.wechat.person(HER).state == 2
        # The platform takes no session twice; who is not in 微信客服 has none.
        assert (await supervisor.post(address, json={})).json()["code"] == "kf_refused"
        gone = await supervisor.post("/api/desk/conversations/cv-C0001/platform", json={})
        assert gone.json()["code"] == "kf_no_session"


async def test_one_person_in_two_accounts_is_bound_once(scene: Scene) -> None:
    scene.wechat.person(HER).unionid = scene.wechat.person(HIM).unionid = "u-1"
    async with scene.client() as client:
        await scene.bind(HER, client)
        # The same WeChat account comes to 微信客服 for the first time: the platform knows who it is.
        await scene.wechat.kf_say(HIM, ACCOUNT, "你好")
        assert words.BOUND in await scene.wechat.got(HIM, 2)
        assert {one["kind"] for one in (await client.get("/api/chat/bind")).json()["bound"]} == {"official", "kf"}
        await scene.wechat.kf_say(HIM, ACCOUNT, "解除绑定")
        assert (await scene.wechat.got(HIM, 3))[-1] == words.UNBOUND
        assert (await client.get("/api/chat/bind")).json()["bound"] == []
        # And stays unbound, until he binds it himself.
        await scene.wechat.say(HER, "我有多少钱")
        await scene.heard()
        assert scene.rasa.asked[-1]["client_id"] == ""


async def test_a_guest_is_handed_to_a_person(scene: Scene) -> None:
    of = contact_id(APP_ID, HER)
    async with scene.staff("A01") as advisor:
        await at_work(advisor)
        await scene.wechat.say(HER, "转人工")
        await scene.wechat.got(HER, 1)
        # As the dialogue core's action asks: a guest goes by his conversation's name.
        wish = {"conversation_id": of, "client_id": of, "reasons": ["explicit_ask"], "key": "k1", "topic": "教育金"}
        async with scene.http() as http:
            asked = await http.post("/internal/handoffs", json=wish, headers=INTERNAL)
        assert asked.status_code == 200, asked.text
        handoff = await accepted(advisor)
        assert handoff["client"]["name"] == words.GUEST
        shown = await advisor.get(f"/api/desk/handoffs/{handoff['id']}")
        assert shown.status_code == 200, shown.text
        have = len(scene.wechat.person(HER).got)
        await says(advisor, "您好,请问有什么可以帮您", 1, of)
        assert "请问有什么可以帮您" in (await scene.wechat.got(HER, have + 1))[-1]


class Ear:
    """A strict recogniser: one address, sound in, words out, the key asked for."""

    def __init__(self) -> None:
        self.app, self.heard = FastAPI(), list[str]()
        self.answer: Any = {"text": " 我有多少钱 "}
        self.app.post("/asr")(self._hear)

    async def _hear(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer asr-key"
        assert (await request.body()).startswith(b"#!AMR")
        self.heard.append(request.headers["content-type"])
        return JSONResponse(self.answer) if self.answer is not None else Response(status_code=500)


async def test_a_voice_is_recognised_where_a_recogniser_is_set_up(tmp_path: Path) -> None:
    ear = Ear()
    async with opened(tmp_path, asr_url="http://ear/asr", asr_key="asr-key") as scene:
        platform = scene.wechat
        recogniser = scene.parts.wechat._recogniser
        assert recogniser is not None
        recogniser._http._transport = httpx.ASGITransport(app=ear.app)
        recogniser._http._mounts = {}
        platform.media["v1"] = platform.media["v2"] = b"#!AMR\n sound"
        await platform.push(HER, "voice", MediaId="v1", Format="amr")
        await platform.got(HER, 1)
        assert scene.rasa.asked[-1]["text"] == "我有多少钱"
        assert ear.heard == ["audio/amr"]
        # What it cannot make out is asked for in writing.
        ear.answer = None
        await platform.push(HER, "voice", MediaId="v2", Format="amr")
        assert (await platform.got(HER, 2))[-1] == words.VOICE

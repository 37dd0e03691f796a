"""A strict WeChat: 公众号 and 微信客服 on a clock that moves when told. It refuses what the real one refuses.

What the platform's documents leave open (how often a push comes again) is a parameter.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from kit.clock import Clock
from tests.wechat.sealed import seal, sign

APP_ID, SECRET, TOKEN = "wx0123456789abcdef", "app-secret", "token-of-ours"
CORP_ID, KF_SECRET, KF_TOKEN = "ww0123456789abcdef", "kf-secret", "kf-token-of-ours"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
MESSAGE, EVENT = (5, timedelta(hours=48)), (3, timedelta(minutes=1))
MOST_BYTES = 2048
Json = dict[str, Any]


@dataclass
class Person:
    """quota: (left, until) of the last opening: reset, never added."""

    openid: str
    left: int = 0
    until: datetime | None = None
    follows: bool = True
    got: list[str] = field(default_factory=list)
    state: int = 0
    unionid: str = ""


@dataclass
class Platform:
    clock: Clock
    gateway: httpx.AsyncClient | None = None
    safe: bool = True
    app: FastAPI = field(default_factory=FastAPI)
    people: dict[str, Person] = field(default_factory=dict)
    token: str = ""
    token_until: datetime | None = None
    fetched: int = 0
    forced: int = 0
    calls: list[str] = field(default_factory=list)
    #: What the next calls of a path answer instead: a number (errcode), "500", "hang".
    faults: dict[str, list[int | str]] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    log: list[Json] = field(default_factory=list)
    page_size: int = 2
    msgids: set[str] = field(default_factory=set)
    repeat_page: bool = False
    #: Welcome codes: when they were made and for whom; each is good once, for 20 s.
    welcomes: dict[str, tuple[datetime, Person]] = field(default_factory=dict)
    bell_token_until: datetime | None = None
    last_msgid: str = ""
    _serial: int = 0
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        routes = {
            "/cgi-bin/stable_token": self._stable_token, "/cgi-bin/message/custom/send": self._custom_send,
            "/cgi-bin/qrcode/create": self._qrcode, "/cgi-bin/kf/sync_msg": self._sync,
            "/cgi-bin/kf/send_msg": self._kf_send, "/cgi-bin/kf/service_state/get": self._state,
            "/cgi-bin/kf/service_state/trans": self._trans, "/cgi-bin/kf/send_msg_on_event": self._on_event,
            "/cgi-bin/kf/customer/batchget": self._customers, "/cgi-bin/user/info/batchget": self._user_info,
        }  # fmt: skip
        for path, answer in routes.items():
            self.app.post(path)(self._door(path, answer))
        self.app.get("/cgi-bin/gettoken")(self._gettoken)
        self.app.get("/cgi-bin/media/get")(self._media)

    # -- what people do ---------------------------------------------------------------------------------------

    def person(self, openid: str) -> Person:
        return self.people.setdefault(openid, Person(openid))

    async def say(self, openid: str, text: str, **push: Any) -> list[int]:
        return await self.push(openid, "text", Content=text, **push)

    async def push(
        self, openid: str, kind: str, *, deliveries: int = 1, msgid: str | None = None, encrypted: str | None = None,
        receiver: str = APP_ID, block: int = 32, token: str = TOKEN, late: timedelta = timedelta(0), **fields: Any,
    ) -> list[int]:  # fmt: skip
        """One message or event, delivered `deliveries` times whatever comes back; the answers' statuses."""
        self._open(openid, kind, fields)
        told = {"ToUserName": "gh_ours", "FromUserName": openid, "CreateTime": str(int(self.clock.now().timestamp())),
                "MsgType": kind, **fields}  # fmt: skip
        if kind != "event":
            self.last_msgid = told["MsgId"] = msgid or self._next()
        body = xml(told)
        return [await self._deliver(body, encrypted, receiver, block, token, late) for _ in range(deliveries)]

    def _open(self, openid: str, kind: str, fields: Json) -> None:
        person, event = self.person(openid), fields.get("Event", "")
        if kind != "event":
            person.left, person.until = MESSAGE[0], self.clock.now() + MESSAGE[1]
        elif event in ("subscribe", "SCAN", "CLICK"):
            person.left, person.until, person.follows = EVENT[0], self.clock.now() + EVENT[1], True
        elif event == "unsubscribe":
            person.follows = False

    async def _deliver(
        self, body: str, encrypted: str | None, receiver: str, block: int, token: str, late: timedelta
    ) -> int:
        assert self.gateway is not None
        # Each delivery is sealed and signed anew.
        stamp, nonce = str(int((self.clock.now() - late).timestamp())), self._next()
        query = {"signature": sign(token, stamp, nonce), "timestamp": stamp, "nonce": nonce}
        content = body
        if self.safe:
            sealed = encrypted or seal(AES_KEY, body.encode(), receiver, block=block)
            query |= {"encrypt_type": "aes", "msg_signature": sign(token, stamp, nonce, sealed)}
            content = xml({"ToUserName": "gh_ours", "Encrypt": sealed})
        answer = await self.gateway.post("/wechat/official", params=query, content=content.encode())
        if answer.status_code != 200 or answer.text not in ("", "success"):
            self.notices.append("该公众号暂时无法提供服务,请稍后再试")
        return answer.status_code

    async def got(self, openid: str, count: int, seconds: float = 20.0) -> list[str]:
        """The texts that a person has, as soon as there are so many."""
        person = self.person(openid)
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: len(person.got) >= count)
        return person.got

    async def told(self, openid: str, text: str, seconds: float = 20.0) -> None:
        """Until the person has this text."""
        person = self.person(openid)
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: text in person.got)

    # -- 微信客服 ---------------------------------------------------------------------------------------------------

    async def kf_say(self, openid: str, account: str, text: str, *, ring: bool = True, msgid: str = "") -> None:
        person = self.person(openid)
        person.left, person.until = MESSAGE[0], self.clock.now() + MESSAGE[1]
        if person.state == 4:
            person.state = 0
        self.log.append({
            "msgid": msgid or f"msg{self._next()}", "open_kfid": account, "external_userid": openid, "origin": 3,
            "send_time": int(self.clock.now().timestamp()), "msgtype": "text", "text": {"content": text},
        })  # fmt: skip
        if ring:
            await self.ring(account)

    async def kf_enter(self, openid: str, account: str, scene: str = "") -> None:
        code = f"welcome-{self._next()}"
        self.welcomes[code] = (self.clock.now(), self.person(openid))
        self.log.append({
            "msgid": f"msg{self._next()}", "open_kfid": account, "origin": 4, "msgtype": "event",
            "send_time": int(self.clock.now().timestamp()),
            "event": {"event_type": "enter_session", "open_kfid": account, "external_userid": openid,
                      "scene_param": scene, "welcome_code": code},
        })  # fmt: skip
        await self.ring(account)

    async def kf_staff_say(self, openid: str, account: str, text: str) -> None:
        """A person of the platform's own client answers; only he who has the session can."""
        assert self.person(openid).state == 3
        self.log.append({
            "msgid": f"msg{self._next()}", "open_kfid": account, "external_userid": openid, "origin": 5,
            "servicer_userid": "zhang.san", "send_time": int(self.clock.now().timestamp()), "msgtype": "text",
            "text": {"content": text},
        })  # fmt: skip
        self.person(openid).got.append(text)
        await self.ring(account)

    async def kf_session(self, openid: str, account: str, change: int) -> None:
        """The session is taken from the pool (1), passed on (2), ended (3), taken up again (4)."""
        person = self.person(openid)
        person.state = 4 if change == 3 else 3
        code = self._code(person) if change in (1, 3) else None
        self.log.append({
            "msgid": f"msg{self._next()}", "open_kfid": account, "origin": 4, "msgtype": "event",
            "send_time": int(self.clock.now().timestamp()),
            "event": {"event_type": "session_status_change", "open_kfid": account, "external_userid": openid,
                      "change_type": change, **({"msg_code": code} if code else {})},
        })  # fmt: skip
        await self.ring(account)

    def _code(self, person: Person) -> str:
        code = f"code-{self._next()}"
        self.welcomes[code] = (self.clock.now(), person)
        return code

    async def ring(self, account: str, token: str = "bell") -> int:
        assert self.gateway is not None
        self.bell_token_until = self.clock.now() + timedelta(minutes=10)
        stamp, nonce = str(int(self.clock.now().timestamp())), self._next()
        body = xml({"ToUserName": CORP_ID, "CreateTime": stamp, "MsgType": "event", "Event": "kf_msg_or_event",
                    "Token": token, "OpenKfId": account})  # fmt: skip
        sealed = seal(AES_KEY, body.encode(), CORP_ID)
        query = {"msg_signature": sign(KF_TOKEN, stamp, nonce, sealed), "timestamp": stamp, "nonce": nonce}
        answer = await self.gateway.post("/wechat/kf", params=query, content=xml({"Encrypt": sealed}).encode())
        return answer.status_code

    # -- the API ----------------------------------------------------------------------------------------------

    def _door(self, path: str, answer: Any) -> Any:
        async def call(request: Request) -> Response:
            self.calls.append(path)
            raw = await request.body()
            assert b"\\u" not in raw, "escapes are shown to people"
            if (fault := await self._fault(path)) is not None:
                return fault
            body = json.loads(raw)
            if path != "/cgi-bin/stable_token" and (wrong := self._token_wrong(request)):
                return refuse(wrong)
            found: Json = await answer(body)
            return JSONResponse({"errcode": 0, "errmsg": "ok", **found})

        return call

    async def _fault(self, path: str) -> Response | None:
        fault = self.faults[path].pop(0) if self.faults.get(path) else None
        if fault == "hang":
            raise httpx.ReadTimeout("the platform hangs")
        if fault == "500":
            return Response(status_code=500)
        return refuse(int(fault)) if fault is not None else None

    def _token_wrong(self, request: Request) -> int:
        if request.query_params.get("access_token") != self.token:
            return 40001
        return 42001 if self.token_until is None or self.clock.now() >= self.token_until else 0

    def _fresh_token(self) -> Json:
        self.fetched += 1
        if not self.token or self.token_until is None or self.clock.now() >= self.token_until - timedelta(minutes=5):
            self.revoke()
        assert self.token_until is not None
        return {"access_token": self.token, "expires_in": int((self.token_until - self.clock.now()).total_seconds())}

    def revoke(self) -> None:
        """Another token from now on; the old one is unknown."""
        self.token, self.token_until = f"token-{self._next()}", self.clock.now() + timedelta(seconds=7200)

    async def _stable_token(self, body: Json) -> Json:
        assert (body["appid"], body["secret"], body["grant_type"]) == (APP_ID, SECRET, "client_credential")
        if body["force_refresh"]:
            self.forced += 1
            self.revoke()
        return self._fresh_token()

    async def _gettoken(self, corpid: str, corpsecret: str) -> Json:
        assert (corpid, corpsecret) == (CORP_ID, KF_SECRET)
        return {"errcode": 0, **self._fresh_token()}

    async def _custom_send(self, body: Json) -> Json:
        person = self.people.get(body["touser"])
        await self._take(person, body)
        return {}

    async def _take(self, person: Person | None, body: Json) -> None:
        if person is None:
            raise Refuse(40003)
        text = body["text"]["content"]
        if len(text.encode()) > MOST_BYTES:
            raise Refuse(45002)
        if not person.follows or person.until is None or self.clock.now() >= person.until:
            raise Refuse(45015)
        if person.left == 0:
            raise Refuse(45047)
        person.left -= 1
        async with self._news:
            person.got.append(text)
            self._news.notify_all()

    async def _qrcode(self, body: Json) -> Json:
        assert body["action_name"] == "QR_STR_SCENE"
        assert len(body["action_info"]["scene"]["scene_str"]) <= 64
        return {"ticket": "ticket-of-" + body["action_info"]["scene"]["scene_str"], "expire_seconds": 600}

    async def _media(self, request: Request, media_id: str) -> Response:
        if wrong := self._token_wrong(request):
            return refuse(wrong)
        if media_id not in self.media:
            return refuse(40007)
        return Response(self.media[media_id], media_type="image/jpeg")

    async def _sync(self, body: Json) -> Json:
        if body.get("token") and (self.bell_token_until is None or self.clock.now() > self.bell_token_until):
            raise Refuse(95007)
        start = int(body.get("cursor") or 0)
        if self.repeat_page:
            self.repeat_page, start = False, 0
        mine = [entry for entry in self.log if entry["open_kfid"] == body["open_kfid"]]
        page = mine[start : start + self.page_size]
        end = start + len(page)
        return {"next_cursor": str(end), "has_more": int(end < len(mine)), "msg_list": page}

    async def _kf_send(self, body: Json) -> Json:
        assert len(body["msgid"]) <= 32
        person = self.people.get(body["touser"])
        if person is not None and person.state not in (0, 1):
            raise Refuse(95018)
        if body["msgid"] in self.msgids:
            return {"msgid": body["msgid"]}
        try:
            await self._take(person, body)
        except Refuse as refused:
            raise Refuse(95001 if refused.number == 45047 else refused.number) from None
        self.msgids.add(body["msgid"])
        return {"msgid": body["msgid"]}

    async def _state(self, body: Json) -> Json:
        return {"service_state": self.person(body["external_userid"]).state}

    async def _trans(self, body: Json) -> Json:
        person, wanted = self.person(body["external_userid"]), body["service_state"]
        if wanted not in {0: {1, 2, 3}, 1: {2, 3}, 2: {3}, 3: {3, 4}}.get(person.state, set()):
            raise Refuse(95016)
        person.state = wanted
        return {"msg_code": self._code(person)} if wanted in (2, 3, 4) else {}

    async def _customers(self, body: Json) -> Json:
        assert 1 <= len(body["external_userid_list"]) <= 100
        people = [self.person(openid) for openid in body["external_userid_list"]]
        return {"customer_list": [{"external_userid": one.openid, "unionid": one.unionid} for one in people]}

    async def _user_info(self, body: Json) -> Json:
        assert 1 <= len(body["user_list"]) <= 100
        people = [self.person(one["openid"]) for one in body["user_list"]]
        told = [{"subscribe": int(one.follows), "openid": one.openid} for one in people]
        return {"user_info_list": [
            {**line, **({"unionid": one.unionid} if one.unionid else {})} for line, one in zip(told, people, strict=True)
        ]}  # fmt: skip

    async def _on_event(self, body: Json) -> Json:
        made, person = self.welcomes.pop(body["code"], (None, None))
        if made is None or person is None or self.clock.now() - made > timedelta(seconds=20):
            raise Refuse(95019)
        person.got.append(body["text"]["content"])
        async with self._news:
            self._news.notify_all()
        return {}

    def _next(self) -> str:
        self._serial += 1
        return str(10_000_000 + self._serial)


class Refuse(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def refuse(number: int) -> Response:
    return JSONResponse({"errcode": number, "errmsg": f"refused {number}"})


def xml(fields: Json) -> str:
    inner = "".join(
        f"<{name}>{value}</{name}>" if str(value).isdigit() else f"<{name}><![CDATA[{escape(str(value))}]]></{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{inner}</xml>"


def prepared(platform: Platform) -> Platform:
    """The platform with its refusals as the real one words them."""

    async def refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Refuse)
        return refuse(error.number)

    platform.app.add_exception_handler(Refuse, refused)
    return platform


def transport(platform: Platform) -> httpx.AsyncBaseTransport:
    """The platform as the gateway reaches it."""
    return httpx.ASGITransport(app=prepared(platform).app)

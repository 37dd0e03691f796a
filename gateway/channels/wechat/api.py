"""The platform's way in: the address check and the pushes. And what the client's page and the desk ask of the channel."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field

from gateway.access import Client, Parts, Person, may_read
from gateway.channels.wechat import binding, push
from gateway.channels.wechat.channel import WeChat
from gateway.channels.wechat.contacts import Contact
from gateway.channels.wechat.crypto import EnvelopeRefused, check_signature
from gateway.limits import TICKETS
from gateway.services import Services
from kit.errors import NotFound

router = APIRouter()

#: The platform's own parameters; longer ones are nobody's.
Short = Annotated[str, Query(max_length=200)]
Json = dict[str, Any]


class ChannelOff(NotFound):
    """微信渠道没有启用。"""

    code = "wechat_off"


class Decision(BaseModel):
    """yes: the client says that it is his own WeChat."""

    yes: bool


class Removal(BaseModel):
    id: str = Field(max_length=80)


class ToPlatform(BaseModel):
    """servicer: a userid of 企业微信; empty for the pool of all of them."""

    servicer: str = Field("", max_length=64, pattern=r"^[A-Za-z0-9_.@-]*$")


def check_fresh(parts: Services, timestamp: str) -> None:
    """Raises EnvelopeRefused for a push of another time: who recorded one cannot play it later."""
    if not timestamp.isdigit() or abs(parts.wall.now().timestamp() - int(timestamp)) > push.FRESH_SECONDS:
        raise EnvelopeRefused(cause="timestamp")


# -- 公众号 ------------------------------------------------------------------------------------------------------


@router.get("/wechat/official", tags=["wechat"], response_class=PlainTextResponse)
async def check_address(
    parts: Parts, signature: Short, timestamp: Short, nonce: Short, echostr: Short = ""
) -> PlainTextResponse:
    """The platform asks whether this address is ours."""
    _official(parts)
    check_signature(signature, parts.settings.wechat_token, timestamp, nonce)
    return PlainTextResponse(echostr)


@router.post("/wechat/official", tags=["wechat"], response_class=PlainTextResponse)
async def pushed(
    request: Request, parts: Parts, timestamp: Short, nonce: Short, signature: Short = "", msg_signature: Short = "",
) -> Response:  # fmt: skip
    """A message or an event: stored, then acknowledged with nothing; the answer goes out as 客服消息."""
    channel, body = _official(parts), await request.body()
    check_fresh(parts, timestamp)
    if (envelope := channel.envelope()) is not None:
        # Safe mode: a push that is not sealed is none of the platform's, whatever its signature.
        sealed = push.fields(body).get("Encrypt", "")
        body = envelope.open(sealed, timestamp=timestamp, nonce=nonce, msg_signature=msg_signature)
    else:
        check_signature(signature, parts.settings.wechat_token, timestamp, nonce)
    await channel.accept(push.read(body))
    return Response(status_code=200)


# -- 微信客服 -----------------------------------------------------------------------------------------------------


@router.get("/wechat/kf", tags=["wechat"], response_class=PlainTextResponse)
async def check_kf_address(
    parts: Parts, msg_signature: Short, timestamp: Short, nonce: Short, echostr: Annotated[str, Query(max_length=2000)]
) -> PlainTextResponse:
    """企业微信 asks whether this address is ours and can read it."""
    opened = _kf(parts).kf_envelope().open(echostr, timestamp=timestamp, nonce=nonce, msg_signature=msg_signature)
    return PlainTextResponse(opened.decode(errors="replace"))


@router.post("/wechat/kf", tags=["wechat"], response_class=PlainTextResponse)
async def rung(request: Request, parts: Parts, msg_signature: Short, timestamp: Short, nonce: Short) -> Response:
    """The bell: messages wait to be fetched."""
    channel = _kf(parts)
    check_fresh(parts, timestamp)
    sealed = push.fields(await request.body()).get("Encrypt", "")
    opened = channel.kf_envelope().open(sealed, timestamp=timestamp, nonce=nonce, msg_signature=msg_signature)
    told = push.fields(opened)
    account = told.get("OpenKfId", "")
    if told.get("Event") == "kf_msg_or_event" and 0 < len(account) <= push.MOST_ID_CHARS:
        assert channel.kf is not None
        await channel.kf.rung(account)
        channel.kf.wake(account, told.get("Token", ""))
    return Response(status_code=200)


# -- the client's page -------------------------------------------------------------------------------------------


@router.get("/api/chat/bind", tags=["client"])
async def bindings(session: Client, parts: Parts) -> Json:
    """The client's own WeChats, and one that waits for his word."""
    channel = _channel(parts)
    async with parts.engine.connect() as sql:
        waiting = await binding.claimed(sql, session.client_id, now=parts.wall.now())
    return {
        "bound": [_shown(one) for one in await channel.bound(session.client_id)],
        "waiting": {"since": waiting.claimed_at.isoformat()} if waiting else None,
    }


@router.post("/api/chat/bind", tags=["client"])
async def new_code(session: Client, parts: Parts) -> Json:
    """A one-time code to be sent in WeChat, and a QR picture that carries it when the platform gives one."""
    channel = _channel(parts)
    await parts.limits.take(TICKETS, "bind", session.client_id)
    async with parts.engine.begin() as sql:
        made = await channel.code_for(sql, session.client_id)
    return {**made, "link": await channel.picture_of(made["code"])}


@router.post("/api/chat/bind/confirm", tags=["client"])
async def confirm(body: Decision, session: Client, parts: Parts) -> Json:
    """Yes: bind the WeChat that sent the code. No: nobody is bound, the code is spent."""
    await _channel(parts).confirm(session.client_id, yes=body.yes)
    return {}


@router.post("/api/chat/bind/remove", tags=["client"])
async def remove(body: Removal, session: Client, parts: Parts) -> Json:
    """Unbind one of the client's own WeChats."""
    await _channel(parts).remove(session.client_id, body.id)
    return {}


# -- the desk ----------------------------------------------------------------------------------------------------


@router.post("/api/desk/conversations/{conversation_id}/platform", tags=["desk"])
async def hand_over(
    conversation_id: Annotated[str, Path(max_length=80)], body: ToPlatform, parts: Parts, person: Person
) -> Json:
    """Give a 微信客服 session to the institution's staff in 企业微信: to one of them, or to their pool."""
    await may_read(parts, person, conversation_id)
    await _kf(parts).hand_over(conversation_id, body.servicer)
    return {}


def _channel(parts: Services) -> WeChat:
    if not parts.wechat.on:
        raise ChannelOff
    return parts.wechat


def _official(parts: Services) -> WeChat:
    if parts.wechat.official is None:
        raise ChannelOff
    return parts.wechat


def _kf(parts: Services) -> WeChat:
    if parts.wechat.kf is None:
        raise ChannelOff
    return parts.wechat


def _shown(contact: Contact) -> Json:
    return {
        "id": contact.id, "kind": contact.kind, "state": contact.state,
        "bound_at": contact.bound_at.isoformat() if contact.bound_at else None,
        "spoke_at": contact.spoke_at.isoformat() if contact.spoke_at else None,
    }  # fmt: skip

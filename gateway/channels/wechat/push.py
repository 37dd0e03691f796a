"""What the platform pushes, read strictly: XML only, without entities, each field bounded. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from kit.errors import Invalid

#: An openid has 28 characters, the longest id of 企业微信 64.
MOST_ID_CHARS = 64
#: The platform itself ends a message near 2,048 bytes; a link's address may be longer.
MOST_FIELD_CHARS = 8000
#: How old a push may be: the platform sends again for some seconds only.
FRESH_SECONDS = 300


class PushMalformed(Invalid):
    """不是公众平台的 XML 消息。"""

    code = "wechat_push_malformed"


@dataclass(frozen=True)
class Push:
    """One message or event of one person.

    key        what a repeated delivery repeats: MsgId, or who + when + which event
    kind       text, voice, image, location, link, another MsgType, or event
    text       of a text, a voice's recognition, a location's label, a link's title and address
    event      subscribe, unsubscribe, SCAN, CLICK … in lower case; event_key without qrscene_
    """

    key: str
    openid: str
    kind: str
    text: str = ""
    media_id: str = ""
    event: str = ""
    event_key: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def fields(body: bytes) -> dict[str, str]:
    """The child elements of the one root element. Raises PushMalformed."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise PushMalformed from error
    if root.tag != "xml":
        raise PushMalformed
    found = {child.tag: (child.text or "") for child in root}
    if any(len(value) > MOST_FIELD_CHARS for value in found.values()):
        raise PushMalformed
    return found


def read(body: bytes) -> Push:
    """Raises PushMalformed."""
    told = fields(body)
    openid, kind, made = told.get("FromUserName", ""), told.get("MsgType", ""), told.get("CreateTime", "")
    if not (0 < len(openid) <= MOST_ID_CHARS) or not made.isdigit() or not kind:
        raise PushMalformed
    if kind == "event":
        event, event_key = told.get("Event", "").lower(), told.get("EventKey", "")
        key = f"mp-event-{openid}-{made}-{event}-{event_key}"
        return Push(key[:200], openid, kind, event=event, event_key=event_key.removeprefix("qrscene_"))
    if not told.get("MsgId", "").isdigit():
        raise PushMalformed
    return Push(f"mp-{told['MsgId']}", openid, kind, _text(kind, told), told.get("MediaId", ""))


def _text(kind: str, told: dict[str, str]) -> str:
    match kind:
        case "text":
            return told.get("Content", "").strip()
        case "voice":
            # The platform announced the end of its speech recognition: an empty field is the normal case.
            return told.get("Recognition", "").strip()
        case "location":
            return told.get("Label", "").strip()
        case "link":
            return f"{told.get('Title', '')} {told.get('Url', '')}".strip()
    return ""

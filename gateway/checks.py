"""What a client may send as a message. Pure."""

from __future__ import annotations

import re
import unicodedata

from kit.errors import Invalid

MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Written, and not seen: a message of only these is empty.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u3164\u115f\u1160\u180e"))


class MessageEmpty(Invalid):
    """消息是空的,请输入内容后再发送。"""

    code = "message_empty"


class MessageTooLong(Invalid):
    """消息太长了,请分几条发送。"""

    code = "message_too_long"


class MessageNotText(Invalid):
    """这条消息含有无法识别的字符,请只发送文字。"""

    code = "message_not_text"


class MessageIdInvalid(Invalid):
    """消息编号不对。"""

    code = "message_id_invalid"


def check_id(message_id: str) -> str:
    """The id, if it is one. Raises MessageIdInvalid."""
    if not MESSAGE_ID.fullmatch(message_id):
        raise MessageIdInvalid
    return message_id


def check_text(text: str, most_chars: int) -> str:
    """The text as it is stored: trimmed, lines ended by \\n. Raises MessageEmpty, MessageTooLong, MessageNotText."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text.translate(INVISIBLE).strip():
        raise MessageEmpty
    if len(text) > most_chars:
        raise MessageTooLong(
            f"消息太长了:共 {len(text)} 字,一条最多 {most_chars} 字,请分几条发送。", most_chars=most_chars
        )
    if any(_odd(character) for character in text):
        raise MessageNotText
    return text


def _odd(character: str) -> bool:
    """Control characters, lone surrogates and code points that are no character."""
    if character in "\n\t":
        return False
    return unicodedata.category(character) in ("Cc", "Cs") or ord(character) & 0xFFFE == 0xFFFE

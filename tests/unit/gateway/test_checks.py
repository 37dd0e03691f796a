"""What a client may send."""

from __future__ import annotations

import pytest

from gateway.checks import (
    MessageEmpty,
    MessageIdInvalid,
    MessageNotText,
    MessageTooLong,
    check_id,
    check_text,
)
from kit.errors import Invalid


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", MessageEmpty),
        ("  \n\t ", MessageEmpty),
        ("\u200b\ufeff", MessageEmpty),
        ("长" * 2001, MessageTooLong),
        ("a\x00b", MessageNotText),
        ("\x1b[31m红", MessageNotText),
        ("\ud800", MessageNotText),
    ],
)
def test_what_is_no_message_is_refused(text: str, error: type[Invalid]) -> None:
    with pytest.raises(error):
        check_text(text, 2000)


def test_ten_thousand_characters_are_refused_with_a_sentence() -> None:
    with pytest.raises(MessageTooLong) as refused:
        check_text("长" * 10_000, 2000)
    assert refused.value.message == "消息太长了:共 10000 字,一条最多 2000 字,请分几条发送。"


@pytest.mark.parametrize(
    ("text", "kept"), [(" 你好\r\n在吗 ", "你好\n在吗"), ("😭跌麻了", "😭跌麻了"), ("長" * 2000, "長" * 2000)]
)
def test_a_message_is_kept_as_it_was_meant(text: str, kept: str) -> None:
    assert check_text(text, 2000) == kept


@pytest.mark.parametrize("message_id", ["", "a.b", "x" * 65, "编号", "a/b", "a\n"])
def test_an_id_is_plain(message_id: str) -> None:
    with pytest.raises(MessageIdInvalid):
        check_id(message_id)

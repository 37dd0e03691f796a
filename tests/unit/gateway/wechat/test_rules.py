"""The channel's pure rules: quotas, parts, where a reply goes, what a guest hears, pushes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.turn import Reply, TurnAnswer, TurnRequest
from gateway.channels.delivery import due
from gateway.channels.wechat import guests, parts, words
from gateway.channels.wechat.binding import code_in, fresh_code
from gateway.channels.wechat.parts import bubble, plan, size, split
from gateway.channels.wechat.push import PushMalformed, read
from gateway.channels.wechat.quota import Quota
from gateway.timeline.model import Author, Draft, Message

NOW = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
LINK = "https://huiban.example/t/" + "x" * 180


def said(seq: int, author: Author, text: str = "好", channel: str = "web", **fields: object) -> Message:
    return Message(seq, Draft(f"m{seq}", "cv-C0001", author, text, NOW, channel, **fields))  # type: ignore[arg-type]


# -- quotas ----------------------------------------------------------------------------------------------------


def test_five_in_48_hours_after_a_message() -> None:
    quota = Quota().after_message(NOW)
    lefts = []
    for _ in range(6):
        lefts.append(quota.left(NOW))
        quota = quota.spent()
    assert lefts == [5, 4, 3, 2, 1, 0]
    assert Quota().after_message(NOW).left(NOW + timedelta(hours=48)) == 0
    assert Quota().after_message(NOW).left(NOW + timedelta(hours=47)) == 5


def test_three_in_a_minute_after_an_event() -> None:
    quota = Quota().after_event(NOW)
    assert (quota.left(NOW), quota.left(NOW + timedelta(seconds=61))) == (3, 0)


def test_openings_are_reset_and_not_added() -> None:
    quota = Quota().after_message(NOW).spent().spent().after_message(NOW)
    assert quota.left(NOW) == 5
    # After a message with 4 left a scan gives no seventh: the better of the two, and both are spent.
    both = Quota().after_message(NOW).spent().after_event(NOW)
    assert (both.left(NOW), both.spent().left(NOW)) == (4, 3)
    assert both.used_up().left(NOW) == 0


@given(st.lists(st.sampled_from(["message", "event", "send", "minute"]), max_size=40))
def test_never_more_than_the_platform_allows(steps: list[str]) -> None:
    """Against a platform that adds nothing: what our book allows, one of its openings allows."""
    quota, now = Quota(), NOW
    message: list[object] = [0, NOW]
    event: list[object] = [0, NOW]
    for step in steps:
        if step == "message":
            quota, message = quota.after_message(now), [5, now + timedelta(hours=48)]
        elif step == "event":
            quota, event = quota.after_event(now), [3, now + timedelta(minutes=1)]
        elif step == "minute":
            now += timedelta(minutes=1)
        elif quota.left(now):
            open_ = [one for one in (message, event) if now < one[1] and one[0] > 0]  # type: ignore[operator]
            assert open_
            for one in (message, event):
                one[0] = max(0, one[0] - 1)  # type: ignore[operator,call-overload]
            quota = quota.spent()


# -- parts -----------------------------------------------------------------------------------------------------


@given(st.text(alphabet="这是一句话。!?,、\n abc😀", max_size=4000), st.integers(20, 2048))
@settings(max_examples=150, deadline=None)
def test_parts_fit_and_lose_no_word(text: str, most: int) -> None:
    pieces = split(text, most)
    assert all(0 < size(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_cut_stands_at_a_sentences_end() -> None:
    pieces = split("第一句很长很长。第二句。第三句!第四句", 40)
    # 3 bytes a character: 8 characters are 24, with the second sentence (4) 36, with the third 48.
    assert pieces == ["第一句很长很长。第二句。", "第三句!第四句"]


def test_a_card_is_words_and_a_link() -> None:
    rows = [{"label": f"基金{n}", "value": f"{n}.00 元"} for n in range(10)]
    card = {
        "title": "我的持仓",
        "rows": rows,
        "note": "净值 11月23日",
        "actions": [{"label": "赎回", "send": "我要赎回"}],
    }
    text = bubble(said(1, Author.AI, "您的持仓如下:", card=card), LINK)
    lines = text.split("\n")
    assert lines[:3] == ["您的持仓如下:", "「我的持仓」", "基金0:0.00 元"]
    assert lines[-4:] == ["(另有 2 项)", "净值 11月23日", "您可以回复:「我要赎回」", words.OPEN.format(link=LINK)]


def test_an_advisor_is_named() -> None:
    assert bubble(said(1, Author.HUMAN, "您好", name="林静怡"), LINK) == "【林静怡】您好"


def test_few_messages_are_merged_when_the_quota_is_small() -> None:
    messages = [said(n, Author.AI, f"第{n}条") for n in (1, 2, 3)]
    assert [part.seq for part in plan(messages, 5, LINK)] == [1, 2, 3]
    (one,) = plan(messages, 1, LINK)
    assert (one.seq, one.text) == (3, f"第1条\n\n第2条\n\n第3条\n{words.LAST}")
    assert plan(messages, 0, LINK) == []


@given(st.lists(st.integers(1, 1500), min_size=1, max_size=9), st.integers(1, 5))
@settings(max_examples=80, deadline=None)
def test_a_plan_keeps_the_quota_and_ends_the_debt(lengths: list[int], left: int) -> None:
    messages = [said(n, Author.AI, "这是一句。" * (length // 5 + 1)) for n, length in enumerate(lengths, 1)]
    planned = plan(messages, left, LINK)
    assert 0 < len(planned) <= left
    assert all(size(part.text) <= parts.MOST_BYTES for part in planned)
    assert planned[-1].seq == len(messages)
    whole = "".join(part.text for part in planned)
    # Either every sentence is there, or a link to them is.
    assert whole.count("这是一句。") == sum(length // 5 + 1 for length in lengths) or LINK in whole


# -- where a reply goes ----------------------------------------------------------------------------------------

C, A, S = Author.CLIENT, Author.AI, Author.SYSTEM


@pytest.mark.parametrize(
    ("after", "spoke", "owed"),
    [
        ([said(2, A)], "wechat", [2]),
        ([said(2, A)], "web", []),
        ([said(2, A)], None, []),
        ([said(2, C, channel="wechat"), said(3, A)], "web", [3]),
        # Held, and the client goes on in the app, where it stands: nothing more is owed.
        ([said(2, A), said(3, C), said(4, A)], "wechat", []),
        ([said(2, A), said(3, C), said(4, C, channel="wechat"), said(5, A)], "wechat", [5]),
        # What the channel says of itself is its own.
        ([said(2, S, channel="wechat")], "web", [2]),
        ([said(2, S)], "web", []),
        # What the platform's own staff wrote there, the client has.
        ([said(2, Author.HUMAN, channel="wechat")], "wechat", []),
    ],
)
def test_replies_follow_the_client(after: list[Message], spoke: str | None, owed: list[int]) -> None:
    found = due(after, spoke=spoke, channel="wechat", shown=1)
    assert ([message.seq for message in found.messages], found.seq) == (owed, after[-1].seq)


# -- guests, codes, pushes -------------------------------------------------------------------------------------


def answer(intent: str) -> TurnAnswer:
    return TurnAnswer((Reply("总资产 130,000 元"),), intent, 0.9, "平静", 0.1)


def test_a_guest_hears_only_what_anybody_may_know() -> None:
    guest = TurnRequest("wx-1", "m1", "", "我有多少钱", "wechat")
    shown = guests.lawful(guest, answer("ask_assets"))
    assert shown is not None
    assert [reply.text for reply in shown.replies] == [words.BIND_FIRST]
    assert guests.lawful(guest, answer("ask_fee")) == answer("ask_fee")
    client = TurnRequest("cv-C0001", "m1", "C0001", "我有多少钱", "wechat")
    assert guests.lawful(client, answer("ask_assets")) == answer("ask_assets")


@pytest.mark.parametrize(
    ("text", "code"),
    [("ABCD2345", "ABCD2345"), ("绑定码:abcd2345", "ABCD2345"), ("绑定 ABCD2345 ", "ABCD2345"), ("ABCD234", None),
     ("ABCD234O", None), ("我的码是ABCD2345", None), ("12345678", None)],
)  # fmt: skip
def test_a_code_is_the_whole_message(text: str, code: str | None) -> None:
    assert code_in(text) == code


def test_codes_use_the_alphabet_evenly() -> None:
    # 256 % 31 == 8: the bytes 248 to 255 are thrown away.
    assert fresh_code(lambda count: bytes([255] * 3 + [0, 30, 31, 247, 1, 2, 3, 4])[:11]) == "2Z2Z3456"


def test_a_push_without_its_fields_is_malformed() -> None:
    for body in (b"<xml></xml>", b"<xml><FromUserName>o</FromUserName><MsgType>text</MsgType></xml>",
                 b"<xml><FromUserName>o</FromUserName><MsgType>text</MsgType><CreateTime>soon</CreateTime></xml>",
                 b"<xml><FromUserName>o</FromUserName><MsgType>text</MsgType><CreateTime>1</CreateTime></xml>"):  # fmt: skip
        with pytest.raises(PushMalformed):
            read(body)

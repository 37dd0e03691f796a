"""One spelling for many, and always the way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.normalise import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("請問我昨天的淨值為什麼還沒有更新呢", "请问我昨天的净值为什么还没有更新呢"),
        ("我的dt啥时候扣", "我的定投啥时候扣"),
        ("ＨＳ３００　卖６０００份", "沪深300 卖6000份"),
        ("赎会的钱啥时候到帐", "赎回的钱啥时候到账"),
        ("查一下昨天收意", "查一下昨天收益"),
        ("收不到验证吗", "收不到验证码"),
        ("呃,那个,我想那个那个查一下余额", "我想那个查一下余额"),
        ("哈哈哈哈哈真的假的😭😭", "哈哈真的假的(大哭)(大哭)"),
        ("急!!!!!!", "急!!"),
        ("thank you啦", "谢谢啦"),
        ("姑娘,我这基金跌得睡不着", "我这基金跌得睡不着"),
        ("您好,老师,我的钱怎么还没到", "我的钱怎么还没到"),
    ],
)
def test_what_people_write_becomes_what_the_models_know(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "手机今天登不上",
        "赎会不会亏",
        "接收意见",
        "那指数呢",
        "嗯",
        "能撤但是要等吗",
        "割又舍不得",
        "1000000元",
        "手机经常闪退",
        "你好,在吗",
        "老师,谢谢",
        "老师说这只好",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert normalise(text).text == text


def test_a_span_leads_back_to_the_original() -> None:
    found = normalise("想買ＨＳ３００那隻")
    start = found.text.index("沪深300")
    begin, end = found.original_span(start, start + len("沪深300"))
    assert found.original[begin:end] == "ＨＳ３００"


@given(st.text(alphabet=st.sampled_from("我想卖的基金沪深30０ＷＡdtjz 😭!!!。。,…嗯呃那个帐戶淨赎会"), max_size=40))
def test_every_character_knows_where_it_comes_from(text: str) -> None:
    found = normalise(text)
    assert len(found.spans) == len(found.text)
    assert all(0 <= start < end <= len(text) for start, end in found.spans)
    assert list(found.spans) == sorted(found.spans)


@given(st.text(max_size=40))
def test_any_text_can_be_read(text: str) -> None:
    assert normalise(text).original == text

"""Danger is noticed in whatever message it stands, and figures of speech are not taken for it."""

import pytest

from bot.language.normalise import normalise
from bot.language.safety import flags


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("亏光了不想活了", "self_harm"),
        ("钱都没了,活着没意思", "self_harm"),
        ("我站在天台了", "self_harm"),
        ("不是我操作的!", "account_safety"),
        ("有人登了我账号", "account_safety"),
        ("对方自称你们客服让我共享屏幕", "account_safety"),
        ("我把验证码给了一个人", "account_safety"),
        ("当初经理承诺保本的", "compliance"),
        ("他说有内幕消息", "compliance"),
        ("再不处理我就打12386", "compliance"),
    ],
)
def test_danger(text: str, flag: str) -> None:
    assert flag in flags(normalise(text).text)


@pytest.mark.parametrize(
    "text",
    [
        "气死我了",
        "跌死了",
        "新闻说有人亏了跳楼",
        "怎么防诈骗",
        "我死心了",
        "这基金保本吗",
        "笑死",
        "验证码收不到",
        "赎回几天到账",
        "怎么修改密码",
    ],
)
def test_no_danger(text: str) -> None:
    assert flags(normalise(text).text) == ()

"""What has a value is found with its exact place in the original."""

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.entities import extract
from bot.language.funds import Fund, FundMatcher
from bot.language.normalise import normalise

#: A Tuesday.
TODAY = date(2026, 11, 24)
MATCHER = FundMatcher(
    [
        Fund("HY031", "衡远沪深300指数", ("300指数", "沪深300", "300", "HS300")),
        Fund("HY032", "衡远新能源主题股票", ("新能源", "新能源主题")),
        Fund("HY036", "衡远中证红利指数", ("红利", "中证红利")),
        Fund("HY043", "衡远纳指100QDII", ("纳指", "纳指100")),
        Fund("HY011", "衡远安心纯债", ("安心纯债", "纯债")),
    ]
)


def found(text: str) -> list[tuple[str, Any, str]]:
    return [(e.entity, e.value, e.text) for e in extract(normalise(text), MATCHER, TODAY)]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("300指数卖六千份", [("fund", "HY031", "300指数"), ("shares", "6000", "六千份")]),
        ("沪深300买五千块", [("fund", "HY031", "沪深300"), ("amount", "5000", "五千块")]),
        ("HY032赎回1.2w", [("fund", "HY032", "HY032"), ("amount", "12000", "1.2w")]),
        ("两万五转到安心纯债", [("amount", "25000", "两万五"), ("fund", "HY011", "安心纯债")]),
        ("ＨＹ０３２　卖５００份", [("fund", "HY032", "ＨＹ０３２"), ("shares", "500", "５００份")]),
        ("卖衡远滬深300指數３千元", [("fund", "HY031", "衡远滬深300指數"), ("amount", "3000", "３千元")]),
        ("为啥还要12块5", [("amount", "12.5", "12块5")]),
        ("留两千其他全卖", [("amount", "2000", "两千"), ("portion", "1", "全")]),
        ("把它三分之一卖了", [("portion", "0.3333", "三分之一")]),
        ("卖一半", [("portion", "0.5", "一半")]),
        ("赎两成吧", [("portion", "0.2", "两成")]),
        ("亏了18%", [("percent", "18", "18%")]),
        ("跌了六个点", [("percent", "6", "六个点")]),
        ("C3能买R4吗", [("risk_level", "C3", "C3"), ("risk_level", "R4", "R4")]),
        ("我是稳健型的", [("risk_level", "C2", "稳健型")]),
    ],
)
def test_money_parts_shares_funds(text: str, entities: list[tuple[str, Any, str]]) -> None:
    assert found(text) == entities


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("明天扣吗", "2026-11-25"), ("大后天", "2026-11-27"),
        ("下周三能到吗", "2026-12-02"),  # Monday 11-23 + 7 + 2
        ("上周五买的", "2026-11-20"), ("上个月15号那笔", "2026-10-15"), ("11月3日", "2026-11-03"),
        ("1月5号", "2027-01-05"),  # 42 days ahead is nearer than 323 back
        ("2026年10月8日", "2026-10-08"), ("三天前", "2026-11-21"), ("月底", "2026-11-30"), ("去年12月3号", "2025-12-03"),
    ],
)  # fmt: skip
def test_dates(text: str, value: str) -> None:
    assert [(e, v) for e, v, _ in found(text)] == [("date", value)]


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("上个月赚了多少", "2026-10-01", "2026-10-31"), ("最近三个月", "2026-08-24", "2026-11-24"),
        ("今年以来收益", "2026-01-01", "2026-11-24"), ("去年亏了", "2025-01-01", "2025-12-31"),
        ("这个月", "2026-11-01", "2026-11-24"), ("第三季度", "2026-07-01", "2026-09-30"),
        ("11月3号到11月20号的收益", "2026-11-03", "2026-11-20"), ("近半年", "2026-05-24", "2026-11-24"),
    ],
)  # fmt: skip
def test_periods(text: str, begin: str, end: str) -> None:
    assert [(e, v) for e, v, _ in found(text)] == [("period", {"from": begin, "to": end})]


@pytest.mark.parametrize(
    "text",
    [
        "帮我开一份资产证明",
        "红利再投资改一下",
        "新能源板块怎么了",
        "电话95588",
        "验证码123456",
        "三天了还没到",
        "亏了一半",
        "等了一天",
        "一周年",
    ],
)
def test_what_only_looks_like_a_value(text: str) -> None:
    assert found(text) == []


@given(st.text(alphabet=st.sampled_from("买卖沪深300五千万块份一半上个月15号%C3到0９w.、,"), max_size=30))
def test_spans_are_exact_and_do_not_overlap(text: str) -> None:
    entities = extract(normalise(text), MATCHER, TODAY)
    assert all(text[e.start : e.end] == e.text for e in entities)
    assert all(a.end <= b.start for a, b in itertools.pairwise(entities))

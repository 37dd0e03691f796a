"""Numbers that name a person or an account never stay readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我手机13812345678换了", "我手机138****5678换了"),
        ("138 1234 5678", "138****5678"),
        ("+86 138-1234-5678", "138****5678"),
        ("身份证11010119900307123X,对吧", "身份证**************123X,对吧"),
        ("110101199003071234", "**************1234"),
        ("卡号6222021234567890123", "卡号***************0123"),
        ("6222 0212 3456 7890", "************7890"),
        ("13812345678", "138****5678"),
    ],
)
def test_numbers_of_people_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "赎回6000份",
        "金额12345678901.25元",
        "2026-11-24 14:20:00",
        "HY031",
        "12800000000元",
        "订单20261124",
        "一万三千八百",
    ],
)
def test_amounts_dates_and_codes_stay(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="0123456789 -Xx卡号,.", max_size=60))
def test_masking_again_changes_nothing(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(alphabet="我的手机号是,。!", max_size=10))
def test_no_mobile_number_survives(number: str, around: str) -> None:
    assert number not in mask(around + number + around)

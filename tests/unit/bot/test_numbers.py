"""Numbers as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.numbers import parse_number, plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5000", "5000"), ("1,000,000", "1000000"), ("1.2w", "12000"), ("5k", "5000"), ("20万", "200000"),
        ("两万五", "25000"),  # the lone 五 stands one unit below 万: 20000 + 5 x 1000
        ("一百八", "180"), ("一百零五", "105"), ("三千五百", "3500"), ("百八十万", "1800000"), ("1万2千", "12000"),
        ("5万8", "58000"), ("一点二万", "12000"), ("二十五", "25"), ("一万零五十", "10050"), ("三十五万", "350000"),
    ],
)  # fmt: skip
def test_value(text: str, value: str) -> None:
    found = parse_number(text)
    assert found is not None
    assert plain(found) == value


@pytest.mark.parametrize("text", ["", "钱", "点", "五点"])
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


@given(st.integers(min_value=0, max_value=10**9))
def test_digits_are_themselves(number: int) -> None:
    assert parse_number(str(number)) == Decimal(number)


@given(st.decimals(min_value=0, max_value=10**8, places=2))
def test_plain_text_has_no_exponent_and_the_same_value(number: Decimal) -> None:
    assert "E" not in plain(number)
    assert Decimal(plain(number)) == number

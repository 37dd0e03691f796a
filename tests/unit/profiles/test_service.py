"""When the books are read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from profiles.service import wants_books
from tests.unit.profiles.scene import NOON, days

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("intent", "age", "read"),
    [
        ("greet", None, True),
        ("greet", MINUTE, False),
        ("greet", days(1), True),
        ("ask_holdings", MINUTE, False),
        ("ask_should_sell", 10 * MINUTE, True),
        ("redeem_fund", MINUTE, True),
        ("affirm", MINUTE, True),
        # the clock was set back
        ("greet", -days(3), True),
    ],
)
def test_the_books_are_read_when_they_may_have_changed(intent: str, age: timedelta | None, read: bool) -> None:
    assert wants_books({intent}, None if age is None else NOON - age, NOON) is read

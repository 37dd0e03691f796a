"""What the command line reads: scripts of turns, moves of the clock."""

import pytest

from cli.chat import turns
from cli.sandbox import clock_order
from kit.errors import Invalid


def test_a_script_is_a_list_of_texts_or_of_turns_with_says() -> None:
    assert turns("- 你好\n- says: 赎回几天到账\n") == ["你好", "赎回几天到账"]


@pytest.mark.parametrize("text", ["你好", "- 1\n", "- {}\n", "- [", "- ''\n"])
def test_a_script_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        turns(text)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("+90s", {"advance_seconds": 90}),
        ("+2h", {"advance_seconds": 7200}),
        ("+1d", {"advance_seconds": 86_400}),
        ("2026-11-24T14:20", {"at": "2026-11-24T14:20:00+08:00"}),
        ("2026-11-24T14:20+00:00", {"at": "2026-11-24T14:20:00+00:00"}),
    ],
)
def test_the_clock_takes_an_instant_of_shanghai_or_a_step(text: str, order: dict[str, object]) -> None:
    assert clock_order(text) == order


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid):
        clock_order("明天")

"""The house rules catch what they are for."""

import pytest

from tools.house_rules import broken


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("gateway/turns.py", "at = datetime.now(UTC)\n"),
        ("actions/dca.py", "key = uuid.uuid4()\n"),
        ("tests/unit/test_x.py", "    await asyncio." + "sleep(1)\n"),
        ("handoff/store.py", "x = 1\n" * 401),
        ("web/chat/App.tsx", "//\n" * 251),
    ],
)
def test_a_broken_rule_is_named(path: str, text: str) -> None:
    assert list(broken(path, text))


@pytest.mark.parametrize("path", ["kit/clock.py", "bench/turn.py"])
def test_kit_and_benchmarks_may_ask_the_machine_for_the_time(path: str) -> None:
    assert not list(broken(path, "at = datetime.now(UTC)\n"))

"""A supervisor sees what no rule stopped and what is still like a promise."""

from __future__ import annotations

import pytest

from gateway import doubtful
from tests.unit.gateway.conftest import World
from tests.unit.gateway.owning import owned


@pytest.mark.timeout(120)
def test_an_unknown_promise_is_worth_a_look_and_a_plain_fact_is_not() -> None:
    if (found := doubtful.judged(["这只您拿上一年,赚头稳稳当当", "赎回费按持有天数算,满7天降一档"])) is None:
        pytest.skip("no sentence encoder here")
    assert {place for place, *_ in found} == {0}


async def test_only_supervisors_see_the_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubtful, "judged", lambda texts: [(n, text, 0.2, "yield") for n, text in enumerate(texts)])
    async with owned(world) as talk, world.staff("A14") as boss:
        assert (await talk.say("您的问题我看过了,马上回复")).status_code == 200
        assert (await talk.advisor.get("/api/desk/compliance/doubtful")).status_code == 403
        told = (await boss.get("/api/desk/compliance/doubtful")).json()
    assert told["read"] == 1
    assert [(one["text"], one["rule"], one["advisor"]["id"]) for one in told["doubtful"]] == [
        ("您的问题我看过了,马上回复", "yield", "A01")
    ]

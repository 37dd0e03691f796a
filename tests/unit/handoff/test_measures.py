"""Figures of service: arithmetic on small cases, and the report through the service."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.measures import Measured, came_back, figures, measure, percentile
from handoff.model import ClientView, HandoffState
from handoff.record import SCENE_OVER, Handoff
from handoff.supervision import PeriodWrong
from tests.unit.handoff.roster import shanghai
from tests.unit.handoff.world import World, staff

T0 = shanghai("2026-11-24T10:00")


def over(
    id: str, *, client: str = "U1", wait: float | None = 60, reply: float | None = 90, end: float = 600,
    transfers: int = 0, **rest: object,
) -> Measured:  # fmt: skip
    state = HandoffState.CLOSED if wait is not None else HandoffState.ABANDONED
    handoff = Handoff(
        id, f"cv-{client}", client, ClientView(client), "投资", ("explicit_ask",), T0, state=state,
        ended_at=T0 + timedelta(seconds=end), owner_id="A01" if wait is not None else None,
        first_reply_at=T0 + timedelta(seconds=reply) if wait is not None and reply is not None else None,
    )  # fmt: skip
    taken = T0 + timedelta(seconds=wait) if wait is not None else None
    return Measured(replace(handoff, **rest), taken, transfers)  # type: ignore[arg-type]


def test_the_figures_of_four_cases() -> None:
    cases = [
        over("a", wait=60, reply=80, end=360, score=5),
        over("b", wait=120, reply=150, end=720, score=2, transfers=1),
        over("c", wait=300, reply=330, end=900, estimated_seconds=240),
        over("d", wait=None, end=200),
    ]
    found = figures(cases)
    assert (found["count"], found["served"], found["abandoned"]) == (4, 3, 1)
    # Waits 60, 120, 300: the middle one 120; two of three within 180 s.
    assert (found["wait_p50"], found["wait_p90"], found["in_time"]) == (120, 300, pytest.approx(2 / 3))
    assert found["response_p50"] == 150
    # Handling 300, 600, 600.
    assert found["handling_mean"] == 500
    assert (found["transferred"], found["abandonment"]) == (pytest.approx(1 / 3), 0.25)
    # Scores 5 and 2: one of two is content.
    assert (found["rated"], found["content"], found["score_mean"]) == (2, 0.5, 3.5)
    # 240 s were told, 300 s it took.
    assert found["estimate_error"] == 60


def test_who_came_back() -> None:
    case = over("a", end=600)
    end = case.handoff.ended_at
    assert end is not None
    for hours, expected in ((0, False), (0.1, True), (24, True), (24.1, False)):
        asked = [("U1", T0), ("U1", end + timedelta(hours=hours)), ("U2", end + timedelta(hours=1))]
        assert bool(came_back([case], asked)) is expected
    # Who was never served cannot come back.
    assert not came_back([over("d", wait=None)], [("U1", T0 + timedelta(hours=1))])


def test_nothing_is_nothing_and_a_scene_is_no_service() -> None:
    found = measure([over("a", outcome=SCENE_OVER)], [], {})
    assert (found["total"]["count"], found["total"]["wait_p50"], found["by_topic"]) == (0, None, [])


@given(st.lists(st.floats(0, 1e4), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values_and_covers_its_share(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


@given(st.lists(st.tuples(st.none() | st.floats(0, 900), st.none() | st.integers(1, 5)), max_size=20))
def test_groups_add_up_and_shares_are_shares(drawn: list[tuple[float | None, int | None]]) -> None:
    cases = [over(str(i), wait=wait, end=1000, score=score) for i, (wait, score) in enumerate(drawn)]
    found = measure(cases, [], {"A01": "林静怡"})
    for group in ("by_topic", "by_day"):
        assert sum(row["count"] for row in found[group]) == len(cases)
    for name in ("in_time", "transferred", "abandonment", "content", "came_back"):
        assert found["total"][name] is None or 0 <= found["total"][name] <= 1


async def test_a_day_through_the_service(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    await world.wait(30, "A01")
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    await world.wait(20, "A01")
    async with world.engine.begin() as connection:
        for _ in range(2):
            await world.handoffs.replied(connection, "cv-U113", at=world.clock.now())
            world.clock.advance(timedelta(seconds=10))
    await world.handoffs.close(asked["handoff_id"], staff("A01"), "solved")
    await world.handoffs.rate(asked["handoff_id"], "U113", 5)
    await world.ask("U7")
    await world.handoffs.cancel("cv-U7")
    world.clock.advance(timedelta(hours=1))
    await world.ask()  # the first client again
    found = await world.handoffs.measures(staff("A14"))
    total = found["total"]
    # Accepted after 30 s, first words after 50 s, closed after 70 s.
    assert (total["count"], total["served"], total["abandoned"]) == (2, 1, 1)
    assert (total["wait_p50"], total["response_p50"], total["handling_mean"]) == (30, 50, 40)
    assert (total["content"], total["came_back"], total["abandonment"]) == (1.0, 1.0, 0.5)
    assert [(row["words"], row["count"]) for row in found["by_advisor"]] == [("林静怡", 1)]
    assert (found["from"], found["to"]) == ("2026-11-24", "2026-11-24")
    yesterday = shanghai("2026-11-23T12:00").date()
    assert (await world.handoffs.measures(staff("A14"), yesterday, yesterday))["total"]["count"] == 0
    with pytest.raises(PeriodWrong):
        await world.handoffs.measures(staff("A14"), yesterday + timedelta(days=1), yesterday)

"""A promise that was not kept reaches the supervisors once, whatever restarts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.alarms import AlertUnknown, SupervisorsOnly
from handoff.model import ClientView
from handoff.policy import load_policy
from handoff.record import Handoff
from handoff.sla import Promise, broken
from tests.unit.handoff.roster import AFTERNOON, after, shanghai
from tests.unit.handoff.world import World, staff, world_in

WEIGHTS = load_policy().priority


def handoff(*reasons: str, accepted: float | None = None) -> Handoff:
    return Handoff(
        "h", "cv", "U1", ClientView("U1"), "投资", reasons, AFTERNOON,
        accepted_at=None if accepted is None else after(accepted),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "accepted", "seconds", "wanted"),
    [
        # 3 minutes to answer.
        ("explicit_ask", None, 180, []),
        ("explicit_ask", None, 181, ["answer"]),
        ("explicit_ask", 179, 900, []),
        ("explicit_ask", 181, 182, ["answer"]),
        # High risk: dealt with in 5, with a person in 15.
        ("account_safety", 100, 300, []),
        ("account_safety", 100, 301, ["resolve"]),
        ("account_safety", None, 900, ["answer", "resolve"]),
        ("account_safety", None, 901, ["answer", "resolve", "alert"]),
    ],
)
def test_promises(reason: str, accepted: float | None, seconds: float, wanted: list[str]) -> None:
    found = broken(handoff(reason, accepted=accepted), WEIGHTS, now=after(seconds))
    assert [deadline.promise.value for deadline in found] == wanted


@settings(deadline=None)
@given(st.integers(0, 2000), st.integers(0, 2000), st.sampled_from(["explicit_ask", "account_safety"]))
def test_what_is_broken_stays_broken(seconds: int, more: int, reason: str) -> None:
    once = {d.promise for d in broken(handoff(reason), WEIGHTS, now=after(seconds))}
    assert once <= {d.promise for d in broken(handoff(reason), WEIGHTS, now=after(seconds + more))}


async def test_told_once_and_kept(world: World) -> None:
    boss = staff("A14")
    asked = await world.ask("U113", "account_safety", topic="账户安全")
    await world.wait(180)
    assert await world.handoffs.alerts(boss) == []
    await world.wait(21)
    told = [(who, frame["alert"]) for who, frame in world.ears.desk if frame["type"] == "alert.sla"]
    assert [(who, alert["promise"], alert["words"]) for who, alert in told] == [
        ({"A14"}, Promise.ANSWER.value, "3 分钟内没有人工应答")
    ]
    world.restart()
    await world.wait(60)
    assert [one["promise"] for one in await world.handoffs.alerts(boss)] == ["answer"]
    await world.wait(60)
    assert [one["promise"] for one in await world.handoffs.alerts(boss)] == ["resolve", "answer"]
    # Two processes at once tell it once.
    other = world.handoffs
    await world.restart().tick()
    await other.tick()
    assert sum(frame["type"] == "alert.sla" for _, frame in world.ears.desk) == 2
    snapshot = await world.handoffs.desk_snapshot("A14")
    assert [one["handoff_id"] for one in snapshot["alerts"]] == [asked["handoff_id"]] * 2
    assert (await world.handoffs.desk_snapshot("A01"))["alerts"] == []
    with pytest.raises(SupervisorsOnly):
        await world.handoffs.alerts(staff("A01"))
    for one in snapshot["alerts"]:
        await world.handoffs.alert_seen(one["id"], boss)
    assert (await world.handoffs.desk_snapshot("A14"))["alerts"] == []
    seen = await world.handoffs.alerts(boss)
    assert {one["seen_by"] for one in seen} == {"A14"}
    with pytest.raises(AlertUnknown):
        await world.handoffs.alert_seen("none", boss)


async def test_who_was_answered_in_time_and_waits_anew_is_no_breach(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    await world.wait(300, "A01")
    await world.handoffs.transfer(asked["handoff_id"], staff("A01"), topic="投资")
    await world.wait(60, "A01")
    assert await world.handoffs.alerts(staff("A14")) == []


async def test_at_night_nobody_promised_three_minutes(tmp_path) -> None:  # type: ignore[no-untyped-def]
    async with world_in(tmp_path, shanghai("2026-11-24T23:30")) as world:
        await world.ask(topic="投资")
        await world.wait(600)
        assert await world.handoffs.alerts(staff("A14")) == []
        # In the morning somebody should be there.
        world.clock.advance(timedelta(hours=9))
        await world.handoffs.tick()
        assert [one["promise"] for one in await world.handoffs.alerts(staff("A14"))] == ["answer"]


async def test_a_supervisor_reads_no_alert_of_a_complaint_about_himself(world: World) -> None:
    await world.ask("U113", "complaint", topic="投诉", about="A14")
    await world.wait(200)
    assert all("A14" not in (who or ()) for who, frame in world.ears.desk if frame["type"] == "alert.sla")
    assert await world.handoffs.alerts(staff("A14")) == []

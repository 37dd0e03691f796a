"""Time, scenes and absence: what the clock, a fixture, a restart or a silent institution do to the queue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handoff.offers import NotYours
from institution.models import AdvisorState
from tests.unit.handoff.roster import MORNING, shanghai
from tests.unit.handoff.world import World, staff, told_client, world_in


async def test_an_owner_who_is_gone_loses_the_case_and_the_client_keeps_his_place(world: World) -> None:
    await world.online("A01", "A10")
    asked = await world.ask()
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    await world.wait(40, "A10")
    assert (await world.owner())["kind"] == "advisor"
    await world.wait(20, "A10")
    shown = await world.shown(asked["handoff_id"])
    assert shown["offered_to"]["id"] == "A10"
    assert shown["requested_at"] == world.clock.now().replace(minute=10).isoformat()
    assert "连接中断" in world.book.system("U113")[-1]
    with pytest.raises(NotYours):
        await world.handoffs.close(asked["handoff_id"], staff("A01"), "solved")


async def test_timers_survive_a_restart(world: World) -> None:
    await world.online("A01", "A10", "A02")
    asked = await world.ask()
    other = await world.ask("U2", topic="养老")
    await world.handoffs.accept(other["handoff_id"], staff("A02"))
    world.clock.advance(timedelta(seconds=45))
    world.restart()
    await world.handoffs.presence("A10")
    await world.handoffs.tick()
    assert (await world.shown(asked["handoff_id"]))["offered_to"]["id"] == "A10"
    # A02's page has some time to come back, then the lease ends.
    assert (await world.owner("U2"))["kind"] == "advisor"
    await world.wait(30, "A10")
    assert (await world.owner("U2"))["kind"] == "queue"


async def test_a_moved_clock_takes_nobody_offline(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    world.clock.advance(timedelta(hours=2))
    await world.handoffs.tick()
    assert (await world.owner())["kind"] == "advisor"
    world.clock.advance(timedelta(hours=-3))
    await world.handoffs.tick()
    assert (await world.owner())["kind"] == "advisor"


async def test_the_scenario_of_the_queue_that_moves_to_another_channel(tmp_path) -> None:  # type: ignore[no-untyped-def]
    async with world_in(tmp_path, MORNING) as world:
        full = {"A01": AdvisorState(load=4), "A02": AdvisorState(load=4), "A11": AdvisorState(load=3)}
        await world.handoffs.set_fixture(full, presence_by_shift=True)
        world.book.add("cv-U133", "client", "让人帮我看看组合,这四只是不是重复了", MORNING)
        asked = await world.ask("U133", topic=None)
        await world.wait(50)
        await world.ask("U192")
        again = await world.ask("U133", key="from-wechat", channel="wechat")
        assert again["already"]
        assert again["position"] == 1
        await world.wait(50)
        await world.handoffs.set_fixture(full | {"A01": AdvisorState(load=3)}, presence_by_shift=True)
        shown = await world.shown(asked["handoff_id"])
        assert (shown["offered_to"]["id"], shown["topic"], shown["waited_seconds"]) == ("A01", "投资", 100)


async def test_nobody_on_duty_is_said_honestly_and_the_ways_out_work(tmp_path) -> None:  # type: ignore[no-untyped-def]
    async with world_in(tmp_path, shanghai("2026-11-24T22:30")) as world:
        await world.handoffs.set_fixture({}, presence_by_shift=True)
        asked = await world.ask("U1", announce=True)
        assert asked["wait_seconds"] is None
        assert "明天 08:00 恢复服务" in asked["words"]
        await world.wait(200)
        assert len(world.book.system("U1")) == 1
        assert await world.handoffs.command("cv-U1", "回电\uff0c晚上八点后")
        assert "登记回电" in world.book.system("U1")[-1]
        assert (await world.owner("U1"))["kind"] == "bot"
        assert not await world.handoffs.command("cv-U1", "回电")
        world.house.known["U2"] = told_client("U2", tier="高净值")
        trust = await world.ask("U2", "complex_topic_家族信托", topic="家族信托")
        assert "最近可约的时间是12月1日(周二)10:00" in trust["words"]
        assert await world.handoffs.command("cv-U2", "预约")
        assert "专家沈若溪" in world.book.system("U2")[-1]
        world.house.known["U3"] = told_client("U3", tier="高净值")
        await world.ask("U3", topic="家族信托")
        # The first slot is given away.
        left = await world.handoffs.leave("cv-U3", "appointment")
        assert left["due_at"] == shanghai("2026-12-01T14:00")
        kinds = [one["kind"] for one in (await world.handoffs.desk_snapshot("A05"))["follow_ups"]]
        assert kinds == ["callback", "appointment", "appointment"]


async def test_a_fixture_gives_an_owner(world: World) -> None:
    await world.handoffs.set_fixture({}, True, {"U139": {"advisor": "A09", "since": "2026-11-24T13:52:00+08:00"}})
    assert (await world.owner("U139"))["advisor"]["id"] == "A09"
    await world.wait(120)
    assert (await world.owner("U139"))["advisor"]["id"] == "A09"


async def test_another_scene_ends_what_was_open(world: World) -> None:
    await world.handoffs.set_fixture({"A01": AdvisorState(load=3)}, presence_by_shift=True)
    asked = await world.ask()
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    # The same scene goes on: a colleague's load changes.
    await world.wait(60)
    await world.handoffs.set_fixture({"A01": AdvisorState(load=2)}, presence_by_shift=True)
    assert (await world.owner())["kind"] == "advisor"
    world.clock.advance(timedelta(hours=-4))
    await world.handoffs.tick()
    await world.handoffs.set_fixture({"A01": AdvisorState(load=3)}, presence_by_shift=True)
    assert (await world.owner())["kind"] == "bot"
    assert (await world.handoffs.client_state("cv-U113"))["rating_asked"] is None
    again = await world.ask()
    shown = await world.shown(again["handoff_id"])
    assert shown["offered_to"]["id"] == "A01"
    assert "最近处理过该客户" not in shown["because"]
    await world.handoffs.accept(again["handoff_id"], staff("A01"))
    await world.handoffs.close(again["handoff_id"], staff("A01"), "solved")
    await world.handoffs.forget("cv-U113")
    assert (await world.handoffs.client_state("cv-U113"))["rating_asked"] is None


async def test_a_silent_institution_keeps_nobody_from_a_person(world: World) -> None:
    await world.online("A01")
    world.house.away = True
    asked = await world.ask()
    assert asked["state"] == "offered"
    found = await world.handoffs.detail(asked["handoff_id"], staff("A01"))
    assert found["brief"]["opening"]
    assert {"label": "客户", "value": "U113"} in found["brief"]["who"]

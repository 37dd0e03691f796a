"""Nobody is free: times of experts, booking without clashes, the calendar entry, follow-ups."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.appointments import NOTICE, Slot, calendar, free_slots
from handoff.follow_ups import FollowUpDone, FollowUpNotYours, FollowUpUnknown
from handoff.leaving import WAY_OUT, NoSlot, SlotTaken, TopicUnknown
from handoff.model import Case, ClientView, Staff
from handoff.policy import load_policy
from handoff.service import BriefClosed
from tests.unit.handoff.roster import ADVISORS, shanghai
from tests.unit.handoff.world import World, staff, told_client, world_in

POLICY = load_policy().matching
#: A Tuesday.
NOW = shanghai("2026-11-24T14:10")


def case(topic: str, tier: str = "大众", **rest: object) -> Case:
    return Case("h1", ClientView("U1", tier=tier, **rest), topic, (), NOW)  # type: ignore[arg-type]


def test_an_expert_by_appointment_is_met_at_his_own_times() -> None:
    found = free_slots(case("家族信托", "高净值"), ADVISORS.values(), set(), POLICY, now=NOW)
    # Tuesdays 10:00 and 14:00; today's have passed, the 1st of December is the next.
    assert [(slot.advisor.id, slot.at) for slot in found[:2]] == [
        ("A05", shanghai("2026-12-01T10:00")), ("A05", shanghai("2026-12-01T14:00")),
    ]  # fmt: skip
    # He serves clients of high net worth only.
    assert free_slots(case("家族信托"), ADVISORS.values(), set(), POLICY, now=NOW) == []


def test_others_are_met_on_the_full_hour_of_a_shift_the_best_first() -> None:
    found = free_slots(case("教育金"), ADVISORS.values(), set(), POLICY, now=NOW)
    # 教育金: A01 (5) until 18:00, A10 (3) until 21:00; two hours' notice from 14:10 makes 17:00 the first.
    assert [(s.advisor.id, s.at) for s in found[:3]] == [
        ("A01", shanghai("2026-11-24T17:00")), ("A10", shanghai("2026-11-24T18:00")),
        ("A10", shanghai("2026-11-24T19:00")),
    ]  # fmt: skip
    first = found[0]
    again = free_slots(case("教育金"), ADVISORS.values(), {(first.advisor.id, first.at)}, POLICY, now=NOW)
    assert (again[0].advisor.id, again[0].at) == ("A10", first.at)


@given(st.integers(0, 14 * 24 * 60), st.sets(st.integers(0, 60), max_size=30))
def test_times_are_ahead_free_and_each_once(minutes: int, taken_places: set[int]) -> None:
    now = NOW + timedelta(minutes=minutes)
    everything = free_slots(case("教育金"), ADVISORS.values(), set(), POLICY, now=now)
    taken = {(s.advisor.id, s.at) for i, s in enumerate(everything) if i in taken_places}
    found = free_slots(case("教育金"), ADVISORS.values(), taken, POLICY, now=now)
    times = [slot.at for slot in found]
    assert times == sorted(set(times))
    assert all(at > now + NOTICE for at in times)
    assert not {(slot.advisor.id, slot.at) for slot in found} & taken


def test_the_calendar_entry() -> None:
    text = calendar("f1", Slot(ADVISORS["A05"], shanghai("2026-12-01T10:00")), "家族信托", now=NOW)
    lines = text.split("\r\n")
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    # 10:00 in Shanghai is 02:00 UTC.
    assert "DTSTART:20261201T020000Z" in lines
    assert "DTEND:20261201T030000Z" in lines
    assert "TRIGGER:-PT30M" in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = text.replace("\r\n ", "")
    assert "SUMMARY:专家沈若溪 · 家族信托咨询\r\n" in unfolded
    assert "DESCRIPTION:到时会主动联系您\\,请留意在线客服的消息和预留手机号的来电。\r\n" in unfolded


async def night(world: World, client: str) -> None:
    world.house.known[client] = told_client(client, tier="高净值")
    await world.ask(client, "complex_topic_家族信托", topic="家族信托")


async def test_booking_seeing_and_giving_back(tmp_path: Path) -> None:
    async with world_in(tmp_path, shanghai("2026-11-24T22:30")) as world:
        await night(world, "U2")
        listed = await world.handoffs.appointments("cv-U2", "U2")
        assert (listed["topic"], listed["booked"]) == ("家族信托", [])
        wanted = listed["slots"][1]
        assert (wanted["words"], wanted["advisor"]["name"]) == ("12月1日(周二)14:00", "沈若溪")
        at = datetime.fromisoformat(wanted["at"])
        left = await world.handoffs.leave("cv-U2", "appointment", "想设立信托", at, "A05")
        assert left["words"] == "已为您预约专家沈若溪,时间是12月1日(周二)14:00,到时会主动联系您。"
        # The time is gone for everybody else.
        await night(world, "U3")
        assert wanted["at"] not in [s["at"] for s in (await world.handoffs.appointments("cv-U3", "U3"))["slots"]]
        with pytest.raises(SlotTaken):
            await world.handoffs.leave("cv-U3", "appointment", due_at=at, advisor_id="A05")
        booked = (await world.handoffs.appointments("cv-U2", "U2"))["booked"][0]
        assert "BEGIN:VEVENT" in await world.handoffs.calendar_of("cv-U2", booked["id"])
        for call in (world.handoffs.calendar_of, world.handoffs.cancel_appointment):
            with pytest.raises(FollowUpUnknown):
                await call("cv-U3", booked["id"])
        await world.handoffs.cancel_appointment("cv-U2", booked["id"])
        assert world.book.system("U2")[-1] == "已为您取消12月1日(周二)14:00与专家沈若溪的预约,需要时可以再约。"
        assert (await world.handoffs.appointments("cv-U2", "U2"))["booked"] == []
        assert (await world.handoffs.leave("cv-U3", "appointment", due_at=at, advisor_id="A05"))["due_at"] == at
        with pytest.raises(TopicUnknown):
            await world.handoffs.appointments("cv-U2", "U2", "占星")


async def test_a_client_is_reminded_once_half_an_hour_before(tmp_path: Path) -> None:
    async with world_in(tmp_path, shanghai("2026-12-01T09:00")) as world:
        await night(world, "U2")
        await world.handoffs.leave("cv-U2", "appointment", due_at=shanghai("2026-12-01T10:00"))
        booked = world.book.system("U2")[-1]
        for minutes, last in ((25, booked), (5, "提醒您:今天 10:00,专家沈若溪会就家族信托联系您。")):
            world.clock.advance(timedelta(minutes=minutes))
            await world.handoffs.tick()
            assert world.book.system("U2")[-1] == last
        said = len(world.book.system("U2"))
        await world.handoffs.tick()
        assert len(world.book.system("U2")) == said


async def test_of_two_who_want_the_same_time_one_gets_it(tmp_path: Path) -> None:
    async with world_in(tmp_path, shanghai("2026-11-24T22:30")) as world:
        clients = [f"U{i}" for i in range(4)]
        for client in clients:
            await night(world, client)
        at = shanghai("2026-12-01T10:00")
        answers = await asyncio.gather(
            *(world.handoffs.leave(f"cv-{c}", "appointment", due_at=at, advisor_id="A05") for c in clients),
            return_exceptions=True,
        )
        assert sum(isinstance(answer, NoSlot) for answer in answers) == 3
        # Who lost still waits: nobody is dropped for having been slower.
        waiting = [c for c in clients if (await world.owner(c))["kind"] == "queue"]
        assert len(waiting) == 3


async def test_follow_ups_are_done_once(world: World) -> None:
    await world.ask("U5")
    left = await world.handoffs.leave("cv-U5", "message", "请回复我费率的问题")
    listed = (await world.handoffs.desk_snapshot("A01"))["follow_ups"]
    assert [(one["kind"], one["client_name"], one["text"]) for one in listed] == [
        ("message", "高峰", "请回复我费率的问题")
    ]
    await world.handoffs.follow_up_done(left["follow_up_id"], staff("A01"), "已电话回复")
    with pytest.raises(FollowUpDone):
        await world.handoffs.follow_up_done(left["follow_up_id"], staff("A10"))
    assert (await world.handoffs.desk_snapshot("A01"))["follow_ups"] == []
    frames = [frame["follow_ups"] for _, frame in world.ears.desk if frame["type"] == "follow_ups"]
    assert [len(frame) for frame in frames] == [1, 0]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("回电", "回电"), ("回电话", "回电"), ("预约。", "预约"), ("留言:我的钱什么时候到?", "留言"), ("留言 请看费率", "留言"),
        ("回电要等多久?", None), ("预约的专家什么时候联系我", None), ("留言有人看吗", None), ("回电,要等多久?", None),
    ],
)  # fmt: skip
def test_only_taking_a_way_out_costs_the_place(words: str, left: str | None) -> None:
    found = WAY_OUT.match(words)
    assert (found[1] if found else None) == left


async def test_a_key_speaks_for_its_own_conversation_only(world: World) -> None:
    first = await world.handoffs.request("cv-U5", "U5", ["explicit_ask"], key="k")
    other = await world.handoffs.request("cv-U6", "U6", ["explicit_ask"], key="k")
    assert (other["already"], other["handoff_id"] != first["handoff_id"]) == (False, True)


async def test_whom_a_complaint_is_about_does_not_read_it(world: World) -> None:
    world.house.known["U8"] = told_client("U8", own_advisor="A01")
    await world.online("A01", "A06")
    asked = await world.ask("U8", "complaint", topic="投诉", about="A01", note="林静怡误导我")
    with pytest.raises(BriefClosed):
        await world.handoffs.detail(asked["handoff_id"], staff("A01"))
    left = await world.handoffs.leave("cv-U8", "message", "请主管处理")
    heard = [frame for who, frame in world.ears.desk if who is None or "A01" in who]
    assert "误导" not in str(heard)
    assert "请主管处理" not in str(heard)
    for reader, sees in (("A01", False), ("T01", False), ("A10", True)):
        assert bool((await world.handoffs.desk_snapshot(reader))["follow_ups"]) is sees
    for nobody in (staff("A01"), Staff("T01", "训练师", "训练师")):
        with pytest.raises(FollowUpNotYours):
            await world.handoffs.follow_up_done(left["follow_up_id"], nobody)
    await world.handoffs.follow_up_done(left["follow_up_id"], staff("A10"))


async def test_the_queue_hides_a_complaint_from_its_object_and_cases_from_the_trainer(world: World) -> None:
    await world.ask("U8", "complaint", topic="投诉", about="A01")
    await world.ask("U9")
    seen = {who: len((await world.handoffs.desk_snapshot(who))["queue"]) for who in ("A01", "A10", "T01")}
    assert seen == {"A01": 1, "A10": 2, "T01": 0}
    heard = {
        who: [len(f["queue"]) for to, f in world.ears.desk if f["type"] == "queue.changed" and (not to or who in to)]
        for who in seen
    }
    assert (heard["A01"][-1], heard["A10"][-1], heard["T01"]) == (1, 2, [])


async def test_a_follow_up_is_done_by_whom_it_waits_for_or_a_supervisor(world: World) -> None:
    world.house.known["U8"] = told_client("U8", own_advisor="A01")
    await world.ask("U8")
    left = await world.handoffs.leave("cv-U8", "callback")
    with pytest.raises(FollowUpNotYours):
        await world.handoffs.follow_up_done(left["follow_up_id"], staff("A10"))
    await world.handoffs.follow_up_done(left["follow_up_id"], staff("A14"))

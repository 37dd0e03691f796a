"""The service on SQLite: from the request to the rating, and what must hold when things go wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from handoff import store
from handoff.offers import NotYours
from handoff.replay import decide_again
from handoff.requests import AlreadyRated, NotWaiting, ReasonUnknown
from handoff.service import BriefClosed, TransferRefused
from handoff.states import HandoffChanged
from handoff.views import candidate_json
from institution.models import AdvisorState
from kit.ids import sequential
from tests.unit.handoff.roster import ADVISORS
from tests.unit.handoff.world import World, staff, told_client


async def test_from_the_request_to_the_rating(world: World) -> None:
    await world.online("A01")
    world.book.add("cv-U113", "client", "我想为刚出生的孩子规划教育金", world.clock.now(), emotion="满意", strength=0.5)
    asked = await world.ask("U113", "complex_planning_教育金", topic=None, announce=True)
    assert asked["state"] == "offered"
    assert asked["already"] is False
    assert world.book.system("U113") == ["已为您转人工。您排在第 1 位,很快就有顾问接入。"]
    assert world.ears.desk_types("A01").count("offer.made") == 1
    assert world.ears.owner("U113")["owner"] == {"kind": "queue", "advisor": None}

    taken = await world.handoffs.accept(asked["handoff_id"], staff("A01"), 2)
    assert taken["handoff"]["state"] == "active"
    assert taken["handoff"]["because"] == ["教育金技能 5 级", "同在上海", "负荷 0/4", "教育金评分 4.9"]
    assert world.book.system("U113")[-1] == "顾问林静怡已为您接入,您之前说的内容都已转达,不用再重复。"
    assert world.ears.owner("U113")["owner"]["advisor"] == {"id": "A01", "name": "林静怡", "role": "顾问"}

    await world.handoffs.close(asked["handoff_id"], staff("A01"), "solved", "已给出计划", ("教育金",))
    frame = world.ears.owner("U113")
    assert frame["owner"]["kind"] == "bot"
    assert frame["rating_asked"] == {"handoff_id": asked["handoff_id"], "name": "林静怡"}
    assert await world.handoffs.command("cv-U113", "5分")
    assert world.ears.owner("U113")["rating_asked"] is None
    with pytest.raises(AlreadyRated):
        await world.handoffs.rate(asked["handoff_id"], "U113", 1)
    await world.handoffs.done(asked["handoff_id"], staff("A01"))
    assert (await world.shown(asked["handoff_id"]))["state"] == "closed"


async def test_asking_again_keeps_one_handoff_and_raises_it(world: World) -> None:
    first = await world.ask(key="m1:handoff")
    again = await world.ask("U113", "complaint", key="m1:handoff")
    assert again["handoff_id"] == first["handoff_id"]
    low = await world.shown(first["handoff_id"])
    more = await world.ask("U113", "account_safety", topic="账户安全", facts=[{"label": "异常登录", "value": "贵阳"}])
    high = await world.shown(first["handoff_id"])
    assert more["already"] is True
    assert more["handoff_id"] == first["handoff_id"]
    # 20 for asking; with 60 for safety 80.
    assert (low["priority"], high["priority"], high["topic"]) == (20, 80, "账户安全")
    assert "complaint" not in [reason["code"] for reason in high["reasons"]]
    with pytest.raises(ReasonUnknown):
        await world.ask("U113", "boredom")


async def test_nobody_answers_then_the_next_best_is_asked(world: World) -> None:
    await world.online("A01", "A10")
    asked = await world.ask()
    assert (await world.shown(asked["handoff_id"]))["offered_to"]["id"] == "A01"
    await world.wait(40, "A01", "A10")
    assert (await world.shown(asked["handoff_id"]))["offered_to"]["id"] == "A01"
    await world.wait(5, "A01", "A10")
    assert (await world.shown(asked["handoff_id"]))["offered_to"]["id"] == "A10"
    body = await world.handoffs.decline(asked["handoff_id"], staff("A10"), "正在开会")
    # Nobody else is there: who missed it is asked once more, at once.
    assert body["handoff"]["offered_to"]["id"] == "A01"
    assert body["handoff"]["because"][-1] == "本单超时未接,没有其他同事能接,再次派给他"
    found = await world.handoffs.detail(asked["handoff_id"], staff("A14"))
    blocked = {c["advisor"]["id"]: c["blocked_by"] for c in found["candidates"]}
    assert blocked["A01"] == []
    assert blocked["A10"] == ["本单已拒绝:正在开会,1 分钟后可再派"]
    # Waiting counts from the first request.
    assert found["handoff"]["waited_seconds"] == 45
    assert (await world.handoffs.accept(asked["handoff_id"], staff("A01")))["handoff"]["owner"]["id"] == "A01"


async def test_two_accept_the_same_and_one_wins(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    answers = await asyncio.gather(
        *(world.handoffs.accept(asked["handoff_id"], staff(who)) for who in ("A10", "A01", "A02")),
        return_exceptions=True,
    )
    won = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert len(won) == 1
    assert won[0]["handoff"]["owner"]["id"] == "A01"
    assert all(isinstance(answer, HandoffChanged) for answer in answers if isinstance(answer, BaseException))
    # The winner's second click changes nothing.
    assert (await world.handoffs.accept(asked["handoff_id"], staff("A01"), 2))["handoff"]["version"] == 3


async def test_two_take_the_same_waiting_case_by_hand(world: World) -> None:
    asked = await world.ask()
    answers = await asyncio.gather(
        *(world.handoffs.accept(asked["handoff_id"], staff(who), 1) for who in ("A01", "A10")), return_exceptions=True
    )
    assert sum(isinstance(answer, HandoffChanged) for answer in answers) == 1


async def test_capacity_holds_and_a_freed_place_is_used_at_once(world: World) -> None:
    await world.handoffs.set_fixture({"A01": AdvisorState(load=3)}, presence_by_shift=False)
    await world.online("A01")
    first, second = await world.ask("U1"), await world.ask("U2")
    await world.handoffs.accept(first["handoff_id"], staff("A01"))
    assert second["state"] == "waiting"
    assert second["position"] == 1
    await world.handoffs.close(first["handoff_id"], staff("A01"), "solved")
    assert (await world.shown(second["handoff_id"]))["offered_to"]["id"] == "A01"


async def test_the_queue_is_left_on_request(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    assert await world.handoffs.command("cv-U113", "取消排队")
    assert (await world.shown(asked["handoff_id"]))["state"] == "abandoned"
    assert world.ears.desk_types("A01").count("offer.gone") == 1
    with pytest.raises(NotWaiting):
        await world.handoffs.cancel("cv-U113")
    assert not await world.handoffs.command("cv-U113", "我想赎回")


async def test_a_returning_client_meets_who_knows_the_case(world: World) -> None:
    await world.online("A01", "A10")
    asked = await world.ask()
    await world.handoffs.decline(asked["handoff_id"], staff("A01"), "忙")
    await world.handoffs.accept(asked["handoff_id"], staff("A10"))
    await world.handoffs.return_to_bot(asked["handoff_id"], staff("A10"), "已说明费率")
    assert (await world.owner())["kind"] == "bot"
    back = await world.ask()
    shown = await world.shown(back["handoff_id"])
    assert shown["offered_to"]["id"] == "A10"
    assert "最近处理过该客户" in shown["because"]


async def test_transfer_to_a_colleague_and_to_a_topic(world: World) -> None:
    await world.online("A01", "A02", "A12")
    asked = await world.ask()
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    with pytest.raises(TransferRefused, match="没有基金投顾资格"):
        await world.handoffs.transfer(asked["handoff_id"], staff("A01"), to="A12")
    body = await world.handoffs.transfer(asked["handoff_id"], staff("A01"), to="A02", note="客户说河南话")
    assert body["handoff"]["offered_to"]["id"] == "A02"
    await world.handoffs.accept(asked["handoff_id"], staff("A02"))
    body = await world.handoffs.transfer(asked["handoff_id"], staff("A02"), topic="保险")
    # A01 handed it on and does not get it back.
    assert (body["handoff"]["offered_to"]["id"], body["handoff"]["topic"]) == ("A12", "保险")


async def test_going_offline_withdraws_the_offer(world: World) -> None:
    await world.online("A01", "A10")
    asked = await world.ask()
    await world.handoffs.presence("A01", "offline")
    assert (await world.shown(asked["handoff_id"]))["offered_to"]["id"] == "A10"
    assert "offer.gone" in world.ears.desk_types("A01")


async def test_a_complaint_about_a_colleague_goes_to_the_supervisor(world: World) -> None:
    await world.online("A06", "A14")
    world.book.add("cv-U113", "client", "我要投诉林静怡,她骗我", world.clock.now(), emotion="愤怒", strength=0.9)
    asked = await world.ask("U113", "complaint", topic="投诉")
    shown = await world.shown(asked["handoff_id"])
    assert shown["offered_to"]["id"] == "A14"
    assert shown["level"] == "medium"


async def test_high_net_worth_has_a_reason_of_its_own(world: World) -> None:
    world.house.known["U9"] = told_client("U9", tier="高净值", member_level="钻石")
    asked = await world.ask("U9")
    shown = await world.shown(asked["handoff_id"])
    points = {reason["code"]: reason["points"] for reason in shown["reasons"]}
    # 25 is the most for who the client is: 15 + 15 is cut.
    assert points == {"explicit_ask": 20, "high_net_worth_channel": 15, "member_level": 10}
    assert sum(points.values()) == shown["priority"]


async def test_a_decision_is_stored_with_its_inputs(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    async with world.engine.begin() as connection:
        decision = (await store.decisions_of(connection, asked["handoff_id"]))[0]
    assert decision["advisor_id"] == "A01"
    assert decision["policy_version"] == world.handoffs.policy.version
    assert decision["inputs"]["advisors"]["A01"] == ["online", 0]
    assert [c["advisor"]["id"] for c in decision["result"]["candidates"] if c["chosen"]] == ["A01"]
    # Made again from the inputs alone it is the same decision.
    found, ranked = decide_again(decision["inputs"], ADVISORS.values(), world.handoffs.policy)
    assert found.explanation == decision["result"]["explanation"]
    assert [candidate_json(c, "A01") for c in ranked] == decision["result"]["candidates"]


async def test_what_the_client_feels_moves_the_queue(world: World) -> None:
    asked = await world.ask()
    await world.handoffs.understood("cv-U113", "全完了", at=world.clock.now(), emotion="恐慌", strength=1.0)
    shown = await world.shown(asked["handoff_id"])
    assert (shown["priority"], shown["last_message"]["text"]) == (42, "全完了")


async def test_what_a_role_may_see(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    reads = {who: await world.handoffs.detail(asked["handoff_id"], staff(who)) for who in ("A01", "A06", "A02", "A14")}
    assets = {who: "180,000.00" in str(read["brief"]) for who, read in reads.items()}
    # Offered to A01; 客服 never; another advisor's client; the supervisor.
    assert assets == {"A01": True, "A06": False, "A02": False, "A14": True}
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    await world.handoffs.close(asked["handoff_id"], staff("A01"), "solved")
    after = await world.handoffs.detail(asked["handoff_id"], staff("A01"))
    assert "180,000.00" not in str(after["brief"])
    async with world.engine.begin() as connection:
        events = await store.events_of(connection, asked["handoff_id"])
    assert [e["detail"]["assets"] for e in events if e["event"] == "brief_read" and e["actor"] == "A01"] == [
        True,
        False,
    ]


async def test_a_supervisor_sends_a_waiting_case_to_somebody(world: World) -> None:
    await world.online("A01", "A10")
    asked = await world.ask()
    with pytest.raises(NotYours):
        await world.handoffs.transfer(asked["handoff_id"], staff("A02"), to="A10")
    body = await world.handoffs.transfer(asked["handoff_id"], staff("A14"), to="A10")
    assert body["handoff"]["offered_to"]["id"] == "A10"
    assert [frame["why"] for _, frame in world.ears.desk if frame["type"] == "offer.gone"] == ["withdrawn"]


async def test_a_bare_figure_is_a_score_only_when_asked_for(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    await world.handoffs.close(asked["handoff_id"], staff("A01"), "solved")
    world.book.add("cv-U113", "ai", "您想赎回几份?", world.clock.now())
    assert not await world.handoffs.command("cv-U113", "5")
    assert await world.handoffs.command("cv-U113", "\uff14星")
    assert (await world.handoffs.client_state("cv-U113"))["rating_asked"] is None


async def test_those_behind_hear_that_they_moved_up(world: World) -> None:
    await world.handoffs.set_fixture({"A01": AdvisorState(load=3)}, presence_by_shift=False)
    await world.online("A01")
    for client in ("U1", "U2", "U3"):
        await world.ask(client)
    assert world.ears.owner("U3")["waiting"]["position"] == 2
    await world.handoffs.cancel("cv-U2")
    assert world.ears.owner("U3")["waiting"]["position"] == 1


async def test_a_case_is_closed_to_those_who_do_not_answer_for_it(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    world.book.add("cv-U113", "client", "我想看看组合", world.clock.now())
    queued = await world.handoffs.detail(asked["handoff_id"], staff("A02"))
    assert queued["messages"] == []
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    with pytest.raises(BriefClosed):
        await world.handoffs.detail(asked["handoff_id"], staff("A02"))
    assert (await world.handoffs.detail(asked["handoff_id"], staff("A01")))["messages"]


async def test_two_processes_give_out_each_place_once(world: World) -> None:
    """Two services on one database, as two processes are: requests, offers and acceptances at the same time."""
    other = World(world.engine)
    other.new_id = sequential("other")
    other.restart()
    other.book = world.book
    await world.handoffs.set_fixture({"A01": AdvisorState(load=2)}, presence_by_shift=False)
    await world.online("A01")
    asked = await asyncio.gather(
        *(w.ask(f"U{number}") for number in range(3) for w in (world, other)),
    )
    assert len({one["handoff_id"] for one in asked}) == 3
    offered = [h for h in (await world.handoffs.desk_snapshot("A01"))["queue"] if h["state"] == "offered"]
    # Two places are left: 4 less 2.
    assert len(offered) == 2
    taken = await asyncio.gather(
        *(w.handoffs.accept(h["id"], staff(who)) for h in offered for w, who in ((world, "A01"), (other, "A10"))),
        return_exceptions=True,
    )
    assert sum(isinstance(one, HandoffChanged) for one in taken) == 2
    assert (await world.handoffs.desk_snapshot("A01"))["me"]["load"] == 4


async def test_a_former_owner_reads_no_further_than_his_service(world: World) -> None:
    world.house.known["U113"] = told_client("U113", own_advisor="A02")
    await world.online("A01")
    asked = await world.ask()
    await world.wait(45, "A01")
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    await world.handoffs.close(asked["handoff_id"], staff("A01"), "solved")
    world.book.add("cv-U113", "client", "这是以后的事", world.clock.now() + timedelta(minutes=5))
    reads = {who: await world.handoffs.detail(asked["handoff_id"], staff(who)) for who in ("A01", "A02", "A14")}
    later = {who: "这是以后的事" in [m["text"] for m in read["messages"]] for who, read in reads.items()}
    assert later == {"A01": False, "A02": True, "A14": True}
    assert reads["A01"]["messages"]


async def test_the_last_places_of_a_rare_licence_are_kept_while_others_are_there(world: World) -> None:
    # A house that keeps two: A09 (投资 5, 私募销售) has 4 places; a client of 财富 is served by A01 (投资 4) once two are left.
    policy = world.handoffs.policy
    kept = replace(policy.matching, reserved=frozenset({"私募销售"}), reserved_places=2)
    world.handoffs.policy = replace(policy, matching=kept)
    world.house.known |= {f"U{n}": told_client(f"U{n}", tier="财富") for n in range(1, 5)}
    await world.online("A09", "A01")
    given = [await world.shown((await world.ask(f"U{n}"))["handoff_id"]) for n in (1, 2, 3)]
    assert [one["offered_to"]["id"] for one in given] == ["A09", "A09", "A01"]
    needed = await world.ask("U4", topic="私募")
    assert (await world.shown(needed["handoff_id"]))["offered_to"]["id"] == "A09"


async def test_nobody_waits_for_a_kept_place_when_nobody_else_is_there(world: World) -> None:
    world.house.known |= {f"U{n}": told_client(f"U{n}", tier="财富") for n in range(1, 5)}
    await world.online("A09")
    given = [await world.shown((await world.ask(f"U{n}"))["handoff_id"]) for n in (1, 2, 3, 4)]
    assert {one["state"] for one in given} == {"offered"}

"""Several people in one conversation: invited experts, listening supervisors."""

from __future__ import annotations

import asyncio

import pytest

from handoff.joint import InviteRefused, NotYours
from handoff.states import HandoffChanged
from handoff.supervision import SupervisorsOnly
from tests.unit.handoff.world import World, staff


async def taken(world: World, *others: str) -> str:
    """A case that A01 has; the others are there too."""
    await world.online("A01", *others)
    asked = await world.ask()
    await world.handoffs.accept(asked["handoff_id"], staff("A01"))
    found: str = asked["handoff_id"]
    return found


async def speaks(world: World, advisor_id: str) -> str | None:
    async with world.engine.begin() as connection:
        return await world.handoffs.speaks_as(connection, "cv-U113", staff(advisor_id))


async def readers(world: World) -> set[str]:
    async with world.engine.begin() as connection:
        return await world.handoffs.readers_of(connection, "cv-U113")


async def test_an_expert_joins_speaks_and_leaves_while_the_owner_stays(world: World) -> None:
    handoff_id = await taken(world, "A09")
    made = await world.handoffs.invite(handoff_id, staff("A01"), "A09", "请看一下新能源的持仓")
    snapshot = await world.handoffs.desk_snapshot("A09")
    invite = snapshot["invites"][0]
    assert (invite["id"], invite["state"], invite["by"]["id"]) == (made["invite_id"], "offered", "A01")
    assert snapshot["me"]["load"] == 1
    assert await speaks(world, "A09") is None
    assert await readers(world) == {"A01"}
    # He may read up on the case before he answers.
    assert (await world.handoffs.detail(handoff_id, staff("A09")))["handoff"]["id"] == handoff_id

    joined = await world.handoffs.accept_invite(invite["id"], staff("A09"))
    assert joined["handoff"]["owner"]["id"] == "A01"
    assert [(g["id"], g["state"]) for g in joined["handoff"]["guests"]] == [("A09", "joined")]
    assert world.book.system("U113")[-1] == "顾问何伟杰已加入对话,会和顾问林静怡一起为您解答。"
    assert (await speaks(world, "A01"), await speaks(world, "A09")) == ("human", "expert")
    assert await readers(world) == {"A01", "A09"}
    assert (await world.owner())["advisor"]["id"] == "A01"

    await world.handoffs.end_invite(invite["id"], staff("A09"))
    assert world.book.system("U113")[-1] == "顾问何伟杰已离开对话,顾问林静怡继续为您服务。"
    assert await speaks(world, "A09") is None
    assert (await world.handoffs.desk_snapshot("A09"))["me"]["load"] == 0
    words = [row["words"] for row in (await world.handoffs.detail(handoff_id, staff("A01")))["record"]]
    assert words[-3:] == ["邀请何伟杰加入:请看一下新能源的持仓", "加入对话", "离开对话"]


async def test_an_invitation_is_answered_once_and_runs_out(world: World) -> None:
    handoff_id = await taken(world, "A09", "A10")
    first = (await world.handoffs.invite(handoff_id, staff("A01"), "A09"))["invite_id"]
    with pytest.raises(NotYours):
        await world.handoffs.accept_invite(first, staff("A10"))
    await world.handoffs.decline_invite(first, staff("A09"), "正在开会")
    with pytest.raises(HandoffChanged):
        await world.handoffs.accept_invite(first, staff("A09"))
    second = (await world.handoffs.invite(handoff_id, staff("A01"), "A09"))["invite_id"]
    await world.wait(45, "A01", "A09", "A10")
    with pytest.raises(HandoffChanged):
        await world.handoffs.accept_invite(second, staff("A09"))
    assert (await world.handoffs.desk_snapshot("A09"))["invites"] == []
    told = [frame["invite"]["state"] for who, frame in world.ears.desk if frame["type"] == "invite" and "A01" in who]
    assert told == ["offered", "declined", "offered", "expired"]


async def test_accept_and_release_at_once_end_in_one_state(world: World) -> None:
    handoff_id = await taken(world, "A09")
    invite = (await world.handoffs.invite(handoff_id, staff("A01"), "A09"))["invite_id"]
    await asyncio.gather(
        world.handoffs.accept_invite(invite, staff("A09")), world.handoffs.end_invite(invite, staff("A01")),
        return_exceptions=True,
    )  # fmt: skip
    assert await speaks(world, "A09") is None


@pytest.mark.parametrize(
    ("who", "why"),
    [("A01", "就是当前负责人"), ("A10", "不在线"), ("A99", "没有这位同事")],
)
async def test_who_cannot_be_invited(world: World, who: str, why: str) -> None:
    handoff_id = await taken(world, "A09")
    with pytest.raises(InviteRefused, match=why):
        await world.handoffs.invite(handoff_id, staff("A01"), who)


async def test_nobody_is_invited_twice_nor_by_a_stranger(world: World) -> None:
    handoff_id = await taken(world, "A09")
    with pytest.raises(NotYours):
        await world.handoffs.invite(handoff_id, staff("A09"), "A10")
    await world.handoffs.invite(handoff_id, staff("A01"), "A09")
    with pytest.raises(InviteRefused, match="已在邀请名单中"):
        await world.handoffs.invite(handoff_id, staff("A01"), "A09")


async def test_guests_go_when_the_case_ends_or_their_page_is_gone(world: World) -> None:
    handoff_id = await taken(world, "A09")
    invite = (await world.handoffs.invite(handoff_id, staff("A01"), "A09"))["invite_id"]
    await world.handoffs.accept_invite(invite, staff("A09"))
    await world.wait(60, "A01")
    assert await readers(world) == {"A01"}
    await world.online("A09")
    again = (await world.handoffs.invite(handoff_id, staff("A01"), "A09"))["invite_id"]
    await world.handoffs.accept_invite(again, staff("A09"))
    await world.handoffs.close(handoff_id, staff("A01"), "solved")
    assert await readers(world) == set()
    assert (await world.handoffs.desk_snapshot("A09"))["invites"] == []


async def test_a_supervisor_sees_all_listens_whispers_and_takes_over(world: World) -> None:
    handoff_id = await taken(world, "A14")
    snapshot = await world.handoffs.desk_snapshot("A14")
    assert [one["id"] for one in snapshot["active"]] == [handoff_id]
    said = len(world.book.system("U113"))

    heard = await world.handoffs.listen(handoff_id, staff("A14"))
    assert [(g["id"], g["kind"]) for g in heard["handoff"]["guests"]] == [("A14", "listener")]
    assert await readers(world) == {"A01", "A14"}
    assert await speaks(world, "A14") is None
    await world.handoffs.whisper(handoff_id, staff("A14"), "先安抚,再看持仓")
    # Neither is told to the client; both are on record, the words only for the owner.
    assert len(world.book.system("U113")) == said
    whispered = [(who, frame) for who, frame in world.ears.desk if frame["type"] == "whisper"]
    assert [who for who, _ in whispered] == [{"A01", "A14"}]
    detail = await world.handoffs.detail(handoff_id, staff("A01"))
    assert [one["text"] for one in detail["whispers"]] == ["先安抚,再看持仓"]
    assert [row["words"] for row in detail["record"]][-2:] == ["开始旁听", "给负责人留言"]

    taken_over = await world.handoffs.take_over(handoff_id, staff("A14"))
    assert (taken_over["handoff"]["owner"]["id"], taken_over["handoff"]["guests"]) == ("A14", [])
    assert await readers(world) == {"A14"}
    assert await speaks(world, "A01") is None
    assert world.book.system("U113")[-1].endswith("已为您接手,您之前说的内容都已转达,不用再重复。")


async def test_a_supervisor_takes_what_is_offered_to_somebody_else(world: World) -> None:
    await world.online("A01", "A14")
    asked = await world.ask()
    moved = await world.handoffs.take_over(asked["handoff_id"], staff("A14"))
    assert (moved["handoff"]["state"], moved["handoff"]["owner"]["id"]) == ("active", "A14")
    assert world.ears.desk_types("A01").count("offer.gone") == 1
    with pytest.raises(HandoffChanged):
        await world.handoffs.accept(asked["handoff_id"], staff("A01"), 2)


async def test_only_supervisors_may(world: World) -> None:
    handoff_id = await taken(world, "A09")
    for call in (
        world.handoffs.take_over(handoff_id, staff("A09")), world.handoffs.listen(handoff_id, staff("A09")),
        world.handoffs.whisper(handoff_id, staff("A09"), "嗯"), world.handoffs.measures(staff("A09")),
        world.handoffs.rules(staff("A09")),
    ):  # fmt: skip
        with pytest.raises(SupervisorsOnly):
            await call

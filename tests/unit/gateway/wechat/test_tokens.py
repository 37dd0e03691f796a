"""One token for all: fetched once, renewed once, with Redis and without."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from redis.exceptions import ConnectionError as RedisAway

from gateway.channels.wechat.platform import BREAKS_AFTER, BROKEN_FOR, Breaker
from gateway.channels.wechat.tokens import MemoryShelf, RedisShelf, Tokens
from kit.clock import ManualClock

NOW = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)


class Counter:
    """`stable_token`: the same text until it is revoked or forced."""

    def __init__(self) -> None:
        self.fetched, self.forced, self.number = 0, 0, 1

    async def __call__(self, force: bool) -> tuple[str, float]:
        self.fetched += 1
        if force:
            self.forced += 1
            self.number += 1
        given = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(given.set_result, None)
        await given
        return f"token-{self.number}", 7200.0


class Store:
    """As much of Redis as a shelf uses; `away` makes each call fail."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.away = False

    def _here(self) -> None:
        if self.away:
            raise RedisAway

    async def hgetall(self, key: str) -> dict[bytes, bytes]:
        self._here()
        return {name.encode(): value.encode() for name, value in self.kept.get(key, {}).items()}

    async def hset(self, key: str, mapping: dict[str, str]) -> None:
        self._here()
        self.kept[key] = mapping

    async def expire(self, _key: str, _seconds: int) -> None:
        self._here()

    async def set(self, key: str, value: str, *, nx: bool, ex: int) -> bool:
        self._here()
        if key in self.kept:
            return False
        self.kept[key] = value
        return True

    async def delete(self, key: str) -> None:
        self._here()
        self.kept.pop(key, None)


async def test_many_callers_fetch_once() -> None:
    fetch, clock = Counter(), ManualClock(NOW)
    tokens = Tokens(fetch, MemoryShelf(), clock)
    assert set(await asyncio.gather(*(tokens.get() for _ in range(20)))) == {"token-1"}
    assert fetch.fetched == 1
    # 7200 s less the five minutes in which the platform renews: 6900 s.
    clock.advance(timedelta(seconds=6899))
    await tokens.get()
    assert fetch.fetched == 1
    clock.advance(timedelta(seconds=1))
    await tokens.get()
    assert fetch.fetched == 2


async def test_processes_share_what_one_fetched() -> None:
    store, fetch, clock = Store(), Counter(), ManualClock(NOW)
    first = Tokens(fetch, RedisShelf(store, "app"), clock)
    second = Tokens(fetch, RedisShelf(store, "app"), clock)
    assert [await first.get(), await second.get()] == ["token-1", "token-1"]
    assert fetch.fetched == 1


async def test_redis_away_costs_a_fetch_and_no_error() -> None:
    store, fetch = Store(), Counter()
    tokens = Tokens(fetch, RedisShelf(store, "app"), ManualClock(NOW))
    store.away = True
    assert [await tokens.get(), await tokens.get()] == ["token-1", "token-1"]
    assert fetch.fetched == 1


async def test_a_refused_token_is_renewed_once_for_all() -> None:
    fetch, clock = Counter(), ManualClock(NOW)
    tokens = Tokens(fetch, MemoryShelf(), clock)
    await tokens.get()
    fetch.number = 2  # revoked: the platform gives another
    got = await asyncio.gather(*(tokens.get(refused="token-1") for _ in range(5)))
    assert (set(got), fetch.fetched, fetch.forced) == ({"token-2"}, 2, 0)


async def test_a_renewal_is_forced_at_most_every_30_seconds() -> None:
    fetch, clock = Counter(), ManualClock(NOW)
    tokens = Tokens(fetch, MemoryShelf(), clock)
    first = await tokens.get()
    second = await tokens.get(refused=first)
    assert (second, fetch.forced) == ("token-2", 1)
    # The platform gives the refused one again: within 30 s nothing is forced.
    assert (await tokens.get(refused=second), fetch.forced) == (second, 1)
    clock.advance(timedelta(seconds=30))
    assert (await tokens.get(refused=second), fetch.forced) == ("token-3", 2)


def test_the_breaker_opens_after_failures_in_a_row_and_tries_again() -> None:
    breaker = Breaker()
    for _ in range(BREAKS_AFTER - 1):
        breaker.failed(NOW)
    assert breaker.closed(NOW)
    breaker.failed(NOW)
    assert not breaker.closed(NOW + BROKEN_FOR - timedelta(seconds=1))
    assert breaker.closed(NOW + BROKEN_FOR)
    breaker.worked()
    assert breaker.closed(NOW)

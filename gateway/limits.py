"""How often one client or one address may do something; counted once for all gateway processes.

The counts lie in Redis. While it is away each process counts for itself: a limit that is too generous for a while does
less harm than clients who are turned away.
"""

from __future__ import annotations

import asyncio

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from kit import log
from kit.errors import AgentError, Category


class TooMany(AgentError):
    """您发得有点快,请稍等几秒再试。"""

    code = "too_many_requests"
    category = Category.REFUSED


#: A person types a message in some seconds; a script or a stuck page sends hundreds.
MESSAGES = parse_many("40/10 seconds;300/minute")
#: A client shows a few screenshots; each takes most of a second of a processor and a megabyte of disk.
FILES = parse_many("12/minute;60/day")
#: Guessing a password this slowly takes longer than any password lives.
SIGN_INS = parse_many("5/minute;30/hour")
#: Sign-ins from one address, whatever the name: against trying one password on many accounts.
TICKETS = parse_many("60/minute")
#: A link is 256 bits of signature, and a whole office may stand behind one address: only a flood needs a limit.
LINKS = parse_many("600/minute")

#: Redis answers in a millisecond; a call of a client does not wait long for one that hangs.
REDIS_SECONDS = 0.5
#: How long our own counts serve before Redis is asked again.
AWAY_SECONDS = 5.0
KEY_PREFIX = "huiban:limit"


class Limits:
    def __init__(self, redis_url: str | None = None) -> None:
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = MovingWindowRateLimiter(_storage(redis_url)) if redis_url else None
        self._away_until = 0.0

    async def check(self, items: list[RateLimitItem], *who: str) -> None:
        """Whether `who` has uses left; counts none. Raises TooMany."""
        for item in items:
            if not await self._ask("test", item, who):
                raise TooMany(retry_after_seconds=item.get_expiry())

    async def take(self, items: list[RateLimitItem], *who: str) -> None:
        """Count one use by `who`. Raises TooMany."""
        for item in items:
            if not await self._ask("hit", item, who):
                raise TooMany(retry_after_seconds=item.get_expiry())

    async def _ask(self, what: str, item: RateLimitItem, who: tuple[str, ...]) -> bool:
        now = asyncio.get_running_loop().time()
        if self._shared and now >= self._away_until:
            try:
                return bool(await getattr(self._shared, what)(item, *who))
            except (RedisError, OSError, TimeoutError) as error:
                self._away_until = now + AWAY_SECONDS
                log.get(__name__).warning(
                    "Limits are counted by this process alone", action="limits_alone", cause=type(error).__name__
                )
        return bool(await getattr(self._own, what)(item, *who))


def _storage(url: str) -> RedisStorage:
    return RedisStorage(
        f"async+{url}", implementation="redispy", key_prefix=KEY_PREFIX,
        socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS,
    )  # fmt: skip

"""How often one client or one address may do something."""

from __future__ import annotations

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from kit.errors import AgentError, Category


class TooMany(AgentError):
    """您发得有点快,请稍等几秒再试。"""

    code = "too_many_requests"
    category = Category.REFUSED


#: A person types a message in some seconds; a script or a stuck page sends hundreds.
MESSAGES = parse_many("40/10 seconds;300/minute")
#: Guessing a password this slowly takes longer than any password lives.
SIGN_INS = parse_many("5/minute;30/hour")
#: Sign-ins from one address, whatever the name: against trying one password on many accounts.
TICKETS = parse_many("60/minute")
#: A link is 256 bits of signature, and a whole office may stand behind one address: only a flood needs a limit.
LINKS = parse_many("600/minute")


class Limits:
    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, items: list[RateLimitItem], *who: str) -> None:
        """Whether `who` has uses left; counts none. Raises TooMany."""
        for item in items:
            if not self._limiter.test(item, *who):
                raise TooMany(retry_after_seconds=item.get_expiry())

    def take(self, items: list[RateLimitItem], *who: str) -> None:
        """Count one use by `who`. Raises TooMany."""
        for item in items:
            if not self._limiter.hit(item, *who):
                raise TooMany(retry_after_seconds=item.get_expiry())

"""When the books are read after a turn. Pure."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime, timedelta

from profiles.words import TOPICS

#: After any turn of a day the books are read once; after a turn about them again, but not at every question of a talk.
BOOKS_FRESH, BOOKS_SAME = timedelta(hours=24), timedelta(minutes=10)
#: What may have placed, changed or cancelled an order or a 定投; the yes is that of the order.
ORDERS = frozenset({
    "buy_fund", "redeem_fund", "switch_fund", "rebalance", "cancel_order", "dca_create", "dca_modify", "dca_pause",
    "dca_resume", "dca_stop", "affirm", "account_security",
})  # fmt: skip
#: What makes the books matter now: all business.
TOUCHES = frozenset(TOPICS) - {
    "ask_trading_hours", "ask_term", "ask_limit", "change_phone", "change_card", "change_identity", "accessibility",
    "how_to_use", "ask_benefits", "ask_privacy", "ask_human", "ask_callback",
} | ORDERS  # fmt: skip


def wants_books(intents: Set[str], books_at: datetime | None, now: datetime) -> bool:
    """Whether the books are read after turns with these intents. Pure."""
    if books_at is None or intents & ORDERS:
        return True
    age = now - books_at
    # The clock may have been set back to an earlier scene.
    return not timedelta(0) <= age < (BOOKS_SAME if intents & TOUCHES else BOOKS_FRESH)

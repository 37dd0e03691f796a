"""What is kept beside the books: orders' events, suitability checks, plans for life."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from institution.models import Model, Number, OrderKind, OrderStatus


class OrderEvent(Model):
    """An order entered a state. id: sortable, the cursor of the feed; words: for the client."""

    id: str
    at: datetime
    client: str
    order: str
    kind: OrderKind
    fund: str
    name: str
    status: OrderStatus
    words: str


class OrderEvents(Model):
    """A page of the feed, the oldest first. next: ask on with it; more: there is a further page now."""

    events: tuple[OrderEvent, ...]
    next: str
    more: bool = False


class SuitabilityRecord(Model):
    """A suitability check as it is kept: who, what, by whom, with which inputs, which result of each check, when.

    occasion  order (the client wants it) or offer (we named it first)
    by        bot, or the advisor's id
    verdict   pass, warn, confirm or refuse
    """

    id: str
    client: str
    at: datetime
    occasion: Literal["order", "offer"]
    by: str
    fund: str
    name: str
    amount: Number | None = None
    verdict: Literal["pass", "warn", "confirm", "refuse"]
    policy_version: int
    inputs: dict[str, Any]
    checks: tuple[dict[str, str], ...]


class LifePlan(Model):
    """A plan for life as it was computed: figures are what the client said, card what was shown."""

    id: str
    client: str
    at: datetime
    kind: str
    title: str
    figures: dict[str, Any]
    summary: str
    card: dict[str, Any]

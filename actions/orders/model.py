"""The draft of an order while it is talked over, and the facts it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any

from actions.reading import Quantity
from institution.models import Client, Fund, Holding, Order, Plan

#: An untouched draft is void after this time: prices and the client's mind have moved on.
LIFETIME = timedelta(minutes=30)


class Kind(str, Enum):
    BUY = "buy"
    REDEEM = "redeem"
    SWITCH = "switch"
    CANCEL = "cancel"
    DCA_CREATE = "dca_create"
    DCA_MODIFY = "dca_modify"
    DCA_PAUSE = "dca_pause"
    DCA_RESUME = "dca_resume"
    DCA_STOP = "dca_stop"
    DIVIDEND = "dividend"
    REBALANCE = "rebalance"

    @property
    def on_plan(self) -> bool:
        """Whether it changes a 定投 that exists."""
        return self in (Kind.DCA_MODIFY, Kind.DCA_PAUSE, Kind.DCA_RESUME, Kind.DCA_STOP)

    @property
    def on_holding(self) -> bool:
        return self in (Kind.REDEEM, Kind.SWITCH, Kind.DIVIDEND)

    @property
    def adds(self) -> bool:
        """Whether it puts money into a fund: suitability and the risk test are checked."""
        return self in (Kind.BUY, Kind.DCA_CREATE)

    @property
    def quoted(self) -> bool:
        return self in (Kind.BUY, Kind.REDEEM, Kind.SWITCH)


class Step(str, Enum):
    """What the draft waits for."""

    FUND = "fund"
    TARGET = "target"
    QUANTITY = "quantity"
    RHYTHM = "rhythm"
    PLAN = "plan"
    CHANGE = "change"
    ORDER = "order"
    MODE = "mode"
    AWARE = "aware"
    CONFIRM = "confirm"
    FINAL = "final"
    RELEASE = "release"


@dataclass(frozen=True)
class Leg:
    """One order of a rebalancing. kind: switch, redeem or buy; value: yuan at the last NAV."""

    kind: str
    fund: str
    value: Decimal
    shares: Decimal | None = None
    amount: Decimal | None = None
    to_fund: str | None = None

    @classmethod
    def of(cls, slot: Mapping[str, Any]) -> Leg:
        money = {name: Decimal(slot[name]) for name in ("value", "shares", "amount") if slot.get(name) is not None}
        return cls(**{**slot, **money})


@dataclass(frozen=True)
class Draft:
    """key: the first message's id, from which the order's idempotency key is made; seen: the last message taken in.

    t_day is what the client was last shown; touched is when. aware: the client said that he knows what the checks of
    suitability ask to be confirmed. legs: the orders of a rebalancing.
    """

    kind: Kind
    key: str
    seen: str
    touched: datetime
    step: Step = Step.FUND
    fund: str | None = None
    to_fund: str | None = None
    quantity: Quantity | None = None
    shares: Decimal | None = None
    amount: Decimal | None = None
    frequency: str | None = None
    day: int | None = None
    plan: str | None = None
    order: str | None = None
    mode: str | None = None
    t_day: str | None = None
    unsure: bool = False
    aware: bool = False
    legs: tuple[Leg, ...] = ()

    def to_slot(self) -> dict[str, Any]:
        """JSON for the slot `order`."""
        body = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: _plain(value) for name, value in body.items()}

    @classmethod
    def of(cls, slot: Mapping[str, Any]) -> Draft:
        known = {item.name for item in fields(cls)}
        body = {name: value for name, value in slot.items() if name in known}
        for name in ("shares", "amount"):
            body[name] = Decimal(body[name]) if body.get(name) is not None else None
        if quantity := body.get("quantity"):
            body["quantity"] = Quantity(Decimal(quantity["value"]), quantity["unit"])
        body["legs"] = tuple(Leg.of(leg) for leg in body.get("legs") or ())
        return cls(**body | {"kind": Kind(body["kind"]), "step": Step(body["step"]),
                             "touched": datetime.fromisoformat(body["touched"])})  # fmt: skip

    def fresh(self, now: datetime) -> bool:
        return now - self.touched < LIFETIME

    @property
    def order_key(self) -> str:
        """The same draft gives the same key, however often the last step is sent; another order never shares it."""
        body = (
            self.fund,
            self.to_fund,
            self.shares,
            self.amount,
            self.plan,
            self.frequency,
            self.day,
            self.order,
            self.mode,
            *(part for leg in self.legs for part in (leg.kind, leg.fund, leg.to_fund, leg.shares, leg.amount)),
        )
        said = ":".join("" if part is None else str(_plain(part)) for part in body)
        return f"{self.key}-{self.kind.value}-{sha256(said.encode()).hexdigest()[:12]}"

    def forgetting_figures(self) -> Draft:
        """Without what was worked out of the old quantity."""
        return replace(self, shares=None, amount=None, t_day=None, unsure=False, aware=False)


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Facts:
    """What the institution's books say now. orders: those that can still be cancelled.

    today  with no day given no risk test holds, so that nothing can be bought by mistake
    """

    client: Client
    holdings: tuple[Holding, ...] = ()
    funds: Mapping[str, Fund] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    orders: tuple[Order, ...] = ()
    today: date = date.max

    def holding(self, code: str | None) -> Holding | None:
        return next((item for item in self.holdings if item.fund == code), None)

    def plan(self, plan_id: str | None) -> Plan | None:
        return next((item for item in self.plans if item.id == plan_id), None)

    def order(self, order_id: str | None) -> Order | None:
        return next((item for item in self.orders if item.id == order_id), None)

    def name(self, code: str | None) -> str:
        fund = self.funds.get(code or "")
        return fund.name if fund else code or ""


@dataclass(frozen=True)
class Problem:
    """Why a draft cannot go on as it is. fatal: it ends here; else the client may correct it."""

    code: str
    words: str
    fatal: bool = False
    quick: tuple[str, ...] = ()

"""`/v1/clients`: what a client has, and what a client changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from institution.models import (
    Client,
    Complaint,
    DividendMode,
    Frequency,
    Holdings,
    Order,
    Plan,
    Quote,
    Returns,
    ServiceRecord,
)
from institution.records import LifePlan, SuitabilityRecord
from institution.sandbox import effects, trading, views
from institution.sandbox.state import State
from institution.sandbox.trading import OrderRequest
from kit.errors import Invalid

router = APIRouter(prefix="/v1/clients", tags=["clients"])


def state_of(request: Request) -> State:
    state: State = request.app.state.sandbox
    return state


Here = Annotated[State, Depends(state_of)]
ClientId = Annotated[str, Path(max_length=40)]
Key = Annotated[str, Field(min_length=1, max_length=200)]


class Keyed(BaseModel):
    """key: the caller's own; the same key does nothing twice."""

    model_config = ConfigDict(extra="forbid")
    key: Key


class OrderBody(OrderRequest):
    key: Key


class ReleaseBody(Keyed):
    human_spoken: bool = False


class HoldBody(Keyed):
    reason: str = Field(min_length=1, max_length=200)


class PlanBody(Keyed):
    fund: str
    amount: Decimal = Field(gt=0)
    frequency: Frequency = "每月"
    day: int = 1


class PlanChange(Keyed):
    amount: Decimal | None = Field(None, gt=0)
    frequency: Frequency | None = None
    day: int | None = None


class ComplaintBody(Keyed):
    kind: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=4000)


class SuitabilityBody(Keyed):
    """records: `institution.records.SuitabilityRecord` without id, client and at, which the keeper adds."""

    records: list[dict[str, Any]] = Field(min_length=1, max_length=100)


class LifePlanBody(Keyed):
    kind: str = Field(max_length=40)
    title: str = Field(max_length=80)
    figures: dict[str, Any]
    summary: str = Field(max_length=4000)
    card: dict[str, Any]


class DividendBody(Keyed):
    fund: str
    mode: DividendMode


@router.get("")
async def clients(state: Here) -> list[Client]:
    return [views.client(state, client) for client in state.world.people]


@router.get("/{client}")
async def client(state: Here, client: ClientId) -> Client:
    return views.client(state, client)


@router.get("/{client}/holdings")
async def holdings(state: Here, client: ClientId) -> Holdings:
    return views.holdings(state, client)


@router.get("/{client}/returns", response_model_by_alias=True)
async def returns(
    state: Here, client: ClientId, start: Annotated[date, Query(alias="from")], end: Annotated[date, Query(alias="to")]
) -> Returns:
    if end < start:
        raise Invalid("起始日期晚于结束日期。")
    return views.returns(state, client, start, end)


@router.get("/{client}/orders")
async def orders(state: Here, client: ClientId, limit: Annotated[int, Query(ge=1, le=500)] = 20) -> list[Order]:
    return views.orders(state, client, limit)


@router.post("/{client}/orders")
async def place_order(state: Here, client: ClientId, body: OrderBody) -> Order:
    return views.order(state, effects.place_order(state, client, body, body.key))


@router.post("/{client}/orders/quote")
async def quote(state: Here, client: ClientId, body: Annotated[dict[str, Any], Body()]) -> Quote:
    """The same body as an order; `key` is ignored: a quote changes nothing."""
    request = OrderRequest.model_validate({name: value for name, value in body.items() if name != "key"})
    return trading.quote(views.account(state, client), request, state.catalog)[0]


@router.get("/{client}/orders/{order}")
async def order(state: Here, client: ClientId, order: str) -> Order:
    return views.order(state, state.order(client, order))


@router.post("/{client}/orders/{order}/cancel")
async def cancel_order(state: Here, client: ClientId, order: str, body: Keyed) -> Order:
    return views.order(state, effects.cancel_order(state, client, order, body.key))


@router.post("/{client}/orders/{order}/hold")
async def hold_order(state: Here, client: ClientId, order: str, body: HoldBody) -> Order:
    """A risk alert holds an order that can still be stopped, until the client or an advisor has decided."""
    return views.order(state, effects.hold_order(state, client, order, body.reason, body.key))


@router.post("/{client}/orders/{order}/release")
async def release_order(state: Here, client: ClientId, order: str, body: ReleaseBody) -> Order:
    booked = effects.release_order(state, client, order, body.key, human_spoken=body.human_spoken)
    return views.order(state, booked)


@router.get("/{client}/plans")
async def plans(state: Here, client: ClientId) -> list[Plan]:
    state.person(client)
    state.now()
    return [views.plan(state, plan) for plan in state.world.plans[client].values()]


@router.post("/{client}/plans")
async def create_plan(state: Here, client: ClientId, body: PlanBody) -> Plan:
    state.person(client)
    plan = effects.create_plan(
        state, client, fund=body.fund, amount=body.amount, frequency=body.frequency, day=body.day, key=body.key
    )
    return views.plan(state, plan)


@router.post("/{client}/plans/{plan}/{action}")
async def change_plan(
    state: Here,
    client: ClientId,
    plan: str,
    action: Literal["pause", "resume", "stop", "modify"],
    body: PlanChange,
) -> Plan:
    changes = body.model_dump(exclude={"key"}, exclude_none=True)
    return views.plan(state, effects.change_plan(state, client, plan, action, body.key, changes))


@router.get("/{client}/service-records")
async def service_records(state: Here, client: ClientId) -> list[ServiceRecord]:
    state.person(client)
    return state.world.records[client]


@router.get("/{client}/complaints")
async def complaints(state: Here, client: ClientId) -> list[Complaint]:
    state.person(client)
    return sorted(state.world.complaints[client], key=lambda ticket: ticket.opened_at, reverse=True)


@router.post("/{client}/complaints")
async def open_complaint(state: Here, client: ClientId, body: ComplaintBody) -> Complaint:
    return effects.open_complaint(state, client, body.kind, body.text, body.key)


@router.post("/{client}/dividend-mode")
async def dividend_mode(state: Here, client: ClientId, body: DividendBody) -> dict[str, Any]:
    state.person(client)
    return effects.set_dividend_mode(state, client, body.fund, body.mode, body.key)


@router.post("/{client}/suitability-checks")
async def keep_suitability(state: Here, client: ClientId, body: SuitabilityBody) -> dict[str, int]:
    return {"kept": effects.keep_suitability(state, client, body.records, body.key)}


@router.get("/{client}/suitability-checks")
async def suitability(
    state: Here, client: ClientId, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> list[SuitabilityRecord]:
    """The newest first."""
    state.person(client)
    return [record for record in reversed(state.world.suitability) if record.client == client][:limit]


@router.get("/{client}/life-plans")
async def life_plans(state: Here, client: ClientId) -> list[LifePlan]:
    """The newest first."""
    state.person(client)
    return sorted(state.world.life_plans[client], key=lambda plan: plan.at, reverse=True)


@router.post("/{client}/life-plans")
async def save_life_plan(state: Here, client: ClientId, body: LifePlanBody) -> LifePlan:
    return effects.save_life_plan(state, client, body.model_dump(exclude={"key"}), body.key)

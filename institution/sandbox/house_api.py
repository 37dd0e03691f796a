"""`/v1`: funds, calendar, rules and staff of the house; the clock; what only operators use (`/admin`)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from institution.models import Advisor, Day, Fixture, Fund, Nav, Rule
from institution.records import OrderEvents, SuitabilityRecord
from institution.sandbox import feed, views
from institution.sandbox import fixture as fixtures
from institution.sandbox.clients_api import Here
from institution.sandbox.doorway import FaultMode, Faults
from kit.clock import SHANGHAI, check_aware
from kit.errors import Invalid

router = APIRouter(prefix="/v1")


class FaultsBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    mode: FaultMode
    seconds: float = Field(0.0, ge=0, le=3600)


class ClockBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    at: AwareDatetime | None = None
    advance_seconds: float | None = None


class Now(BaseModel):
    now: datetime


@router.get("/health", tags=["operations"])
async def health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/clock", tags=["clock"])
async def clock(state: Here) -> Now:
    return Now(now=state.now())


@router.post("/clock", tags=["clock"])
async def move_clock(state: Here, body: ClockBody) -> Now:
    """Set the present instant, or move it; time runs on from there."""
    if (body.at is None) == (body.advance_seconds is None):
        raise Invalid("at 和 advance_seconds 请给出其中一个。")
    at = body.at or state.now() + timedelta(seconds=body.advance_seconds or 0)
    if calendar_year_gap(state.market.anchor, at.date()):
        raise Invalid("时间超出了沙盒的行情范围(起点前后一年)。")
    state.move_clock(check_aware(at))
    return Now(now=state.now())


def calendar_year_gap(anchor: date, day: date) -> bool:
    return abs((day - anchor).days) > 366


@router.get("/funds", tags=["funds"])
async def funds(state: Here) -> list[Fund]:
    state.now()
    return [views.fund(state, code) for code in state.catalog.funds]


@router.get("/funds/{code}", tags=["funds"])
async def fund(state: Here, code: str) -> Fund:
    state.now()
    return views.fund(state, code)


@router.get("/funds/{code}/navs", tags=["funds"])
async def navs(
    state: Here, code: str, start: Annotated[date, Query(alias="from")], end: Annotated[date, Query(alias="to")]
) -> list[Nav]:
    if end < start:
        raise Invalid("起始日期晚于结束日期。")
    return views.navs(state, code, start, end)


@router.get("/calendar/{day}", tags=["house"])
async def calendar_day(state: Here, day: date) -> Day:
    return views.day(state, day)


@router.get("/rules", tags=["house"])
async def rules(state: Here) -> list[Rule]:
    """All versions; one without `until` is in force from `effective` on."""
    return list(state.catalog.rules)


@router.get("/advisors", tags=["house"])
async def advisors(state: Here) -> list[Advisor]:
    return views.advisors(state)


@router.get("/events", tags=["house"])
async def events(
    state: Here,
    after: Annotated[str | None, Query(max_length=120)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> OrderEvents:
    """Orders' states entered after the event `after`; without it, where to ask on from now."""
    now = state.now()
    if after is None:
        return OrderEvents(events=(), next=feed.cursor(now))
    booked = [order for orders in state.world.orders.values() for order in orders]
    try:
        return feed.since(booked, state.catalog.funds, after=after, now=now, limit=limit)
    except ValueError:
        raise Invalid("after 不是本接口给出的编号。") from None


@router.get("/suitability-checks", tags=["house"])
async def suitability_checks(
    state: Here,
    start: Annotated[date, Query(alias="from")],
    end: Annotated[date, Query(alias="to")],
    verdict: Annotated[str | None, Query(pattern="^(pass|warn|confirm|refuse)$")] = None,
    by: Annotated[str | None, Query(max_length=40)] = None,
) -> list[SuitabilityRecord]:
    """The suitability checks of a span of days, both included, the oldest first: what a report is drawn from."""
    return [
        record
        for record in state.world.suitability
        if start <= record.at.astimezone(SHANGHAI).date() <= end
        and (verdict is None or record.verdict == verdict)
        and (by is None or record.by == by)
    ]


@router.get("/admin/faults", tags=["operations"])
async def faults(request: Request) -> FaultsBody:
    now: Faults = request.app.state.faults
    return FaultsBody(mode=now.mode, seconds=now.seconds)


@router.post("/admin/faults", tags=["operations"])
async def set_faults(request: Request, body: FaultsBody) -> FaultsBody:
    request.app.state.faults = Faults(body.mode, body.seconds)
    return body


@router.post("/admin/load", tags=["operations"])
async def load(state: Here, body: Annotated[Any, Body()]) -> dict[str, Any]:
    """Begin afresh at the fixture's `now`, with the fixture on top of the seeded world."""
    file = fixtures.read(body, state.catalog)
    state.restart(at=check_aware(file.now) if file.now else state.now(), fixture=body)
    return {
        "now": state.now(),
        "clients": [entry.id for entry in file.clients],
        "messages": len(state.fixture.messages),
    }


@router.post("/admin/reset", tags=["operations"])
async def reset(request: Request, state: Here) -> Now:
    """The seeded world at the real time; effects, fixture and faults are gone."""
    state.restart()
    request.app.state.faults = Faults()
    return Now(now=state.now())


@router.get("/admin/fixture", tags=["operations"])
async def fixture(state: Here) -> Fixture:
    return state.fixture.model_copy(update={"now": state.now()})

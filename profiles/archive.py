"""Reads what the growth archive is made of: the institution's books, what the systems told, the life events kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from institution.calendar import SHANGHAI
from institution.models import Nav, Returns
from kit.clock import Clock
from kit.errors import AgentError
from profiles import growth, store, tables
from profiles.growth import Json, Past
from profiles.happenings import Happening
from profiles.ports import Institution

MOST_ORDERS, MOST_FUNDS = 500, 12
NAV_DAYS = timedelta(days=730)
LEARNT = ("lesson_read", "tested")


class Archive:
    def __init__(self, engine: AsyncEngine, clock: Clock, institution: Institution) -> None:
        self._engine, self._clock, self._institution = engine, clock, institution

    async def of(self, client_id: str, *, assets: bool) -> Json:
        """`profiles.growth.growth` of a client now. Raises NotFound, Unavailable."""
        today = self._clock.now().astimezone(SHANGHAI).date()
        house = self._institution
        client, holdings, orders, plans = await asyncio.gather(
            house.client(client_id),
            house.holdings(client_id),
            house.orders(client_id, MOST_ORDERS),
            house.plans(client_id),
        )
        codes = [h.fund for h in sorted(holdings.items, key=lambda h: -h.value)][:MOST_FUNDS]
        navs = dict(zip(codes, await asyncio.gather(*(self._navs(code, today) for code in codes)), strict=True))
        returns: dict[date, Returns] = {}
        for _, first, last in growth.years(client.since, today):
            if (made := await self._returns(client_id, first, last)) is not None:
                returns[first] = made
        async with self._engine.connect() as sql:
            events = await store.events_of(sql, client_id)
            columns = tables.happenings.c
            wanted = select(tables.happenings).where(columns.client_id == client_id, columns.kind.in_(LEARNT))
            rows = (await sql.execute(wanted)).mappings()
            told = [Happening(r["source"], r["key"], client_id, r["kind"], r["at"], r["body"]) for r in rows]
        past = Past(client, holdings, orders, plans, navs, told, events, returns)
        return growth.growth(past, today, assets=assets)

    async def _navs(self, code: str, today: date) -> Sequence[Nav]:
        try:
            return await self._institution.navs(code, today - NAV_DAYS, today)
        except AgentError:
            return ()

    async def _returns(self, client_id: str, first: date, last: date) -> Returns | None:
        """None when the institution's histories do not reach back so far."""
        try:
            return await self._institution.returns(client_id, first, last)
        except AgentError:
            return None

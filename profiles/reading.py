"""A client's books, read from the institution."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from institution.calendar import SHANGHAI
from institution.models import Client, Fund, Holdings, Nav
from kit.errors import AgentError, NotFound
from profiles.books import Books
from profiles.ports import Institution

#: Enough for the orders of half a year of most clients.
MOST_ORDERS = 200
#: Sixty trading days before an order of a month ago.
NAV_DAYS = timedelta(days=130)
#: Funds whose NAVs are asked for one client, those held first.
MOST_FUNDS = 16
ORDERS_WITH_RISE = timedelta(days=31)


class Reader:
    """Keeps what is the same for every client for a day: the funds and their NAVs."""

    def __init__(self, institution: Institution) -> None:
        self._institution = institution
        self._funds: dict[str, Fund] = {}
        self._navs: dict[str, Sequence[Nav]] = {}
        self._for: tuple[str, int] | None = None

    async def client(self, client_id: str) -> Client:
        return await self._institution.client(client_id)

    async def holdings(self, client_id: str) -> Holdings:
        return await self._institution.holdings(client_id)

    async def told(self, client_id: str, *, assets: bool, seconds: float) -> tuple[Client | None, Holdings | None]:
        """File and, for who may see them, holdings, both asked at once; None when they do not come in time. Raises NotFound."""
        try:
            async with asyncio.timeout(seconds):
                wanted = self._institution.holdings(client_id) if assets else _nothing()
                return await asyncio.gather(self._institution.client(client_id), wanted)
        except NotFound:
            raise
        except (AgentError, TimeoutError):
            return None, None

    async def standing(self, client_id: str) -> tuple[float, list[dict[str, Any]]]:
        """What is held in all, and the last orders with their states."""
        holdings = await self._institution.holdings(client_id)
        orders = await self._institution.orders(client_id, 10)
        return float(holdings.total), [{"id": o.id, "kind": o.kind, "status": o.status} for o in orders]

    async def client_ids(self) -> list[str]:
        return [client.id for client in await self._institution.clients()]

    async def books(self, client_id: str, *, now: datetime) -> Books:
        """Raises AgentError when the institution does not tell."""
        holdings, orders, plans = await asyncio.gather(
            self._institution.holdings(client_id),
            self._institution.orders(client_id, MOST_ORDERS),
            self._institution.plans(client_id),
        )
        await self._renew(now)
        recent = [o.fund for o in orders if timedelta(0) <= now - o.placed_at <= ORDERS_WITH_RISE and o.kind != "dca"]
        codes = list(dict.fromkeys([*(h.fund for h in holdings.items), *recent]))[:MOST_FUNDS]
        return Books(holdings, orders, plans, self._funds, {code: await self._nav(code, now) for code in codes})

    def forget(self) -> None:
        """A fixture changes NAVs."""
        self._for = None

    async def _renew(self, now: datetime) -> None:
        local = now.astimezone(SHANGHAI)
        # NAVs are published in the evening: what was read before 20:00 is read again after it.
        at = (local.date().isoformat(), local.hour // 20)
        if self._for != at:
            self._for, self._navs = at, {}
            self._funds = {fund.code: fund for fund in await self._institution.funds()}

    async def _nav(self, code: str, now: datetime) -> Sequence[Nav]:
        if code not in self._navs:
            today = now.astimezone(SHANGHAI).date()
            try:
                self._navs[code] = await self._institution.navs(code, today - NAV_DAYS, today)
            except AgentError:
                return ()
        return self._navs[code]


async def _nothing() -> None:
    """The holdings of who may not see them."""

"""The mood of all clients for supervisors: by cohort, by day, after soothing and after human help (requirements B4, I4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from types import MappingProxyType
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from institution.calendar import SHANGHAI
from kit.clock import Clock
from profiles import moods, tables
from profiles.ports import Talk

Json = dict[str, Any]
_AGE = tables.targets.c.age
COHORTS: Mapping[str, Any] = MappingProxyType({
    "tier": tables.targets.c.tier,
    "stage": tables.targets.c.stage,
    "region": tables.targets.c.region,
    "risk": tables.targets.c.risk,
    "age": case((_AGE < 30, "30岁以下"), (_AGE < 45, "30-44岁"), (_AGE < 60, "45-59岁"), else_="60岁以上"),
})  # fmt: skip
#: A cohort of fewer tells of single clients.
LEAST_CLIENTS = 5


class Moods:
    def __init__(self, engine: AsyncEngine, clock: Clock, talk: Talk) -> None:
        self._engine, self._clock, self._talk = engine, clock, talk

    async def shown(self, *, by: str, days: int) -> Json:
        """`{by, days, cohorts: [{cohort, clients, messages, negative, positive}], curve: [{day, …}], soothing, help}`.

        soothing, help: `{moments, before, after, drop}`. Shares 0..1; a cohort of fewer than five clients is left out.
        """
        now = self._clock.now()
        first = now.astimezone(SHANGHAI).date() - timedelta(days=days - 1)
        async with self._engine.connect() as sql:
            found = {
                "by": by, "days": days, "cohorts": await self._cohorts(sql, by, first), "curve": await self._curve(sql, first),
            }  # fmt: skip
            told = await self._talk.exchanged(sql, since=now - timedelta(days=days))
        return {**found, **_after(told)}

    async def _cohorts(self, sql: AsyncConnection, by: str, first: Any) -> list[Json]:
        c, d = tables.targets.c, tables.days.c
        cohort = COHORTS[by].label("cohort")
        clients = func.count(func.distinct(c.client_id))
        wanted = (
            select(cohort, clients, *_sums())
            .select_from(tables.days.join(tables.targets, c.client_id == d.client_id))
            .where(d.day >= first, d.message > 0)
            .group_by(cohort)
            .having(clients >= LEAST_CLIENTS)
            .order_by(cohort)
        )
        return [
            {"cohort": f"C{name}" if by == "risk" else name, "clients": count, **_shares(*sums)}
            for name, count, *sums in await sql.execute(wanted)
        ]

    async def _curve(self, sql: AsyncConnection, first: Any) -> list[Json]:
        d = tables.days.c
        wanted = select(d.day, *_sums()).where(d.day >= first, d.message > 0).group_by(d.day).order_by(d.day)
        return [{"day": day.isoformat(), **_shares(*sums)} for day, *sums in await sql.execute(wanted)]


def _sums() -> list[Any]:
    return [func.sum(tables.days.c[name]) for name in ("message", "negative", "positive")]


def _shares(messages: float, negative: float, positive: float) -> Json:
    return {
        "messages": int(messages), "negative": round(negative / messages, 4), "positive": round(positive / messages, 4),
    }  # fmt: skip


def _after(told: Sequence[moods.Told]) -> Json:
    talks = [list(talk) for _, talk in groupby(told, key=lambda one: one.conversation_id)]
    found = {}
    for name, places in (("soothing", moods.soothed), ("help", moods.helped)):
        one = moods.drop(talks, {talk[0].conversation_id: places(talk) for talk in talks})
        found[name] = {
            "moments": one.moments, "before": round(one.before, 4), "after": round(one.after, 4), "drop": round(one.drop, 4),
        }  # fmt: skip
    return found

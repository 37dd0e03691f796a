"""Thresholds that a supervisor has set over those of the policy file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from kit.clock import Clock
from kit.errors import Invalid, NotFound
from kit.ids import NewId
from profiles import store, tables
from profiles.alerts import OUTCOMES, Alert
from profiles.model import Level
from profiles.policy import IndicatorRule, Policy
from profiles.tuning import curve, preview, suggested, with_thresholds

Json = dict[str, Any]


class IndicatorUnknown(NotFound):
    """没有这个指标。"""

    code = "indicator_unknown"


class ThresholdsWrong(Invalid):
    """门槛要给全这个指标的每一级,并且级别越高门槛越大。"""

    code = "thresholds_wrong"


class Thresholds:
    """The policy as it holds: the file's, with what was set since."""

    def __init__(self, engine: AsyncEngine, clock: Clock, new_id: NewId, policy: Policy) -> None:
        self._engine, self._clock, self._new_id = engine, clock, new_id
        self.file, self.policy = policy, policy
        self._read = False

    async def ready(self) -> Policy:
        """Read once what was set before this process began."""
        if not self._read:
            async with self._engine.connect() as sql:
                rows = (await sql.execute(select(tables.thresholds).order_by(tables.thresholds.c.at))).mappings()
                for row in rows:
                    self._take(row["indicator"], row["levels"])
            self._read = True
        return self.policy

    async def tuning(self, name: str) -> Json:
        """`{indicator, title, thresholds, file, judged, curve, suggested, history}`. Raises IndicatorUnknown."""
        await self.ready()
        rule = self._rule(name)
        alerts = await self._alerts(name)
        judged = sum(alert.state in OUTCOMES for alert in alerts)
        points = curve(alerts, strict=rule.bands.strict)
        lowest = min(rule.bands.thresholds.values())
        best = suggested(points, judged, lowest)
        return {
            "indicator": name, "title": rule.title, "judged": judged, "raised": len(alerts),
            "thresholds": _plain(rule.bands.thresholds),
            "file": _plain(self.file.indicators[name].bands.thresholds),
            "curve": [
                {"threshold": p.threshold, "raised": p.raised, "false_share": p.false_share, "kept": p.kept} for p in points
            ],
            "suggested": best.threshold if best else None,
            "history": await self._history(name),
        }  # fmt: skip

    async def try_out(self, name: str, levels: Mapping[str, float]) -> Json:
        """What other thresholds would have made of all alerts so far: `{before: {level: n}, after}`."""
        await self.ready()
        try:
            return preview(await self._alerts(name), self._rule(name), _levels(levels))
        except ValueError as error:
            raise ThresholdsWrong from error

    async def set(self, name: str, levels: Mapping[str, float], *, by: str) -> None:
        """They hold from the next reading on. Raises IndicatorUnknown, ThresholdsWrong."""
        await self.ready()
        before = _plain(self._rule(name).bands.thresholds)
        self._take(name, levels)
        row = {
            "id": self._new_id(), "indicator": name, "levels": dict(levels), "before": before, "by": by,
            "at": self._clock.now(),
        }  # fmt: skip
        async with self._engine.begin() as sql:
            await sql.execute(insert(tables.thresholds).values(**row))

    def _take(self, name: str, levels: Mapping[str, float]) -> None:
        rule = self._rule(name)
        try:
            changed = with_thresholds(rule, _levels(levels))
        except ValueError as error:
            raise ThresholdsWrong from error
        self.policy = replace(self.policy, indicators={**self.policy.indicators, name: changed})

    def _rule(self, name: str) -> IndicatorRule:
        if name not in self.policy.indicators:
            raise IndicatorUnknown
        return self.policy.indicators[name]

    async def _alerts(self, name: str) -> list[Alert]:
        async with self._engine.connect() as sql:
            return await store.of_indicator(sql, name)

    async def _history(self, name: str) -> list[Json]:
        wanted = select(tables.thresholds).where(tables.thresholds.c.indicator == name)
        async with self._engine.connect() as sql:
            rows = (await sql.execute(wanted.order_by(tables.thresholds.c.at.desc()))).mappings()
            return [
                {"levels": r["levels"], "before": r["before"], "by": r["by"], "at": r["at"].isoformat()} for r in rows
            ]


def _levels(levels: Mapping[str, float]) -> dict[Level, float]:
    return {Level(name): float(value) for name, value in levels.items()}


def _plain(levels: Mapping[Level, float]) -> dict[str, float]:
    return {level.value: value for level, value in levels.items()}

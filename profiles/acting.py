"""Alerts act (requirement E2): what was decided is kept with the alert, done at once, and done again until it is done.

A step carries the act's id as its key, so that doing it again changes nothing: a crash between two steps is healed by
the next look at what is due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kit import log
from kit.clock import Clock
from kit.database import insert_new
from kit.errors import AgentError
from profiles import tables
from profiles.alerts import Alert, State
from profiles.interventions import Plan, Rules, plan_for, task_text
from profiles.model import Facts, Level
from profiles.policy import IndicatorRule
from profiles.ports import Desk

logger = log.get(__name__)
Json = dict[str, Any]
#: A look a minute: four hours, then somebody has to see to it.
MOST_TRIES, MOST_SHOWN, MOST_REASON = 240, 50, 200
TASK_HOURS = {Level.LOW: 72, Level.MEDIUM: 24, Level.HIGH: 2}


class Acts:
    """desk is set at bootstrap; without one what is due waits."""

    def __init__(self, engine: AsyncEngine, clock: Clock, rules: Rules) -> None:
        self._engine, self._clock, self.rules = engine, clock, rules
        self.desk: Desk | None = None

    async def plan(
        self, sql: AsyncConnection, alert: Alert, before: Alert | None, rule: IndicatorRule, facts: Facts
    ) -> str | None:
        """Keep, in the alert's own transaction, what is to be done; the act's id, or None when it is known already."""
        if alert.state is not State.OPEN or (
            before is not None and before.id == alert.id and before.level is alert.level
        ):
            return None
        plan = plan_for(alert, rule.group, rule.kind, facts, self.rules)
        act_id = f"{alert.id}:{alert.level.value}"
        row: Json = {
            "id": act_id, "client_id": alert.client_id, "alert_id": alert.id, "indicator": alert.indicator,
            "level": alert.level.value, "at": facts.now, "plan": plan.to_json(), "before": snapshot(facts, alert),
            "during": [], "state": "due", "tries": 0,
        }  # fmt: skip
        if not await insert_new(sql, tables.acts, row):
            return None
        if plan.task and facts.person.own_advisor:
            await insert_new(sql, tables.tasks, _task(act_id, alert, rule, plan, facts))
        return act_id

    async def due(self) -> int:
        """Do what is due; how many acts were done."""
        async with self._engine.connect() as sql:
            wanted = select(tables.acts).where(tables.acts.c.state == "due").order_by(tables.acts.c.at)
            rows = list((await sql.execute(wanted)).mappings())
        return sum([await self.perform(row) for row in rows])

    async def perform_ids(self, ids: Sequence[str]) -> None:
        if not ids:
            return
        async with self._engine.connect() as sql:
            wanted = select(tables.acts).where(tables.acts.c.id.in_(ids), tables.acts.c.state == "due")
            rows = list((await sql.execute(wanted)).mappings())
        for row in rows:
            await self.perform(row)

    async def perform(self, row: RowMapping) -> bool:
        """One act, all its steps; whether it is done now. What fails is tried again with the next look."""
        plan: Json = row["plan"]
        during: list[Json] = []
        try:
            handoff_id = await self._steps(row, plan, during) if plan["reason"] else None
        except AgentError as error:
            await self._failed(row, error.code)
            return False
        if plan["note"]:
            during.append({"step": "note", "at": self._now(), "words": plan["note"]})
        if plan["task"]:
            during.append({"step": "task", "at": self._now(), "words": "已交给专属顾问跟进"})
        async with self._engine.begin() as sql:
            await sql.execute(
                update(tables.acts)
                .where(tables.acts.c.id == row["id"], tables.acts.c.state == "due")
                .values(state="done", during=during, done_at=self._clock.now(), handoff_id=handoff_id)
            )
        logger.info("An alert was acted on", action="alert_acted", indicator=row["indicator"], level=row["level"])
        return True

    async def _steps(self, row: RowMapping, plan: Json, during: list[Json]) -> str | None:
        """Hold, ask, call. Raises AgentError."""
        if self.desk is None:
            raise AgentError
        client_id, key = row["client_id"], row["id"]
        for order in plan["pending"]:
            held = order["status"] == "held" or await self.desk.hold(
                client_id, order["id"], reason=row["before"]["words"][:MOST_REASON], key=f"{key}:{order['id']}"
            )
            words = "已暂缓,等客户确认" if held else f"不能暂缓,客户可在{order['until']}前撤单"
            during.append({"step": "hold", "at": self._now(), "order": order["id"], "held": held, "words": words})
        if await self.desk.bot_owns(client_id):
            await self.desk.say(client_id, plan["ask"], key=f"act:{key}")
            during.append({"step": "ask", "at": self._now(), "words": plan["ask"]})
        facts = [{"label": "风险预警", "value": row["before"]["words"]}]
        facts += [{"label": "待核对的交易", "value": order["words"]} for order in plan["pending"]]
        told = await self.desk.call(
            client_id,
            [plan["reason"]],
            topic=plan["topic"],
            facts=facts,
            note=row["before"]["advice"],
            key=f"act:{key}",
        )
        took = (self._clock.now() - row["at"]).total_seconds()
        during.append({
            "step": "handoff", "at": self._now(), "handoff": told["handoff_id"], "reason": plan["reason"],
            "seconds": round(took, 1), "in_time": took <= self.rules.promise.total_seconds(),
        })  # fmt: skip
        return str(told["handoff_id"])

    async def _failed(self, row: RowMapping, code: str) -> None:
        tries = row["tries"] + 1
        state = "failed" if tries >= MOST_TRIES else "due"
        async with self._engine.begin() as sql:
            await sql.execute(update(tables.acts).where(tables.acts.c.id == row["id"]).values(tries=tries, state=state))
        logger.warning("An alert could not be acted on", action="alert_act_failed", cause=code, tries=tries)

    def _now(self) -> str:
        return self._clock.now().isoformat()

    async def judged(
        self, sql: AsyncConnection, alerts: Sequence[Alert], *, outcome: str, note: str, by: str, after: Json
    ) -> None:
        """Somebody has looked: what became of it closes the record."""
        for alert in alerts:
            told = {**after, "note": note, "by": by, "at": self._now()}
            await sql.execute(
                update(tables.acts).where(tables.acts.c.alert_id == alert.id).values(outcome=outcome, after=told)
            )
            like = tables.tasks.c.key.in_([f"act:{alert.id}:{level.value}" for level in Level])
            await sql.execute(
                update(tables.tasks)
                .where(like, tables.tasks.c.done_at.is_(None))
                .values(done_at=self._clock.now(), done_by=by)
            )

    async def shown(self, client_id: str, *, assets: bool, assets_of: Mapping[str, bool]) -> list[Json]:
        """The client's acts as a reader may see them, the newest first."""
        wanted = (
            select(tables.acts)
            .where(tables.acts.c.client_id == client_id)
            .order_by(tables.acts.c.at.desc(), tables.acts.c.id)
            .limit(MOST_SHOWN)
        )
        async with self._engine.connect() as sql:
            rows = list((await sql.execute(wanted)).mappings())
        return [act_json(row, assets=assets) for row in rows if assets or not assets_of.get(row["indicator"], True)]

    async def forget(self, sql: AsyncConnection, client_id: str) -> None:
        for table in (tables.acts, tables.tasks, tables.outreach):
            await sql.execute(table.delete().where(table.c.client_id == client_id))


def snapshot(facts: Facts, alert: Alert) -> Json:
    """What stood before anything was done."""
    return {
        "words": alert.words, "advice": alert.advice, "value": alert.value, "total": round(facts.total, 2),
        "orders": [
            {"id": t.id, "kind": t.kind, "amount": round(t.amount, 2), "status": t.status} for t in facts.trades[:10]
        ],
    }  # fmt: skip


def _task(act_id: str, alert: Alert, rule: IndicatorRule, plan: Plan, facts: Facts) -> Json:
    return {
        "key": f"act:{act_id}", "advisor_id": facts.person.own_advisor, "client_id": alert.client_id,
        "title": f"{facts.person.name}:{rule.title}", "text": task_text(alert, plan), "reasons": [alert.words],
        "assets": int(rule.indicator.assets), "at": facts.now,
        "due_at": facts.now + timedelta(hours=TASK_HOURS[alert.level]),
    }  # fmt: skip


def act_json(row: RowMapping, *, assets: bool) -> Json:
    """`{id, indicator, level, at, state, handoff_id, before, plan, during, after, outcome}`; no sums without assets."""
    before = dict(row["before"])
    plan = dict(row["plan"])
    if not assets:
        before = {name: before[name] for name in ("words", "advice", "value")}
        plan = {name: plan[name] for name in ("level", "reason", "topic", "task")}
    return {
        "id": row["id"], "alert_id": row["alert_id"], "indicator": row["indicator"], "level": row["level"],
        "at": _iso(row["at"]), "state": row["state"], "done_at": _iso(row["done_at"]), "handoff_id": row["handoff_id"],
        "before": before, "plan": plan, "during": row["during"] if assets else [_bare(s) for s in row["during"]],
        "after": row["after"] if assets else None, "outcome": row["outcome"],
    }  # fmt: skip


def _bare(step: Mapping[str, Any]) -> Json:
    shown = ("step", "at", "handoff", "reason", "seconds", "in_time", "word", "by", "order")
    return {name: step[name] for name in shown if name in step}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

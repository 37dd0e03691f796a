"""Messages that we begin, and work for the client's own advisor: kept, then done at a fit time, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kit import log
from kit.clock import Clock
from kit.database import insert_new
from kit.errors import NotFound
from profiles import store, tables
from profiles.model import Facts
from profiles.outreach import LEAST_NO, NO_SELLING, Standing, fit_time, verdict
from profiles.policy import Policy
from profiles.ports import Desk, Talk
from profiles.services import Service, called_for
from profiles.tags import Tag, tags_of

logger = log.get(__name__)
Json = dict[str, Any]
TASK_DAYS, LOOK_BACK, MOST_SHOWN, MOST_AT_ONCE = 3, timedelta(days=30), 100, 200


class TaskUnknown(NotFound):
    """没有这个任务。"""

    code = "task_unknown"


class Serving:
    """desk is set at bootstrap."""

    def __init__(self, engine: AsyncEngine, clock: Clock, talk: Talk, services: Sequence[Service]) -> None:
        self._engine, self._clock, self._talk, self.services = engine, clock, talk, services
        self.desk: Desk | None = None

    async def plan(self, sql: AsyncConnection, facts: Facts, policy: Policy) -> list[str]:
        """Keep, in the caller's transaction, which services the client's tags call for; the new ones."""
        evidence = await store.evidence_of(sql, facts.person.id)
        tags = {tag.name: tag for tag in tags_of(evidence, facts.events, policy, now=facts.now)}
        done = []
        for called in called_for(self.services, tags, evidence):
            key, service = called.key(facts.person.id, facts.now), called.service
            row = {
                "key": key, "client_id": facts.person.id, "kind": service.id, "text": service.message,
                "asked_at": facts.now, "not_before": fit_time(facts.now), "state": "waiting", "why": "",
            }  # fmt: skip
            if not await insert_new(sql, tables.outreach, row):
                continue
            done.append(service.id)
            if facts.person.own_advisor:
                task = {
                    "key": key, "advisor_id": facts.person.own_advisor, "client_id": facts.person.id,
                    "title": f"{facts.person.name}:{service.title}", "text": service.task, "reasons": list(called.reasons),
                    "assets": 1, "at": facts.now, "due_at": facts.now + timedelta(days=TASK_DAYS),
                }  # fmt: skip
                await insert_new(sql, tables.tasks, task)
        return done

    async def step(self, policy: Policy) -> int:
        """Send what may go out now; how many went."""
        if self.desk is None:
            return 0
        now = self._clock.now()
        async with self._engine.connect() as sql:
            waiting = select(tables.outreach).where(
                tables.outreach.c.state == "waiting", tables.outreach.c.not_before <= now
            )
            rows = list(
                (await sql.execute(waiting.order_by(tables.outreach.c.not_before).limit(MOST_AT_ONCE))).mappings()
            )
        return sum([await self._try(row, policy, now) for row in rows])

    async def _try(self, row: RowMapping, policy: Policy, now: datetime) -> bool:
        assert self.desk is not None
        client_id = row["client_id"]
        async with self._engine.connect() as sql:
            said = (await self._talk.heard(sql, client_id, since=now - LOOK_BACK)).said
            sent_at = select(tables.outreach.c.sent_at).where(
                tables.outreach.c.client_id == client_id, tables.outreach.c.sent_at.is_not(None)
            )
            sent = list(await sql.scalars(sent_at))
            opted_out = await self._opted_out(sql, client_id, policy, now)
        bot_owns = await self.desk.bot_owns(client_id)
        found = verdict(Standing(now, row["asked_at"], said, sent, opted_out, bot_owns))
        if found.do == "send":
            # Said under its key first, then marked: a crash between the two says nothing twice.
            await self.desk.say(client_id, row["text"], key=row["key"])
            await self._mark(row["key"], state="sent", why="", sent_at=now)
            logger.info("A message that we begin went out", action="outreach_sent", kind=row["kind"])
            return True
        if found.do == "drop":
            await self._mark(row["key"], state="dropped", why=found.why)
        else:
            await self._mark(row["key"], why=found.why, not_before=found.at)
        return False

    async def _opted_out(self, sql: AsyncConnection, client_id: str, policy: Policy, now: datetime) -> bool:
        evidence = [one for one in await store.evidence_of(sql, client_id) if one.tag == NO_SELLING]
        tags: tuple[Tag, ...] = tags_of(evidence, (), policy, now=now)
        if any(tag.weight >= LEAST_NO for tag in tags if tag.name == NO_SELLING):
            return True
        here = (tables.happenings.c.client_id == client_id) & (tables.happenings.c.kind == "opted_out")
        return (await sql.execute(select(tables.happenings.c.key).where(here).limit(1))).first() is not None

    async def _mark(self, key: str, **values: Any) -> None:
        async with self._engine.begin() as sql:
            await sql.execute(update(tables.outreach).where(tables.outreach.c.key == key).values(**values))

    # -- the advisor's work ----------------------------------------------------------------------------------

    async def tasks_of(self, advisor_id: str | None, *, assets: bool) -> list[Json]:
        """Work that is not done, what is due first; of everybody for None. Without assets nothing that tells of sums."""
        wanted = select(tables.tasks).where(tables.tasks.c.done_at.is_(None))
        if advisor_id is not None:
            wanted = wanted.where(tables.tasks.c.advisor_id == advisor_id)
        if not assets:
            wanted = wanted.where(tables.tasks.c.assets == 0)
        async with self._engine.connect() as sql:
            rows = (await sql.execute(wanted.order_by(tables.tasks.c.due_at).limit(MOST_SHOWN))).mappings()
            return [_task_json(row) for row in rows]

    async def done(self, key: str, *, by: str, all_of_them: bool) -> None:
        """Again changes nothing. Raises TaskUnknown, also for the work of others."""
        here = tables.tasks.c.key == key
        if not all_of_them:
            here = here & (tables.tasks.c.advisor_id == by)
        async with self._engine.begin() as sql:
            if (await sql.execute(select(tables.tasks.c.key).where(here))).first() is None:
                raise TaskUnknown
            late = update(tables.tasks).where(here, tables.tasks.c.done_at.is_(None))
            await sql.execute(late.values(done_at=self._clock.now(), done_by=by))


def _task_json(row: RowMapping) -> Json:
    return {
        "key": row["key"], "client_id": row["client_id"], "advisor_id": row["advisor_id"], "title": row["title"],
        "text": row["text"], "reasons": row["reasons"], "at": row["at"].isoformat(), "due_at": row["due_at"].isoformat(),
    }  # fmt: skip

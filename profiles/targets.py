"""Lists of clients: the rows that queries run on, counts, exports with purpose and approval, all of it written down."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kit.clock import Clock
from kit.errors import Conflict, NotFound, Refused
from kit.ids import NewId
from profiles import store, tables
from profiles.model import Facts
from profiles.policy import Policy
from profiles.query import LEAST_WEIGHT, Query, parse
from profiles.tags import tags_of

Json = dict[str, Any]
MOST_ROWS = 20_000
#: In the audit: no single client is meant.
NOBODY = "-"
#: Who sees the clients of all; others ask about their own (requirement H2).
ALL_CLIENTS, NO_LISTS = "主管", ("客服", "训练师")


class ExportUnknown(NotFound):
    """没有这份名单。"""

    code = "export_unknown"


class NotApproved(Conflict):
    """这份名单还没有批准,或已经处理过。"""

    code = "export_state"


class OwnExport(Refused):
    """自己申请的名单要由别的主管批准。"""

    code = "own_export"


async def renew(sql: AsyncConnection, facts: Facts, policy: Policy) -> None:
    """Write the client's row and tags afresh, in the caller's transaction."""
    person, out, into = facts.person, [], []
    for trade in facts.trades:
        if trade.kind != "dca":
            out += [trade.placed_at] if trade.goes_out else []
            into += [trade.placed_at] if trade.goes_in else []
    row = {
        "client_id": person.id, "risk": person.risk, "age": person.age, "tier": person.tier, "stage": person.stage,
        "region": person.region, "own_advisor": person.own_advisor, "redeemed_at": max(out, default=None),
        "bought_at": max(into, default=None), "spoke_at": facts.said[-1].at if facts.said else None,
        "assets": facts.total,
    }  # fmt: skip
    tags = tags_of(await store.evidence_of(sql, person.id), facts.events, policy, now=facts.now)
    weighty = [tag.name for tag in tags if tag.weight >= LEAST_WEIGHT]
    await store.put_target(sql, {**row, "tags": f",{','.join(weighty)},"})
    await sql.execute(delete(tables.target_tags).where(tables.target_tags.c.client_id == person.id))
    if tags:
        rows = [{"tag": tag.name, "client_id": person.id, "weight": tag.weight} for tag in tags]
        await sql.execute(insert(tables.target_tags), rows)


class Targets:
    def __init__(self, engine: AsyncEngine, clock: Clock, new_id: NewId, policy: Callable[[], Policy]) -> None:
        self._engine, self._clock, self._new_id, self._policy = engine, clock, new_id, policy

    async def count(self, words: str, *, reader_id: str, role: str, address: str) -> Json:
        """`{query, count, ms}`. Raises QueryWrong."""
        query = self._query(words, reader_id, role, self._clock.now())
        start = time.perf_counter()
        async with self._engine.connect() as sql:
            count = int(await sql.scalar(query.count()) or 0)
        took = (time.perf_counter() - start) * 1000
        await self._note(reader_id, role, address, [f"count:{query.words}"])
        return {"query": query.words, "count": count, "ms": round(took, 1)}

    async def ask(self, words: str, purpose: str, *, reader_id: str, role: str, address: str) -> Json:
        """Ask for a list; somebody else approves it. Raises QueryWrong."""
        query = self._query(words, reader_id, role, self._clock.now())
        async with self._engine.begin() as sql:
            count = int(await sql.scalar(query.count()) or 0)
            row = {
                "id": self._new_id(), "query": query.words, "purpose": purpose, "count": count, "asked_by": reader_id,
                "asked_at": self._clock.now(), "state": "asked",
            }  # fmt: skip
            await sql.execute(insert(tables.exports).values(**row))
        await self._note(reader_id, role, address, [f"export asked:{row['id']}", purpose])
        return await self._shown(str(row["id"]))

    async def decide(self, export_id: str, *, approve: bool, reader_id: str, role: str, address: str) -> Json:
        """Raises ExportUnknown, OwnExport, NotApproved."""
        row = await self._row(export_id)
        if row["asked_by"] == reader_id:
            raise OwnExport
        state = "approved" if approve else "refused"
        await self._move(export_id, "asked", {"state": state, "decided_by": reader_id, "decided_at": self._clock.now()})
        await self._note(reader_id, role, address, [f"export {state}:{export_id}"])
        return await self._shown(export_id)

    async def fetch(self, export_id: str, *, reader_id: str, role: str, address: str) -> Json:
        """The list, once, for whom it was approved: `{id, purpose, clients: [{client_id, own_advisor}]}`.

        No names, no sums: who it is and who serves him. Raises ExportUnknown, Refused, NotApproved.
        """
        row = await self._row(export_id)
        if row["asked_by"] != reader_id:
            raise Refused("名单只给申请人本人。")
        query = self._query(row["query"], reader_id, role, row["asked_at"])
        await self._move(export_id, "approved", {"state": "fetched", "fetched_at": self._clock.now()})
        async with self._engine.connect() as sql:
            rows = [(found[0], found[1]) for found in await sql.execute(query.clients(MOST_ROWS))]
        # What was handed out can be proved without keeping a second copy of it.
        digest = hashlib.sha256("\n".join(client for client, _ in rows).encode()).hexdigest()
        await self._note(reader_id, role, address, [f"export fetched:{export_id}", f"{len(rows)}", digest])
        return {
            "id": export_id, "purpose": row["purpose"],
            "clients": [{"client_id": client, "own_advisor": advisor} for client, advisor in rows],
        }  # fmt: skip

    def _query(self, words: str, reader_id: str, role: str, now: datetime) -> Query:
        """The query; of all clients for a supervisor, of his own for everybody else."""
        query = parse(words, self._policy().tags, now)
        if role == ALL_CLIENTS:
            return query
        return Query(query.words, and_(query.condition, tables.targets.c.own_advisor == reader_id))

    async def exports(self) -> list[Json]:
        async with self._engine.connect() as sql:
            rows = (
                await sql.execute(select(tables.exports).order_by(tables.exports.c.asked_at.desc()).limit(50))
            ).mappings()
            return [_json(row) for row in rows]

    async def _row(self, export_id: str) -> RowMapping:
        async with self._engine.connect() as sql:
            row = (await sql.execute(select(tables.exports).where(tables.exports.c.id == export_id))).mappings().first()
        if row is None:
            raise ExportUnknown
        return row

    async def _shown(self, export_id: str) -> Json:
        return _json(await self._row(export_id))

    async def _move(self, export_id: str, before: str, values: Json) -> None:
        here = (tables.exports.c.id == export_id) & (tables.exports.c.state == before)
        async with self._engine.begin() as sql:
            done = await sql.execute(update(tables.exports).where(here).values(**values))
        if not done.rowcount:
            raise NotApproved

    async def _note(self, reader_id: str, role: str, address: str, what: Sequence[str]) -> None:
        row = {
            "id": self._new_id(), "at": self._clock.now(), "reader_id": reader_id, "role": role, "address": address,
            "client_id": NOBODY, "what": list(what),
        }  # fmt: skip
        async with self._engine.begin() as sql:
            await store.note_read(sql, row)


def _json(row: RowMapping) -> Json:
    def iso(at: datetime | None) -> str | None:
        return at.isoformat() if at else None

    return {
        "id": row["id"], "query": row["query"], "purpose": row["purpose"], "count": row["count"], "state": row["state"],
        "asked_by": row["asked_by"], "asked_at": iso(row["asked_at"]), "decided_by": row["decided_by"],
        "decided_at": iso(row["decided_at"]), "fetched_at": iso(row["fetched_at"]),
    }  # fmt: skip

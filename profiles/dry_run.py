"""What other rules for tags would make of the clients' talk so far. Nothing is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from kit.clock import Clock
from profiles import policy as policy_file
from profiles import store, tables
from profiles.model import Evidence, LifeEvent, Said
from profiles.policy import Policy
from profiles.ports import Talk
from profiles.query import LEAST_WEIGHT
from profiles.tags import heard, tags_of

LOOK_BACK, MOST_CLIENTS = timedelta(days=90), 500


async def dry_run(engine: AsyncEngine, talk: Talk, clock: Clock, present: Policy, text: str) -> dict[str, Any]:
    """`{clients, tags: [{tag, before, after}]}`: how many clients have each tag with the present rules and with these.

    Talk is read again with both; what file and books said is weighed as it is kept. Raises PolicyBroken with the line.
    """
    indicators = (policy_file.FOLDER / "indicators.yml").read_text(encoding="utf-8")
    other = policy_file.read(indicators, text)
    now = clock.now()
    before: dict[str, int] = dict.fromkeys(present.tags, 0)
    after: dict[str, int] = dict.fromkeys(other.tags, 0)
    async with engine.connect() as sql:
        clients = list(await sql.scalars(select(tables.heard.c.client_id).limit(MOST_CLIENTS)))
        for client_id in clients:
            said = (await talk.heard(sql, client_id, since=now - LOOK_BACK)).said
            kept = [one for one in await store.evidence_of(sql, client_id) if one.source != "talk"]
            events = [one for one in await store.events_of(sql, client_id) if one.source != "talk"]
            for rules, count in ((present, before), (other, after)):
                found, happened = _read(said, rules)
                for tag in tags_of([*kept, *found], [*events, *happened], rules, now=now):
                    count[tag.name] += tag.weight >= LEAST_WEIGHT
    names = list(dict.fromkeys([*before, *after]))
    return {
        "clients": len(clients),
        "tags": [{"tag": name, "before": before.get(name, 0), "after": after.get(name, 0)} for name in names],
    }


def _read(said: tuple[Said, ...], rules: Policy) -> tuple[list[Evidence], list[LifeEvent]]:
    pairs = [heard(one, rules) for one in said]
    return [e for found, _ in pairs for e in found], [e for _, happened in pairs for e in happened]

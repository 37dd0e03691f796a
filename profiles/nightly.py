"""The night's batch over all clients: `python -m profiles.nightly [DATABASE] [--after ID --upto ID]`.

What fades or grows by the mere passing of a day is written afresh for everybody: the weights of the tags that lists ask
for, and how likely each client is to leave. Days are summed in SQL, a range of clients at a time and each range in a transaction of
its own, the ten numbers of a range at once with the very lines that serve a single client (`behaviour.numbers`,
`churn.chances`, `tags.tags_of`). What stands in the institution's books is not read here; the sweep does it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from institution.calendar import SHANGHAI
from kit.clock import SystemClock
from kit.database import connect
from kit.settings import Settings
from profiles import churn, policy, store, tables
from profiles.behaviour import COUNTERS, WINDOW, Array, numbers
from profiles.churn import Model
from profiles.model import Evidence, LifeEvent
from profiles.policy import Policy
from profiles.query import LEAST_WEIGHT
from profiles.tags import tags_of

#: Clients of one transaction: on SQLite everybody else's writes wait for it, some tenths of a second.
AT_ONCE = 1000
#: Sorts after every id.
LAST = "\U0010ffff"
DAY = timedelta(days=1)
Json = dict[str, Any]
Row = TypeVar("Row")


async def run(
    engine: AsyncEngine,
    rules: Policy,
    model: Model,
    *,
    now: datetime,
    at_once: int = AT_ONCE,
    after: str = "",
    upto: str = LAST,
) -> Json:
    """`{clients, tags, chances, seconds}`: the clients looked at, the rows written. The same night twice is the same.

    after, upto  the clients with ids above the one and up to the other: several processes share the night by ranges
    """
    began, done = time.perf_counter(), {"clients": 0, "tags": 0, "chances": 0}
    while True:
        async with engine.begin() as sql:
            people = await _people(sql, after, upto, at_once)
            if not people:
                break
            span = (after, after := list(people)[-1])
            found = await _chances(sql, people, span, model, now.astimezone(SHANGHAI).date())
            tags = await _tags(sql, people, span, rules, now)
        done = {
            "clients": done["clients"] + len(people),
            "tags": done["tags"] + tags,
            "chances": done["chances"] + found,
        }
        # Turns go first.
        await asyncio.sleep(0)
    return {**done, "seconds": round(time.perf_counter() - began, 2)}


async def _people(sql: AsyncConnection, after: str, upto: str, at_once: int) -> dict[str, float]:
    """The next clients and what they hold."""
    c = tables.targets.c
    wanted = select(c.client_id, c.assets).where(c.client_id > after, c.client_id <= upto)
    return {row.client_id: row.assets for row in await sql.execute(wanted.order_by(c.client_id).limit(at_once))}


# -- leaving ---------------------------------------------------------------------------------------------------


async def _chances(
    sql: AsyncConnection, people: Mapping[str, float], span: tuple[str, str], model: Model, today: date
) -> int:
    client_ids, rows, seen = await features_of(sql, people, span, today)
    found = churn.chances(model, list(rows[:, seen]))
    made = [
        {
            "client_id": client_ids[place],
            "day": today,
            "probability": float(chance),
            "level": _level(model, float(chance)),
        }
        for place, chance in zip(np.flatnonzero(seen), np.atleast_1d(found), strict=True)
    ]
    await store.put_many(sql, tables.chances, made)
    return len(made)


def _level(model: Model, chance: float) -> str:
    level = churn.level_of(model, chance)
    return level.value if level else ""


async def features_of(
    sql: AsyncConnection, people: Mapping[str, float], span: tuple[str, str], today: date
) -> tuple[list[str], Any, Any]:
    """The clients, their ten numbers (10, clients), and who was ever seen: without logins nobody is judged."""
    client_ids = list(people)
    place = {client_id: number for number, client_id in enumerate(client_ids)}
    now = await _sums(sql, place, span, today - (WINDOW - 1) * DAY, today)
    before = await _sums(sql, place, span, today - (2 * WINDOW - 1) * DAY, today - WINDOW * DAY)
    since, login = np.full(len(place), float(WINDOW)), tables.days.c.login
    last = select(tables.days.c.client_id, func.max(tables.days.c.day)).where(
        _within(span), login > 0, tables.days.c.day <= today, tables.days.c.day > today - 2 * WINDOW * DAY
    )
    seen = np.zeros(len(place), dtype=bool)
    for client_id, day in await sql.execute(last.group_by(tables.days.c.client_id)):
        if client_id in place:
            since[place[client_id]], seen[place[client_id]] = (today - day).days, True
    # Of what was held before the redemptions that the same thirty days have seen.
    gone = now[COUNTERS.index("redeem_yuan")]
    return client_ids, numbers(now, before, since, np.array(list(people.values())) + gone), seen


async def _sums(
    sql: AsyncConnection, place: Mapping[str, int], span: tuple[str, str], first: date, last: date
) -> Array:
    """Each counter's sum over the days, (counters, clients)."""
    total = np.zeros((len(COUNTERS), len(place)))
    wanted = select(tables.days.c.client_id, *(func.sum(tables.days.c[name]) for name in COUNTERS)).where(
        _within(span), tables.days.c.day >= first, tables.days.c.day <= last
    )
    for client_id, *sums in await sql.execute(wanted.group_by(tables.days.c.client_id)):
        if client_id in place:
            total[:, place[client_id]] = sums
    return total


def _within(span: tuple[str, str]) -> Any:
    return tables.days.c.client_id.between(*span)


# -- tags ------------------------------------------------------------------------------------------------------


async def _tags(
    sql: AsyncConnection, people: Mapping[str, float], span: tuple[str, str], rules: Policy, now: datetime
) -> int:
    """Weigh every tag as of now; how many rows the lists have then."""
    evidence = await _by_client(sql, tables.evidence, span, store.as_evidence)
    events = await _by_client(sql, tables.events, span, store.as_event)
    weights, rows = [], []
    for client_id in people:
        known: Sequence[Evidence] = evidence.get(client_id, ())
        happened: Sequence[LifeEvent] = events.get(client_id, ())
        found = tags_of(known, happened, rules, now=now) if known or happened else ()
        weights += [{"tag": tag.name, "client_id": client_id, "weight": tag.weight} for tag in found]
        rows.append({"client": client_id, "words": worded(tag.name for tag in found if tag.weight >= LEAST_WEIGHT)})
    await sql.execute(update(tables.targets).where(tables.targets.c.client_id == bindparam("client")).values(
        tags=bindparam("words")
    ), rows)  # fmt: skip
    first, last = span
    c = tables.target_tags.c
    await sql.execute(delete(tables.target_tags).where(c.client_id > first, c.client_id <= last))
    if weights:
        await sql.execute(insert(tables.target_tags), weights)
    return len(weights)


def worded(names: Iterable[str]) -> str:
    """The weighty tags between commas, as `profile_targets` keeps them."""
    return f",{','.join(names)},"


async def _by_client(
    sql: AsyncConnection, table: Any, span: tuple[str, str], made: Callable[[Any], Row]
) -> dict[str, list[Row]]:
    first, last = span
    wanted = select(table).where(table.c.client_id > first, table.c.client_id <= last)
    found: dict[str, list[Row]] = {}
    for row in (await sql.execute(wanted)).mappings():
        found.setdefault(row["client_id"], []).append(made(row))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", nargs="?", default="")
    parser.add_argument("--after", default="", help="only clients whose id comes after this one")
    parser.add_argument("--upto", default=LAST, help="and not after this one")
    given = parser.parse_args()
    engine, now = connect(given.database or Settings().database), SystemClock().now()
    done = run(engine, policy.load(), churn.load(), now=now, after=given.after, upto=given.upto)
    print(json.dumps(asyncio.run(done)))


if __name__ == "__main__":
    main()

"""What people said to clients on a day that is like what may not be said, although no rule stopped it: for supervisors."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from compliance.likeness import DOUBTFUL, Likeness, allowed, forbidden, sentences
from gateway.tables import messages
from gateway.timeline.model import Author, client_of
from kit.clock import SHANGHAI
from knowledge.opening import encoder, spelling

Json = dict[str, Any]
#: A day's messages that are looked at, and the most doubtful ones that are shown.
MOST_READ, MOST_SHOWN = 3000, 50


async def of_day(sql: AsyncConnection, day: date) -> Json:
    """`{day, read, doubtful: [{conversation_id, client_id, id, at, advisor, text, rule, doubt}]}`, the most doubtful first.

    read: how many messages were looked at; None where there is no sentence encoder.
    """
    begins = datetime.combine(day, time.min, SHANGHAI)
    wanted = (
        select(messages)
        .where(
            messages.c.at >= begins, messages.c.at < begins + timedelta(days=1),
            messages.c.author.in_((Author.HUMAN.value, Author.EXPERT.value)),
        )
        .order_by(messages.c.at.desc())
        .limit(MOST_READ)
    )  # fmt: skip
    rows = [dict(row) for row in (await sql.execute(wanted)).mappings()]
    found = await asyncio.to_thread(judged, [row["text"] for row in rows])
    if found is None:
        return {"day": day.isoformat(), "read": None, "doubtful": []}
    doubtful = [
        {
            "conversation_id": rows[place]["conversation_id"], "client_id": client_of(rows[place]["conversation_id"]),
            "id": rows[place]["id"], "at": rows[place]["at"].isoformat(),
            "advisor": {"id": rows[place]["author_id"], "name": rows[place]["name"]}, "text": sentence, "rule": rule,
            "doubt": round(doubt, 3),
        }
        for place, sentence, doubt, rule in found
    ]  # fmt: skip
    worst = sorted(doubtful, key=lambda one: -one["doubt"])[:MOST_SHOWN]
    return {"day": day.isoformat(), "read": len(rows), "doubtful": worst}


def judged(texts: list[str]) -> list[tuple[int, str, float, str]] | None:
    """(which text, its sentence, doubt, rule) of each doubtful sentence; None without an encoder."""
    tools = _tools()
    if tools is None:
        return None
    reader, likeness = tools
    said = [(place, one) for place, text in enumerate(texts) for one in sentences(text)]
    if not said:
        return []
    spelled = spelling()
    doubts = likeness.doubts(reader.encode([spelled(one) for _, one in said]))
    return [
        (place, one, doubt, rule)
        for (place, one), (doubt, rule) in zip(said, doubts, strict=True)
        if doubt > DOUBTFUL
    ]  # fmt: skip


@cache
def _tools() -> tuple[Any, Likeness] | None:
    """The encoder and the examples as vectors, when a supervisor asks first."""
    reader = encoder()
    if reader is None:
        return None
    bad, spelled = forbidden(), spelling()
    vectors = reader.encode([spelled(text) for text in (*(text for _, text in bad), *allowed())])
    return reader, Likeness(vectors[: len(bad)], vectors[len(bad) :], tuple(rule for rule, _ in bad))

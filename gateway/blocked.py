"""The record of drafts that were not sent (requirement G2), for supervisors. Functions run in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from compliance.wording import Finding
from gateway.tables import blocked_drafts
from gateway.timeline.model import client_of
from handoff.model import Staff
from kit.clock import SHANGHAI
from kit.database import insert_new
from kit.errors import Invalid
from kit.masking import mask

#: A day has never had so many; more would be an attack, not a report.
MOST_SHOWN = 1000


class WordingRefused(Invalid):
    """这段话不能发给客户,请修改后再发。"""

    code = "wording_refused"


async def note(
    connection: AsyncConnection, conversation_id: str, message_id: str, person: Staff, text: str,
    findings: Sequence[Finding], *, at: datetime,
) -> None:  # fmt: skip
    """Write a blocked draft down; the same message id once."""
    found = [{**finding.to_json(), "words": mask(finding.words)} for finding in findings]
    row = {
        "conversation_id": conversation_id, "message_id": message_id, "advisor_id": person.id,
        "advisor_name": person.name, "at": at, "text": mask(text), "findings": found,
    }  # fmt: skip
    await insert_new(connection, blocked_drafts, row)


async def of_day(connection: AsyncConnection, day: date) -> list[dict[str, Any]]:
    """The drafts blocked on a day of Shanghai, oldest first."""
    begins = datetime.combine(day, time.min, SHANGHAI)
    wanted = (
        select(blocked_drafts)
        .where(blocked_drafts.c.at >= begins, blocked_drafts.c.at < begins + timedelta(days=1))
        .order_by(blocked_drafts.c.at, blocked_drafts.c.message_id)
        .limit(MOST_SHOWN)
    )
    return [
        {
            "id": row["message_id"], "at": row["at"].isoformat(), "conversation_id": row["conversation_id"],
            "client_id": client_of(row["conversation_id"]),
            "advisor": {"id": row["advisor_id"], "name": row["advisor_name"]}, "text": row["text"],
            "findings": row["findings"],
        }
        for row in (await connection.execute(wanted)).mappings()
    ]  # fmt: skip


async def forget(connection: AsyncConnection, conversation_id: str) -> None:
    """A fixture begins the conversation afresh."""
    await connection.execute(delete(blocked_drafts).where(blocked_drafts.c.conversation_id == conversation_id))

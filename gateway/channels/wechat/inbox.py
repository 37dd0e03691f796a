"""What came in and is not done yet. The row that tells a duplicate is the work itself: a crash after it loses nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.channels.wechat.push import Push
from gateway.channels.wechat.tables import inbox
from kit.database import insert_new
from kit.masking import mask

NEW, DONE, FAILED = "new", "done", "failed"
#: A push that breaks us this often will break us again; it stays in the table for a person to look at.
MOST_TRIES = 8


@dataclass(frozen=True)
class Job:
    """account: the 微信客服 account, empty for the 公众号."""

    id: int
    contact_id: str
    push: Push
    account: str
    tries: int
    received_at: datetime


async def add(connection: AsyncConnection, push: Push, *, of: str, account: str, now: datetime) -> bool:
    """Whether it is new. Its text is stored masked."""
    body = {"push": replace(push, text=mask(push.text)).to_json(), "account": account}
    row = {"key": push.key, "contact_id": of, "body": body, "state": NEW, "tries": 0, "received_at": now}
    return await insert_new(connection, inbox, row)


async def people_waiting(connection: AsyncConnection, before: datetime) -> list[str]:
    """Whose pushes of before then are not done."""
    wanted = select(inbox.c.contact_id).where(inbox.c.state == NEW, inbox.c.received_at < before).distinct()
    return list((await connection.execute(wanted)).scalars())


async def oldest(connection: AsyncConnection, of: str) -> Job | None:
    wanted = select(inbox).where(inbox.c.contact_id == of, inbox.c.state == NEW).order_by(inbox.c.id).limit(1)
    row = (await connection.execute(wanted)).mappings().first()
    return _job(row) if row else None


async def done(connection: AsyncConnection, job: Job, now: datetime) -> None:
    await _set(connection, job, state=DONE, done_at=now)


async def failed(connection: AsyncConnection, job: Job) -> bool:
    """Count a failure; whether the job is given up."""
    given_up = job.tries + 1 >= MOST_TRIES
    await _set(connection, job, tries=job.tries + 1, state=FAILED if given_up else NEW)
    return given_up


async def count(connection: AsyncConnection, state: str) -> int:
    return int((await connection.execute(select(func.count()).where(inbox.c.state == state))).scalar_one())


async def _set(connection: AsyncConnection, job: Job, **values: Any) -> None:
    await connection.execute(update(inbox).where(inbox.c.id == job.id).values(**values))


def _job(row: RowMapping) -> Job:
    body = row["body"]
    return Job(row["id"], row["contact_id"], Push(**body["push"]), body["account"], row["tries"], row["received_at"])

"""Staff accounts: seeded from the institution's roster, passwords set by the people themselves."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.tables import staff, staff_sessions
from handoff.model import Staff
from kit.database import insert_new
from kit.errors import Invalid, NotFound, Refused

#: The trainer is not on the advisors' roster: takes no conversations.
TRAINER = Staff("T01", "训练师", "训练师")
LEAST_PASSWORD_CHARS = 10
MOST_PASSWORD_CHARS = 200
#: argon2id with the library's defaults (RFC 9106, low-memory profile).
HASHER = PasswordHasher()
#: Checked for a name that does not exist, so that the time tells nothing.
NOBODY = HASHER.hash(secrets.token_urlsafe(16))


class WrongPassword(Refused):
    """姓名或密码不对。"""

    code = "sign_in_refused"


class WeakPassword(Invalid):
    """密码至少要有 10 个字,且不能与姓名相同。"""

    code = "password_weak"


async def seed(connection: AsyncConnection, advisors: Iterable[Any]) -> int:
    """An account for everybody on the roster and a trainer; how many are new. None has a password yet.

    Who is not on the roster any more can neither sign in nor go on: his sessions end. An empty roster says nothing.
    """
    people = [Staff(advisor.id, advisor.name, advisor.role) for advisor in advisors]
    if not people:
        return 0
    people.append(TRAINER)
    new = 0
    for person in people:
        row = {"id": person.id, "name": person.name, "role": person.role, "password_hash": None, "active": True}
        new += await insert_new(connection, staff, row)
        renamed = update(staff).where(staff.c.id == person.id).values(name=person.name, role=person.role, active=True)
        await connection.execute(renamed)
    gone = staff.c.id.not_in([person.id for person in people])
    await connection.execute(update(staff).where(gone).values(active=False))
    left = staff_sessions.c.staff_id.in_(select(staff.c.id).where(staff.c.active.is_(False)))
    await connection.execute(delete(staff_sessions).where(left))
    return new


async def find(connection: AsyncConnection, staff_id: str) -> Staff:
    """Raises NotFound, also for who has left."""
    wanted = select(staff).where(staff.c.id == staff_id, staff.c.active)
    row = (await connection.execute(wanted)).first()
    if row is None:
        raise NotFound("没有这个员工账号。")
    return Staff(row.id, row.name, row.role)


async def check(engine: AsyncEngine, name: str, password: str) -> Staff:
    """Who signs in with a name (or staff number) and password. Raises WrongPassword."""
    async with engine.connect() as connection:
        wanted = select(staff).where(or_(staff.c.id == name, staff.c.name == name), staff.c.active).limit(1)
        row = (await connection.execute(wanted)).first()
    known = row.password_hash if row is not None and row.password_hash else NOBODY
    right = await asyncio.to_thread(_matches, known, password)
    if row is None or not row.password_hash or not right:
        raise WrongPassword
    return Staff(row.id, row.name, row.role)


async def set_password(connection: AsyncConnection, person: Staff, password: str) -> None:
    """Raises WeakPassword."""
    if not LEAST_PASSWORD_CHARS <= len(password) <= MOST_PASSWORD_CHARS or password in (person.name, person.id):
        raise WeakPassword
    hashed = await asyncio.to_thread(HASHER.hash, password)
    await connection.execute(update(staff).where(staff.c.id == person.id).values(password_hash=hashed))


def _matches(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False

"""What the desk keeps beside the talk: notes of a client for whoever serves him next, and the team's snippets."""

from __future__ import annotations

from functools import cache
from pathlib import Path as File
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy import Column, Index, String, Table, Text, select
from starlette.requests import HTTPConnection

from gateway.access import Parts, Person
from gateway.checks import check_id
from gateway.profile_ports import right
from kit.database import Instant, insert_new, metadata
from kit.masking import Masked

router = APIRouter(prefix="/api/desk", tags=["desk"])

SNIPPETS = File(__file__).parent.parent / "studio/snippets.yml"
#: Older ones have had their time.
MOST_SHOWN = 50
Json = dict[str, Any]
ClientId = Annotated[str, Path(max_length=64)]

client_notes = Table(
    "client_notes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("author_id", String(64), nullable=False),
    Column("author_name", String(64), nullable=False),
    #: Masked; the client never reads it.
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_client_notes_client_id_at", "client_id", "at"),
)


class Noted(BaseModel):
    """id: made by the page and repeated on a retry."""

    id: str = Field(max_length=64)
    text: Masked = Field(min_length=1, max_length=2000)


@router.get("/clients/{client_id}/notes")
async def read(client_id: ClientId, connection: HTTPConnection, parts: Parts, person: Person) -> Json:
    """Notes of a client, the newest first: for those who may read his profile."""
    await right(client_id, connection, parts, person)
    wanted = select(client_notes).where(client_notes.c.client_id == client_id)
    async with parts.engine.connect() as sql:
        rows = (await sql.execute(wanted.order_by(client_notes.c.at.desc(), client_notes.c.id).limit(MOST_SHOWN))).all()
    return {
        "notes": [
            {"id": row.id, "text": row.text, "at": row.at.isoformat(), "author": {"id": row.author_id, "name": row.author_name}}
            for row in rows
        ]
    }  # fmt: skip


@router.post("/clients/{client_id}/notes")
async def note(client_id: ClientId, body: Noted, connection: HTTPConnection, parts: Parts, person: Person) -> Json:
    """Write a note down; the same id again is the same note."""
    await right(client_id, connection, parts, person)
    row = {
        "id": check_id(body.id), "client_id": client_id, "author_id": person.id, "author_name": person.name,
        "text": body.text, "at": parts.clock.now(),
    }  # fmt: skip
    async with parts.engine.begin() as sql:
        await insert_new(sql, client_notes, row)
    return {}


@router.get("/snippets")
async def snippets(person: Person) -> Json:
    """The team's ready sentences; {name} and {advisor} stand for the client's and the advisor's name."""
    return {"snippets": team_snippets()}


@cache
def team_snippets() -> list[Json]:
    """[{key, title, text}] as trainers wrote them."""
    found: list[Json] = yaml.safe_load(SNIPPETS.read_text(encoding="utf-8"))["snippets"]
    return [{"key": one["key"], "title": one["title"], "text": one["text"]} for one in found]

"""Sending a file from the web page, and reading the files of a conversation."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse, RedirectResponse
from sqlalchemy import select
from starlette.requests import ClientDisconnect

from gateway import words
from gateway.access import Client, Parts, Person, may_read
from gateway.checks import MESSAGE_ID, MessageIdInvalid
from gateway.files import links
from gateway.files.kept import MEDIA
from gateway.files.reading import MOST_BYTES, FileTooLarge
from gateway.limits import FILES
from gateway.services import Services
from gateway.signin.sessions import ClientSession
from gateway.tables import messages
from gateway.timeline import store
from gateway.timeline.model import Author, Draft, Message
from gateway.timeline.timeline import NAMES
from gateway.turns import ADVISOR, BOT
from kit.errors import NotFound
from kit.masking import mask

router = APIRouter()

NameInPath = Annotated[str, Path(max_length=60)]
#: Longer names are cut in the middle of nowhere on a phone.
MOST_NAME_CHARS = 60


@router.post("/api/chat/files", tags=["client"])
async def send(
    request: Request, session: Client, parts: Parts, id: Annotated[str, Query(max_length=64)],
    name: Annotated[str, Query(max_length=300)] = "",
) -> dict[str, Any]:  # fmt: skip
    """Send a picture or a PDF, the body being the file itself; the same id again is the same message."""
    if not MESSAGE_ID.fullmatch(id):
        raise MessageIdInvalid
    async with parts.engine.connect() as sql:
        known = await store.by_id(sql, session.conversation_id, id)
    if known is None:
        await parts.limits.take(FILES, "file", session.client_id)
        kept = await parts.files.keep(await body_of(request))
        known = await take_in(parts, session, id, said(kept, name))
    return {"id": id, "seq": known.seq}


async def body_of(request: Request) -> bytes:
    """The whole body. Raises FileTooLarge."""
    content = bytearray()
    try:
        async for part in request.stream():
            content += part
            if len(content) > MOST_BYTES:
                raise FileTooLarge
    except ClientDisconnect as gone:
        raise FileTooLarge from gone
    return bytes(content)


def said(kept: str, name: str) -> str:
    """What stands in the timeline for the file: a document with the name that the client knows it by."""
    if not kept.endswith(".pdf"):
        return f"{words.PICTURE} {kept}"
    shown = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in name).strip()
    return f"{words.FILE} {kept} {mask(shown)[-MOST_NAME_CHARS:]}".strip()


async def take_in(parts: Services, session: ClientSession, message_id: str, text: str) -> Message:
    """Store it as the client's message; unless a person is there, say what becomes of it."""
    where, now = session.conversation_id, parts.clock.now()
    async with parts.engine.begin() as sql:
        await store.lock(sql, where)
        draft = Draft(message_id, where, Author.CLIENT, text, now, session.channel, session.client_id)
        message, new = await parts.timeline.append(sql, draft)
        found = await parts.timeline.owner_of(sql, where) if parts.timeline.owner_of else None
        owner = found.kind.value if found else BOT
        if new and owner != ADVISOR:
            what = words.FILE_KEPT if words.FILE in text else words.PICTURE_KEPT
            told = what + (words.KEPT_OFFER if owner == BOT else words.KEPT_WAITING)
            replies = (words.HUMAN,) if owner == BOT else ()
            answer = Draft(
                f"{message_id}.kept",
                where,
                Author.AI,
                told,
                now,
                session.channel,
                name=NAMES[Author.AI],
                quick_replies=replies,
            )
            await parts.timeline.append(sql, answer)
    return message


@router.get("/api/chat/files/{name}", tags=["client"], status_code=303, response_class=RedirectResponse)
async def own(name: NameInPath, session: Client, parts: Parts, small: bool = False) -> RedirectResponse:
    """A file of the client's own conversation, by a signed address."""
    return await _to(parts, session.conversation_id, name, small)


@router.get(
    "/api/desk/conversations/{conversation_id}/pictures/{name}", tags=["desk"], status_code=303,
    response_class=RedirectResponse,
)  # fmt: skip
async def for_staff(
    conversation_id: Annotated[str, Path(max_length=80)], name: NameInPath, parts: Parts, person: Person,
    small: bool = False,
) -> RedirectResponse:  # fmt: skip
    """A file that the client sent, for whoever may read the conversation."""
    await may_read(parts, person, conversation_id)
    return await _to(parts, conversation_id, name, small)


@router.get("/files/{link}", tags=["client"], response_class=FileResponse)
async def signed(link: Annotated[str, Path(max_length=300)], parts: Parts) -> FileResponse:
    """The file itself. A document is handed out to be saved: it never opens as a page of ours."""
    wanted = links.read(parts.settings.key, link, now=parts.wall.now())
    file = parts.files.path(wanted.name, small=wanted.small)
    if file is None:
        raise NotFound("没有这个文件。")
    headers = {"Cache-Control": "private, max-age=300", "Content-Security-Policy": "default-src 'none'; sandbox"}
    kind = "attachment" if wanted.name.endswith(".pdf") else "inline"
    return FileResponse(
        file, media_type=MEDIA[wanted.name.rpartition(".")[2]], filename=wanted.name, content_disposition_type=kind,
        headers=headers,
    )  # fmt: skip


async def _to(parts: Services, conversation_id: str, name: str, small: bool) -> RedirectResponse:
    """Raises NotFound, also for a file of another conversation."""
    marks = (f"{words.PICTURE} {name}", f"{words.FILE} {name}")
    here = messages.c.conversation_id == conversation_id
    told = messages.c.text.startswith(marks[0], autoescape=True) | messages.c.text.startswith(marks[1], autoescape=True)
    if parts.files.path(name) is not None:
        async with parts.engine.connect() as sql:
            if (await sql.execute(select(messages.c.seq).where(here, told).limit(1))).first():
                return RedirectResponse(links.path(parts.settings.key, name, small=small, now=parts.wall.now()), 303)
    raise NotFound("没有这个文件。")

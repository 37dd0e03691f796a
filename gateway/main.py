"""The gateway's application: `uvicorn gateway.main:app`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from gateway import (
    compliance_desk,
    desk_appointments,
    desk_clients,
    desk_notes,
    desk_practice,
    errors,
    growth,
    internal,
    marks,
    notices,
    operations,
    pages,
)
from gateway.access import internal as ours_only
from gateway.access import staff
from gateway.audited import Audited
from gateway.bootstrap import compose, running
from gateway.channels import appointments, desk, desk_socket, web, web_socket
from gateway.channels.wechat import api as wechat
from gateway.files import api as files
from gateway.metrics import Metrics
from gateway.open_api import api as open_api
from gateway.open_api import desk as open_keys
from gateway.profile_ports import right, supervisor
from gateway.security import Guard
from gateway.signin import api as signin
from gateway.signin import embed_api
from handoff.api import desk_router, internal_router
from handoff.model import Staff
from handoff.supervisor_api import supervisor_router
from kit import log
from kit.settings import ROOT, Settings, load
from profiles import api as profiles_api

PAGES = ROOT / "web/dist"
DESCRIPTION = """Clients, staff and our own processes. Bodies: docs/protocol.md. Errors: RFC 9457 problem documents."""


def create_app(settings: Settings | None = None, *, folder: Path = PAGES, **adapters: Any) -> FastAPI:
    """A gateway; `adapters` go to `bootstrap.compose`."""
    settings = settings or load()
    metrics = Metrics()
    parts = compose(settings, metrics=metrics, **adapters)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        log.configure(settings.log_level)
        async with running(parts):
            yield

    async def more(person: Staff) -> dict[str, Any]:
        async with parts.engine.connect() as sql:
            return {"notices": await notices.unread(sql, person.id)}

    async def marks_of(conversation_id: str) -> dict[str, Any]:
        async with parts.engine.connect() as sql:
            return await marks.now(sql, conversation_id)

    app = FastAPI(
        title="慧伴", version="0.1.0", description=DESCRIPTION, lifespan=lifespan, openapi_url=None,
        responses={422: {"description": "The request is wrong: a problem document"}},
    )  # fmt: skip
    app.state.services = parts
    app.add_middleware(Audited, parts=parts)
    app.add_middleware(Guard, metrics=metrics, framed_by=lambda: parts.embedding.origins)
    errors.install(app)
    for router in (
        operations.router, signin.router, embed_api.router, embed_api.ours, web.router, web_socket.router,
        files.router, appointments.router, desk.router,
        desk_socket.router, desk_practice.router, desk_notes.router, desk_appointments.router, desk_clients.router, internal.router,
        growth.router,
        wechat.router, open_api.router, open_keys.router, open_keys.internal_router,
        compliance_desk.router,
        desk_router(parts.handoffs, staff, parts.hub.cursor, more, parts.wechat.state_of, marks_of),
        supervisor_router(parts.handoffs, staff),
        internal_router(parts.handoffs, ours_only),
        profiles_api.desk_router(parts.profiles, right, supervisor, staff),
        profiles_api.internal_router(parts.profiles, ours_only),
    ):  # fmt: skip
        app.include_router(router)
    app.include_router(pages.router(folder))
    return app


@cache
def served() -> FastAPI:
    return create_app()


def __getattr__(name: str) -> Any:
    """`app`, made when a server asks for it: importing this module opens nothing."""
    if name == "app":
        return served()
    raise AttributeError(name)

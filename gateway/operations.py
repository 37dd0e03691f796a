"""For operations: health, figures, the interface in words."""

from __future__ import annotations

import asyncio
from html import escape
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from gateway import turn_store
from gateway.access import Parts, operator, staff
from gateway.pages import STYLED
from gateway.services import Services
from handoff import alarms
from handoff import store as handoff_store
from handoff.model import OPEN, QUEUED, HandoffState

router = APIRouter(tags=["operations"])

DATABASE_SECONDS = 3.0


@router.get("/health", responses={503: {"description": "The database does not answer"}})
async def health(parts: Parts) -> JSONResponse:
    """200 when this process can take messages. Rasa away is no reason to send people elsewhere: turns wait for it."""
    database, rasa = await asyncio.gather(_database(parts), parts.core.reachable())
    told = {"ok": database, "database": database, "rasa": rasa, "wechat": parts.wechat.status()}
    return JSONResponse(told, 200 if database else 503)


async def _database(parts: Services) -> bool:
    try:
        async with asyncio.timeout(DATABASE_SECONDS), parts.engine.connect() as sql:
            await sql.execute(text("SELECT 1"))
        return True
    except (SQLAlchemyError, OSError, TimeoutError):
        return False


@router.get("/metrics", response_class=Response, dependencies=[Depends(operator)])
async def metrics(parts: Parts) -> Response:
    """Prometheus' text, for the header `X-Internal-Key` or a signed-in supervisor."""
    async with parts.engine.connect() as sql:
        parts.metrics.open_turns.set(await turn_store.count_open(sql))
        broken = await alarms.counts(sql)
        counted = {state: await handoff_store.count(sql, state) for state in OPEN}
    for promise, count in broken.items():
        parts.metrics.broken_promises.labels(promise).set(count)
    parts.metrics.owners.labels("queue").set(sum(counted[state] for state in QUEUED))
    parts.metrics.owners.labels("advisor").set(counted[HandoffState.ACTIVE])
    for page, count in parts.hub.counts().items():
        parts.metrics.pages.labels(page).set(count)
    return Response(generate_latest(parts.metrics.registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/openapi.json", include_in_schema=False, dependencies=[Depends(staff)])
async def document(request: Request) -> JSONResponse:
    """The machine's form of the interface, for staff: nobody else needs a map of it."""
    return JSONResponse(request.app.openapi())


@router.get("/docs", response_class=HTMLResponse, include_in_schema=False, dependencies=[Depends(staff)])
async def docs(request: Request) -> HTMLResponse:
    """The calls, from the OpenAPI document, without a script of anybody else."""
    return HTMLResponse(page(request.app.openapi()))


def page(document: dict[str, Any]) -> str:
    """The OpenAPI document as a page."""
    rows = "".join(
        f"<tr><td><b>{method.upper()}</b></td><td><code>{escape(path)}</code></td><td>{escape(call.get('tags', [''])[0])}</td>"
        f"<td>{escape(call.get('description') or call.get('summary') or '')}</td></tr>"
        for path, calls in document["paths"].items()
        for method, call in calls.items()
    )
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>慧伴 API</title>'
        f"{STYLED}<body>"
        '<h1>慧伴 API</h1><p>机器可读:<a href="/openapi.json">/openapi.json</a>。出错一律为 RFC 9457 '
        "<code>application/problem+json</code>。</p>"
        f"<table>{rows}</table></body></html>"
    )

"""Each call of staff about a client goes into the audit trail before its answer leaves (requirements H4, H5).

One place for all routes: `gateway.access.staff` leaves who calls with the request, the router leaves what was meant. When
the trail cannot be written the answer is withheld: nothing is read unseen. What is pushed over sockets goes to a
conversation's owner alone and is kept with the handoff.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from compliance import trail
from compliance.trail import Deed
from gateway import errors, freezing
from gateway.services import Services
from gateway.timeline.model import client_of
from handoff.model import Staff
from handoff.tables import handoffs
from kit import log

#: Routes without a client whose calls are told, too: they show many clients, or govern.
TOLD = ("/api/desk/exports", "/api/desk/targets", "/api/desk/compliance", "/api/desk/privacy", "/api/desk/reports",
        "/api/desk/audit", "/api/desk/access-freezes", "/api/desk/rules", "/api/desk/open-keys")  # fmt: skip
#: A heartbeat and a dismissed notice are no deeds.
UNTOLD = frozenset({"/api/desk/presence", "/api/desk/notices/{notice_id}/read"})
IDS = ("client_id", "conversation_id", "handoff_id", "export_id", "request_id", "freeze_id", "kind")


def deed_of(
    method: str, route: str, params: Mapping[str, Any], person: Staff, address: str, status: int
) -> Deed | None:
    """What the call was; None when it is none to be told. A case's client is not known yet. Pure."""
    if route in UNTOLD:
        return None
    client_id = params.get("client_id")
    if client_id is None and "conversation_id" in params:
        client_id = client_of(str(params["conversation_id"]))
    if client_id is None and "handoff_id" not in params and not route.startswith(TOLD):
        return None
    handed_out = route.endswith(("/fetch", "/archive")) or "/reports/" in route
    kind = trail.EXPORT if handed_out else trail.READ if method == "GET" else trail.CHANGE
    what = {"call": f"{method} {route}", **{name: str(params[name]) for name in IDS if name in params}}
    told = {**what, "status": status}
    return Deed(person.id, person.role, address, kind, client_id, told, refused=status >= 400)


class Audited:
    """Stands inside of the guard, around the application."""

    def __init__(self, app: ASGIApp, parts: Services) -> None:
        self._app, self._parts = app, parts
        self._sealer = trail.Sealer(parts.settings.ring)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        withheld = False

        async def send_told(message: Message) -> None:
            nonlocal withheld
            if withheld:
                return
            if message["type"] == "http.response.start" and (deed := self._deed(scope, message["status"])):
                try:
                    await self._tell(deed)
                except SQLAlchemyError as error:
                    withheld = True
                    log.get(__name__).error("The audit trail was not written", action="audit_failed", exc_info=error)
                    refused = errors.answer(503, "audit_unavailable", "暂时无法留痕,请稍后再试。")
                    return await refused(scope, receive, send)
            await send(message)

        await self._app(scope, receive, send_told)

    def _deed(self, scope: Scope, status: int) -> Deed | None:
        person = scope.get("state", {}).get("person")
        if person is None:
            return None
        route = getattr(scope.get("route"), "path", "")
        client = scope.get("client")
        params = scope.get("path_params", {})
        return deed_of(scope["method"], route, params, person, client[0] if client else "unknown", status)

    async def _tell(self, deed: Deed) -> None:
        now = self._parts.clock.now()
        async with self._parts.engine.begin() as sql:
            deed = replace(deed, client_id=deed.client_id or await _client_of_case(sql, deed))
            await trail.note(sql, deed, self._sealer, at=now)
            if deed.deed == trail.READ and deed.client_id and not deed.refused:
                await freezing.watch(sql, self._parts, self._sealer, deed, at=now)


async def _client_of_case(sql: AsyncConnection, deed: Deed) -> str | None:
    case = deed.what.get("handoff_id")
    if case is None:
        return None
    found: str | None = await sql.scalar(select(handoffs.c.client_id).where(handoffs.c.id == case))
    return found

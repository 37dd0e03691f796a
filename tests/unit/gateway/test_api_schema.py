"""Whatever the OpenAPI document allows or forbids, no call breaks the gateway."""

from __future__ import annotations

import json
from typing import Any

import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings

from gateway.links import path
from gateway.signin.tickets import LIFETIME, Ticket
from tests.unit.gateway.conftest import make
from tests.unit.gateway.peers import KEY, House, Rasa

#: It ends the session that the others need.
LEFT_OUT = {"/api/staff/sign-out"}
EXAMPLES = 15


def sign_in_both(browser: TestClient, app: FastAPI) -> None:
    parts = app.state.services
    for ticket in (
        path(KEY, "client", Ticket("c", "C0001", "web", parts.wall.now() + LIFETIME)),
        path(KEY, "staff", Ticket("s", "A14", "web", parts.wall.now() + LIFETIME)),
    ):
        assert browser.get(ticket, follow_redirects=False).status_code == 303


def test_no_call_breaks_it(tmp_path: Any) -> None:
    app = make(tmp_path, Rasa(), House())
    schema = schemathesis.openapi.from_dict(app.openapi())
    with TestClient(app, raise_server_exceptions=False) as browser:
        sign_in_both(browser, app)
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.path not in LEFT_OUT:
                hold(browser, operation)


def hold(browser: TestClient, operation: Any) -> None:
    """Try one call with whatever its description allows."""

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        # The same calls each time: what a run finds, the next one finds again.
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    def holds(case: Any) -> None:
        # A wait of minutes is allowed, and not what is tested here.
        query = {name: value for name, value in (case.query or {}).items() if name != "wait_seconds"}
        body = json.dumps(case.body).encode() if isinstance(case.body, dict | list | str | int | None) else b""
        answer = browser.request(
            case.method, case.formatted_path, params=query, content=body, follow_redirects=False,
            headers={"X-Internal-Key": KEY, "Content-Type": "application/json"},
        )  # fmt: skip
        assert answer.status_code != 500, (case.method, case.formatted_path, query, body, answer.text)
        if answer.status_code >= 400 and "text/html" not in answer.headers.get("content-type", ""):
            assert answer.json()["code"], answer.text

    holds()

"""The sample client against a gateway that listens, and every signed call with whatever its description allows."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import schemathesis
import uvicorn
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings

from examples.open_api_client import Client
from gateway.main import create_app
from gateway.open_api.desk import Wanted, made
from kit.settings import ROOT
from tests.product import free_ports
from tests.unit.gateway.conftest import World, make, settings_in
from tests.unit.gateway.open_api.conftest import Partner, Receiver, until
from tests.unit.gateway.peers import House, Rasa

EXAMPLES = 12


async def test_the_sample_client_talks(tmp_path: Path) -> None:
    rasa, house = Rasa(), House()
    app = create_app(
        settings_in(tmp_path), folder=tmp_path, rasa=httpx.ASGITransport(app=rasa.app),
        institution=httpx.ASGITransport(app=house.app),
    )  # fmt: skip
    port = free_ports(1)[0]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    serving = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        parts = app.state.services
        key = await made(parts, Wanted(name="示例"), "A14")
        client = Client(f"http://127.0.0.1:{port}", key["key"]["id"], key["secret"])
        said = await asyncio.to_thread(client.say, "C0001", "我有多少钱")
        await parts.turns.wait(said["id"], 20)
        target = "/open/v1/clients/C0001/messages?after=0"
        told = await asyncio.to_thread(client.call, "GET", target)
        assert [message["text"] for message in told["messages"]] == ["我有多少钱", "答:我有多少钱"]
    finally:
        server.should_exit = True
        await serving


def test_the_sample_is_short() -> None:
    assert len((ROOT / "examples/open_api_client.py").read_text().splitlines()) <= 60


def test_no_signed_call_breaks_it(tmp_path: Path) -> None:
    rasa, house = Rasa(), House()
    app = make(tmp_path, rasa, house)
    schema = schemathesis.openapi.from_dict(app.openapi())
    with TestClient(app, raise_server_exceptions=False) as browser:
        parts = app.state.services
        assert browser.portal
        key = browser.portal.call(made, parts, Wanted(name="示例", per_minute=60_000), "A14")
        partner = Partner(World(app, rasa, house), Receiver(), key["key"]["id"], key["secret"])
        found = [one.ok() for one in schema.get_all_operations()]
        mine = [one for one in found if one.path.startswith("/open/v1/")]
        assert len(mine) == 7
        for operation in mine:
            hold(browser, partner, operation)


def hold(browser: TestClient, partner: Partner, operation: Any) -> None:
    """Try one call, signed, with whatever its description allows."""

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    def holds(case: Any) -> None:
        path = case.formatted_path.replace(case.path_parameters.get("client_id", "-"), "C0001")
        body = json.dumps(case.body).encode() if isinstance(case.body, dict | list | str | int | None) else b""
        url = httpx.Request(case.method, "http://testserver" + path, params=case.query or {}).url
        call = partner.signed(case.method, url.raw_path.decode(), body)
        answer = browser.request(**{**call, "follow_redirects": False})
        assert answer.status_code not in (401, 500), (case.method, url, body, answer.text)
        if answer.status_code >= 400:
            assert answer.json()["code"], answer.text

    holds()

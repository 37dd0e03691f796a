"""What the institution's systems tell: pages with a cursor, a clock that jumps, fixtures whose clients live their own story."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from institution.sandbox.state import State
from kit.clock import ManualClock
from tests.unit.institution.conftest import NOON, fixture_file

SYSTEMS = (
    "trading", "nav", "risk_test", "crm", "service", "app", "marketing", "complaint", "compliance", "payment", "education",
)  # fmt: skip
Json = dict[str, Any]


async def read(http: httpx.AsyncClient, source: str, after: str = "", limit: int = 500) -> Json:
    answer = await http.get(f"/v1/systems/{source}/events", params={"after": after, "limit": limit})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def whole(http: httpx.AsyncClient, source: str, after: str, limit: int) -> tuple[list[Json], str]:
    found: list[Json] = []
    while True:
        page = await read(http, source, after, limit)
        found, after = found + page["events"], page["next"]
        if not page["more"]:
            return found, after


@pytest.mark.parametrize("source", SYSTEMS)
async def test_small_pages_tell_the_same_as_one_and_nothing_twice(http: httpx.AsyncClient, source: str) -> None:
    at_once, end = await whole(http, source, "", 2000)
    in_parts, last = await whole(http, source, "", 7)
    assert in_parts == at_once
    assert (await whole(http, source, end, 500))[0] == []
    keys = [one["key"] for one in at_once]
    assert len(keys) == len(set(keys))
    assert last == end


async def test_as_time_goes_on_the_new_days_are_told(http: httpx.AsyncClient, clock: ManualClock) -> None:
    _, end = await whole(http, "app", "", 500)
    clock.advance(timedelta(days=1))
    fresh, _ = await whole(http, "app", end, 500)
    assert fresh
    assert all(NOON.isoformat() < one["at"] <= (NOON + timedelta(days=1)).isoformat() for one in fresh)


async def test_a_clock_set_back_goes_on_from_the_present(http: httpx.AsyncClient, state: State) -> None:
    _, end = await whole(http, "app", "", 500)
    state.move_clock(NOON - timedelta(days=5))
    page = await read(http, "app", end)
    assert page["events"] == []
    assert page["next"].startswith("2026-11-19T12:00")
    state.move_clock(NOON)
    assert (await whole(http, "app", page["next"], 500))[0], "and on from there"


async def test_clients_of_a_fixture_have_no_invented_life(http: httpx.AsyncClient) -> None:
    loaded = await http.post("/v1/admin/load", json=fixture_file("S07"))
    assert loaded.status_code == 200, loaded.text
    written = {entry["id"] for entry in fixture_file("S07")["clients"]}
    for source in ("app", "marketing", "education"):
        told = {one["client"] for one in (await whole(http, source, "", 2000))[0]}
        assert told
        assert not told & written


async def test_money_that_moves_is_told_by_trading_and_payment(http: httpx.AsyncClient, clock: ManualClock) -> None:
    at = {source: (await whole(http, source, "", 2000))[1] for source in ("trading", "payment")}
    clients = (await http.get("/v1/clients")).json()
    for client in clients:
        body = {"kind": "buy", "fund": "HY001", "amount": "1000", "key": "k1"}
        placed = await http.post(f"/v1/clients/{client['id']}/orders", json=body)
        if placed.status_code == 200:
            break
    order = placed.json()["id"]
    told = (await whole(http, "trading", at["trading"], 500))[0]
    assert [(one["kind"], one["key"]) for one in told] == [("placed", f"{order}-placed")]
    paid = (await whole(http, "payment", at["payment"], 500))[0]
    assert [(one["kind"], one["body"]["amount"]) for one in paid] == [("transfer_in", 1000.0)]
    clock.advance(timedelta(days=1))
    told = (await whole(http, "trading", at["trading"], 500))[0]
    final = next(one for one in told if one["key"] == order)
    assert (final["kind"], final["body"]["amount"], final["client"]) == ("order", 1000.0, client["id"])


async def test_a_cursor_of_somebody_else_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/systems/app/events", params={"after": "yesterday"})
    assert answer.status_code == 422

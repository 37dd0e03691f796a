"""The service itself: its key, its journal, its clock, fixtures and faults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from institution.client import Institution
from institution.sandbox.app import create_app
from institution.sandbox.state import State
from kit.clock import SHANGHAI
from kit.errors import Invalid, Unavailable
from tests.unit.institution.conftest import KEY, NOON

D = Decimal
Load = Callable[[str], Awaitable[dict[str, Any]]]


async def test_nothing_without_the_key_but_health(state: State) -> None:
    transport = httpx.ASGITransport(create_app(key=KEY, state=state))
    async with httpx.AsyncClient(base_url="http://sandbox", transport=transport) as stranger:
        assert (await stranger.get("/v1/health")).status_code == 200
        for path in ("/v1/clients", "/v1/admin/fixture", "/v1/clock"):
            answer = await stranger.get(path)
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
    async with Institution("http://sandbox", "wrong", transport=transport) as stranger_client:
        with pytest.raises(Unavailable):
            await stranger_client.clients()


async def test_an_accepted_order_survives_a_kill(
    institution: Institution, load: Load, state: State, reopened: Callable[[], State]
) -> None:
    await load("S07")
    order = await institution.place_order("U107", "redeem", fund="HY031", shares=D(6000), key="m1")
    await institution.open_complaint("U107", kind="系统故障", text="页面一直转圈", key="m2")
    await institution.set_dividend_mode("U107", fund="HY031", mode="现金分红", key="m3")
    plan = await institution.create_plan("U107", fund="HY031", amount=D(100), frequency="每月", day=5, key="m4")

    again = reopened()
    transport = httpx.ASGITransport(create_app(key=KEY, state=again))
    async with Institution("http://sandbox", KEY, transport=transport) as after:
        repeated = await after.place_order("U107", "redeem", fund="HY031", shares=D(6000), key="m1")
        assert repeated == order
        assert [o.id for o in await after.orders("U107") if o.kind == "redeem"] == [order.id]
        assert len(await after.complaints("U107")) == 1
        assert [p.id for p in await after.plans("U107")] == [plan.id]
        assert (await after.fixture()).presence_by_shift
    assert again.world == state.world


async def test_a_line_cut_off_by_the_crash_is_dropped(
    institution: Institution, journal: Path, reopened: Callable[[], State]
) -> None:
    await institution.open_complaint("C0001", kind="服务态度", text="不耐烦", key="m1")
    with journal.open("ab") as file:
        file.write(b'{"event": "complaint", "cl')
    state = reopened()
    assert state.done("C0001", "m1", "complaint")
    assert journal.read_bytes().endswith(b"\n")


async def test_the_clock_moves_and_stays_moved(
    institution: Institution, http: httpx.AsyncClient, reopened: Callable[[], State]
) -> None:
    assert await institution.clock() == NOON
    answer = await http.post("/v1/clock", json={"advance_seconds": 90})
    assert answer.status_code == 200
    assert await institution.clock() == NOON + timedelta(seconds=90)
    assert reopened().now() == NOON + timedelta(seconds=90)
    for wrong in ({}, {"at": "2026-11-24T10:00"}, {"at": "2030-01-01T00:00:00Z"}):
        assert (await http.post("/v1/clock", json=wrong)).status_code == 422


async def test_the_nav_of_tonight_is_not_known_at_noon(institution: Institution, http: httpx.AsyncClient) -> None:
    assert (await institution.fund("HY031")).nav_date == date(2026, 11, 23)
    await http.post("/v1/clock", json={"at": datetime(2026, 11, 24, 20, 0, tzinfo=SHANGHAI).isoformat()})
    assert (await institution.fund("HY031")).nav_date == date(2026, 11, 24)
    assert [nav.date for nav in await institution.navs("HY031", date(2026, 11, 23), date(2026, 11, 30))] == [
        date(2026, 11, 23),
        date(2026, 11, 24),
    ]


async def test_reset_forgets(institution: Institution, http: httpx.AsyncClient, load: Load, state: State) -> None:
    await load("S07")
    await institution.open_complaint("U107", kind="服务态度", text="不耐烦", key="m1")
    assert (await http.post("/v1/admin/reset", json={})).status_code == 200
    assert "U107" not in state.world.people
    assert not (await institution.fixture()).presence_by_shift
    assert await institution.clock() == NOON


async def test_house_facts(institution: Institution) -> None:
    assert len(await institution.funds()) >= 63
    day = await institution.calendar(date(2026, 10, 10))
    assert (day.trading, day.next_trading, day.t_day) == (False, date(2026, 10, 12), date(2026, 10, 12))
    assert {rule.version for rule in await institution.rules() if rule.id == "RULE-RDM-EQ"} == {2, 3}
    staff = await institution.advisors()
    assert len(staff) == 14
    clients = {client.id: client for client in await institution.clients()}
    for advisor in staff:
        for client in advisor.own_clients:
            assert client.startswith("U") or clients[client].own_advisor == advisor.id
    with pytest.raises(Invalid):
        await institution.returns("C0001", date(2026, 11, 2), date(2026, 11, 1))


@pytest.mark.parametrize("name", ["S07", "S11", "S13", "S22", "S33", "S39"])
async def test_every_fixture_loads(institution: Institution, load: Load, name: str) -> None:
    said = await load(name)
    for client in said["clients"]:
        held = await institution.holdings(client)
        assert held.total == (await institution.client(client)).aum > 0
    fixture = await institution.fixture()
    assert fixture.presence_by_shift
    assert fixture.now.astimezone(UTC).date() == date(2026, 11, 24)


async def test_the_aggressive_client_has_lost_eighteen_percent(institution: Institution, load: Load) -> None:
    await load("S11")
    held = await institution.holdings("U111")
    (item,) = [one for one in held.items if one.fund == "HY032"]
    # 620,000 - 756,100 = -136,100; / 756,100 = -18.0 %
    assert (item.value, item.cost, item.profit) == (D(620_000), D(756_100), D(-136_100))
    assert item.profit_rate == D("-0.1800")
    assert item.share_of_assets == D("0.6200")
    assert held.total == D(1_000_000)
    for start in (date(2026, 10, 24), date(2026, 10, 25)):
        navs = await institution.navs("HY032", start, date(2026, 11, 24))
        assert round(float(navs[-1].nav / navs[0].nav - 1), 4) == -0.18
        assert round(float(navs[-1].benchmark / navs[0].benchmark - 1), 3) == -0.171
    index = await institution.navs("HY031", date(2026, 10, 25), date(2026, 11, 24))
    assert round(float(index[-1].benchmark / index[0].benchmark - 1), 3) == -0.023


async def test_a_fixture_tells_the_gateway_what_lies_beside_the_books(institution: Institution, load: Load) -> None:
    await load("S39")
    fixture = await institution.fixture()
    assert fixture.owners["U139"]["advisor"] == "A09"
    assert fixture.messages[0].client_id == "U139"
    await load("S13")
    assert {code: said.load for code, said in (await institution.fixture()).advisors.items()} == {
        "A01": 3,
        "A10": 0,
        "A12": 0,
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"clients": [{"name": "无名"}]}, "clients.0"),
        ({"clients": [{"id": "U1", "lots": [{"fund": "HY999", "shares": "1"}]}]}, "HY999"),
        ({"clients": [{"id": "U1", "lots": [{"fund": "HY031"}]}]}, "either shares or value"),
        ({"clients": [{"id": "U1", "colour": "red"}]}, "colour"),
        ({"advisors": {"A99": {"load": 1}}}, "A99"),
        ({"navs": {"HY032": {"change": -2}}}, "navs.HY032.change"),
        ({"clients": [{"id": "U1", "lots": [], "orders": [
            {"kind": "redeem", "fund": "HY031", "shares": "5", "placed_at": "2026-11-20T10:00"}]}]}, "U1"),
        ("text", "夹具"),
    ],
)  # fmt: skip
async def test_a_wrong_fixture_is_refused_with_its_place_and_changes_nothing(
    http: httpx.AsyncClient, state: State, body: Any, words: str
) -> None:
    before = state.world
    answer = await http.post("/v1/admin/load", json=body)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert state.world is before
    assert state.now() == NOON


async def test_assets_without_a_lot_lie_in_the_money_fund(institution: Institution, http: httpx.AsyncClient) -> None:
    client = {"id": "U900", "aum": 130000, "lots": [{"fund": "HY031", "shares": "8000"}]}
    await http.post("/v1/admin/load", json={"now": "2026-11-24T10:00", "clients": [client]})
    assert {item.fund: item.value for item in (await institution.holdings("U900")).items} == {
        "HY001": D(120_000),
        "HY031": D(10_000),
    }


async def test_a_known_client_can_be_changed(institution: Institution, http: httpx.AsyncClient) -> None:
    before = await institution.client("C0005")
    await http.post("/v1/admin/load", json={"clients": [{"id": "C0005", "risk_level": "C1", "own_advisor": "none"}]})
    after = await institution.client("C0005")
    assert (after.risk_level, after.own_advisor) == ("C1", None)
    assert (after.name, after.aum) == (before.name, before.aum)


async def test_faults(institution: Institution, http: httpx.AsyncClient) -> None:
    async def set_to(mode: str, seconds: float = 0) -> None:
        answer = await http.post("/v1/admin/faults", json={"mode": mode, "seconds": seconds})
        assert answer.status_code == 200

    await set_to("fail")
    with pytest.raises(Unavailable):
        await institution.client("C0001")
    assert await institution.clock() == NOON
    await set_to("hang", 0.05)
    with pytest.raises(Unavailable):
        await institution.client("C0001")
    await set_to("slow", 0.01)
    assert (await institution.client("C0001")).id == "C0001"
    await set_to("none")
    assert (await institution.client("C0001")).id == "C0001"
    assert (await http.post("/v1/admin/faults", json={"mode": "odd"})).status_code == 422


async def test_a_silent_institution_is_unavailable() -> None:
    def silence(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("nothing came", request=request)

    async with Institution("http://sandbox", KEY, transport=httpx.MockTransport(silence)) as institution:
        with pytest.raises(Unavailable) as caught:
            await institution.client("C0001")
    assert caught.value.fields["cause"] == "ReadTimeout"


async def test_an_answer_that_makes_no_sense_is_unavailable() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"id": 1}))
    async with Institution("http://sandbox", KEY, transport=transport) as institution:
        with pytest.raises(Unavailable):
            await institution.client("C0001")

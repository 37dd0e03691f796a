"""An advisor's draft that recommends what this client may not be offered is refused, and the check is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request, Response
from fastapi.responses import JSONResponse

from tests.unit.gateway.conftest import World, running
from tests.unit.gateway.owning import owned
from tests.unit.gateway.peers import FUNDS, House, Rasa, fund

ENERGY = fund("HY032", "衡远新能源主题股票", "股票", "R4", "64", "0.0120", "新能源主题")
#: The wording guard asks for it wherever something is recommended.
NOTICE = "。基金有风险,投资需谨慎"
OFFER, LAWFUL_OFFER = f"推荐您买入衡远新能源主题股票{NOTICE}", f"建议您配置衡远日日盈货币{NOTICE}"
NAMED = "衡远新能源主题股票是R4的基金"


@dataclass
class Keeper(House):
    """The institution, with an R4 fund, and what it keeps of the checks by key."""

    level: str = "C1"
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    away: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.app.post("/v1/clients/{client_id}/suitability-checks")(self._keep)

    async def _keep(self, client_id: str, request: Request) -> Response:
        body = await request.json()
        assert set(body) == {"records", "key"}
        if self.away:
            return JSONResponse({"code": "unavailable"}, 503)
        self.kept.setdefault(body["key"], body["records"])
        return JSONResponse({"kept": len(body["records"])})

    async def _funds(self) -> Any:
        return [*FUNDS, ENERGY]

    @property
    def records(self) -> list[tuple[str, str, str, str]]:
        return [
            (one["fund"], one["by"], one["occasion"], one["verdict"]) for all_ in self.kept.values() for one in all_
        ]


@dataclass
class Desk:
    world: World
    house: Keeper


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    house = Keeper()
    async with running(tmp_path, Rasa(), house) as world:
        yield Desk(world, house)


async def test_an_unsuitable_recommendation_is_refused_with_the_words(desk: Desk) -> None:
    # C1 may buy R1 alone (lowest_class comes first in the policy's order); the fund is R4.
    async with owned(desk.world) as talk:
        answers = [await talk.say(OFFER, "d1"), await talk.say(OFFER, "d1")]
        shown = (await talk.client.get("/api/chat/snapshot")).json()["messages"]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(422, "wording_refused")] * 2
    finding = answers[0].json()["findings"][0]
    assert (finding["words"], finding["code"]) == ("衡远新能源主题股票", "lowest_class")
    assert "第二十二条" in finding["rule"]
    assert "R1" in finding["instead"]
    assert OFFER not in [message["text"] for message in shown]
    assert desk.house.records == [("HY032", "A01", "offer", "refuse")]  # the same draft twice is kept once
    async with desk.world.staff("A14") as supervisor:
        listed = (await supervisor.get("/api/desk/compliance/blocked?day=2026-11-24")).json()["blocked"]
    assert [(one["text"], [found["code"] for found in one["findings"]]) for one in listed] == [
        (OFFER, ["lowest_class"])
    ]


@pytest.mark.parametrize(
    ("level", "text", "records"),
    [
        ("C1", NAMED, []),  # naming is no recommendation
        ("C1", f"衡远新能源主题股票不适合您,不建议买入{NOTICE}", []),  # a warning
        ("C1", f"建议您定投{NOTICE}", []),  # no product is named
        ("C1", LAWFUL_OFFER, [("HY001", "A01", "offer", "pass")]),  # R1, and the check is on record
        ("C4", OFFER, [("HY032", "A01", "offer", "pass")]),  # R4 for C4
    ],
)
async def test_what_may_be_said_passes(
    desk: Desk, level: str, text: str, records: list[tuple[str, str, str, str]]
) -> None:
    desk.house.level = level
    async with owned(desk.world) as talk:
        assert (await talk.say(text)).status_code == 200
    assert desk.house.records == records


async def test_words_and_products_are_found_together(desk: Desk) -> None:
    async with owned(desk.world) as talk:
        answer = await talk.say(f"{OFFER}。这只保本")
    assert [found["words"] for found in answer.json()["findings"]] == ["保本", "衡远新能源主题股票"]


async def test_without_a_record_nothing_is_recommended(desk: Desk) -> None:
    desk.house.away = True
    async with owned(desk.world) as talk:
        refused, named = await talk.say(LAWFUL_OFFER, "d1"), await talk.say(NAMED, "d2")
        desk.house.away = False
        sent = await talk.say(LAWFUL_OFFER, "d1")
    assert (refused.status_code, named.status_code, sent.status_code) == (503, 200, 200)


async def test_who_does_not_own_it_leaves_no_record(desk: Desk) -> None:
    async with desk.world.staff("A09") as other:
        answer = await other.post("/api/desk/conversations/cv-C0001/messages", json={"id": "x", "text": OFFER})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_owner")
    assert desk.house.records == []

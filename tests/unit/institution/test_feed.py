"""The feed of orders' states, the record of suitability checks, and saved plans for life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from institution.client import Institution
from institution.sandbox.state import State
from kit.clock import ManualClock
from kit.errors import Invalid

Load = Callable[[str], Any]
RECORD = {
    "occasion": "order", "by": "bot", "fund": "HY031", "name": "衡远沪深300指数", "verdict": "pass", "amount": "100",
    "policy_version": 1, "inputs": {"level": "C3"}, "checks": [{"id": "risk_match", "result": "pass", "words": ""}],
}  # fmt: skip


async def states(bank: Institution, after: str, order: str) -> list[str]:
    """The states that an order entered, page by page."""
    found: list[str] = []
    more = True
    while more:
        page = await bank.order_events(after, limit=3)
        found += [event.status for event in page.events if event.order == order]
        after, more = page.next, page.more
    return found


async def test_an_order_tells_of_each_state_once(load: Load, institution: Institution, clock: ManualClock) -> None:
    await load("S07")
    start = (await institution.order_events()).next
    order = await institution.place_order("U107", "redeem", fund="HY031", shares=Decimal(100), key="k1")
    page = await institution.order_events(start)
    assert [(event.order, event.status) for event in page.events] == [(order.id, "placed")]
    assert "已受理" in page.events[0].words
    assert (await institution.order_events(page.next)).events == ()
    # T 11-24 (Tue): dealt from 15:00, confirmed T+1, money by 18:00 of T+3.
    clock.advance(timedelta(days=4))
    assert await states(institution, start, order.id) == ["placed", "dealing", "confirmed", "arrived"]
    assert await states(institution, page.next, order.id) == ["dealing", "confirmed", "arrived"]


async def test_a_cancelled_order_ends_there(load: Load, institution: Institution, clock: ManualClock) -> None:
    await load("S07")
    start = (await institution.order_events()).next
    order = await institution.place_order("U107", "redeem", fund="HY031", shares=Decimal(100), key="k1")
    clock.advance(timedelta(seconds=5))
    await institution.cancel_order("U107", order.id, "k2")
    clock.advance(timedelta(days=9))
    assert await states(institution, start, order.id) == ["placed", "cancelled"]


async def test_a_cursor_that_is_none_is_refused(institution: Institution) -> None:
    with pytest.raises(Invalid):
        await institution.order_events("yesterday")


async def test_checks_are_kept_once_and_survive_a_restart(
    institution: Institution, http: httpx.AsyncClient, reopened: Callable[[], State]
) -> None:
    for _ in range(2):
        assert await institution.keep_suitability("C0003", [RECORD, RECORD | {"verdict": "refuse"}], "k") == 2
    kept = await institution.suitability_of("C0003")
    assert [(record.verdict, record.inputs) for record in kept] == [
        ("refuse", {"level": "C3"}),
        ("pass", {"level": "C3"}),
    ]
    day = kept[0].at.date()
    assert len(await institution.suitability_checks(day, day)) == 2
    refused = await http.get("/v1/suitability-checks", params={"from": str(day), "to": str(day), "verdict": "refuse"})
    assert len(refused.json()) == 1
    assert [record.id for record in reopened().world.suitability] == [record.id for record in reversed(kept)]


async def test_a_plan_is_saved_and_its_changed_figures_replace_it(institution: Institution) -> None:
    body: dict[str, Any] = {
        "kind": "plan_house",
        "title": "买房规划",
        "summary": "三年40万",
        "card": {"title": "买房规划"},
    }
    first = await institution.save_life_plan("C0003", figures={"target": 400_000}, key="k", **body)
    again = await institution.save_life_plan("C0003", figures={"target": 500_000}, key="k", **body)
    assert first.id == again.id
    assert [plan.figures for plan in await institution.life_plans("C0003")] == [{"target": 500_000}]

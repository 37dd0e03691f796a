"""Orders through the client: quotes, refusals, the life of an order, and one order for one key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from institution.client import Institution
from kit.clock import SHANGHAI
from kit.errors import Conflict, NotFound, Refused

D = Decimal
Load = Callable[[str], Awaitable[dict[str, Any]]]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


async def go_to(http: httpx.AsyncClient, text: str) -> None:
    assert (await http.post("/v1/clock", json={"at": at(text).isoformat()})).status_code == 200


async def put(http: httpx.AsyncClient, now: str, **client: Any) -> None:
    """A client U900 in a world that begins at `now`."""
    body = {"now": now, "clients": [{"id": "U900", "risk_level": "C5", **client}]}
    answer = await http.post("/v1/admin/load", json=body)
    assert answer.status_code == 200, answer.text


async def refused(call: Awaitable[Any]) -> str:
    with pytest.raises((Refused, Conflict)) as caught:
        await call
    assert caught.value.message
    return caught.value.code


async def test_redeeming_six_thousand_shares(institution: Institution, load: Load) -> None:
    await load("S07")
    quote = await institution.quote("U107", "redeem", fund="HY031", shares=D(6000))
    # 6,000 x 1.25 = 7,500; 5,000 free + 1,000 x 1.25 x 1 % = 12.50
    assert (quote.gross, quote.fee, quote.net) == (D("7500.00"), D("12.50"), D("7487.50"))
    assert [(line.shares, line.days, line.rate) for line in quote.fee_lines] == [
        (D(5000), 266, D(0)),
        (D(1000), 21, D("0.01")),
    ]
    assert quote.t_day == date(2026, 11, 24)
    assert quote.arrival == at("2026-11-27T18:00")
    assert quote.hold is None
    assert {cited.rule for cited in quote.rules} == {"RULE-T", "RULE-FEE-RDM", "RULE-RDM-EQ"}
    assert (await institution.client("U107")).aum == D(130_000)


async def test_one_order_for_one_key(institution: Institution, load: Load) -> None:
    await load("S07")
    orders = [await institution.place_order("U107", "redeem", fund="HY031", shares=D(6000), key="m1") for _ in range(3)]
    assert len({order.id for order in orders}) == 1
    redeemed = [order for order in await institution.orders("U107") if order.kind == "redeem"]
    assert [(order.shares, order.status, order.fee) for order in redeemed] == [(D(6000), "placed", D("12.50"))]
    (holding,) = [item for item in (await institution.holdings("U107")).items if item.fund == "HY031"]
    assert (holding.shares, holding.available_shares) == (D(8000), D(2000))
    code = await refused(institution.cancel_order("U107", orders[0].id, "m1"))
    assert code == "key_reused"
    other = institution.place_order("U107", "redeem", fund="HY031", shares=D(3000), key="m1")
    assert await refused(other) == "key_reused"


async def test_the_life_of_a_redemption(institution: Institution, http: httpx.AsyncClient, load: Load) -> None:
    await load("S07")
    placed = await institution.place_order("U107", "redeem", fund="HY031", shares=D(6000), key="m1")
    seen = []
    for moment in ("2026-11-24T15:00", "2026-11-25T09:00", "2026-11-27T17:59", "2026-11-27T18:00"):
        await go_to(http, moment)
        seen.append((await institution.order("U107", placed.id)).status)
    assert seen == ["dealing", "confirmed", "confirmed", "arrived"]
    order = await institution.order("U107", placed.id)
    (nav,) = await institution.navs("HY031", date(2026, 11, 24), date(2026, 11, 24))
    assert order.nav == nav.nav
    (holding,) = [item for item in (await institution.holdings("U107")).items if item.fund == "HY031"]
    assert holding.shares == D(2000)
    assert [lot.confirmed_on for lot in holding.lots] == [date(2026, 11, 3)]


async def test_an_order_can_be_cancelled_until_three(
    institution: Institution, http: httpx.AsyncClient, load: Load
) -> None:
    await load("S07")
    first = await institution.place_order("U107", "redeem", fund="HY031", shares=D(100), key="m1")
    assert (await institution.cancel_order("U107", first.id, "m2")).status == "cancelled"
    assert (await institution.cancel_order("U107", first.id, "m2")).status == "cancelled"
    second = await institution.place_order("U107", "redeem", fund="HY031", shares=D(100), key="m3")
    await go_to(http, "2026-11-24T15:00")
    assert await refused(institution.cancel_order("U107", second.id, "m4")) == "not_cancellable"


async def test_buying_is_confirmed_and_seen(institution: Institution, http: httpx.AsyncClient) -> None:
    await put(http, "2026-11-24T16:00", lots=[])
    order = await institution.place_order("U900", "buy", fund="HY043", amount=D(10_000), key="m1")
    # After 15:00: T is the 25th; QDII: T+2
    assert (order.t_day, order.confirm_day) == (date(2026, 11, 25), date(2026, 11, 27))
    assert order.fee == D("10.00")
    assert not (await institution.holdings("U900")).items
    await go_to(http, "2026-11-27T08:00")
    (item,) = (await institution.holdings("U900")).items
    assert (item.cost, item.lots[0].confirmed_on) == (D(10_000), date(2026, 11, 27))
    assert (await institution.order("U900", order.id)).shares == item.shares


@pytest.mark.parametrize(
    ("client", "order", "code"),
    [
        ({"risk_level": "C3"}, {"kind": "buy", "fund": "HY032", "amount": D(1000)}, "unsuitable"),
        ({"risk_valid_until": "2026-11-23"}, {"kind": "buy", "fund": "HY031", "amount": D(1000)}, "test_expired"),
        ({}, {"kind": "buy", "fund": "HY031", "amount": D("9.99")}, "below_minimum"),
        ({}, {"kind": "buy", "fund": "HY051", "amount": D(1_000_000)}, "not_qualified"),
        ({"qualified": True}, {"kind": "buy", "fund": "HY051", "amount": D(999_999)}, "below_minimum"),
        ({}, {"kind": "redeem", "fund": "HY031", "shares": D("1000.01")}, "insufficient_shares"),
        ({}, {"kind": "redeem", "fund": "HY031", "shares": D("9.99")}, "below_minimum"),
        ({}, {"kind": "redeem", "fund": "HY023", "shares": D(100)}, "locked_up"),
        ({}, {"kind": "redeem", "fund": "HY031"}, "amount_missing"),
        ({}, {"kind": "switch", "fund": "HY031", "shares": D(100), "to_fund": "CS031"}, "not_switchable"),
        ({"risk_level": "C3"}, {"kind": "switch", "fund": "HY031", "shares": D(100), "to_fund": "HY032"}, "unsuitable"),
    ],
)
async def test_what_is_refused(
    institution: Institution, http: httpx.AsyncClient, client: dict[str, Any], order: dict[str, Any], code: str
) -> None:
    lots = [
        {"fund": "HY031", "shares": "1000"},
        {"fund": "HY023", "shares": "500", "confirmed_on": "2026-03-02"},
    ]
    await put(http, "2026-11-24T10:00", lots=lots, **client)
    kind = order.pop("kind")
    assert await refused(institution.quote("U900", kind, **order)) == code
    assert await refused(institution.place_order("U900", kind, key="m1", **order)) == code
    assert len(await institution.orders("U900")) == len(lots)


async def test_an_expired_test_does_not_stop_redeeming(institution: Institution, http: httpx.AsyncClient) -> None:
    await put(http, "2026-11-24T10:00", lots=[{"fund": "HY031", "shares": "1000"}], risk_valid_until="2026-01-01")
    order = await institution.place_order("U900", "redeem", fund="HY031", shares=D(1000), key="m1")
    assert order.status == "placed"


async def test_a_large_redemption_waits_for_the_client_and_a_human(
    institution: Institution, http: httpx.AsyncClient
) -> None:
    lots = [{"fund": "HY011", "value": "70000"}, {"fund": "HY001", "value": "130000"}]
    await put(http, "2026-11-24T10:00", lots=lots)
    # 65,000 of 200,000 = 32.5 %: a person must have spoken with the client
    order = await institution.place_order("U900", "redeem", fund="HY001", shares=D(65_000), key="m1")
    assert order.status == "held"
    assert order.hold is not None
    assert (order.hold.share_of_aum, order.hold.needs_human) == (D("0.3250"), True)
    assert await refused(institution.release_order("U900", order.id, "m2")) == "human_needed"
    await go_to(http, "2026-11-24T14:59")
    released = await institution.release_order("U900", order.id, "m3", human_spoken=True)
    assert (released.status, released.t_day) == ("placed", date(2026, 11, 24))
    assert await refused(institution.release_order("U900", order.id, "m4", human_spoken=True)) == "not_held"


async def test_a_release_after_three_moves_t(institution: Institution, http: httpx.AsyncClient) -> None:
    await put(http, "2026-11-24T14:50", lots=[{"fund": "HY001", "value": "400000"}])
    order = await institution.place_order("U900", "redeem", fund="HY001", shares=D(60_000), key="m1")
    assert order.status == "held"
    await go_to(http, "2026-11-24T15:10")
    assert (await institution.order("U900", order.id)).t_day == date(2026, 11, 25)
    assert (await institution.release_order("U900", order.id, "m2")).t_day == date(2026, 11, 25)


async def test_redemptions_of_one_day_count_together(institution: Institution, http: httpx.AsyncClient) -> None:
    await put(http, "2026-11-24T10:00", lots=[{"fund": "HY001", "value": "400000"}])
    first = await institution.place_order("U900", "redeem", fund="HY001", shares=D(30_000), key="m1")
    second = await institution.place_order("U900", "redeem", fund="HY001", shares=D(20_000), key="m2")
    # 30,000 = 7.5 %; 50,000 = 12.5 %
    assert (first.status, second.status) == ("placed", "held")


async def test_switching_moves_the_shares(institution: Institution, http: httpx.AsyncClient) -> None:
    await put(http, "2026-11-24T10:00", lots=[{"fund": "HY011", "shares": "10000"}])
    quote = await institution.quote("U900", "switch", fund="HY011", shares=D(10_000), to_fund="HY031")
    # 10,000 x 1.0856 = 10,856.00; redemption free; 10,856 x 0.07 % = 7.5992 -> 7.60
    assert (quote.gross, quote.fee, quote.net) == (D("10856.00"), D("7.60"), D("10848.40"))
    await institution.place_order("U900", "switch", fund="HY011", shares=D(10_000), to_fund="HY031", key="m1")
    await go_to(http, "2026-11-25T09:00")
    (item,) = (await institution.holdings("U900")).items
    assert item.fund == "HY031"


async def test_quick_redemption_is_paid_at_once_up_to_ten_thousand_a_day(http: httpx.AsyncClient) -> None:
    await put(http, "2026-11-28T10:00", lots=[{"fund": "HY001", "value": "40000"}])
    body = {"kind": "redeem", "fund": "HY001", "shares": "8000", "quick": True}
    first = (await http.post("/v1/clients/U900/orders", json=body | {"key": "m1"})).json()
    assert first["status"] == "arrived"
    second = await http.post("/v1/clients/U900/orders", json=body | {"key": "m2"})
    assert (second.status_code, second.json()["code"]) == (422, "quick_limit")


async def test_a_private_fund_cools_off(institution: Institution, http: httpx.AsyncClient) -> None:
    await put(http, "2026-11-24T10:00", lots=[], qualified=True)
    order = await institution.place_order("U900", "buy", fund="HY051", amount=D(1_000_000), key="m1")
    assert order.t_day == date(2026, 11, 25)
    await go_to(http, "2026-11-25T14:00")
    assert (await institution.cancel_order("U900", order.id, "m2")).status == "cancelled"


async def test_money_that_is_late_says_so(institution: Institution, http: httpx.AsyncClient) -> None:
    late = {"kind": "redeem", "fund": "HY031", "shares": "500", "placed_at": "2026-11-17T10:00",
            "late_until": "2026-11-26T12:00"}  # fmt: skip
    await put(http, "2026-11-24T10:00", lots=[{"fund": "HY031", "shares": "1000"}], orders=[late])
    order = next(o for o in await institution.orders("U900") if o.kind == "redeem")
    # T = Tue 17th, due Fri 20th 18:00; Mon 23rd and Tue 24th have begun
    assert (order.status, order.days_late) == ("confirmed", 2)


async def test_what_is_not_there(institution: Institution) -> None:
    for call in (
        institution.client("nobody"),
        institution.holdings("nobody"),
        institution.fund("HY999"),
        institution.order("C0001", "none"),
        institution.change_plan("C0001", "none", "stop", "k"),
    ):
        with pytest.raises(NotFound):
            await call


async def test_plans_are_paused_resumed_changed_and_stopped(institution: Institution, http: httpx.AsyncClient) -> None:
    plan = {"fund": "HY031", "amount": "500", "frequency": "每月", "day": 25, "started_on": "2026-01-25"}
    await put(http, "2026-11-24T23:00", lots=[{"fund": "HY031", "shares": "1000"}], plans=[plan])
    (before,) = await institution.plans("U900")
    assert before.next_date == date(2026, 11, 25)
    paused = await institution.change_plan("U900", before.id, "pause", "m1")
    assert (paused.status, paused.next_date) == ("paused", None)
    await go_to(http, "2026-11-25T10:00")
    assert (await institution.plans("U900"))[0].times == 0
    resumed = await institution.change_plan("U900", before.id, "resume", "m2")
    # The 25th is over; December the 25th is a Friday.
    assert resumed.next_date == date(2026, 12, 25)
    changed = await institution.change_plan("U900", before.id, "modify", "m3", amount=D(800), day=27)
    assert (changed.amount, changed.next_date) == (D(800), date(2026, 11, 27))
    await go_to(http, "2026-11-30T10:00")
    (after,) = await institution.plans("U900")
    assert (after.times, after.invested) == (1, D(800))
    assert (await institution.orders("U900", 1))[0].t_day == date(2026, 11, 27)
    assert (await institution.change_plan("U900", before.id, "stop", "m4")).status == "stopped"
    assert await refused(institution.change_plan("U900", before.id, "resume", "m5")) == "plan_state"


async def test_a_pause_on_the_deduction_day_comes_too_late(institution: Institution, http: httpx.AsyncClient) -> None:
    plan = {"fund": "HY031", "amount": "500", "day": 24}
    await put(http, "2026-11-24T00:30", lots=[{"fund": "HY031", "shares": "1000"}], plans=[plan])
    (mine,) = await institution.plans("U900")
    await institution.change_plan("U900", mine.id, "pause", "m1")
    assert [o.amount for o in await institution.orders("U900") if o.kind == "dca"] == [D(500)]


async def test_raising_a_plan_needs_a_valid_test_lowering_does_not(
    institution: Institution, http: httpx.AsyncClient
) -> None:
    plan = {"fund": "HY031", "amount": "500", "day": 10}
    await put(http, "2026-11-24T10:00", lots=[], plans=[plan], risk_valid_until="2026-11-01")
    (mine,) = await institution.plans("U900")
    assert mine.status == "running"
    raised = institution.change_plan("U900", mine.id, "modify", "m1", amount=D(600))
    assert await refused(raised) == "test_expired"
    assert (await institution.change_plan("U900", mine.id, "modify", "m2", amount=D(300))).amount == D(300)
    new = institution.create_plan("U900", fund="HY031", amount=D(100), frequency="每周", day=1, key="m3")
    assert await refused(new) == "test_expired"


async def test_a_new_plan(institution: Institution, http: httpx.AsyncClient) -> None:
    await put(http, "2026-11-24T10:00", lots=[])
    made = await institution.create_plan("U900", fund="HY031", amount=D(100), frequency="每周", day=5, key="m1")
    assert (made.next_date, made.day_words) == (date(2026, 11, 27), "每周五")
    wrong = institution.create_plan("U900", fund="HY031", amount=D(100), frequency="每周", day=6, key="m2")
    assert await refused(wrong) == "day_not_possible"


async def test_complaints_have_their_limits(institution: Institution) -> None:
    ticket = await institution.open_complaint("C0001", kind="到账延迟", text="钱没到", key="m1")
    assert ticket.answer_by - ticket.opened_at == timedelta(hours=1)
    assert ticket.solve_by - ticket.opened_at == timedelta(hours=24)
    again = await institution.open_complaint("C0001", kind="到账延迟", text="钱没到", key="m1")
    assert again.id == ticket.id
    assert [t.id for t in await institution.complaints("C0001")].count(ticket.id) == 1


async def test_the_dividend_mode(institution: Institution, http: httpx.AsyncClient) -> None:
    await put(http, "2026-11-24T16:00", lots=[{"fund": "HY031", "shares": "1000"}])
    said = await institution.set_dividend_mode("U900", fund="HY031", mode="现金分红", key="m1")
    # After 15:00: T is the 25th, confirmed the 26th
    assert said["confirmed_on"] == "2026-11-26"
    assert (await institution.holdings("U900")).items[0].dividend_mode == "现金分红"
    with pytest.raises(NotFound):
        await institution.set_dividend_mode("U900", fund="HY032", mode="现金分红", key="m2")


async def test_a_risk_alert_holds_an_order_until_it_is_released(institution: Institution, load: Load) -> None:
    await load("S07")
    order = await institution.place_order("U107", "redeem", fund="HY031", shares=D(6000), key="k1")
    held = await institution.hold_order("U107", order.id, reason="夜间集中赎回", key="h1")
    # 6,000 x 1.25 = 7,500 of 130,000 = 5.77 %
    assert (held.status, held.hold and held.hold.needs_human) == ("held", False)
    assert held.hold is not None
    assert (held.hold.share_of_aum, held.hold.reason) == (D("0.0577"), "夜间集中赎回")
    assert (await institution.hold_order("U107", order.id, reason="夜间集中赎回", key="h1")).status == "held"
    released = await institution.release_order("U107", order.id, "r1")
    assert (released.status, released.t_day) == ("placed", order.t_day)


async def test_what_is_dealt_can_no_longer_be_held(
    institution: Institution, http: httpx.AsyncClient, load: Load
) -> None:
    await load("S07")
    order = await institution.place_order("U107", "redeem", fund="HY031", shares=D(6000), key="k1")
    await go_to(http, "2026-11-24T15:01")
    assert await refused(institution.hold_order("U107", order.id, reason="x", key="h1")) == "not_holdable"


async def test_a_held_redemption_above_three_tenths_needs_a_person(
    institution: Institution, http: httpx.AsyncClient
) -> None:
    """40,000 of 100,000: under RULE-HOLD's 50,000 yuan, yet two fifths."""
    await put(http, "2026-11-24T12:00", lots=[{"fund": "HY001", "value": "100000"}])
    order = await institution.place_order("U900", "redeem", fund="HY001", shares=D(40_000), key="k1")
    assert order.status == "placed"
    await go_to(http, "2026-11-24T12:01")
    await institution.hold_order("U900", order.id, reason="新设备登录后赎回", key="h1")
    assert await refused(institution.release_order("U900", order.id, "r1")) == "human_needed"
    await go_to(http, "2026-11-24T12:02")
    released = await institution.release_order("U900", order.id, "r2", human_spoken=True)
    assert released.status == "placed"
    events = (await institution.order_events("20261124T000000000000")).events
    told = [event.status for event in events if event.order == order.id]
    assert told == ["placed", "held", "placed"]

"""High alerts act: the order held, the client asked, a person called, all of it recorded; outcomes tune thresholds."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from profiles.deciding import answer
from profiles.interventions import load, market_note, plan_for, spread
from profiles.model import Level
from tests.unit.gateway.peers import KEY
from tests.unit.profiles.scene import NOON, facts, person, position, trade
from tests.unit.profiles.stage import Json, Scenes
from tests.unit.profiles.test_alerts import opened

RULES = load()
HY032, HY043 = "HY032", "HY043"


async def redeems(scenes: Scenes, fund: str, shares: str, key: str) -> Json:
    body = {"kind": "redeem", "fund": fund, "shares": shares, "key": key}
    placed = await scenes.sandbox.post("/v1/clients/U111/orders", json=body)
    assert placed.status_code == 200, placed.text
    found: Json = placed.json()
    return found


async def acts(scenes: Scenes, staff_id: str) -> list[Json]:
    async with scenes.world.staff(staff_id) as desk:
        answer = await desk.get("/api/desk/clients/U111/acts")
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["acts"]
    return found


async def by_supervisor(scenes: Scenes, method: str, path: str, **body: Any) -> httpx.Response:
    async with scenes.world.staff("A14") as desk:
        return await desk.request(method, f"/api/desk{path}", **body)


async def test_a_redemption_of_two_fifths_is_held_asked_about_and_handed_over(scenes: Scenes) -> None:
    """320,000 shares at 1.23 are 393,600 of 1,000,000: above 30 %, so RULE-HOLD holds it and the alert is high."""
    await scenes.load("S11")
    order = await redeems(scenes, HY032, "320000", "k1")
    assert order["status"] == "held"
    scenes.world.rasa.intent = "affirm"  # type: ignore[attr-defined]
    await scenes.says("U111", "m1", "确认赎回")

    act = next(one for one in await acts(scenes, "A14") if one["indicator"] == "one_day_redemption")
    assert (act["level"], act["state"], act["plan"]["reason"]) == ("high", "done", "large_redemption")
    assert [step["step"] for step in act["during"]] == ["hold", "ask", "handoff", "task"]
    hold, ask, handoff, _ = act["during"]
    assert (hold["order"], hold["held"]) == (order["id"], True)
    assert handoff["in_time"]
    assert handoff["seconds"] <= 300
    assert round(act["before"]["total"]) == 1_000_000
    assert act["after"] is None

    said = await scenes.world.messages("U111")
    asked = next(m for m in said if m["text"] == ask["words"])
    assert asked["author"] == "ai"
    assert "11月24日赎回衡远新能源主题股票" in asked["text"]
    assert "在您确认之前我们不会处理" in asked["text"]

    async with scenes.world.staff("A14") as desk:
        shown = (await desk.get(f"/api/desk/handoffs/{act['handoff_id']}")).json()
    assert "large_redemption" in [reason["code"] for reason in shown["handoff"]["reasons"]]
    assert any(fact["label"] == "待核对的交易" for fact in shown["brief"]["facts"])

    # After: the client takes it back, the advisor says what became of it.
    path = f"/v1/clients/U111/orders/{order['id']}/cancel"
    assert (await scenes.sandbox.post(path, json={"key": "k2"})).status_code == 200
    judged = await by_supervisor(
        scenes, "POST", f"/clients/U111/alerts/{act['alert_id']}", json={"outcome": "handled", "note": "客户改为不赎回"}
    )
    assert judged.status_code == 200
    act = next(one for one in await acts(scenes, "A14") if one["id"] == act["id"])
    assert act["outcome"] == "handled"
    assert {"id": order["id"], "kind": "redeem", "status": "cancelled"} in act["after"]["orders"]


async def held_purchase(scenes: Scenes, shares: str) -> tuple[Json, Json]:
    """A redemption that is held: the order, the act."""
    await scenes.load("S11")
    order = await redeems(scenes, HY032, shares, "k1")
    await scenes.says("U111", "m1", "你好")
    act = next(one for one in await acts(scenes, "A14") if any(step["step"] == "hold" for step in one["during"]))
    return order, act


async def order_of(scenes: Scenes, order_id: str) -> Json:
    found: Json = (await scenes.sandbox.get(f"/v1/clients/U111/orders/{order_id}")).json()
    return found


async def test_above_three_tenths_the_clients_word_is_kept_and_the_advisor_releases(scenes: Scenes) -> None:
    order, act = await held_purchase(scenes, "320000")
    await scenes.says("U111", "m2", "是我操作的")
    assert (await order_of(scenes, order["id"]))["status"] == "held", "39 %: a person must have spoken with him"
    said = [m["text"] for m in await scenes.world.messages("U111") if m["author"] == "ai"]
    assert any("还要同事和您说上话" in text for text in said)
    path = f"/clients/U111/orders/{order['id']}/decision"
    unspoken = await by_supervisor(scenes, "POST", path, json={"do": "release"})
    assert unspoken.status_code == 409
    done = await by_supervisor(scenes, "POST", path, json={"do": "release", "spoken": True, "note": "已电话核实"})
    assert done.json() == {"order": order["id"], "done": "released"}
    assert (await order_of(scenes, order["id"]))["status"] == "placed"
    act = next(one for one in await acts(scenes, "A14") if one["id"] == act["id"])
    answered, released = (next(s for s in act["during"] if s["step"] == name) for name in ("answer", "released"))
    assert (answered["word"], released["by"], released["note"]) == ("confirm", "A14", "已电话核实")


async def test_the_clients_own_word_releases_what_needs_no_person(scenes: Scenes) -> None:
    """246,000 of 1,000,000 need no person; with the second, 319,800 of the day, the second does."""
    await scenes.load("S11")
    first = await redeems(scenes, HY032, "200000", "k1")
    second = await redeems(scenes, HY032, "60000", "k2")
    assert [one["hold"]["needs_human"] for one in (first, second)] == [False, True]
    await scenes.says("U111", "m1", "你好")
    await scenes.says("U111", "m2", "是我操作的")
    assert [(await order_of(scenes, one["id"]))["status"] for one in (first, second)] == ["placed", "held"]
    steps = [s for one in await acts(scenes, "A14") for s in one["during"] if s["step"] == "released"]
    assert {(s["by"], s["order"]) for s in steps} == {("client", first["id"])}


async def test_what_was_not_the_client_stays_held_until_an_advisor_takes_it_back(scenes: Scenes) -> None:
    order, _ = await held_purchase(scenes, "320000")
    await scenes.says("U111", "m2", "不是我操作的!")
    assert (await order_of(scenes, order["id"]))["status"] == "held"
    path = f"/clients/U111/orders/{order['id']}/decision"
    done = await by_supervisor(scenes, "POST", path, json={"do": "cancel"})
    assert done.json()["done"] == "cancelled"
    assert (await order_of(scenes, order["id"]))["status"] == "cancelled"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("是我操作的", "confirm"), ("是我自己赎的。", "confirm"), ("是本人操作", "confirm"), ("不是我操作的", "deny"),
        ("不是本人!!", "deny"), ("我没操作过", "deny"), ("是我操作的吗?", None), ("好的", None), ("我的持仓", None),
        ("是不是我操作错了", None),
    ],
)  # fmt: skip
def test_what_answers_the_question(text: str, word: str | None) -> None:
    assert answer(text) == word


async def test_it_acts_once_whatever_is_looked_at_again(scenes: Scenes) -> None:
    await scenes.load("S11")
    await redeems(scenes, HY032, "320000", "k1")
    await scenes.says("U111", "m1", "你好")
    before = len(await scenes.world.messages("U111"))
    for _ in range(3):
        await scenes.world.parts.profiles.follow("U111", books=True)
        await scenes.world.parts.profiles.acts.due()
    assert len(await scenes.world.messages("U111")) == before


async def test_a_crash_before_the_deed_is_made_good_by_the_next_look(scenes: Scenes) -> None:
    await scenes.load("S11")
    await redeems(scenes, HY032, "320000", "k1")
    profiles = scenes.world.parts.profiles
    desk, profiles.acts.desk = profiles.acts.desk, None
    await scenes.says("U111", "m1", "你好")
    assert "due" in {one["state"] for one in await acts(scenes, "A14")}
    profiles.acts.desk = desk
    assert await profiles.acts.due() == 1
    assert {one["state"] for one in await acts(scenes, "A14")} == {"done"}


async def test_a_medium_alert_is_advice_and_work_for_the_own_advisor(scenes: Scenes) -> None:
    """620,000 of 1,000,000 in one fund: 120,000 leave for a half in the industry, 100,000 more for two fifths in the fund."""
    await scenes.load("S11")
    await scenes.says("U111", "m1", "我的持仓")
    act = next(one for one in await acts(scenes, "A09") if one["indicator"] == "sector_share")
    assert [round(move["amount"], -3) for move in act["plan"]["moves"]] == [120_000, 100_000]
    assert act["plan"]["reason"] is None
    assert act["handoff_id"] is None


async def test_customer_service_sees_what_was_done_without_sums(scenes: Scenes) -> None:
    await scenes.load("S11", owners={"U111": {"advisor": "A06", "since": "2026-11-24T12:00:00+08:00"}})
    await redeems(scenes, HY032, "320000", "k1")
    await scenes.says("U111", "m1", "你好")
    told = str(await acts(scenes, "A06"))
    assert "元" not in told
    assert "1000000" not in told


async def test_outcomes_are_a_curve_and_a_supervisor_moves_the_threshold(scenes: Scenes) -> None:
    await scenes.load("S11")
    await scenes.says("U111", "m1", "我的持仓")
    tuning = (await by_supervisor(scenes, "GET", "/indicators/sector_share/tuning")).json()
    assert tuning["thresholds"] == {"medium": 0.5, "high": 0.8}
    levels = {"medium": 0.65, "high": 0.8}
    tried = (await by_supervisor(scenes, "POST", "/indicators/sector_share/preview", json={"levels": levels})).json()
    assert (tried["before"]["medium"], tried["after"]["medium"], tried["after"]["none"]) == (1, 0, 1)
    set_to = await by_supervisor(scenes, "POST", "/indicators/sector_share/thresholds", json={"levels": levels})
    assert set_to.json()["history"][0]["by"] == "A14"
    assert scenes.world.parts.profiles.policy.indicators["sector_share"].bands.thresholds[Level.MEDIUM] == 0.65
    for wrong in ({"medium": 0.9, "high": 0.8}, {"high": 0.8}, {"top": 1.0}):
        refused = await by_supervisor(scenes, "POST", "/indicators/sector_share/thresholds", json={"levels": wrong})
        assert refused.status_code == 422, wrong
    assert (await by_supervisor(scenes, "GET", "/indicators/ufo/tuning")).status_code == 404
    async with scenes.world.staff("A09") as desk:
        assert (await desk.get("/api/desk/indicators/sector_share/tuning")).status_code == 403
    assert (await scenes.sandbox.get("/v1/health", headers={"X-Internal-Key": KEY})).status_code == 200


def test_money_moves_until_the_limits_hold() -> None:
    """620 + 200 + 180 of 1,000: the industry sheds 120 to a half, then the fund 100 to two fifths."""
    held = (
        position(620, 1000, fund="A", sector="新能源", kind="股票"), position(200, 1000, fund="B", sector="海外", kind="QDII"),
        position(180, 1000, fund="C", sector="现金", kind="货币"),
    )  # fmt: skip
    moves = spread(held, 3, RULES)
    assert [(m.fund, m.amount, round(m.after, 3)) for m in moves] == [("A", 120, 0.5), ("A", 100, 0.4)]
    assert spread(held[2:], 3, RULES) == ()
    assert spread((position(620, 1000, sector="新能源", locked=True), held[1]), 3, RULES) == ()


def test_a_high_state_is_work_and_an_old_redemption_calls_nobody() -> None:
    alert = opened(0.9)
    assert plan_for(alert, "集中度", "state", facts(), RULES).reason is None
    dealt = facts(trades=(trade(amount=90_000, status="arrived"),))
    assert plan_for(alert, "资金流出", "event", dealt, RULES).reason is None
    small = facts(trades=(trade(amount=9_000, status="placed"),))
    assert plan_for(alert, "资金流出", "event", small, RULES).reason is None
    large = plan_for(alert, "资金流出", "event", facts(trades=(trade(amount=90_000, status="placed"),)), RULES)
    assert large.reason == "large_redemption"
    assert "11月24日15:00前都可以撤单" in large.ask
    assert plan_for(alert, "账户异常", "event", dealt, RULES).reason == "account_safety"


def test_a_market_note_tells_how_the_holdings_moved() -> None:
    """100 a week ago, 95 now: 5.0 % down; promises nothing."""
    alert = opened(0.6)
    words = market_note(facts(worth=(90.0, 100.0, 99.0, 98.0, 97.0, 96.0, 95.0), person=person()), alert)
    assert "近一周下跌 5.0%" in words
    assert "近7个交易日上涨 5.6%" in words
    assert NOON.tzinfo

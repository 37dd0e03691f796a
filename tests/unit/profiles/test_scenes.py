"""Scenes through the front door: a client's chat, the institution's sandbox, an advisor's desk, all in one process."""

from __future__ import annotations

from sqlalchemy import select

from profiles import tables
from tests.unit.gateway.peers import KEY
from tests.unit.profiles.stage import Json, Scenes


def weights(profile: Json) -> dict[str, float]:
    return {tag["tag"]: tag["weight"] for tag in profile["tags"]}


async def test_more_than_half_in_one_sector_is_a_medium_alert_with_its_advice(scenes: Scenes) -> None:
    await scenes.load("S11")
    scenes.world.rasa.emotion = "焦虑"
    await scenes.says("U111", "m1", "跌麻了😭新能源还能抄底不,还是割了算了,真拿不住了")
    answer = await scenes.profile("U111", "A09")
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    alert = next(one for one in shown["alerts"] if one["group"] == "集中度")
    assert (alert["level"], alert["indicator"]) == ("medium", "sector_share")
    assert alert["words"] == "新能源占资产 62%,单一行业超过一半"
    # 620,000 of 1,000,000; a half may stay
    assert "约需转出 120,000 元" in alert["advice"]
    assert [one["words"] for one in alert["also"]] == ["衡远新能源主题股票一只占资产 62%"]
    assert shown["trend"] == [{"day": "2026-11-24", "messages": 1, "negative": 1.0, "positive": 0.0}]
    assert weights(shown)["情绪波动"] > 0
    assert await scenes.world.parts.profiles.alerts("U111", assets=True)
    assert await scenes.world.parts.profiles.alerts("U111", assets=False) == []


async def test_an_outcome_ends_the_alert_and_those_shown_with_it(scenes: Scenes) -> None:
    await scenes.load("S11")
    await scenes.says("U111", "m1", "我的持仓")
    head = (await scenes.profile("U111", "A09")).json()["alerts"][0]
    async with scenes.world.staff("A09") as desk:
        path = f"/api/desk/clients/U111/alerts/{head['id']}"
        assert (await desk.post(path, json={"outcome": "handled", "note": "已电话沟通"})).status_code == 200
        assert (await desk.post(path, json={"outcome": "handled"})).status_code == 409
        assert (await desk.post(path + "x", json={"outcome": "handled"})).status_code == 404
        assert (await desk.post(path, json={"outcome": "cleared"})).status_code == 422
    await scenes.says("U111", "m2", "再看一下我的持仓")
    shown = (await scenes.profile("U111", "A09")).json()
    assert all(one["group"] != head["group"] for one in shown["alerts"])
    assert {one["note"] for one in shown["past_alerts"] if one["group"] == head["group"]} == {"已电话沟通"}


async def test_a_new_family_member_lowers_the_taste_for_risk_and_raises_responsibility(scenes: Scenes) -> None:
    await scenes.load("S13")
    await scenes.says("U113", "m1", "你好")
    before = weights((await scenes.profile("U113", "A14")).json())
    await scenes.says("U113", "m2", "我想为刚出生的孩子规划教育金")
    shown = (await scenes.profile("U113", "A14")).json()
    after = weights(shown)
    assert 0 < after["高风险偏好"] < before["高风险偏好"]
    assert after["家庭责任"] >= 0.7 > before.get("家庭责任", 0.0)
    assert [event["kind"] for event in shown["events"]] == ["new_child"]
    family = next(tag for tag in shown["tags"] if tag["tag"] == "家庭责任")
    assert "说「我想为刚出生的孩子规划教育金」" in family["evidence"][0]["words"]
    # Taking the same talk in again changes nothing.
    await scenes.world.parts.profiles.follow("U113", books=True)
    assert weights((await scenes.profile("U113", "A14")).json()) == after


async def test_only_those_who_serve_the_client_read_and_every_read_is_written_down(scenes: Scenes) -> None:
    await scenes.load("S11")
    await scenes.says("U111", "m1", "你好")
    # A12 serves others; A09 is the own advisor; A14 supervises.
    assert [(await scenes.profile("U111", who)).status_code for who in ("A12", "A09", "A14")] == [403, 200, 200]
    async with scenes.world.http() as http:
        assert (await http.get("/api/desk/clients/U111/profile")).status_code == 401
    assert (await scenes.profile("U999", "A14")).status_code == 404
    reads = await scenes.reads()
    assert [(one["reader_id"], one["client_id"]) for one in reads] == [("A09", "U111"), ("A14", "U111")]
    assert all(one["address"] and "assets" in one["what"] for one in reads)


async def test_customer_service_sees_no_assets_anywhere(scenes: Scenes) -> None:
    await scenes.load("S11", owners={"U111": {"advisor": "A06", "since": "2026-11-24T12:00:00+08:00"}})
    await scenes.says("U111", "m1", "新能源跌得我睡不着")
    answer = await scenes.profile("U111", "A06")
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["assets"] is None
    assert shown["client"]["name"] == "邓飞"
    told = str(shown)
    for secret in ("620", "62%", "一半", "R4", "海外", "市值"):
        assert secret not in told


async def test_the_brief_names_alerts_and_tags(scenes: Scenes) -> None:
    await scenes.load("S11")
    await scenes.says("U111", "m1", "新能源还能抄底不")
    async with scenes.world.client("U111") as chat:
        asked = (await chat.post("/api/chat/handoff", json={})).json()
    async with scenes.world.staff("A14") as desk:
        brief = (await desk.get(f"/api/desk/handoffs/{asked['handoff_id']}")).json()["brief"]
    assert [line for line in brief["alerts"] if "新能源" in line] == ["中风险预警:新能源占资产 62%,单一行业超过一半"]
    assert "高风险偏好" in next(row["value"] for row in brief["who"] if row["label"] == "标签")


async def test_the_institution_away_breaks_no_turn_and_is_made_good(scenes: Scenes) -> None:
    await scenes.load("S11")
    profiles = scenes.world.parts.profiles
    await profiles.forget("U111")
    await scenes.sandbox.post("/v1/admin/faults", json={"mode": "fail"})
    await scenes.says("U111", "m1", "我刚当爸爸了")
    assert await profiles.alerts("U111", assets=True) == []
    assert "家庭责任" in await profiles.tags("U111", assets=False), "the talk is kept"
    await scenes.sandbox.post("/v1/admin/faults", json={"mode": "none"})
    await scenes.says("U111", "m2", "好的")
    assert await profiles.alerts("U111", assets=True)


async def test_a_reported_event_is_kept_once(scenes: Scenes) -> None:
    await scenes.load("S11")
    body = {"kind": "new_device", "key": "d1", "at": "2026-11-24T03:00:00+00:00"}
    async with scenes.world.http() as http:
        for _ in range(2):
            path, headers = "/internal/clients/U111/events", {"X-Internal-Key": KEY}
            assert (await http.post(path, json=body, headers=headers)).status_code == 200
        assert (await http.post(path, json={**body, "kind": "ufo"}, headers=headers)).status_code == 422
        assert (await http.post(path, json=body)).status_code == 401
    shown = (await scenes.profile("U111", "A09")).json()
    assert [event["kind"] for event in shown["events"]] == ["new_device"]


async def test_a_large_redemption_is_seen_with_the_next_turn(scenes: Scenes) -> None:
    """90,000 shares at 1.80 are 162,000 of 1,000,000: above a tenth."""
    await scenes.load("S11")
    await scenes.says("U111", "m1", "你好")
    shares = "90000"
    body = {"kind": "redeem", "fund": "HY043", "shares": shares, "key": "k1"}
    placed = await scenes.sandbox.post("/v1/clients/U111/orders", json=body)
    assert placed.status_code == 200, placed.text
    scenes.world.rasa.intent = "affirm"  # type: ignore[attr-defined]
    await scenes.says("U111", "m2", "确认赎回")
    shown = (await scenes.profile("U111", "A09")).json()
    assert any(one["indicator"] == "one_day_redemption" and one["level"] == "medium" for one in shown["alerts"])


async def test_the_sweep_looks_at_every_client_once_a_day(scenes: Scenes) -> None:
    profiles = scenes.world.parts.profiles
    assert await profiles.sweep("2026-11-24") == 6
    assert await profiles.sweep("2026-11-24") == 0
    async with scenes.world.parts.engine.connect() as sql:
        row = (await sql.execute(select(tables.sweeps))).mappings().one()
    assert (row["clients"], row["failed"]) == (6, 0)

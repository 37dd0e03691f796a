"""The desk's view of clients, over the gateway's doors: whose, in which order, and what whose role may see."""

from __future__ import annotations

from tests.unit.profiles.stage import Scenes

PATH = "/api/desk/clients"
OWNED_BY_SERVICE = {"U111": {"advisor": "A06", "since": "2026-11-24T12:00:00+08:00"}}
#: Of the fixture's client, beyond what he said himself.
SECRETS = ("620000", "620,000", "1,000,000", "新能源主题", "纳指", "市值", "赎回")


async def test_customer_service_is_shown_the_talk_and_nothing_of_sums(scenes: Scenes) -> None:
    await scenes.load("S11", owners=OWNED_BY_SERVICE)
    body = {"kind": "redeem", "fund": "HY032", "shares": "320000", "key": "k1"}
    assert (await scenes.sandbox.post("/v1/clients/U111/orders", json=body)).status_code == 200
    await scenes.says("U111", "m1", "你好")
    async with scenes.world.staff("A06") as desk, scenes.world.staff("A14") as boss:
        for part in ("timeline", "outreach"):
            told = (await desk.get(f"{PATH}/U111/{part}")).text
            assert not [secret for secret in SECRETS if secret in told], (part, told)
        kinds = {one["kind"] for one in (await boss.get(f"{PATH}/U111/timeline")).json()["items"]}
        assert {"talk", "order", "alert", "handoff"} <= kinds
        mine = (await desk.get(PATH)).json()["clients"]
        assert [(one["id"], one["leaving"]) for one in mine] == [("U111", None)], "whom he serves"
        all_of_them = (await boss.get(PATH)).json()["clients"]
        assert all_of_them[0]["id"] == "U111"
        assert all_of_them[0]["level"] == "high", "a warning comes first"
    reads = [part for one in await scenes.reads() if one["reader_id"] == "A06" for part in one["what"]]
    assert {"timeline", "outreach"} <= set(reads), "its reads are written down"


async def test_who_may_not_read_is_refused(scenes: Scenes) -> None:
    await scenes.load("S11", owners=OWNED_BY_SERVICE)
    async with scenes.world.staff("A08") as stranger, scenes.world.staff("T01") as trainer:
        for part in ("timeline", "outreach"):
            assert (await stranger.get(f"{PATH}/U111/{part}")).status_code == 403
        assert (await trainer.get(PATH)).status_code == 403
        assert (await stranger.get("/api/desk/tags")).status_code == 403
        assert (await trainer.get("/api/desk/exports/mine")).status_code == 403


async def test_ones_own_lists_and_the_rules_of_the_tags(scenes: Scenes) -> None:
    await scenes.load("S11")
    async with scenes.world.staff("A01") as advisor, scenes.world.staff("A14") as boss:
        asked = await advisor.post("/api/desk/exports", json={"query": "C3", "purpose": "通知扣款日调整"})
        assert asked.status_code == 200
        found = (await advisor.get("/api/desk/exports/mine")).json()["exports"]
        assert [(one["id"], one["state"]) for one in found] == [(asked.json()["id"], "asked")]
        assert (await boss.get("/api/desk/exports/mine")).json() == {"exports": []}
        rules = (await boss.get("/api/desk/tags")).json()
        assert {"tag": "家庭责任", "group": "基础属性", "half_life_days": 1095} in rules["tags"]
        same = await boss.post("/api/desk/tags/dry-run", json={"text": rules["text"]})
        assert all(one["before"] == one["after"] for one in same.json()["tags"])

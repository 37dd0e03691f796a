"""Combined queries, lists with purpose and approval, rules tried out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from kit.database import connect, metadata
from profiles import policy, tables
from profiles.query import QueryWrong, parse
from tests.unit.profiles.scene import NOON
from tests.unit.profiles.stage import Scenes

TAGS = policy.load().tags
ROW: dict[str, Any] = {
    "risk": 2, "age": 40, "tier": "大众", "stage": "成长", "region": "上海", "own_advisor": "A09", "redeemed_at": None,
    "bought_at": None, "spoke_at": None, "tags": ",",
}  # fmt: skip
#: A: 教育金 0.8, C2, redeemed 10 days ago; B: 教育金 0.4, C3; C: C2, 70 years, redeemed 40 days ago
PEOPLE = (
    {**ROW, "client_id": "A", "tags": ",子女教育需求,追涨,", "redeemed_at": NOON - timedelta(days=10)},
    {**ROW, "client_id": "B", "tags": ",子女教育需求,", "risk": 3},
    {**ROW, "client_id": "C", "age": 70, "redeemed_at": NOON - timedelta(days=40), "own_advisor": "A01"},
)
WEIGHTS = (("子女教育需求", "A", 0.8), ("追涨", "A", 0.5), ("子女教育需求", "B", 0.4))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = connect(f"sqlite+aiosqlite:///{tmp_path}/lists.db")
    async with made.begin() as sql:
        await sql.run_sync(metadata.create_all)
        await sql.execute(insert(tables.targets), list(PEOPLE))
        night = {"day": NOON.date(), "probability": 0.7, "level": "high"}
        await sql.execute(insert(tables.chances), [{**night, "client_id": c} for c in "BC"])
        await sql.execute(insert(tables.target_tags), [{"tag": t, "client_id": c, "weight": w} for t, c, w in WEIGHTS])
    yield made
    await made.dispose()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("教育金 且 C2 且 近30天赎回", "A"),
        ("教育金 C2", "A"),
        ("教育金", "AB"),
        ("子女教育需求≥0.5", "A"),
        ("教育金 且 非 追涨", "B"),
        ("C3 或 (C2 且 60岁以上)", "BC"),
        ("非(教育金 或 C3)", "C"),
        ("近90天赎回 且 顾问A01", "C"),
        ("地区上海 且 大众 且 成长", "ABC"),
        ("高净值", ""),
        ("流失风险高 且 C2", "C"),
    ],
)
async def test_a_query_in_words(engine: AsyncEngine, words: str, found: str) -> None:
    query = parse(words, TAGS, NOON)
    async with engine.connect() as sql:
        assert "".join(client for client, _ in await sql.execute(query.clients(10))) == found
        assert await sql.scalar(query.count()) == len(found)


@pytest.mark.parametrize(
    "words", ["", "外星人", "教育金 且", "(教育金", "教育金)", "教育金≥很多", "且", "非", "C2 " * 50, "';drop"]
)
def test_what_is_no_query_is_refused(words: str) -> None:
    with pytest.raises(QueryWrong):
        parse(words, TAGS, NOON)


async def test_a_list_needs_a_purpose_and_somebody_elses_approval_and_leaves_its_trace(scenes: Scenes) -> None:
    await scenes.load("S11")
    await scenes.says("U111", "m1", "我的持仓")
    wanted = {"query": "高风险偏好 且 C5", "purpose": "新能源波动说明会邀请"}
    async with scenes.world.staff("A09") as desk, scenes.world.staff("A14") as boss:
        assert (await desk.post("/api/desk/targets/count", json={"query": "C5"})).json()["count"] == 1
        assert (await desk.post("/api/desk/exports", json={"query": "C5", "purpose": ""})).status_code == 422
        asked = (await desk.post("/api/desk/exports", json=wanted)).json()
        path = f"/api/desk/exports/{asked['id']}"
        assert (asked["state"], asked["count"]) == ("asked", 1)
        assert (await desk.post(f"{path}/fetch")).status_code == 409
        assert (await desk.post(f"{path}/approve")).status_code == 403
        assert (await boss.post(f"{path}/approve")).json()["state"] == "approved"
        told = (await desk.post(f"{path}/fetch")).json()
        assert told["clients"] == [{"client_id": "U111", "own_advisor": "A09"}]
        assert (await desk.post(f"{path}/fetch")).status_code == 409, "once"
        own = (await boss.post("/api/desk/exports", json=wanted)).json()
        assert (await boss.post(f"/api/desk/exports/{own['id']}/approve")).status_code in (403, 422)
        assert [one["state"] for one in (await boss.get("/api/desk/exports")).json()["exports"]] == ["asked", "fetched"]
        assert (await boss.post("/api/desk/exports/nope/approve")).status_code == 404
    deeds = [one["what"][0].split(":")[0] for one in await scenes.reads() if one["client_id"] == "-"]
    assert deeds == ["count", "export asked", "export approved", "export fetched", "export asked"]


async def test_an_advisor_finds_his_own_clients_only(scenes: Scenes) -> None:
    await scenes.load("S11")
    await scenes.says("U111", "m1", "我的持仓")
    async with scenes.world.staff("A12") as other, scenes.world.staff("A06") as service:
        assert (await other.post("/api/desk/targets/count", json={"query": "C5"})).json()["count"] == 0
        assert (await service.post("/api/desk/targets/count", json={"query": "C5"})).status_code == 403


async def test_other_rules_are_tried_out_on_the_talk(scenes: Scenes) -> None:
    await scenes.load("S11")
    await scenes.says("U111", "m1", "我想满仓干一把")
    text = (policy.FOLDER / "tags.yml").read_text(encoding="utf-8")
    bolder = text.replace("满仓|", "")
    async with scenes.world.staff("A14") as boss:
        told = (await boss.post("/api/desk/tags/dry-run", json={"text": bolder})).json()
        assert told["clients"] >= 1
        assert {"tag", "before", "after"} == set(told["tags"][0])
        wrong = await boss.post(
            "/api/desk/tags/dry-run", json={"text": text.replace("half_life_days: 180", "half: 1", 1)}
        )
        assert wrong.status_code == 422
        assert "tags.yml 第" in wrong.text
    async with scenes.world.staff("A09") as desk:
        assert (await desk.post("/api/desk/tags/dry-run", json={"text": text})).status_code == 403

"""A client's data handed out and erased; every look of staff in the trail; who looks too much is stopped."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

import gateway.main  # noqa: F401 - all tables are declared
from compliance import access as rules
from compliance.tables import audit_entries, privacy_requests
from gateway import audited
from gateway.desk_notes import client_notes
from gateway.privacy import NOT_OF_ONE, STORES
from gateway.tables import conversations, messages
from handoff.model import Staff
from kit.database import metadata
from profiles import tables as profile
from tests.unit.gateway.conftest import INTERNAL, World, running
from tests.unit.gateway.peers import House

BOSSES = ("S01", "S02")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    house = House()
    for name in ("orders", "plans", "service-records", "complaints", "suitability-checks", "life-plans"):
        house.app.get(f"/v1/clients/{{client_id}}/{name}")(_nothing)
    async with running(tmp_path, house=house) as found:
        yield found


async def _nothing(client_id: str) -> list[Any]:
    return []


async def bosses(world: World) -> list[str]:
    from gateway.tables import staff

    async with world.parts.engine.begin() as sql:
        found = [
            row.id for row in await sql.execute(select(staff.c.id).where(staff.c.role == "主管").order_by(staff.c.id))
        ]
        if len(found) < 2:
            await sql.execute(insert(staff).values(id="S99", name="钱主管", role="主管", active=True))
            found.append("S99")
    return found[:2]


def test_every_table_of_a_client_has_its_fate() -> None:
    named = {store.table.name for store in STORES}
    wanted = {
        table.name for table in metadata.tables.values()
        if {"client_id", "conversation_id"} & set(table.c.keys()) and table.name not in NOT_OF_ONE
    }  # fmt: skip
    assert wanted <= named
    hanging = {t.name for t in metadata.tables.values() if "handoff_id" in t.c and t.name.startswith("handoff_")}
    assert hanging - {"handoff_keys"} <= named
    for store in STORES:
        assert set(store.hidden) | set(store.scrubbed) | set(store.emptied) <= set(store.table.c.keys()), (
            store.table.name
        )


async def test_a_client_gets_all_that_is_held_of_him(world: World) -> None:
    one, _two = await bosses(world)
    async with world.client() as http, world.staff(one) as boss:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "我叫王芳,想看看收益"})
        assert (await world.turn("m1")).status_code == 200
        asked = (await http.post("/api/chat/privacy", json={"kind": "export"})).json()
        again = (await http.post("/api/chat/privacy", json={"kind": "export"})).json()
        assert asked["id"] == again["id"]
        assert (await http.get(f"/api/chat/privacy/{asked['id']}/archive")).status_code == 409
        assert (await boss.post(f"/api/desk/privacy/{asked['id']}/approve", json={})).json()["state"] == "approved"
        answer = await http.get(f"/api/chat/privacy/{asked['id']}/archive")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as folder:
            data = json.loads(folder.read("data.json"))["sections"]
        assert [row["text"] for row in data["messages"]["rows"]][:1] == ["我叫王芳,想看看收益"]
        assert data["client"]["rows"][0]["name"] == "王芳"
        assert (await http.get("/api/chat/privacy")).json()["requests"][0]["state"] == "done"
    async with world.client("C0002") as other:
        assert (await other.get(f"/api/chat/privacy/{asked['id']}/archive")).status_code == 404


async def test_a_second_person_decides(world: World) -> None:
    one, two = await bosses(world)
    async with world.staff(one) as asker, world.staff(two) as boss:
        made = (await asker.post("/api/desk/clients/C0001/privacy", json={"kind": "erasure"})).json()
        assert (await asker.post(f"/api/desk/privacy/{made['id']}/approve", json={})).json()["code"] == "privacy_own"
        assert (await boss.post(f"/api/desk/privacy/{made['id']}/refuse", json={"note": " "})).status_code == 422
        refused = (await boss.post(f"/api/desk/privacy/{made['id']}/refuse", json={"note": "合同还在履行"})).json()
        assert (refused["state"], refused["note"]) == ("refused", "合同还在履行")
        assert (await boss.post(f"/api/desk/privacy/{made['id']}/approve", json={})).json()["code"] == "privacy_state"
    async with world.staff("A01") as advisor:
        assert (await advisor.get("/api/desk/privacy")).status_code == 403


async def test_an_erasure_leaves_only_what_the_law_keeps(world: World) -> None:
    one, _ = await bosses(world)
    now = world.parts.clock.now()
    async with world.client() as http, world.staff(one) as boss:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "我是王芳,王女士要赎回"})
        assert (await world.turn("m1")).status_code == 200
        async with world.parts.engine.begin() as sql:
            note = {
                "id": "n1",
                "client_id": "C0001",
                "author_id": "A01",
                "author_name": "林",
                "text": "怕亏",
                "at": now,
            }
            await sql.execute(insert(client_notes).values(**note))
            await sql.execute(insert(profile.events).values(
                client_id="C0001", key="k", kind="baby", at=now, source="talk", words="添了孩子"))  # fmt: skip
        asked = (await http.post("/api/chat/privacy", json={"kind": "erasure"})).json()
        done = (await boss.post(f"/api/desk/privacy/{asked['id']}/approve", json={})).json()
        assert done["state"] == "done"
        assert done["result"]["rows"]["messages"] >= 1
        async with world.parts.engine.connect() as sql:
            talk = (await sql.execute(select(messages))).mappings().all()
            moved = {row["conversation_id"] for row in talk}
            assert len(moved) == 1
            assert moved.pop().startswith("cv-P")
            # Nothing that is kept of him names the pseudonym.
            assert "cv-P" not in str(done)
            assert not any("王芳" in row["text"] or "王女士" in row["text"] for row in talk)
            assert "C0001" not in {row["author_id"] for row in talk}
            assert (await sql.execute(select(client_notes))).first() is None
            assert (await sql.execute(select(profile.events))).first() is None
            kept = (await sql.execute(select(privacy_requests.c.client_id))).scalars().all()
            assert kept == ["C0001"]
            deeds = (
                await sql.execute(select(audit_entries.c.deed).where(audit_entries.c.client_id == "C0001"))
            ).scalars()
            assert {"request", "erase"} <= set(deeds)
            empty = await sql.scalar(select(conversations.c.last_seq).where(conversations.c.id == "cv-C0001"))
            assert empty == 0
        # He may come back, and begins afresh.
        await http.post("/api/chat/messages", json={"id": "m2", "text": "你好"})
        assert (await world.turn("m2")).status_code == 200
        assert next(m["text"] for m in await world.messages()) == "你好"


async def test_nothing_is_erased_while_a_person_has_him_in_hand(world: World) -> None:
    one, _ = await bosses(world)
    async with world.client() as http, world.staff(one) as boss:
        await http.post("/api/chat/handoff", json={})
        asked = (await http.post("/api/chat/privacy", json={"kind": "erasure"})).json()
        refused = await boss.post(f"/api/desk/privacy/{asked['id']}/approve", json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "privacy_busy")
        assert (await http.get("/api/chat/privacy")).json()["requests"][0]["state"] == "asked"


async def test_what_staff_read_is_in_the_trail_and_the_trail_is_whole(world: World) -> None:
    one, _ = await bosses(world)
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": "m1", "text": "你好"})
        await world.turn("m1")
    async with world.staff(one) as boss, world.staff("A09") as stranger:
        assert (await boss.get("/api/desk/conversations/cv-C0001/messages")).status_code == 200
        assert (await stranger.get("/api/desk/conversations/cv-C0001/messages")).status_code == 403
        entries = (await boss.get("/api/desk/audit?client_id=C0001")).json()["entries"]
        told = {(entry["who"], entry["deed"], entry["refused"]) for entry in entries}
        assert {(one, "read", False), ("A09", "read", True)} <= told
        found = (await boss.get("/api/desk/audit/verify")).json()
        assert found["whole"]
        assert found["number"] == found["entries"] >= 3
        for kind in ("security", "service"):
            page = await boss.get(f"/api/desk/reports/{kind}")
            assert page.status_code == 200
            assert "报告" in page.text
        assert (await boss.get("/api/desk/reports/security?format=csv")).text.startswith("\ufeff数据安全报告")
        assert (await boss.get("/api/desk/reports/security?from=2026-02-01&to=2026-01-01")).json()[
            "code"
        ] == "period_wrong"
        assert (await stranger.get("/api/desk/reports/security")).status_code == 403


async def test_who_reads_too_many_is_frozen_and_a_supervisor_lifts_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await bosses(world)
    monkeypatch.setattr("gateway.freezing.limits", lambda: _strict())
    async with world.staff(one) as reader, world.staff(two) as boss:
        statuses = [(await reader.get(f"/api/desk/clients/C000{n}/notes")).status_code for n in range(1, 6)]
        # Three are allowed: the fourth read is answered and stops him, the fifth finds him signed out.
        assert statuses == [200, 200, 200, 200, 401]
        assert (await world_ticket(world, one)).json()["code"] == "access_frozen"
        frozen = (await boss.get("/api/desk/access-freezes")).json()["freezes"]
        assert [(row["subject"], row["lifted_at"]) for row in frozen] == [(one, None)]
        notice = (await boss.get("/api/desk/snapshot")).json()["notices"][0]
        assert notice["kind"] == "access"
        assert "异常访问" in notice["text"]
        lifted = await boss.post(f"/api/desk/access-freezes/{frozen[0]['id']}/lift", json={"note": "季度抽查"})
        assert lifted.status_code == 200
        assert (await world_ticket(world, one)).status_code == 200


async def world_ticket(world: World, staff_id: str) -> Any:
    async with world.staff(staff_id) as again:
        return await again.get("/api/desk/snapshot")


def _strict() -> rules.Limits:
    from dataclasses import replace

    return replace(rules.limits(), most_clients={"主管": 3}, night_share=1.0)


async def test_operations_can_lift_too(world: World) -> None:
    async with world.http() as http:
        answer = await http.post("/internal/access-freezes/none/lift", json={}, headers=INTERNAL)
        assert answer.json()["code"] == "freeze_unknown"


BOSS = Staff("S01", "赵", "主管")


@pytest.mark.parametrize(
    ("method", "route", "params", "told"),
    [
        ("GET", "/api/desk/conversations/{conversation_id}/messages", {"conversation_id": "cv-C1"}, ("read", "C1")),
        ("POST", "/api/desk/clients/{client_id}/notes", {"client_id": "C2"}, ("change", "C2")),
        ("GET", "/api/desk/handoffs/{handoff_id}", {"handoff_id": "h1"}, ("read", None)),
        ("POST", "/api/desk/exports/{export_id}/fetch", {"export_id": "e1"}, ("export", None)),
        ("GET", "/api/desk/reports/{kind}", {"kind": "security"}, ("export", None)),
        ("GET", "/api/desk/snapshot", {}, None),
        ("POST", "/api/desk/presence", {}, None),
    ],
)
def test_which_calls_are_told(
    method: str, route: str, params: dict[str, str], told: tuple[str, str | None] | None
) -> None:
    found = audited.deed_of(method, route, params, BOSS, "10.0.0.1", 200)
    assert (found and (found.deed, found.client_id)) == told

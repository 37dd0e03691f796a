"""A spell of bad mood is told to the client's own advisor once, and stays on his desk until he dismisses it."""

from __future__ import annotations

from gateway.notices import SOOTHE, mood_words
from tests.unit.gateway.conftest import World
from tests.unit.gateway.owning import frame_of


async def said(world: World, number: int, *, soothed: bool) -> None:
    world.rasa.emotion, world.rasa.actions = "焦虑", (SOOTHE,) if soothed else ()
    async with world.client() as http:
        await http.post("/api/chat/messages", json={"id": f"m{number}", "text": f"又跌了第{number}次"})
        assert (await world.turn(f"m{number}")).status_code == 200


async def test_the_own_advisor_is_told_once_a_spell(world: World) -> None:
    hub = world.parts.hub
    async with world.staff("A01") as advisor, world.staff("A09") as other:
        with hub.desk_page("A01", epoch=hub.epoch, after=hub.seq) as page:
            await said(world, 1, soothed=False)
            await said(world, 2, soothed=True)
            await said(world, 3, soothed=False)
            notice = (await frame_of(page, "notice"))["notice"]
        assert (notice["kind"], notice["client"]) == ("mood", {"id": "C0001", "name": "王芳"})
        assert "2条消息中100%情绪低落" in notice["text"]
        shown = (await advisor.get("/api/desk/snapshot")).json()["notices"]
        assert shown == [notice]
        assert (await other.get("/api/desk/snapshot")).json()["notices"] == []
        assert (await other.post(f"/api/desk/notices/{notice['id']}/read")).status_code == 404
        with hub.desk_page("A01", epoch=hub.epoch, after=hub.seq) as page:
            for _ in range(2):
                assert (await advisor.post(f"/api/desk/notices/{notice['id']}/read")).status_code == 200
            assert (await frame_of(page, "notice.read"))["notice_id"] == notice["id"]
            assert page.frames.empty()
        assert (await advisor.get("/api/desk/snapshot")).json()["notices"] == []


def test_the_words_have_the_share() -> None:
    # 焦虑, 失望 and the present 焦虑 of five: 3/5.
    assert "最近5条消息中60%情绪低落" in mood_words({"name": "王芳"}, ["焦虑", "平静", "失望", "安心"], "焦虑")

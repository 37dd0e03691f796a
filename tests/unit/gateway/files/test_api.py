"""Files through the public doors: sent by the client, read by him and by whoever serves him, by nobody else."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from gateway.files import links
from gateway.files.reading import MOST_BYTES
from tests.unit.gateway.conftest import World
from tests.unit.gateway.files.test_reading import PDF, picture
from tests.unit.gateway.owning import owned
from tests.unit.gateway.peers import KEY


async def sent(
    http: httpx.AsyncClient, content: bytes, message_id: str = "f1", name: str = "截图.png"
) -> httpx.Response:
    return await http.post("/api/chat/files", params={"id": message_id, "name": name}, content=content)


async def test_a_picture_is_kept_shown_and_answered(world: World) -> None:
    async with world.client() as http:
        first = await sent(http, picture())
        assert first.json() == {"id": "f1", "seq": 1}
        assert (await sent(http, picture())).json() == {"id": "f1", "seq": 1}
        said, answer = (await http.get("/api/chat/snapshot")).json()["messages"]
        assert (said["author"], answer["author"], answer["quick_replies"]) == ("client", "ai", ["转人工"])
        assert "看不了图片" in answer["text"]
        name = said["text"].split(" ")[1]
        shown = await http.get(f"/api/chat/files/{name}?small=1", follow_redirects=True)
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
        assert "sandbox" in shown.headers["content-security-policy"]
    assert world.rasa.asked == []


async def test_a_document_keeps_its_masked_name_and_is_handed_out_to_be_saved(world: World) -> None:
    async with world.client() as http:
        await sent(http, PDF, name="对账单\n13800138000.pdf")
        said = (await http.get("/api/chat/snapshot")).json()["messages"][0]["text"]
        mark, name, shown = said.split(" ", 2)
        assert (mark, shown) == ("[文件]", "对账单 138****8000.pdf")
        found = await http.get(f"/api/chat/files/{name}", follow_redirects=True)
        assert found.headers["content-disposition"].startswith("attachment")
        assert found.content == PDF


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"MZ\0\0", "file_kind_unknown", 422),
        (picture()[:50], "file_broken", 422),
        (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, "body_too_long", 413),
    ],
)
async def test_refused_with_a_reason_and_not_stored(world: World, content: bytes, code: str, status: int) -> None:
    async with world.client() as http:
        refused = await sent(http, content)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        assert (await http.get("/api/chat/snapshot")).json()["messages"] == []


async def test_a_body_without_a_length_is_cut_off(world: World) -> None:
    async def endless() -> object:
        for _ in range(12):
            yield b"\0" * 1_000_000

    async with world.client() as http:
        refused = await http.post("/api/chat/files?id=f1", content=endless())  # type: ignore[arg-type]
        assert refused.json()["code"] == "file_too_large"


async def test_nobody_else_reads_it(world: World) -> None:
    async with world.client() as http:
        await sent(http, picture())
        name = (await http.get("/api/chat/snapshot")).json()["messages"][0]["text"].split(" ")[1]
    async with world.client("C0002") as other:
        assert (await other.get(f"/api/chat/files/{name}")).status_code == 404
    async with world.staff("A01") as stranger:
        assert (await stranger.get(f"/api/desk/conversations/cv-C0001/pictures/{name}")).status_code == 403
    async with world.http() as nobody:
        assert (await nobody.get(f"/api/chat/files/{name}")).status_code == 401
        assert (await nobody.get(f"/files/{name}")).status_code == 403


async def test_the_link_is_good_for_minutes(world: World) -> None:
    async with world.client() as http:
        await sent(http, picture())
        name = (await http.get("/api/chat/snapshot")).json()["messages"][0]["text"].split(" ")[1]
        now = world.parts.wall.now()
        old = links.path(KEY, name, small=False, now=now - links.LIFETIME - timedelta(seconds=1))
        assert (await http.get(old)).json()["code"] == "file_link_refused"
        assert (await http.get(links.path("another key", name, small=False, now=now))).status_code == 403
        assert (await http.get(links.path(KEY, "../../etc/passwd", small=False, now=now))).status_code == 404


async def test_while_an_advisor_is_there_the_bot_keeps_still_and_he_sees_it(world: World) -> None:
    async with owned(world) as talk:
        await sent(talk.client, picture())
        last = (await world.messages())[-1]
        assert last["author"] == "client"
        path = f"/api/desk/conversations/cv-C0001/pictures/{last['text'].split(' ')[1]}"
        assert (await talk.advisor.get(path, follow_redirects=True)).status_code == 200


async def test_too_many_at_once_are_told_so(world: World) -> None:
    async with world.client() as http:
        answers = [await sent(http, b"nothing", f"f{number}") for number in range(13)]
    assert {answer.status_code for answer in answers[:12]} == {422}
    assert answers[12].status_code == 429

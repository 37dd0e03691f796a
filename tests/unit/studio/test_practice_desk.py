"""Practice and notes over the gateway's doors."""

from __future__ import annotations

from tests.unit.gateway.conftest import World, world

__all__ = ["world"]
PATH = "/api/desk/practice"


async def test_a_run_from_the_first_word_to_the_supervisors_list(world: World) -> None:
    async with world.staff("A01") as trainee, world.staff("A14") as supervisor, world.staff("A02") as colleague:
        cases = (await trainee.get(f"{PATH}/cases")).json()["cases"]
        assert "beats" not in cases[0], "how the client goes on is not told"
        begun = (await trainee.post(f"{PATH}/runs", json={"case_id": "05-fraud"})).json()["run"]
        assert begun["lines"][-1]["who"] == "client"
        assert begun["model"] == []
        run = f"{PATH}/runs/{begun['id']}"

        said = {"id": "r-1", "text": "您别慌，这是骗子，千万别转账，马上打96110报警。"}
        first = (await trainee.post(f"{run}/replies", json=said)).json()["run"]
        again = (await trainee.post(f"{run}/replies", json=said)).json()["run"]
        assert first == again
        assert first["lines"][-2]["text"] == "我挂了。"
        pressed = (await trainee.post(f"{run}/actions", json={"action": "freeze"})).json()["run"]
        assert pressed["done"] == ["freeze"]

        over = (await trainee.post(f"{run}/finish")).json()["run"]
        assert {point["id"] for point in over["result"]["points"]} >= {"comfort", "action", "facts"}
        assert all(point["why"] for point in over["result"]["points"])
        assert over["model"], "the model answer is shown afterwards"
        assert (await trainee.post(f"{run}/finish")).json()["code"] == "practice_over"
        assert (await trainee.post(f"{run}/replies", json={**said, "id": "r-2"})).status_code == 409

        rows = (await supervisor.get(f"{PATH}/runs")).json()["runs"]
        assert [(row["staff"]["id"], row["score"]) for row in rows] == [("A01", over["result"]["score"])]
        assert (await supervisor.get(run)).json()["run"]["result"] == over["result"]
        assert (await supervisor.post(f"{run}/replies", json=said)).status_code == 403
        assert (await colleague.get(f"{PATH}/runs")).json() == {"runs": []}
        assert (await colleague.get(run)).status_code == 403


async def test_what_is_not_there_is_said(world: World) -> None:
    async with world.staff("A01") as trainee, world.http() as nobody:
        assert (await trainee.post(f"{PATH}/runs", json={"case_id": "none"})).json()["code"] == "practice_case_unknown"
        assert (await trainee.get(f"{PATH}/runs/none")).json()["code"] == "practice_run_unknown"
        assert (await nobody.get(f"{PATH}/cases")).status_code == 401


async def test_notes_are_for_those_who_serve_the_client(world: World) -> None:
    async with world.staff("A14") as supervisor, world.staff("A08") as stranger:
        path = "/api/desk/clients/C0001/notes"
        note = {"id": "n-1", "text": "下午三点后方便接电话，手机 13800138000"}
        assert (await supervisor.post(path, json=note)).status_code == 200
        assert (await supervisor.post(path, json=note)).status_code == 200
        notes = (await supervisor.get(path)).json()["notes"]
        assert len(notes) == 1
        assert "13800138000" not in notes[0]["text"], "kept masked"
        assert notes[0]["author"]["id"] == "A14"
        assert (await stranger.get(path)).status_code == 403
        assert (await stranger.post(path, json=note)).status_code == 403


async def test_the_teams_snippets(world: World) -> None:
    async with world.staff("A01") as advisor:
        found = (await advisor.get("/api/desk/snippets")).json()["snippets"]
    assert {"key", "title", "text"} == set(found[0])

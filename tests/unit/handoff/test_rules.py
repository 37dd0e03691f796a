"""Weights that a supervisor edits: mistakes by line, the preview as a replay, the file that is never half."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import event

from handoff import reports, rules
from handoff.policy import FOLDER, load_policy
from handoff.service import Handoffs
from handoff.supervision import RulesBroken, RulesChanged
from tests.unit.handoff.world import World, staff

TEXT = (FOLDER / rules.NAME).read_text(encoding="utf-8")
LOUDER = TEXT.replace(
    "explicit_ask:         {group: 诉求, points: 20", "explicit_ask:         {group: 诉求, points: 30"
)


@pytest.fixture
def own(world: World, tmp_path: Path) -> World:
    """A world whose rules lie in a folder of their own."""
    folder = tmp_path / "policy"
    shutil.copytree(FOLDER, folder)
    world.handoffs = Handoffs(
        world.engine, world.clock, world.new_id, load_policy(folder), world.book, world.ears, world.house, folder=folder
    )  # fmt: skip
    return world


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("  风险: 90 ", "  风险: 900 ", "「风险」应当是 0 到 100 之间的数"),
        ("emotion_group: 情绪", "emotion_group: 心情", "没有「心情」"),
        ("levels: {low: 0", "levels: {low: [", "不是合法的 YAML"),
    ],
)
def test_a_mistake_has_its_line(old: str, new: str, why: str) -> None:
    assert old in TEXT
    broken = TEXT.replace(old, new)
    weights, errors = rules.checked(broken)
    assert weights is None
    expected = next(i for i, text in enumerate(broken.splitlines(), 1) if new in text)
    assert abs(errors[0]["line"] - expected) <= 1
    assert why in errors[0]["words"]


async def test_the_preview_replays_today_and_changes_nothing(own: World) -> None:
    await own.online("A01", "A10", "A06")
    asked = await own.ask("U1")
    complained = await own.ask("U2", "complaint", topic="投诉")
    version = own.handoffs.policy.version
    same = await own.handoffs.preview_weights(staff("A14"), TEXT)
    assert same["errors"] == []
    assert all(row["before"] == row["after"] for row in same["rows"])
    # 20 for asking, 34 for complaining: with 40 for asking (cap 40 too) the order turns.
    text = TEXT.replace("诉求: 30", "诉求: 40").replace("{group: 诉求, points: 20", "{group: 诉求, points: 40")
    found = await own.handoffs.preview_weights(staff("A14"), text)
    assert [(r["handoff_id"], r["before"]["points"], r["after"]["points"]) for r in found["rows"]] == [
        (asked["handoff_id"], 20, 40), (complained["handoff_id"], 34, 34),
    ]  # fmt: skip
    assert [(r["before"]["place"], r["after"]["place"]) for r in found["rows"]] == [(2, 1), (1, 2)]
    assert found == await own.handoffs.preview_weights(staff("A14"), text)
    assert own.handoffs.policy.version == version


async def test_saved_weights_are_in_force_at_once_and_each_decision_names_them(own: World) -> None:
    read = await own.handoffs.weights(staff("A14"))
    assert read["text"] == TEXT
    with pytest.raises(RulesBroken):
        await own.handoffs.save_weights(staff("A14"), "caps: 3", read["version"])
    saved = await own.handoffs.save_weights(staff("A14"), LOUDER, read["version"])
    assert saved["version"] != read["version"]
    with pytest.raises(RulesChanged):
        await own.handoffs.save_weights(staff("A14"), TEXT, read["version"])
    await own.online("A01")
    asked = await own.ask()
    assert (await own.shown(asked["handoff_id"]))["priority"] == 30
    async with own.engine.begin() as connection:
        assert {d["policy_version"] for d in await reports.decisions_since(connection, own.clock.now())} == {
            saved["version"]
        }
        # Both texts are kept: any decision can be replayed under the rules it was made by.
        kept = {row["version"] for row in await reports.policy_versions(connection)}
        assert kept == {read["version"], saved["version"]}


async def test_another_process_takes_the_new_file(own: World) -> None:
    folder = own.handoffs._folder
    rules.write(LOUDER, folder)
    await own.handoffs.tick()
    assert own.handoffs.policy.priority.reasons["explicit_ask"].points == 30
    # A file that cannot be followed changes nothing.
    rules.write("caps: 3", folder)
    await own.handoffs.tick()
    assert own.handoffs.policy.priority.reasons["explicit_ask"].points == 30
    assert sorted(path.name for path in folder.iterdir()) == ["matching.yml", "priority.yml"]


async def test_weights_whose_text_could_not_be_kept_are_not_in_force(
    own: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = await own.handoffs.weights(staff("A14"))

    def refuse(_connection: object) -> None:
        raise RuntimeError("no commit")

    event.listen(own.engine.sync_engine, "commit", refuse)
    with pytest.raises(RuntimeError):
        await own.handoffs.save_weights(staff("A14"), LOUDER, read["version"])
    event.remove(own.engine.sync_engine, "commit", refuse)
    assert (tmp_path / "policy" / rules.NAME).read_text(encoding="utf-8") == TEXT
    assert own.handoffs.policy.version == read["version"]
    assert (await own.handoffs.save_weights(staff("A14"), LOUDER, read["version"]))["version"] != read["version"]

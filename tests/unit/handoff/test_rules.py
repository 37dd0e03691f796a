"""Weights that a supervisor edits: mistakes by line, the preview as a replay, the file that is never half."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import event

from handoff import reports, rules, store
from handoff.policy import FOLDER, load_policy
from handoff.service import Handoffs
from handoff.supervision import RulesBroken, RulesChanged
from tests.unit.handoff.world import World, staff

TEXT = (FOLDER / rules.NAMES["priority"]).read_text(encoding="utf-8")
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
    same = await own.handoffs.preview_rules(staff("A14"), TEXT)
    assert same["errors"] == []
    assert all(row["before"] == row["after"] for row in same["rows"])
    # 20 for asking, 34 for complaining: with 40 for asking (cap 40 too) the order turns.
    text = TEXT.replace("诉求: 30", "诉求: 40").replace("{group: 诉求, points: 20", "{group: 诉求, points: 40")
    found = await own.handoffs.preview_rules(staff("A14"), text)
    assert [(r["handoff_id"], r["before"]["points"], r["after"]["points"]) for r in found["rows"]] == [
        (asked["handoff_id"], 20, 40), (complained["handoff_id"], 34, 34),
    ]  # fmt: skip
    assert [(r["before"]["place"], r["after"]["place"]) for r in found["rows"]] == [(2, 1), (1, 2)]
    assert found == await own.handoffs.preview_rules(staff("A14"), text)
    assert own.handoffs.policy.version == version


async def test_saved_weights_are_in_force_at_once_and_each_decision_names_them(own: World) -> None:
    read = await own.handoffs.rules(staff("A14"))
    assert read["text"] == TEXT
    with pytest.raises(RulesBroken):
        await own.handoffs.save_rules(staff("A14"), "caps: 3", read["version"])
    saved = await own.handoffs.save_rules(staff("A14"), LOUDER, read["version"])
    assert saved["version"] != read["version"]
    with pytest.raises(RulesChanged):
        await own.handoffs.save_rules(staff("A14"), TEXT, read["version"])
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
    rules.write(LOUDER, "priority", folder)
    await own.handoffs.tick()
    assert own.handoffs.policy.priority.reasons["explicit_ask"].points == 30
    # A file that cannot be followed changes nothing.
    rules.write("caps: 3", "priority", folder)
    await own.handoffs.tick()
    assert own.handoffs.policy.priority.reasons["explicit_ask"].points == 30
    assert sorted(path.name for path in folder.iterdir()) == ["matching.yml", "priority.yml"]


async def test_weights_whose_text_could_not_be_kept_are_not_in_force(
    own: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = await own.handoffs.rules(staff("A14"))

    def refuse(_connection: object) -> None:
        raise RuntimeError("no commit")

    event.listen(own.engine.sync_engine, "commit", refuse)
    with pytest.raises(RuntimeError):
        await own.handoffs.save_rules(staff("A14"), LOUDER, read["version"])
    event.remove(own.engine.sync_engine, "commit", refuse)
    assert (tmp_path / "policy" / rules.NAMES["priority"]).read_text(encoding="utf-8") == TEXT
    assert own.handoffs.policy.version == read["version"]
    assert (await own.handoffs.save_rules(staff("A14"), LOUDER, read["version"]))["version"] != read["version"]


MATCHING = (FOLDER / rules.NAMES["matching"]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("least_skill: 3\nrelax", "least_skill: 9\nrelax", "「least_skill」应当是 0 到 5 之间的数"),
        ("after_seconds: 60, least_skill: 2", "after_seconds: 600, least_skill: 2", "放宽的时间应当依次升高"),
        ("alone_seconds: 60}", "alone_seconds: 400}", "没有别人能接时,不能比平时等得更久"),
        ("  missed:   {", "  absent:   {", "没有「absent」"),
    ],
)
def test_a_mistake_in_the_schedule_has_its_line(old: str, new: str, why: str) -> None:
    assert old in MATCHING
    broken = MATCHING.replace(old, new)
    schedule, errors = rules.checked(broken, "matching")
    assert schedule is None
    assert why in errors[0]["words"]
    expected = next(i for i, text in enumerate(broken.splitlines(), 1) if new.splitlines()[0] in text)
    # The order of the steps is a mistake of the list, which begins a line above its first step.
    assert abs(errors[0]["line"] - expected) <= 2


async def test_the_schedule_is_replayed_on_today(own: World) -> None:
    """教育金 asks for level 3; only A02 (level 2) is there, whom the schedule admits after 60 s."""
    await own.online("A02")
    asked = await own.ask(topic="教育金")
    for _ in range(4):
        await own.wait(20, "A02")
    same = await own.handoffs.preview_rules(staff("A14"), MATCHING, "matching")
    row = same["rows"][0]
    assert (row["handoff_id"], row["before"]["advisor"]["id"], row["before"]["waited_seconds"]) == (
        asked["handoff_id"], "A02", 60,
    )  # fmt: skip
    assert not row["changed"]
    # With the first step after 20 s he would have had it then; without it after 120 s, without any nobody would.
    sooner = MATCHING.replace("after_seconds: 60, least_skill: 2", "after_seconds: 20, least_skill: 2")
    found = (await own.handoffs.preview_rules(staff("A14"), sooner, "matching"))["rows"][0]
    assert (found["after"]["advisor"]["id"], found["after"]["waited_seconds"], found["changed"]) == ("A02", 20, True)
    later = MATCHING.replace("{after_seconds: 60, least_skill: 2}", "{after_seconds: 60, least_skill: 3}")
    found = (await own.handoffs.preview_rules(staff("A14"), later, "matching"))["rows"][0]
    assert (found["after"]["advisor"]["id"], found["after"]["waited_seconds"]) == ("A02", 120)
    strict = later.replace("least_skill: 1", "least_skill: 3")
    never = (await own.handoffs.preview_rules(staff("A14"), strict, "matching"))["rows"][0]
    assert (never["after"]["advisor"], never["changed"]) == (None, True)
    assert await own.handoffs.preview_rules(staff("A14"), sooner, "matching") == await own.handoffs.preview_rules(
        staff("A14"), sooner, "matching"
    )


async def test_a_saved_schedule_is_in_force_at_once(own: World) -> None:
    await own.online("A02")
    asked = await own.ask(topic="教育金")
    assert (await own.shown(asked["handoff_id"]))["state"] == "waiting"
    read = await own.handoffs.rules(staff("A14"), "matching")
    assert (read["file"], read["text"]) == ("matching", MATCHING)
    milder = MATCHING.replace("least_skill: 3\nrelax", "least_skill: 2\nrelax")
    saved = await own.handoffs.save_rules(staff("A14"), milder, read["version"], "matching")
    assert (await own.shown(asked["handoff_id"]))["offered_to"]["id"] == "A02"
    async with own.engine.begin() as connection:
        assert [d["policy_version"] for d in await store.decisions_of(connection, asked["handoff_id"])] == [
            saved["version"]
        ]


async def test_a_decision_is_told_in_words_under_the_rules_of_then(own: World) -> None:
    await own.handoffs.tick()
    await own.online("A01", "A10", "A06")
    asked = await own.ask()
    read = await own.handoffs.rules(staff("A14"))
    await own.handoffs.save_rules(staff("A14"), LOUDER, read["version"])
    (found,) = await own.handoffs.decisions(asked["handoff_id"], staff("A14"))
    assert (found["advisor"]["id"], found["policy_version"], found["same"]) == ("A01", read["version"], True)
    told = "\n".join(found["words"])
    assert "有多急:低优先级 20:客户要求人工 +20。" in told
    assert "为什么是林静怡:投资技能 4 级" in told
    assert "为什么不是刘雨桐:也能接,但先比的「主题技能」不如(投资技能 3 级)。" in told
    assert "为什么不是黄志强:没有基金投顾资格" in told
    assert told.endswith(f"规则版本 {read['version']}。用当时的输入和当时的规则重算一遍,结果相同。")

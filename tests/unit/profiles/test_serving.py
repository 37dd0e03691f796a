"""Three months of rising redemptions and talk of 教育金: tag, message at a fit time, work for the own advisor."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from institution.calendar import SHANGHAI
from kit.errors import Invalid
from profiles import policy
from profiles.outreach import Standing, fit_time, verdict
from profiles.services import load, read
from tests.unit.profiles.scene import NOON, days, said
from tests.unit.profiles.stage import Scenes

NIGHT = datetime(2026, 11, 24, 22, 30, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
WANTED = {"kind": "redeem", "fund": "HY001", "status": "live"}
#: 30-day months up to 11月24日: 9,000 after 6,000 after 3,000.
RISING = [
    {**WANTED, "shares": "3000", "placed_at": "2026-09-10T10:00:00+08:00"},
    {**WANTED, "shares": "6000", "placed_at": "2026-10-12T10:00:00+08:00"},
    {**WANTED, "shares": "9000", "placed_at": "2026-11-10T10:00:00+08:00"},
]


def standing(**changes: object) -> Standing:
    fields: dict[str, object] = {
        "now": NOON, "asked_at": NOON - HOUR, "said": (said(ago=3 * HOUR),), "sent": (), "opted_out": False, "bot_owns": True,
    }  # fmt: skip
    return Standing(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "do", "why"),
    [
        (standing(), "send", ""),
        (standing(now=NIGHT, asked_at=NIGHT), "wait", "quiet_hours"),
        (standing(said=(said(ago=HOUR),)), "wait", "quiet_hours"),
        (standing(opted_out=True), "drop", "opted_out"),
        (standing(sent=(NOON - days(3),)), "wait", "cap"),
        (standing(sent=(NOON - days(1),)), "drop", "cap"),
        (standing(sent=(NOON - days(8),)), "send", ""),
        (standing(sent=(NOON - days(8), NOON - days(20))), "drop", "cap"),
        (standing(bot_owns=False), "wait", "with_a_person"),
        (standing(said=tuple(said(seq=n, ago=5 * HOUR, emotion="焦虑") for n in range(2))), "wait", "mood"),
        (standing(asked_at=NOON - days(6)), "drop", "stale"),
    ],
)
def test_when_a_message_may_go_out(case: Standing, do: str, why: str) -> None:
    found = verdict(case)
    assert (found.do, found.why) == (do, why)


def test_the_quiet_hours_end_in_the_morning() -> None:
    assert fit_time(NIGHT) == datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)
    assert fit_time(NIGHT.replace(hour=5)) == datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
    assert fit_time(NOON) == NOON


def test_a_service_of_an_unknown_tag_is_refused_with_its_line() -> None:
    rules = policy.load()
    assert {one.id for one in load(rules)} == {"education", "retirement"}
    text = (policy.FOLDER / "services.yml").read_text(encoding="utf-8").replace("tag: 已退休", "tag: 外星人")
    with pytest.raises(Invalid, match="没有标签「外星人」"):
        read(text, rules)


async def test_rising_redemptions_and_talk_of_education_are_served(scenes: Scenes) -> None:
    client = {
        "id": "U200", "name": "周敏", "sex": "女", "age": 38, "stage": "成长", "risk_level": "C2",
        "risk_tested_on": "2026-07-01", "channel": "app", "own_advisor": "A09", "region": "上海",
        "lots": [{"fund": "HY001", "shares": "90000", "confirmed_on": "2026-02-06"}], "orders": RISING,
    }  # fmt: skip
    await scenes.load("S11", clients=[client])
    scenes.world.rasa.intent = "plan_education"  # type: ignore[attr-defined]
    await scenes.says("U200", "m1", "孩子两年后上学,教育金怎么准备")
    parts = scenes.world.parts
    await parts.profiles.follow("U200", books=True)

    async with scenes.world.staff("A09") as desk:
        shown = (await desk.get("/api/desk/clients/U200/profile")).json()
        assert "子女教育需求" in {tag["tag"] for tag in shown["tags"]}
        task = next(t for t in (await desk.get("/api/desk/tasks")).json()["tasks"] if t["key"].startswith("service:"))
        assert task["title"] == "周敏:子女教育需求型客户"
        assert any("赎回连续三个月增加" in reason for reason in task["reasons"])
        assert any("教育金怎么准备" in reason for reason in task["reasons"])

    # While the client talks nothing goes out; two hours later it does, once.
    before = len(await scenes.world.messages("U200"))
    assert await parts.profiles.serving.step(parts.profiles.policy) == 0
    parts.clock.set(parts.clock.now() + 3 * HOUR)
    assert await parts.profiles.serving.step(parts.profiles.policy) == 1
    parts.clock.set(parts.clock.now() + days(2))
    await parts.profiles.follow("U200", books=True)
    assert await parts.profiles.serving.step(parts.profiles.policy) == 0
    told = await scenes.world.messages("U200")
    assert [m["text"][:6] for m in told[before:]] == ["您好,看到您"]
    assert told[-1]["author"] == "ai"

    async with scenes.world.staff("A12") as other, scenes.world.staff("A09") as desk:
        assert (await other.post("/api/desk/tasks/done", json={"key": task["key"]})).status_code == 404
        assert (await desk.post("/api/desk/tasks/done", json={"key": task["key"]})).status_code == 200
        assert task["key"] not in {t["key"] for t in (await desk.get("/api/desk/tasks")).json()["tasks"]}


async def test_who_asked_to_stop_gets_nothing(scenes: Scenes) -> None:
    await scenes.load("S11")
    scenes.world.rasa.intent = "stop_marketing"  # type: ignore[attr-defined]
    await scenes.says("U111", "m1", "别再给我推送了")
    serving, rules = scenes.world.parts.profiles.serving, scenes.world.parts.profiles.policy
    async with scenes.world.parts.engine.connect() as sql:
        assert await serving._opted_out(sql, "U111", rules, scenes.world.parts.clock.now())

"""What a waiting client is told, and the hours of service."""

from __future__ import annotations

import pytest

from handoff.estimate import Line, estimate, words
from handoff.hours import day_words, next_start, on_shift, parse_days
from handoff.model import AdvisorView, Presence
from handoff.policy import load_policy
from tests.unit.handoff.roster import ADVISORS, AFTERNOON, after, case, shanghai, views

POLICY = load_policy().matching


def told(one=None, ahead=(), now=AFTERNOON, staff=None, **loads):  # type: ignore[no-untyped-def]
    one = one or case()
    people = views(**loads) if staff is None else staff
    line = Line(people, POLICY, now=now)
    for other in ahead:
        line.step(other)
    return estimate(one, line.step(one), line.able(one), people, POLICY, now=now, handling_seconds=240)


FULL = {"A01": 4, "A02": 4, "A10": 5, "A11": 3, "A14": 2}


def test_a_free_advisor_answers_soon() -> None:
    found = told()
    assert (found.position, found.wait_seconds) == (1, 20)
    assert words(found, topic="投资", now=AFTERNOON) == "您排在第 1 位,很快就有顾问接入。"


def test_places_come_free_as_cases_end() -> None:
    # 18 places for 投资 of 大众 clients, each free every 240 s: one every 13.3 s; third in line 40 s, and 20 to answer.
    ahead = [case(id="a"), case(id="b"), case("税务", id="c", tier="财富")]
    found = told(ahead=ahead, **FULL)
    assert (found.position, found.wait_seconds) == (3, 60)
    assert words(found, topic="投资", now=AFTERNOON) == "您前面还有 2 位客户,预计等待约 1 分钟。"


def test_a_place_that_only_lower_terms_open_is_counted_from_then() -> None:
    # 买房 for 大众: A01 full; A10 has level 2, which counts after 60 s.
    found = told(case("买房"), **FULL | {"A10": 0})
    assert found.wait_seconds == 60 + 20


def test_nobody_on_duty() -> None:
    night = shanghai("2026-11-24T22:30")
    found = told(now=night)
    assert found.wait_seconds is None
    assert found.resumes_at == shanghai("2026-11-25T08:00")
    assert "明天 08:00 恢复服务" in words(found, topic="投资", now=night)


def test_absent_people_are_not_counted() -> None:
    away = [AdvisorView(a, Presence.OFFLINE, 0) for a in ADVISORS.values()]
    assert told(staff=away).wait_seconds is None


def test_who_serves_by_appointment_only_is_offered_so() -> None:
    found = told(case("家族信托", tier="高净值"))
    assert found.wait_seconds is None
    assert found.appointment == shanghai("2026-12-01T10:00")
    assert "12月1日(周二)10:00" in words(found, topic="家族信托", now=AFTERNOON)


@pytest.mark.parametrize(
    ("advisor", "at", "there"),
    [
        ("A10", "2026-11-24T11:59", False),
        ("A10", "2026-11-24T12:00", True),
        ("A10", "2026-11-24T21:00", False),
        ("A10", "2026-11-23T13:00", False),  # Monday
        ("A10", "2026-11-29T13:00", True),  # Sunday
        ("A09", "2026-11-28T11:00", True),  # Saturday morning
        ("A09", "2026-11-28T13:00", False),
        ("A07", "2026-11-28T03:00", True),  # round the clock
        ("A05", "2026-11-24T10:00", False),  # by appointment only
    ],
)
def test_shifts(advisor: str, at: str, there: bool) -> None:
    assert on_shift(ADVISORS[advisor], shanghai(at)) is there


def test_days() -> None:
    assert parse_days("周一-周五") == {0, 1, 2, 3, 4}
    assert parse_days("周六-周一") == {5, 6, 0}
    assert parse_days("周二、周四") == {1, 3}
    with pytest.raises(ValueError, match="no weekday"):
        parse_days("每天")
    assert next_start([], AFTERNOON) is None
    assert day_words(after(3600), AFTERNOON) == "今天 15:10"

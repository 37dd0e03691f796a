"""Tags: weights, decay, caps, what is recognised."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.model import Evidence, LifeEvent
from profiles.policy import load
from profiles.tags import counted, heard, new_events, tags_of
from tests.unit.profiles.scene import NOON, days, facts, person, position, said, scheme, trade

POLICY = load()
BOLD, FAMILY = "高风险偏好", "家庭责任"
strengths = st.floats(0, 1, allow_nan=False)
ages = st.floats(0, 2000, allow_nan=False)
pieces = st.lists(st.tuples(strengths, ages), min_size=1, max_size=12)


def evidence(given_pieces: list[tuple[float, float]], tag: str = BOLD) -> list[Evidence]:
    return [Evidence(tag, str(n), s, NOON - days(age), "talk", "") for n, (s, age) in enumerate(given_pieces)]


def weight(found: list[Evidence], events: list[LifeEvent] | None = None, *, after: float = 0, tag: str = BOLD) -> float:
    tags = tags_of(found, events or [], POLICY, now=NOON + days(after))
    return next((one.weight for one in tags if one.name == tag), 0.0)


def event(kind: str, ago: float = 0) -> LifeEvent:
    return LifeEvent(kind, kind, NOON - days(ago), "talk", kind)


@given(pieces)
def test_weights_lie_between_0_and_1(given_pieces: list[tuple[float, float]]) -> None:
    assert 0 <= weight(evidence(given_pieces)) <= 1


@given(pieces, ages, ages)
def test_a_weight_only_falls_with_time(given_pieces: list[tuple[float, float]], one: float, other: float) -> None:
    earlier, later = sorted((one, other))
    found = evidence(given_pieces)
    assert weight(found, after=later) <= weight(found, after=earlier) + 1e-9


@given(pieces, strengths)
def test_more_evidence_never_lowers_a_weight(given_pieces: list[tuple[float, float]], more: float) -> None:
    assert weight(evidence([*given_pieces, (more, 0)])) >= weight(evidence(given_pieces)) - 1e-9


@given(pieces, st.sampled_from(sorted(POLICY.events)), st.floats(0, 5000, allow_nan=False))
def test_a_life_event_caps_while_it_holds(given_pieces: list[tuple[float, float]], kind: str, after: float) -> None:
    found, limit = evidence(given_pieces), POLICY.events[kind].limits.get(BOLD)
    plain, held = weight(found, after=after), weight(found, [event(kind)], after=after)
    assert held <= plain + 1e-9
    if limit and after < limit.days:
        assert held <= limit.cap


def test_evidence_is_halved_with_every_half_life() -> None:
    """高风险偏好 halves in 180 days: 0.8 -> 0.4 -> 0.2."""
    found = evidence([(0.8, 0)])
    assert [round(weight(found, after=after), 3) for after in (0, 180, 360)] == [0.8, 0.4, 0.2]


def test_two_pieces_count_together() -> None:
    assert weight(evidence([(0.5, 0), (0.4, 0)])) == pytest.approx(1 - 0.5 * 0.6)


def test_a_new_child_lowers_the_one_and_raises_the_other() -> None:
    """0.8 x 0.6 = 0.48, and at most 0.4; 家庭责任 from nothing to 0.7."""
    found, child = evidence([(0.8, 0)]), [event("new_child")]
    assert weight(found) == 0.8
    assert weight(found, child) == 0.4
    assert weight(found, child, tag=FAMILY) == pytest.approx(0.7)
    bold = next(tag for tag in tags_of(found, child, POLICY, now=NOON) if tag.name == BOLD)
    assert bold.limited == ("new_child",)
    assert weight(evidence([(0.5, -1095)]), child, after=1095) == 0.5, "after three years it holds no more"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我想为刚出生的孩子规划教育金", "new_child"),
        ("我刚当爸爸了", "new_child"),
        ("上周老婆怀孕了,想重新看看配置", "new_child"),
        ("同事刚生了孩子", None),
        ("朋友家刚出生的孩子真可爱,我想问教育金", None),
        ("我明年结婚,想提前准备", "marriage"),
        ("女儿明年结婚", None),
        ("我下个月退休", "retirement"),
        ("我离退休还有二十年", None),
        ("我爸退休了,他想买", None),
        ("我们准备买房,首付还差一点", "house"),
        ("不打算买房", None),
        ("我妈住院了,急用钱", "parents_ill"),
        ("我被裁员了", "job_lost"),
        ("新能源行业裁员", None),
        ("我正在离婚", "divorce"),
        ("赎回几天到账", None),
    ],
)
def test_life_events_are_heard(text: str, kind: str | None) -> None:
    assert {one.kind for one in heard(said(text), POLICY)[1]} == ({kind} if kind else set())


def test_the_same_message_gives_the_same_keys() -> None:
    one = said("我想为刚出生的孩子规划教育金", intent="plan_education")
    assert heard(one, POLICY) == heard(one, POLICY)
    tags = {piece.tag for piece in heard(one, POLICY)[0]}
    assert {"子女教育需求", FAMILY} <= tags
    assert all("11月24日说「我想为刚出生的孩子规划教育金」" in piece.words for piece in heard(one, POLICY)[0])


def test_an_event_told_twice_is_one_event() -> None:
    first, again = event("new_child", ago=30), event("new_child")
    assert new_events([first], [again], POLICY.events) == []
    assert new_events([event("new_child", ago=300)], [again], POLICY.events) == [again]
    assert len(new_events([], [first, again], POLICY.events)) == 1


def test_file_and_books_speak() -> None:
    known = facts(person=person(risk=5), positions=(position(100_000, risk=4),), schemes=(scheme(),))
    found, events = counted(known, POLICY)
    assert {(one.tag, one.source) for one in found} == {
        (BOLD, "file"),
        (BOLD, "books"),
        ("定投习惯", "books"),
        ("指数偏好", "books"),
    }
    assert events == []
    assert [one.kind for one in counted(facts(person=person(stage="退休")), POLICY)[1]] == ["retirement"]


def test_rising_redemptions_and_talk_of_education_make_the_need() -> None:
    """Requirement D3: 30,000 after 20,000 after 10,000, and 教育金 in the talk."""
    out = (trade(amount=30_000), trade(ago=days(40)), trade(amount=10_000, ago=days(70)))
    quiet = counted(facts(trades=out), POLICY)[0]
    spoken = counted(facts(trades=out, said=(said(intent="plan_education", ago=timedelta(days=5)),)), POLICY)[0]
    assert "子女教育需求" not in {one.tag for one in quiet}
    assert "子女教育需求" in {one.tag for one in spoken}

"""Who gets a case: the policy to the letter, and what must hold for any case."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.assignment import best_total, servable
from handoff.dispatch import assign
from handoff.matching import candidates, possible
from handoff.model import AdvisorView, Case, Presence
from handoff.policy import load_policy
from handoff.topics import complained_about, topic_of
from tests.unit.handoff.roster import ADVISORS, AFTERNOON, MORNING, after, case, views

POLICY = load_policy().matching


def winner(one: Case, *, seconds: float = 0, **loads: int) -> str | None:
    found = assign([(one, 50)], views(**loads), POLICY, now=after(seconds, one.requested_at))
    return found[0].advisor_id if found else None


def test_the_education_plan_goes_to_the_best_licensed_although_others_are_idle() -> None:
    one = case("教育金", "complex_planning_教育金", region="上海")
    assert winner(one, A01=3, A10=0, A12=0) == "A01"
    found = {c.advisor.id: c for c in candidates(one, views(A01=3), POLICY, now=AFTERNOON)}
    assert found["A12"].blocked_by == ("没有基金投顾资格",)
    assert found["A09"].blocked_by == ("不服务大众客户", "教育金技能 2 级,现要求至少 3 级")
    assert found["A10"].eligible
    assert found["A01"].total > found["A10"].total
    assert found["A01"].because == ("教育金技能 5 级", "同在上海", "负荷 3/4", "教育金评分 4.9")


def test_whoever_is_free_first_gets_the_case_that_waits() -> None:
    one = case("投资", at=MORNING)
    assert winner(one, A01=4, A02=4, A11=3) is None
    assert winner(one, seconds=100, A01=3, A02=4, A11=3) == "A01"
    assert winner(one, seconds=149, A01=4, A02=4, A11=3) is None
    assert winner(one, seconds=150, A01=4, A02=4, A11=3) == "A14"


def test_the_earlier_of_two_equal_cases_is_served_first() -> None:
    early, late = case(id="h9", at=MORNING), case(id="h1", at=after(50, MORNING))
    found = assign([(late, 20), (early, 20)], views(A01=3, A02=4, A11=3), POLICY, now=after(100, MORNING))
    assert [(a.case_id, a.advisor_id) for a in found] == [("h9", "A01")]


@pytest.mark.parametrize(
    ("one", "seconds", "who"),
    [
        # Own advisor A02 with 投资 3 before A01 with 4; after 120 s he is no longer preferred.
        (case("投资", own="A02"), 0, "A02"),
        (case("投资", own="A02"), 120, "A01"),
        # Own advisor A02 with 教育金 2 is below 3: the highest skill it is.
        (case("教育金", own="A02"), 60, "A01"),
        # A standing order asks for no skill, but for the licence.
        (case("教育金", "standing_order", own="A02"), 0, "A02"),
        (case("保险", "standing_order", own="A02"), 0, "A12"),
        # Who handled it yesterday comes after the own advisor, before skill.
        (case("投资", knew="A10"), 0, "A10"),
        (case("投资", knew="A10", own="A02"), 0, "A02"),
        # Equal skill 3 (A02, A10, A11): the dialect, then the lower load.
        (case("投资", dialect="四川话", excluded={"A01": "刚才超时未接"}), 0, "A11"),
        (case("投资", excluded={"A01": "刚才超时未接"}), 0, "A10"),
        # A language the client cannot do without is never relaxed.
        (case("投资", dialect="英语", language_hard=True), 0, "A10"),
        (case("投资", dialect="德语", language_hard=True), 900, None),
        # The security desk and the complaints desk have licences of their own.
        (case("账户安全", "account_safety"), 0, "A07"),
        (case("投诉", "complaint"), 0, "A06"),
        # A complaint about a colleague: the supervisor at once; about the supervisor: not him.
        (case("投诉", "complaint", complained_about="A01"), 0, "A14"),
        (case("投诉", "complaint", complained_about="A14"), 0, "A06"),
        # Only by appointment.
        (case("家族信托", "complex_topic_家族信托", tier="高净值"), 900, None),
        # Words of self-harm: whoever is online, licence and tier not asked.
        (case("情绪安抚", "self_harm", tier="高净值"), 0, "A11"),
        # A colleague was asked for by name.
        (case("投资", directed_to="A02"), 0, "A02"),
    ],
)
def test_policy(one: Case, seconds: float, who: str | None) -> None:
    assert winner(one, seconds=seconds) == who


def test_out_of_hours_and_away_are_never_relaxed() -> None:
    sunday_night = case("投资", at=AFTERNOON.replace(day=29, hour=23))
    assert winner(sunday_night, seconds=900) is None
    away = [replace(view, presence=Presence.BUSY) for view in views()]
    assert assign([(case(), 99)], away, POLICY, now=after(900)) == []
    assert {view.id for view in possible(case(), away, POLICY)} == {"A01", "A02", "A10", "A11", "A14"}


def test_the_best_total_is_taken_not_the_first_best() -> None:
    # Only A01 (投资 4) and A10 (投资 3, 新手 5) have one place. Greedy would send the first one to A01 for 教育金 5 either
    # way; the second needs 买房: A01 4, A10 2 (too low at first), so the first one gives way and both are served.
    one, two = case("教育金", id="a"), case("买房", id="b")
    found = assign([(one, 90), (two, 20)], views(A01=3, A10=4, A14=2), POLICY, now=AFTERNOON)
    assert {(a.case_id, a.advisor_id) for a in found} == {("a", "A10"), ("b", "A01")}


def test_a_more_urgent_case_never_waits_for_a_less_urgent_one() -> None:
    low, high = case("教育金", id="low"), case("买房", id="high", at=after(50))
    found = assign([(low, 20), (high, 80)], views(A01=3, A10=5, A14=2), POLICY, now=after(59))
    assert [(a.case_id, a.advisor_id) for a in found] == [("high", "A01")]


CASES = st.builds(
    lambda number, topic, tier, reason, waited, own, out: case(
        topic, reason, id=f"h{number}", tier=tier, own=own, at=after(-waited), excluded=dict.fromkeys(out, "已拒绝")
    ),
    st.integers(0, 10**6),
    st.sampled_from(["投资", "教育金", "投诉", "账户安全", "交易操作", "新手", "情绪安抚+持仓建议"]),
    st.sampled_from(["大众", "财富", "高净值"]),
    st.sampled_from(["explicit_ask", "complaint", "standing_order", "self_harm"]),
    st.integers(0, 300),
    st.sampled_from([None, "A01", "A02", "A10"]),
    st.sets(st.sampled_from(["A01", "A06", "A11"]), max_size=2),
)
WAITING = st.lists(st.tuples(CASES, st.integers(0, 100)), max_size=8, unique_by=lambda waiting: waiting[0].id)
LOADS = st.fixed_dictionaries({name: st.integers(0, a.capacity) for name, a in ADVISORS.items()})


@given(waiting=WAITING, loads=LOADS, seed=st.randoms(use_true_random=False))
def test_assign_is_order_free_and_never_breaks_a_hard_requirement(waiting, loads, seed) -> None:  # type: ignore[no-untyped-def]
    advisors = views(**loads)
    found = assign(waiting, advisors, POLICY, now=AFTERNOON)
    shuffled, people = list(waiting), list(advisors)
    seed.shuffle(shuffled)
    seed.shuffle(people)
    again = assign(shuffled, people, POLICY, now=AFTERNOON)
    assert {(a.case_id, a.advisor_id) for a in found} == {(a.case_id, a.advisor_id) for a in again}
    by_id = {one.id: one for one, _ in waiting}
    assert len({a.case_id for a in found}) == len(found)
    for assignment in found:
        eligible = {
            c.advisor.id for c in candidates(by_id[assignment.case_id], advisors, POLICY, now=AFTERNOON) if c.eligible
        }
        assert assignment.advisor_id in eligible
    for view in advisors:
        assert view.load + sum(a.advisor_id == view.id for a in found) <= view.advisor.capacity


@given(WAITING, LOADS)
def test_nobody_waits_while_somebody_could_take_him(waiting: list[tuple[Case, int]], loads: dict[str, int]) -> None:
    found = assign(waiting, views(**loads), POLICY, now=AFTERNOON)
    taken = {a.case_id for a in found}
    after_all = [
        AdvisorView(v.advisor, v.presence, v.load + sum(a.advisor_id == v.id for a in found)) for v in views(**loads)
    ]
    for one, _ in waiting:
        if one.id not in taken:
            assert not any(c.eligible for c in candidates(one, after_all, POLICY, now=AFTERNOON))


@given(CASES, LOADS)
def test_points_rank_as_the_preferences_do(one: Case, loads: dict[str, int]) -> None:
    ranked = [c for c in candidates(one, views(**loads), POLICY, now=AFTERNOON) if c.eligible]
    for better, worse in itertools.pairwise(ranked):
        assert better.total >= worse.total or better.key[:-2] == worse.key[:-2]


KEYS = st.lists(
    st.dictionaries(st.sampled_from("pqrs"), st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1), max_size=4
)


@given(KEYS)
def test_best_total_is_what_trying_everything_finds(rows: list[dict[str, tuple[int, int]]]) -> None:
    served = [rows[index] for index in servable([list(row) for row in rows])]
    chosen = best_total(served)
    assert len(set(chosen)) == len(chosen)

    def total(places: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(map(sum, zip(*(row[p] for row, p in zip(served, places, strict=True)), strict=True)))

    ways = [
        w for w in itertools.permutations("pqrs", len(served)) if all(p in r for r, p in zip(served, w, strict=True))
    ]
    assert total(tuple(chosen)) == min(map(total, ways), default=())


@given(KEYS)
def test_an_earlier_row_is_never_given_up(rows: list[dict[str, tuple[int, int]]]) -> None:
    served = servable([list(row) for row in rows])
    assert not rows or served[0] == 0
    possible_sets = {
        tuple(i for i, p in enumerate(pick) if p)
        for pick in itertools.product([None, *"pqrs"], repeat=len(rows))
        if len({p for p in pick if p}) == sum(p is not None for p in pick)
        and all(p is None or p in row for p, row in zip(pick, rows, strict=True))
    }
    best = max(possible_sets, key=lambda s: [i in s for i in range(len(rows))])
    assert tuple(served) == best


def test_topics() -> None:
    assert topic_of(["complex_topic_税务", "explicit_ask"]) == "税务"
    assert topic_of(["complex_planning_结婚"]) == "投资"
    assert topic_of(["emotion_panic"], None, ["新能源跌成这样要不要割"]) == "情绪安抚+持仓建议"
    assert topic_of(["self_harm"], None, ["亏成这样不想活了"]) == "情绪安抚"
    assert topic_of(["explicit_ask"], None, ["让人帮我看看组合,这四只是不是重复了"]) == "投资"
    assert topic_of(["explicit_ask"]) == "交易操作"
    assert topic_of(["explicit_ask"], "养老") == "养老"
    names = {"A01": "林静怡", "A02": "王建国"}
    assert complained_about(["我要投诉王建国"], names, "A01") == "A02"
    assert complained_about(["我的理财经理误导我"], names, "A01") == "A01"
    assert complained_about(["到账太慢"], names, "A01") is None

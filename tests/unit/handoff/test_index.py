"""The columns choose what the plain rules choose, on any staff and any queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.reasons import REASONS, TOPICS
from handoff.assignment import best_total, servable
from handoff.dispatch import BLOCK, assign
from handoff.index import AdvisorIndex
from handoff.matching import candidates, preference_key, terms
from handoff.model import AdvisorView, Case, ClientView, Presence
from handoff.policy import load_policy
from handoff.priority import prioritise
from handoff.waiting import WaitingIndex
from tests.unit.handoff.roster import ADVISORS, AFTERNOON, after

POLICY = load_policy()
IDS = sorted(ADVISORS)
LANGUAGES = ["普通话", "上海话", "四川话", "英语", "德语"]
SOMEBODY = st.none() | st.sampled_from(IDS)

VIEWS = st.builds(
    lambda loads, away, skills: [
        AdvisorView(
            replace(advisor, skills=advisor.skills | skills.get(advisor.id, {})),
            Presence.BUSY if advisor.id in away else Presence.ONLINE,
            loads[advisor.id],
        )
        for advisor in ADVISORS.values()
    ],
    st.fixed_dictionaries({one: st.integers(0, advisor.capacity) for one, advisor in ADVISORS.items()}),
    st.sets(st.sampled_from(IDS), max_size=3),
    st.dictionaries(st.sampled_from(IDS), st.dictionaries(st.sampled_from(TOPICS), st.integers(0, 5)), max_size=6),
)
CLIENTS = st.builds(
    ClientView,
    st.just("U1"),
    tier=st.sampled_from(["", "大众", "财富", "高净值"]),
    region=st.sampled_from(["", "上海", "河南", "全国"]),
    own_advisor=SOMEBODY,
    dialect=st.none() | st.sampled_from(LANGUAGES),
    language_hard=st.booleans(),
    member_level=st.sampled_from(["", "普通", "黄金", "钻石客户"]),
)
CASES = st.builds(
    lambda number, waited, **rest: Case(id=f"h{number}", requested_at=AFTERNOON - timedelta(seconds=waited), **rest),
    st.integers(0, 10**6),
    st.sampled_from([0, 30, 59.999999, 60, 60.000001, 119, 120, 150, 299, 900]) | st.floats(-5, 1000),
    client=CLIENTS,
    topic=st.sampled_from(TOPICS),
    second_topic=st.none() | st.sampled_from(TOPICS),
    reasons=st.lists(st.sampled_from(sorted(REASONS)), max_size=3).map(tuple)
    | st.sampled_from([("standing_order",), ("self_harm",), ("complaint",)]),
    emotion=st.sampled_from([None, "愤怒", "恐慌", "焦虑"]),
    strength=st.floats(0, 1),
    excluded=st.sets(st.sampled_from(IDS), max_size=2).map(lambda ids: dict.fromkeys(ids, "已拒绝")),
    complained_about=SOMEBODY,
    knew=SOMEBODY,
    directed_to=SOMEBODY,
)
NOON = st.sampled_from([AFTERNOON, AFTERNOON.replace(hour=23), AFTERNOON.replace(day=29, hour=10)])


@given(CASES, VIEWS, NOON)
@settings(max_examples=300, deadline=None)
def test_the_index_ranks_as_the_plain_rules(case: Case, views: list[AdvisorView], now) -> None:  # type: ignore[no-untyped-def]
    ranked = candidates(case, views, POLICY.matching, now=now)
    wanted = [candidate.advisor.id for candidate in ranked if candidate.eligible]
    index = AdvisorIndex(reversed(views), POLICY.matching)
    assert [view.id for view in index.best(case, now=now, count=3)] == wanted[:3]
    assert [view.id for view in index.best(case, now=now)] == wanted[:1]
    assert [view.id for view in index.best(case, now=now, count=99)] == wanted


@given(CASES, VIEWS, VIEWS)
@settings(deadline=None)
def test_an_index_that_followed_is_one_made_afresh(
    case: Case, views: list[AdvisorView], then: list[AdvisorView]
) -> None:
    now = AFTERNOON
    index = AdvisorIndex(views, POLICY.matching)
    index.best(case, now=now)
    later = [
        replace(new, advisor=old.advisor, load=min(new.load, old.advisor.capacity))
        for old, new in zip(views, then, strict=True)
    ]
    for view in later:
        index.change(view)
    assert index.best(case, now=now, count=99) == AdvisorIndex(later, POLICY.matching).best(case, now=now, count=99)


@given(st.lists(CASES, max_size=30, unique_by=lambda case: case.id), VIEWS, st.data())
@settings(max_examples=300, deadline=None)
def test_the_next_of_the_queue_is_the_one_that_matching_serves(
    cases: list[Case], views: list[AdvisorView], data: st.DataObject
) -> None:
    queue = WaitingIndex(POLICY, cases)
    for case in data.draw(st.lists(st.sampled_from(cases), unique_by=lambda case: case.id)) if cases else ():
        assert queue.remove(case.id) is case
        cases = [other for other in cases if other is not case]
    assert len(queue) == len(cases)
    ranked = [(case, prioritise(case, POLICY.priority, now=AFTERNOON).points) for case in cases]
    for view in views:
        if view.free:
            one_place = replace(view, load=view.advisor.capacity - 1)
            found = queue.next_for(one_place, now=AFTERNOON)
            wanted = [made.case_id for made in assign(ranked, [one_place], POLICY.matching, now=AFTERNOON)]
            assert ([found.id] if found else []) == wanted


@given(st.lists(CASES, max_size=BLOCK, unique_by=lambda case: case.id), VIEWS)
@settings(deadline=None)
def test_a_block_is_decided_as_from_the_list_of_all(cases: list[Case], views: list[AdvisorView]) -> None:
    # The plain way: every place of everybody who can, without index and without keeping the best only.
    cases.sort(key=lambda case: (case.requested_at, case.id))
    rows = []
    for case in cases:
        able = [c for c in candidates(case, views, POLICY.matching, now=AFTERNOON) if c.eligible]
        asked, by_id = terms(case, POLICY.matching, now=AFTERNOON), {view.id: view for view in views}
        places = {
            (c.advisor.id, more): preference_key(
                case, replace(by_id[c.advisor.id], load=by_id[c.advisor.id].load + more), asked, POLICY.matching
            )
            for c in able
            for more in range(by_id[c.advisor.id].free)
        }
        if places:
            rows.append((case, dict(sorted(places.items(), key=lambda place: (place[1], place[0])))))
    served = [rows[number] for number in servable([list(places) for _, places in rows])]
    wanted = [place[0] for place in best_total([places for _, places in served])]
    made = assign([(case, 50) for case in cases], views, POLICY.matching, now=AFTERNOON)
    assert [(one.case_id, one.advisor_id) for one in made[: len(served)]] == [
        (case.id, who) for (case, _), who in zip(served, wanted, strict=True)
    ]


def test_who_is_worth_no_points_is_served_too() -> None:
    # No reason has a weight, and nobody has waited yet: 0 points.
    plain = Case("plain", ClientView("U1", tier="大众"), "投资", (), AFTERNOON)
    assert prioritise(plain, POLICY.priority, now=AFTERNOON).points == 0
    assert (
        WaitingIndex(POLICY, [plain]).next_for(AdvisorView(ADVISORS["A01"], Presence.ONLINE, 3), now=AFTERNOON) is plain
    )


def test_ageing_overtakes_and_the_earlier_goes_first() -> None:
    # old: 20 + ageing 300/180 = 1.67 -> 15 + 20 x 0.33 = 21: 41. panic: 20 + 22 = 42; mild: 20 + floor(10 x 0.5) = 25.
    client = ClientView("U1", tier="大众")
    old = Case("old", client, "投资", ("explicit_ask",), after(-300))
    panic = Case("panic", client, "投资", ("explicit_ask", "emotion_panic"), AFTERNOON)
    mild = Case("mild", client, "投资", ("explicit_ask",), AFTERNOON, emotion="焦虑", strength=0.5)
    queue = WaitingIndex(POLICY, [mild, old, panic])
    free = AdvisorView(ADVISORS["A01"], Presence.ONLINE, 3)
    assert queue.next_for(free, now=AFTERNOON) is panic
    assert queue.remove("panic") is panic
    assert queue.next_for(free, now=AFTERNOON) is old
    assert "old" in queue
    # 500 s later: old 800/180 = 4.44 -> 60 + 40 x 0.44 = 77: 97; mild 500/180 = 2.78 -> 15 + 20 x 0.89 = 32: 57.
    assert queue.next_for(free, now=after(500)) is old
    # Both have waited for 15 minutes: 100 each, whatever they weighed, and the earlier goes first.
    assert queue.next_for(free, now=after(900)) is old

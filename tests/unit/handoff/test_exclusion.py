"""Who missed or declined a case is not asked again at once, and never barred for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.dispatch import assign
from handoff.exclusion import Exclusion, Left, excluding, read, settled
from handoff.index import AdvisorIndex
from handoff.matching import candidates
from handoff.model import AdvisorView, Case, Presence
from handoff.policy import load_policy
from tests.unit.handoff.roster import ADVISORS, AFTERNOON, after, case
from tests.unit.handoff.world import World, staff

POLICY = load_policy().matching
KINDS = st.sampled_from(list(Left))
LONGEST = max(lapse.after_seconds for lapse in POLICY.exclusions.values())


def alone(who: str) -> list[AdvisorView]:
    return [AdvisorView(ADVISORS[who], Presence.ONLINE, 0)]


def settle(one: Case, past: dict[str, Exclusion], staff: list[AdvisorView], seconds: float) -> Case:
    index, now = AdvisorIndex(staff, POLICY), after(seconds)
    return settled(one, past, lambda case: index.anybody(case, now=now), POLICY, now=now)


@pytest.mark.parametrize(
    ("kind", "seconds", "others", "words"),
    [
        # matching.yml: missed 90 s, alone at once; declined 300 s, alone 60 s; passed on 600 s, alone 120 s.
        (Left.MISSED, 0, True, "本单超时未接,1 分钟后可再派"),
        (Left.MISSED, 60, True, "本单超时未接,30 秒后可再派"),
        (Left.MISSED, 90, True, None),
        (Left.MISSED, 0, False, None),
        (Left.DECLINED, 59, False, "本单超时未接,1 秒后可再派"),
        (Left.DECLINED, 60, False, None),
        (Left.DECLINED, 299, True, "本单超时未接,1 秒后可再派"),
        (Left.DECLINED, 300, True, None),
        (Left.PASSED, 119, False, "本单超时未接,1 秒后可再派"),
        (Left.PASSED, 600, True, None),
    ],
)
def test_the_schedule(kind: Left, seconds: float, others: bool, words: str | None) -> None:
    past = {"A01": Exclusion(kind, "本单超时未接", AFTERNOON)}
    found = settle(case("投资"), past, alone("A01") + (alone("A10") if others else []), seconds)
    assert found.excluded.get("A01") == words
    assert ("A01" in found.again) == (words is None)


@settings(deadline=None)
@given(
    st.lists(st.tuples(KINDS, st.integers(0, 900)), min_size=1, max_size=6),
    st.sampled_from(["投资", "教育金", "新手", "交易操作"]),
    st.sampled_from(sorted(ADVISORS)),
)
def test_a_sole_advisor_who_is_there_is_asked_again(history: list[tuple[Left, int]], topic: str, who: str) -> None:
    # Whatever he did, however often: who could take the case at all is asked again, at the latest after the longest
    # time that the rules keep him from it.
    one, past = case(topic), {}
    for kind, seconds in sorted(history, key=lambda step: step[1]):
        past = excluding(past, [who], kind, "本单已拒绝", at=after(seconds))
    at = max(seconds for _, seconds in history) + LONGEST
    fit = candidates(one, alone(who), POLICY, now=after(at))[0].eligible
    found = settle(one, read(past, AFTERNOON), alone(who), at)
    made = assign([(found, 50)], alone(who), POLICY, now=after(at))
    assert [a.advisor_id for a in made] == ([who] if fit else [])


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ADVISORS)), st.tuples(KINDS, st.integers(-900, 0)), max_size=6))
def test_nobody_is_barred_longer_than_the_rules_say(past: dict[str, tuple[Left, int]]) -> None:
    history = {who: Exclusion(kind, "本单已拒绝", after(at)) for who, (kind, at) in past.items()}
    found = settle(case("投资"), history, [AdvisorView(a, Presence.ONLINE, 0) for a in ADVISORS.values()], 0)
    for who, end in found.until.items():
        assert (
            AFTERNOON
            < end
            <= history[who].at + timedelta(seconds=POLICY.exclusions[history[who].kind.value].after_seconds)
        )
    # Everybody who had it is either barred until a moment that is known, or may be asked, and why is told.
    assert set(found.excluded) | set(found.again) == set(history)
    assert not set(found.excluded) & set(found.again)


async def test_a_sole_licensed_advisor_who_misses_is_asked_again_at_once(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    for _ in range(4):
        await world.wait(46, "A01")
        shown = await world.shown(asked["handoff_id"])
        assert (shown["state"], shown["offered_to"]["id"]) == ("offered", "A01")
    assert shown["because"][-1].startswith("本单超时未接,")


async def test_a_sole_licensed_advisor_who_declines_is_asked_again_later(world: World) -> None:
    await world.online("A01")
    asked = await world.ask()
    body = await world.handoffs.decline(asked["handoff_id"], staff("A01"), "在开会")
    assert body["handoff"]["state"] == "waiting"
    # The client is told when it will be: 60 s until he may be asked, 20 s to answer.
    assert await world.handoffs.waiting_of("cv-U113") is not None
    assert (await world.handoffs.client_state("cv-U113"))["waiting"]["wait_seconds"] == 80
    await world.wait(59, "A01")
    assert (await world.shown(asked["handoff_id"]))["state"] == "waiting"
    await world.wait(1, "A01")
    assert (await world.shown(asked["handoff_id"]))["offered_to"]["id"] == "A01"


async def test_who_stays_away_is_not_asked_and_another_is(world: World) -> None:
    await world.online("A01", "A10")
    asked = await world.ask()
    await world.wait(46, "A01", "A10")
    # A10 is there: A01 has his 90 seconds.
    assert (await world.shown(asked["handoff_id"]))["offered_to"]["id"] == "A10"

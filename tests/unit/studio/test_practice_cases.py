"""Every case as it is shipped: played well it is passed, played badly it is not, and the client always finds an end."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.desk_notes import team_snippets
from studio.practice import files, play, scoring
from studio.practice.model import Case, Result, Run, Who
from tests.unit.studio.conftest import guard

START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
CASES = files.load_cases()
RUBRIC = files.load_rubric()
everyone = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def played(case: Case, texts: tuple[str, ...], actions: tuple[str, ...], *, seconds: int = 20) -> tuple[Run, Result]:
    run = play.begin(case, "run", "A01", "林静怡", at=START)
    for action in actions:
        run = play.press(run, case, action, at=START)
    for number, text in enumerate(texts, 1):
        at = START + timedelta(seconds=seconds * number)
        run = play.reply(run, case, RUBRIC, guard, f"r{number}", text, at=at)
    return run, scoring.score(run, case, RUBRIC, guard)


def right(case: Case) -> tuple[str, ...]:
    return tuple(action.id for action in case.actions if action.right)


def test_there_are_enough_to_practise_with() -> None:
    assert len(CASES) >= 8


@everyone
def test_the_model_answer_earns_every_point(case: Case) -> None:
    _, result = played(case, case.good, right(case))
    assert [(one.point.id, one.why) for one in result.points if one.share < 1] == []
    assert (result.score, result.passed) == (100, True)


@everyone
def test_the_poor_answer_fails(case: Case) -> None:
    run, result = played(case, case.poor, ())
    assert not result.passed
    assert result.score < 40
    assert run.beat is None, "the client has lost patience"


@everyone
def test_the_model_answer_keeps_the_client(case: Case) -> None:
    run, _ = played(case, case.good, right(case))
    last = [line for line in run.lines if line.who is Who.CLIENT][-1]
    assert last.emotion != "愤怒"
    assert (last.strength or 0) < 0.7 or last.emotion in ("满意", "安心")


@everyone
def test_silence_is_worth_nothing(case: Case) -> None:
    assert played(case, (), ())[1].score == 0


@everyone
def test_every_way_ends(case: Case) -> None:
    """From each beat some way leads to an end, and no beat is out of reach."""
    ends = {beat.id for beat in case.beats.values() if not beat.heeds}
    assert ends
    reach = {case.first}
    for _ in case.beats:
        reach |= {heed.go for name in reach for heed in case.beats[name].heeds}
    assert reach == set(case.beats)
    for name in case.beats:
        seen, todo = {name}, [name]
        while todo:
            todo += [heed.go for heed in case.beats[todo.pop()].heeds if not (heed.go in seen or seen.add(heed.go))]  # type: ignore[func-returns-value]
        assert seen & ends


@everyone
def test_what_the_brief_says_is_what_must_not_be_asked(case: Case) -> None:
    assert case.brief
    assert case.known


@given(st.sampled_from(list(CASES)), st.lists(st.text(max_size=60), max_size=15))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_the_score_is_in_its_range(name: str, texts: list[str]) -> None:
    run, result = played(CASES[name], tuple(texts), ())
    assert 0 <= result.score <= 100
    assert len(play.replies(run)) == len(texts)
    assert result == scoring.score(run, CASES[name], RUBRIC, guard), "the same run is worth the same"


def test_the_files_say_what_is_wrong(tmp_path: object) -> None:
    raw = yaml.safe_load((files.CASES / "07-novice.yml").read_text(encoding="utf-8"))
    path = tmp_path / "x.yml"  # type: ignore[operator]
    for change, words in (
        ({"needs": ["charm"]}, "charm"),
        ({"title": None}, "title"),
        ({"facts": [{"name": "x", "any": ["("]}]}, "facts"),
        ({"beats": [{**raw["beats"][0], "heeds": [{"when": ["comfort"], "go": "nowhere"}]}]}, "nowhere"),
    ):
        path.write_text(yaml.safe_dump({**raw, **change}, allow_unicode=True), encoding="utf-8")
        with pytest.raises(files.PracticeBroken, match=words):
            files.load_case(path)


def test_the_snippets_may_be_said() -> None:
    for one in team_snippets():
        assert guard(one["text"]) == (), one["title"]
    assert len({one["key"] for one in team_snippets()}) == len(list(itertools.chain(team_snippets())))

"""Each point of the rubric by examples, on one case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from studio.practice import play, scoring
from studio.practice.model import Case, Result, Rubric, Run, Scored
from tests.unit.studio.conftest import guard

START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def run_of(case: Case, rubric: Rubric, *texts: str, after: int = 20) -> Run:
    run = play.begin(case, "run", "A01", "林静怡", at=START)
    for number, text in enumerate(texts, 1):
        at = START + timedelta(seconds=after * number)
        run = play.reply(run, case, rubric, guard, f"r{number}", text, at=at)
    return run


def result_of(case: Case, rubric: Rubric, *texts: str, after: int = 20) -> Result:
    return scoring.score(run_of(case, rubric, *texts, after=after), case, rubric, guard)


def point(result: Result, name: str) -> Scored:
    return next(one for one in result.points if one.point.id == name)


@pytest.fixture
def retiree(cases: dict[str, Case]) -> Case:
    return cases["01-loss-retiree"]


@pytest.mark.parametrize(
    ("texts", "share"),
    [
        (("我理解您的担心，这只基金少了3150元。",), 1.0),
        (("这只基金少了3150元，我理解您的担心。",), 0.5),  # figures first
        (("这只基金跌了一些。", "我理解您的担心。"), 0.4),  # too late
        (("这只基金跌了一些。",), 0.0),
    ],
)
def test_comfort_comes_first(retiree: Case, rubric: Rubric, texts: tuple[str, ...], share: float) -> None:
    assert point(result_of(retiree, rubric, *texts), "comfort").share == share


def test_a_promise_fails_the_run_whatever_else_was_good(retiree: Case, rubric: Rubric) -> None:
    result = result_of(retiree, rubric, *retiree.good, "放心，肯定会涨回来的。")
    broken = point(result, "no_promise")
    assert broken.share == 0
    assert "涨" in broken.quotes[0]
    assert "法规" in broken.why
    assert result.score <= rubric.cap_when_broken
    assert not result.passed


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("您先不用慌，年化波动率都正常。", 0.0),
        ("净值，就是每一份值多少钱，少了一些。", 1.0),  # explained at once
        ("您的钱还在自己的账户里。", 1.0),
        (
            "您的钱都还好好地在您自己的账户里放着没有动过，只是这一阵子市场里面的价钱往下走了一点点，看起来就比原来少了一些。",
            0.5,
        ),
    ],
)
def test_plain_words_for_the_elderly(retiree: Case, rubric: Rubric, text: str, share: float) -> None:
    assert point(result_of(retiree, rubric, text), "plain").share == share


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("您买的是哪只基金？", 0.0),
        ("您亏了多少呢", 0.0),
        ("哪只基金跌了我都看到了。", 1.0),  # no question
        ("您现在心里最放不下的是什么？", 1.0),  # a question for what nobody knows yet
    ],
)
def test_what_is_known_is_not_asked_again(retiree: Case, rubric: Rubric, text: str, share: float) -> None:
    assert point(result_of(retiree, rubric, text), "no_repeat").share == share


def test_the_share_of_facts_is_the_share_of_the_weight(retiree: Case, rubric: Rubric) -> None:
    half = point(result_of(retiree, rubric, "少了3150元。"), "facts")  # 1 of 2 facts: 20 * 0.5
    assert (half.share, half.got) == (0.5, 10.0)
    assert "钱的用途" in half.why


@pytest.mark.parametrize(("after", "share"), [(90, 1.0), (91, 0.0)])
def test_the_first_answer_comes_in_time(retiree: Case, rubric: Rubric, after: int, share: float) -> None:
    assert point(result_of(retiree, rubric, "您先别急。", after=after), "prompt").share == share


@pytest.mark.parametrize(
    ("pressed", "share"),
    [(("freeze", "security"), 1.0), (("freeze",), 0.5), (("freeze", "security", "reset"), 0.5), ((), 0.0)],
)
def test_the_right_buttons(cases: dict[str, Case], rubric: Rubric, pressed: tuple[str, ...], share: float) -> None:
    case = cases["05-fraud"]
    run = run_of(case, rubric, "您别慌。")
    for action in pressed:
        run = play.press(run, case, action, at=START)
    assert point(scoring.score(run, case, rubric, guard), "action").share == share


@pytest.mark.parametrize("vague", ["我们会尽快。", "请您稍等。"])
def test_as_soon_as_possible_is_no_time(retiree: Case, rubric: Rubric, vague: str) -> None:
    assert point(result_of(retiree, rubric, vague), "time").share == 0
    assert point(result_of(retiree, rubric, vague + "明天上午10点前给您打电话。"), "time").share == 1


def test_the_whole_is_the_weighted_share(cases: dict[str, Case], rubric: Rubric) -> None:
    case = cases["07-novice"]
    result = result_of(case, rubric, "您好。")
    weights = sum(one.point.weight for one in result.points)
    # no_promise 15, avoid 10, no_repeat 10, prompt 5 are earned: 40
    # of comfort 15 + 15 + facts 20 + 10 + 10 + risk 10 + next 10 + action 15 + 5 = 110
    assert weights == 110
    assert result.score == round(100 * 40 / 110)

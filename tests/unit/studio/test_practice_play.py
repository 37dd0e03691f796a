"""The simulated client: what he says depends on how he is spoken to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.practice import play
from studio.practice.model import Case, Rubric, Run, Who
from tests.unit.studio.conftest import guard

START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "beat"),
    [
        ("我理解您的担心，您先别急。", "softer"),
        ("这很正常。", "cold"),
        ("肯定会涨回来的。", "caught"),
        ("建议趁低位加仓。", "pushed"),
        ("这是正常的回撤。", "lost"),
    ],
)
def test_the_client_heeds_the_reply(cases: dict[str, Case], rubric: Rubric, text: str, beat: str) -> None:
    case = cases["01-loss-retiree"]
    run = play.reply(begin(case), case, rubric, guard, "r1", text, at=START)
    assert run.beat == beat
    assert run.lines[-1].text == case.beats[beat].says[-1]


def test_a_repeated_reply_or_button_changes_nothing(cases: dict[str, Case], rubric: Rubric) -> None:
    case = cases["05-fraud"]
    once = play.press(
        play.reply(begin(case), case, rubric, guard, "r1", "别转账。", at=START), case, "freeze", at=START
    )
    again = play.reply(once, case, rubric, guard, "r1", "别转账。", at=START)
    assert play.press(again, case, "freeze", at=START) == once
    assert play.press(once, case, "unknown", at=START) == once


def test_a_button_counts_for_what_the_client_says_next(cases: dict[str, Case], rubric: Rubric) -> None:
    case = cases["05-fraud"]
    stopped = play.reply(begin(case), case, rubric, guard, "r1", "您千万别转。", at=START)
    assert stopped.beat == "stopped"
    asked = play.reply(stopped, case, rubric, guard, "r2", "请您打96110。", at=START)
    assert asked.beat == "unsure"
    frozen = play.reply(
        play.press(stopped, case, "freeze", at=START), case, rubric, guard, "r2", "请您打96110。", at=START
    )
    assert frozen.lines[-1].who is Who.CLIENT
    assert frozen.lines[-1].emotion == "安心"


def test_who_has_gone_says_nothing_more(cases: dict[str, Case], rubric: Rubric) -> None:
    case = cases["01-loss-retiree"]
    run = begin(case)
    for number in range(2):
        run = play.reply(run, case, rubric, guard, f"r{number}", "这很正常。", at=START)
    assert run.beat is None
    after = play.reply(run, case, rubric, guard, "late", "我理解您。", at=START)
    assert after.lines[-1].who is Who.TRAINEE


def begin(case: Case) -> Run:
    return play.begin(case, "run", "A01", "林静怡", at=START)

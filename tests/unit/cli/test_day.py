"""The simulated day: drawn the same from the same seed, and judged by what happened."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
import yaml

from cli.day import Outcome, Question, Visit, ask, draw, figures, judged, next_words, pool, share
from kit.settings import ROOT

TOLD = yaml.safe_load((ROOT / "cli/day.yml").read_text(encoding="utf-8"))
PEOPLE = [f"C{number:04d}" for number in range(1, 321)]
FEE = Question("rule", "ask_fee", "手续费怎么收", also=("ask_nav",))


def told(*actions: str, quick: tuple[str, ...] = (), owner: str = "bot", text: str = "好的") -> dict[str, Any]:
    replies = [{"text": text, "quick_replies": list(quick)}]
    return {"actions": [f"action_{name}" for name in actions], "owner": owner, "replies": replies}


def test_the_weights_are_shares() -> None:
    assert sum(TOLD["groups"].values()) == pytest.approx(1)
    assert all(own for group in pool(TOLD).values() for _, own in group.values())


def test_the_same_seed_is_the_same_day() -> None:
    first, again = (draw(TOLD, PEOPLE, clients=40, chance=random.Random(3)) for _ in range(2))
    assert first == again
    assert [visit.hour for visit in first] == sorted(visit.hour for visit in first)
    assert len({visit.client for visit in first}) == 40


def test_groups_come_by_their_weights() -> None:
    visits = draw(TOLD, PEOPLE, clients=320, chance=random.Random(1))
    counted = Counter(question.group for visit in visits for question in visit.questions)
    # 320 clients ask 576 on average: account 0.26, risk 0.06.
    assert counted["account"] / counted.total() == pytest.approx(0.26, abs=0.06)
    assert counted["risk"] / counted.total() == pytest.approx(0.06, abs=0.03)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (told("ask_fee", quick=("我的持仓",)), None),
        (told("clarify", quick=("手续费怎么收", "查净值", "转人工")), "手续费怎么收"),
        (told("clarify", quick=("换银行卡", "转人工")), None),
        (told("redeem_fund", quick=("确认", "算了", "转人工")), "确认"),
        (told("redeem_fund", quick=("确认赎回6000份", "算了")), "确认赎回6000份"),
        (told("buy_fund", quick=("我已了解", "算了", "转人工")), "我已了解"),
        (told("redeem_fund", quick=("全部", "一半", "算了")), "全部"),
        (told("buy_fund", quick=("算了",), text="安心纯债买多少钱?"), "1000元"),
    ],
)
def test_a_willing_client(answer: dict[str, Any], words: str | None) -> None:
    assert next_words(FEE, answer) == words


@pytest.mark.parametrize(
    ("turns", "why"),
    [
        ([told("ask_fee")], ""),
        ([told("ask_nav")], ""),  # another meaning that a reader accepts
        ([told("clarify"), told("ask_fee")], ""),
        ([told("clarify")], "not understood"),
        ([told("ask_fee"), told("default_fallback")], "not understood"),
        ([told("ask_limit")], "another action"),
        ([told("ask_fee", "request_handoff")], "handoff"),
        ([told("ask_fee", owner="queue")], "handoff"),
        ([told("ask_fee", quick=("确认", "算了"))], "form left open"),
    ],
)
def test_what_counts_as_solved(turns: list[dict[str, Any]], why: str) -> None:
    assert judged(FEE, turns) == why


class Scripted:
    """A client whose answers are written down; remembers what was said."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self._answers, self.said = list(answers), list[str]()

    async def say(self, text: str) -> dict[str, Any]:
        self.said.append(text)
        return self._answers.pop(0)


async def test_a_form_is_answered_to_its_end() -> None:
    client = Scripted(
        told("buy_fund", quick=("算了",), text="买多少钱?"), told("buy_fund", quick=("确认", "算了")),
        told("buy_fund", quick=("确认申购1000元", "算了")), told("buy_fund", quick=("撤单",), text="已受理"),
    )  # fmt: skip
    outcome = await ask(client, Question("trade", "buy_fund", "买基金"))
    assert client.said == ["买基金", "1000元", "确认", "确认申购1000元"]
    assert (outcome.why, outcome.steps, outcome.last) == ("", 4, "已受理")


def test_the_figures_of_a_day() -> None:
    outcomes = [
        Outcome(FEE),
        Outcome(FEE, why="handoff"),
        Outcome(Question("fund", "ask_nav", "净值", source="voices")),
    ]
    found = figures(TOLD, [Visit("C0001", 9, (FEE,))], outcomes, seed=1)
    # 2 of 3; rule 1 of 2, fund 1 of 1.
    assert (found["asked"], found["solved"], found["share"]) == (3, 2, 0.667)
    assert found["by_group"]["rule"] == {"asked": 2, "solved": 1, "share": 0.5}
    assert found["by_source"]["voices"]["share"] == 1
    assert found["why"] == {"handoff": 1}


def test_nothing_asked_has_no_share() -> None:
    assert share([]) == {"asked": 0, "solved": 0, "share": None}

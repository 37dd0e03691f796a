"""Retrieval by example: the entry that answers comes first; what nobody knows stays below the floor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.evaluation import evaluate
from knowledge.search import Entry, Library

TODAY = date(2026, 11, 24)
LIBRARY = Library.load()


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("股票基金卖了几天能到账", "R-RDM-EQ-1"),
        ("债基赎回几天到账", "R-RDM-BOND-1"),
        ("纳指赎回怎么这么慢", "R-RDM-QDII-1"),
        ("快速赎回一天最多能取多少", "R-RDM-MMF-1"),
        ("下午三点以后买算哪天", "R-T-1"),
        ("管理费是每天扣吗", "R-FEE-MGMT"),
        ("分红方式在哪看", "R-DIV-1"),
        ("扣款日碰上周末咋办", "R-DCA-1"),
        ("测评过期还能不能赎回", "R-TEST-1"),
        ("基金赚钱要交税吗", "F-TAX-1"),
        ("收不到验证码", "F-ACC-5"),
        ("A类和C类买哪个好", "F-INV-2"),
        ("资产证明在哪开", "F-ACC-10"),
        ("保险先买哪一种", "F-PLAN-4"),
    ],
)
def test_the_answer_is_first(question: str, wanted: str) -> None:
    hits = LIBRARY.search(question, today=TODAY, kinds=("rule", "faq"))
    assert hits[0].entry.id == wanted
    assert hits[0].sure


@pytest.mark.parametrize(
    "question", ["帮我订一张去上海的机票", "今天晚饭吃什么", "世界杯谁会赢", "asdfgh", "", "。。。"]
)
def test_what_nobody_knows_is_not_sure(question: str) -> None:
    assert not any(hit.sure for hit in LIBRARY.search(question, today=TODAY))


def test_only_entries_in_force_answer() -> None:
    def best(day: date) -> str:
        return LIBRARY.search("股票基金赎回几天到账", today=day, kinds=("rule",))[0].entry.id

    assert best(date(2026, 6, 30)) == "R-RDM-EQ-0"
    assert best(date(2026, 7, 1)) == "R-RDM-EQ-1"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("最大回撤是啥意思", ["最大回撤"]),
        ("A类和C类有什么区别", ["A类份额", "C类份额"]),
        ("红利再投是什么", ["红利再投资"]),
        ("etf联接是什么", ["ETF联接"]),
        ("t+1是什么意思", ["T+1"]),
        ("你好", []),
    ],
)
def test_terms_named_in_a_text(text: str, terms: list[str]) -> None:
    assert [entry.title for entry in LIBRARY.terms(text)] == terms


class Hints:
    """Knows what 「别的说法」 means; of anything else only that it is something else. Counts the texts it has read."""

    identity = "hints"

    def __init__(self) -> None:
        self.texts = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        self.texts += len(texts)
        known = {"费率说明": 0, "别的说法": 0, "今天天气": 1, "明天天气": 1}
        vectors = np.zeros((len(texts), 3), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, known.get(text, 2)] = 1.0
        return vectors


def entry(id_: str, title: str, **changes: Any) -> Entry:
    return Entry(id_, "faq", title, title, "测试", date(2026, 1, 1), **changes)


BOTH = [entry("A", "到账时间"), entry("B", "费率说明")]


def test_an_encoder_is_fused() -> None:
    hit = Library(BOTH, Hints()).search("别的说法", today=TODAY)[0]
    assert hit.entry.id == "B"
    # no word is covered, the meaning is the same, nothing outside is near: 0.3 + 0.3 * 0 + 0.7 * (1 - 0)
    assert hit.score == pytest.approx(1.0)


def test_what_is_nearer_to_something_outside_is_not_sure() -> None:
    library = Library(BOTH, Hints(), outside=["今天天气"])
    # 0.3 + 0 + 0.7 * (0 - 1) is below 0
    assert [hit.score for hit in library.search("明天天气", today=TODAY)] == [0.0, 0.0]


def test_vectors_are_kept_for_the_next_start(tmp_path: Path) -> None:
    first, second = Hints(), Hints()
    one, two = Library(BOTH, first, kept=tmp_path), Library(BOTH, second, kept=tmp_path)
    # each entry's title and text
    assert (first.texts, second.texts) == (4, 0)
    assert one.search("别的说法", today=TODAY) == two.search("别的说法", today=TODAY)
    changed = Hints()
    Library([*BOTH, entry("C", "新的")], changed, kept=tmp_path)
    assert changed.texts == 6


@pytest.mark.parametrize(
    ("client", "channel", "found"),
    [
        ((), None, {"所有人", "公司的", "微信的"}),  # what is not known excludes nothing
        (("个人",), None, {"所有人", "微信的"}),
        (("机构",), "web", {"所有人", "公司的"}),
        (("个人", "老年"), "wechat", {"所有人", "微信的"}),
    ],
)
def test_only_what_applies_to_the_client_there_answers(
    client: tuple[str, ...], channel: str | None, found: set[str]
) -> None:
    library = Library(
        [
            entry("所有人", "到账时间"),
            entry("公司的", "到账时间", clients=frozenset({"机构"})),
            entry("微信的", "到账时间", channels=frozenset({"wechat"})),
        ]
    )
    hits = library.search("到账时间", today=TODAY, client=client, channel=channel)
    assert {hit.entry.id for hit in hits} == found


def test_evaluation() -> None:
    rows = [
        {"text": "债基赎回几天到账", "id": "R-RDM-BOND-1"},
        {"text": "纳指赎回多久", "contains": ["QDII", r"T\+8"]},
        {"text": "纳指赎回多久", "id": "no-such-entry"},
    ]
    ticks = iter(range(100))
    figures = evaluate(LIBRARY, rows, today=TODAY, seconds=lambda: float(next(ticks)))
    # two of three are first, one is never found
    assert figures["recall_1"] == pytest.approx(2 / 3)
    assert figures["mrr"] == pytest.approx(2 / 3)
    assert figures["p95_ms"] == 1000


def test_ten_thousand_characters_are_searched() -> None:
    assert LIBRARY.search("赎回" * 5_000, today=TODAY)

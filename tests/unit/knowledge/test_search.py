"""Retrieval by example: the entry that answers comes first; what nobody knows stays below the floor."""

from __future__ import annotations

from datetime import date

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


def test_an_encoder_is_fused() -> None:
    class Hints:
        """Knows that only the second entry is meant."""

        def encode(self, texts: list[str]) -> np.ndarray:  # type: ignore[type-arg]
            if len(texts) == 1:
                return np.array([[0.0, 1.0]], dtype=np.float32)
            return np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)

    def entry(id_: str, title: str) -> Entry:
        return Entry(id_, "faq", title, title, "测试", date(2026, 1, 1))

    library = Library([entry("A", "到账时间"), entry("B", "费率说明")], Hints())  # type: ignore[arg-type]
    assert library.search("别的说法", today=TODAY)[0].entry.id == "B"


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

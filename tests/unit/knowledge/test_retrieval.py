"""The floor under our own question set: what clients ask in their words is found among the first three."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from cli.knowledge import judged
from kit.settings import ROOT, load
from knowledge import opening
from knowledge.entries import read
from knowledge.evaluation import evaluate
from knowledge.search import Library

TODAY = date(2026, 11, 24)
SETS = ROOT / "evaluation/knowledge"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SETS / name).read_text(encoding="utf-8").splitlines()]


QUESTIONS = rows("questions.jsonl")


def test_every_entry_is_asked_for_and_exists() -> None:
    asked = {row["id"] for row in QUESTIONS}
    entries = read()
    assert asked <= {entry.id for entry in entries}
    assert {entry.id for entry in entries if entry.kind != "term"} <= asked
    assert len(QUESTIONS) >= 300


def test_no_question_is_copied_into_an_entry() -> None:
    def bare(text: str) -> str:
        return re.sub(r"\W", "", text)

    written = {bare(asked) for entry in read() for asked in (entry.title, *entry.questions)}
    assert [row["text"] for row in QUESTIONS if bare(row["text"]) in written] == []


def test_words_alone_hold_their_floor() -> None:
    library = Library.load(spelling=opening.spelling())
    assert evaluate(library, QUESTIONS, today=TODAY, seconds=perf_counter)["recall_3"] >= 0.85


@pytest.fixture(scope="module")
def whole() -> Library:
    library = opening.open_library(kept=load().var / "knowledge")
    if not library.reads_meaning:
        pytest.skip("no sentence encoder here: bot/encoder/encoder.onnx or onnxruntime is missing")
    return library


@pytest.mark.timeout(300)
def test_words_and_meaning_hold_their_floor(whole: Library) -> None:
    # A third of the set: 2 s. The whole of it: `huiban knowledge eval evaluation/knowledge/questions.jsonl`.
    figures = evaluate(whole, QUESTIONS[::3], today=TODAY, seconds=perf_counter)
    assert figures["recall_3"] >= 0.95
    assert figures["sure"] >= 0.95


@pytest.mark.timeout(300)
def test_what_is_none_of_ours_is_not_sure(whole: Library) -> None:
    strangers = rows("out_of_scope.jsonl")
    sure = [row["text"] for row in strangers if any(hit.sure for hit in whole.search(row["text"], today=TODAY, most=1))]
    assert len(sure) <= 0.2 * len(strangers), sure


def test_what_cannot_be_judged_is_left_out() -> None:
    # blake2b, 6 bytes, of 「你好」
    given: list[dict[str, Any]] = [
        {"text": "甲", "id": "F-1"},
        {"text": "乙", "contains": ["乙"]},
        {"text": "丙", "answer": "丙是"},
        {"text": "你好", "answer": "你好"},
    ]
    wanted = {"49bdce13adc8": ["好"]}
    found = [row["text"] for row in judged(given, wanted)]
    assert found == ["甲", "乙", "你好"]


def test_the_questions_of_others_are_not_copied() -> None:
    text = Path(SETS / "fund_faq.yml").read_text(encoding="utf-8")
    assert re.fullmatch(r'(#.*\n)+("[0-9a-f]{12}": \[.*\]\n)+', text)

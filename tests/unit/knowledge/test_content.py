"""What trainers edit: enough of it, well formed, and no two entries in force that contradict each other."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from knowledge import history
from knowledge.search import CONTENT, Entry, read

ENTRIES = read(CONTENT)
DAYS = [date(2026, 1, 1) + timedelta(days=days) for days in range(0, 720, 15)]


def contradictions(entries: list[Entry], on: date) -> list[str]:
    """Claims that two entries in force on a day make differently."""
    said: dict[str, tuple[str, str]] = {}
    found = []
    for entry in entries:
        if not entry.holds(on):
            continue
        for key, value in entry.claims:
            other = said.setdefault(key, (value, entry.id))
            if other[0] != value:
                found.append(f"{on}: {key} is {other[0]} in {other[1]}, {value} in {entry.id}")
    return found


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_entries_in_force_do_not_contradict(on: date) -> None:
    assert contradictions(ENTRIES, on) == []


def test_a_contradiction_would_be_found() -> None:
    one = Entry("A", "rule", "", "", "", date(2026, 1, 1), claims=(("arrival", "T+3"),))
    two = Entry("B", "rule", "", "", "", date(2026, 1, 1), claims=(("arrival", "T+4"),))
    assert contradictions([one, two], date(2026, 2, 1)) == ["2026-02-01: arrival is T+3 in A, T+4 in B"]


def test_there_is_enough() -> None:
    assert sum(entry.kind == "term" for entry in ENTRIES) >= 120
    assert sum(entry.kind != "term" for entry in ENTRIES) >= 60


def test_ids_and_names_are_unique() -> None:
    assert [key for key, count in Counter(entry.id for entry in ENTRIES).items() if count > 1] == []
    names = Counter(name for e in ENTRIES if e.kind == "term" for name in {e.title, *e.questions})
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_each_entry_names_its_source_and_promises_nothing(entry: Entry) -> None:
    assert entry.source
    assert entry.text.endswith(("。", "…"))
    assert not re.search(r"稳赚|肯定涨|一定涨|包赚|无风险", entry.text)


def test_falls_are_told_with_the_long_and_the_unfinished_one() -> None:
    falls = history.of_index(history.read(), "新能源指数")
    assert falls is not None
    told = falls.told()
    assert "有过5次" in told
    assert "5、11、19个月" in told
    assert "34个月" in told
    assert "还没有回到前高" in told


RULES = yaml.safe_load(Path("institution/sandbox/rules.yml").read_text(encoding="utf-8"))["rules"]


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.rule], ids=lambda entry: entry.id)
def test_what_rests_on_a_rule_says_what_the_rule_says(entry: Entry) -> None:
    """The version in force on the entry's day exists, ends with it, and holds every figure claimed."""
    versions = [rule for rule in RULES if rule["id"] == entry.rule and rule["effective"] == entry.effective]
    assert len(versions) == 1
    assert versions[0].get("until") == entry.until
    text = versions[0]["text"].replace(",", "")
    for key, value in entry.claims:
        if re.search(r"\d", value) and key not in {"test.months", "cancel.until", "arrival.货币", "dca.change"}:
            assert value in text, (key, value, text)

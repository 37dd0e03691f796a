"""What trainers edit: enough of it, well formed, and no two entries in force that contradict each other."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compliance.policy_file import load
from compliance.wording import check
from knowledge import history
from knowledge.entries import CHANNELS, CLIENTS, CONTENT, Entry, contradictions, read

ENTRIES = read(CONTENT)
GUARD = load()
RULES = yaml.safe_load(Path("institution/sandbox/rules.yml").read_text(encoding="utf-8"))["rules"]
WRITTEN = [entry for entry in ENTRIES if entry.kind != "term"]
#: Figures that bind: in a rule all of them, in an answer the days after T and the hours.
BINDING = {
    "rule": re.compile(r"T\+[1-9]|\d{1,2}:\d{2}|\d[\d,.]*(?:%|万?元|天|小时|个月|份|个?工作日|周岁)"),
    "faq": re.compile(r"T\+[1-9]|\d{1,2}:\d{2}"),
}


def rule(id_: str, value: str, **changes: object) -> Entry:
    entry = Entry(id_, "rule", id_, "。", "测试", date(2026, 1, 1), claims=(("到账", value),))
    return replace(entry, **changes)  # type: ignore[arg-type]


def test_entries_do_not_contradict() -> None:
    assert [str(found) for found in contradictions(ENTRIES)] == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, 1),
        ({"effective": date(2026, 7, 1)}, 1),  # the first is still in force
        ({"until": date(2025, 12, 31), "effective": date(2025, 1, 1)}, 0),  # ended the day before the first began
        ({"until": date(2026, 1, 1), "effective": date(2025, 1, 1)}, 1),  # one day in common
        ({"clients": frozenset({"机构"})}, 1),  # the first applies to everybody
        ({"channels": frozenset({"wechat"})}, 1),
    ],
)
def test_a_contradiction_would_be_found(changes: dict[str, object], found: int) -> None:
    assert len(contradictions([rule("A", "T+3"), rule("B", "T+4", **changes)])) == found


def test_apart_in_client_or_channel_is_no_contradiction() -> None:
    one, other = frozenset({"个人"}), frozenset({"机构"})
    assert contradictions([rule("A", "T+3", clients=one), rule("B", "T+4", clients=other)]) == []
    web, wechat = frozenset({"web"}), frozenset({"wechat"})
    assert contradictions([rule("A", "T+3", channels=web), rule("B", "T+4", channels=wechat)]) == []


@given(st.permutations([rule(name, value) for name, value in zip("ABCDE", ("1", "2", "1", "3", "2"), strict=True)]))
def test_contradictions_do_not_depend_on_the_order(entries: list[Entry]) -> None:
    # AB AD AE BC BD CD CE DE differ; AC and BE agree
    pairs = {frozenset((found.first, found.second)) for found in contradictions(entries)}
    assert pairs == {frozenset(pair) for pair in ("AB", "AD", "AE", "BC", "BD", "CD", "CE", "DE")}


def test_there_is_enough() -> None:
    assert len(ENTRIES) - len(WRITTEN) >= 215
    assert len(WRITTEN) >= 165


def test_ids_and_names_are_unique() -> None:
    assert [key for key, count in Counter(entry.id for entry in ENTRIES).items() if count > 1] == []
    names = Counter(name for e in ENTRIES if e.kind == "term" for name in {e.title, *e.questions})
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_each_entry_names_its_source_and_promises_nothing(entry: Entry) -> None:
    assert entry.source
    assert entry.text.endswith(("。", "…"))
    assert not re.search(r"稳赚|肯定涨|一定涨|包赚|无风险", entry.text)
    assert entry.clients <= CLIENTS
    assert entry.channels <= CHANNELS
    assert entry.until is None or entry.effective <= entry.until


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_the_bot_may_say_each_entry(entry: Entry) -> None:
    """Else the guard would put the safe sentence in its place."""
    told = f"{entry.text}{entry.example}"
    assert [finding.code for finding in check(told, GUARD)] == []


@pytest.mark.parametrize("entry", WRITTEN, ids=lambda entry: entry.id)
def test_every_binding_figure_is_claimed(entry: Entry) -> None:
    """So that it is held against the others. A sentence that counts an example (约, 比如) binds nobody."""
    claimed = " ".join(value for _, value in entry.claims).replace(",", "")
    stated = "。".join(one for one in entry.text.split("。") if not re.search("约|比如", one)).replace(",", "")
    missing = [figure for figure in BINDING[entry.kind].findall(stated) if figure.rstrip("元") not in claimed]
    assert missing == []


def test_a_client_hears_source_and_date() -> None:
    entry = next(entry for entry in ENTRIES if entry.id == "R-RDM-EQ-1")
    assert entry.cited == "来源:院内规则RULE-RDM-EQ;2026年7月1日起生效"


def test_falls_are_told_with_the_long_and_the_unfinished_one() -> None:
    falls = history.of_index(history.read(), "新能源指数")
    assert falls is not None
    told = falls.told()
    assert "有过5次" in told
    assert "5、11、19个月" in told
    assert "34个月" in told
    assert "还没有回到前高" in told


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.rule], ids=lambda entry: entry.id)
def test_what_rests_on_a_rule_says_what_the_rule_says(entry: Entry) -> None:
    """The version in force on the entry's day exists, ends with it, and holds every figure claimed."""
    versions = [rule for rule in RULES if rule["id"] == entry.rule and rule["effective"] == entry.effective]
    assert len(versions) == 1
    assert versions[0].get("until") == entry.until
    text = versions[0]["text"].replace(",", "")
    for key, value in entry.claims:
        if re.search(r"\d", value) and key not in {"cancel.until", "arrival.货币", "dca.change"}:
            assert value in text, (key, value, text)

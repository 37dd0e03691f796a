"""Dialogues as data: what their fields mean, and that a misspelt one is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli import dialogues
from cli.dialogues import Said, differences, shown
from kit.errors import Invalid

ONE = "- name: 甲\n  client: C0001\n  turns: [{says: 你好, expect: {contains: [12356]}}]\n"


def write(folder: Path, text: str) -> Path:
    (folder / "some.yml").write_text(text, encoding="utf-8")
    return folder


def test_one_dialogue(tmp_path: Path) -> None:
    (found,) = dialogues.read(write(tmp_path, ONE))
    assert (found.id, found.client, found.alone) == ("some-甲", "C0001", False)
    assert found.turns[0]["expect"]["contains"] == ["12356"]


@pytest.mark.parametrize(
    "more", ["  now: 2026-11-24T22:00\n", "  fixture: S07\n", "  scene: {advisors: {A01: {load: 3}}}\n"]
)
def test_who_moves_the_world_plays_alone(tmp_path: Path, more: str) -> None:
    (found,) = dialogues.read(write(tmp_path, ONE + more))
    assert found.alone


@pytest.mark.parametrize(
    "wrong", ["  prooves: x\n", "  turns: [{say: 你好}]\n", "  turns: [{says: 你好, expect: {has: [x]}}]\n"]
)
def test_a_field_that_nobody_reads_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(Invalid, match="nobody reads"):
        dialogues.read(write(tmp_path, ONE + wrong))


def test_two_of_one_client_at_the_same_time_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="C0001"):
        dialogues.read(write(tmp_path, ONE + ONE))


def told(text: str = "您好,1,000元", **more: Any) -> dict[str, Any]:
    return {"replies": [{"text": text}], "intent": "greet", "owner": "bot", "actions": ["action_greet"], **more}


@pytest.mark.parametrize(
    ("wanted", "wrong"),
    [
        ({"contains": ["1000元"], "intent": "greet", "owner": "bot", "actions": ["greet"]}, 0),
        ({"contains": ["2000元"]}, 1),
        ({"any_of": ["2000元", "1000元"]}, 0),
        ({"any_of": ["2000元"]}, 1),
        ({"not_contains": ["您好"]}, 1),
        ({"intent": "thank", "owner": "queue", "actions": ["thank"]}, 3),
        ({"says_nothing": True}, 1),
    ],
)
def test_what_is_expected(wanted: dict[str, Any], wrong: int) -> None:
    texts = {words: words for name in dialogues.TEXTS for words in wanted.get(name, ())}
    said = Said("你好", shown(told()), told())
    assert len(list(differences(wanted, said, texts, texts))) == wrong


@pytest.mark.parametrize("text", ["这只稳赚", "肯定会涨", "保证收益", "赚了None元"])
def test_what_is_never_said(text: str) -> None:
    assert list(differences({}, Said("", text, told(text)), {}, {}))

"""A mistake in the rules' file is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.policy_file import FILE, PolicyBroken, load

GOOD = """version: 1
characters: 證证
spellings:
  保: [包]
denials:
  before: [不]
  after: [是不可能]
  turned: [谁说]
  reported: [您说]
  corrected: [做不到]
rules:
  - id: principal
    basis: 法规:某办法
    instead: 不保本
    says: ["{保}本"]
"""


def test_the_shipped_rules_are_in_order() -> None:
    rules = load(FILE).rules
    assert len({rule.id for rule in rules}) == len(rules) >= 10


@pytest.mark.parametrize(
    ("wrong", "right", "line", "words"),
    [
        ("basis: 法规:某办法", "basis: 听说的", 13, "以「法规」或「内部规则」开头"),
        ('says: ["{保}本"]', 'says: ["{宝}本"]', 15, "没有「宝」"),
        ('says: ["{保}本"]', 'says: ["(本"]', 15, "表达式写错了"),
        ('says: ["{保}本"]', 'says: ["本*"]', 15, "不能匹配空文字"),
        ('says: ["{保}本"]', "says: []", 15, "至少要有一条"),
        ("    instead: 不保本\n", "", 12, "缺少 instead"),
        ("instead: 不保本", "instead: 不保本\n    insted: 错字", 15, "不认识的名称"),
        ("characters: 證证", "characters: 證", 2, "繁简"),
        ("version: 1", "version: [1", 2, "YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, wrong: str, right: str, line: int, words: str) -> None:
    path = tmp_path / "wording.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert load(path).rules[0].id == "principal"
    path.write_text(GOOD.replace(wrong, right), encoding="utf-8")
    with pytest.raises(PolicyBroken) as broken:
        load(path)
    assert f"wording.yml 第 {line} 行" in broken.value.message
    assert words in broken.value.message

"""The files that supervisors edit: what is wrong is told with its line."""

from __future__ import annotations

import pytest

from profiles.lines import PolicyBroken
from profiles.policy import FOLDER, load, read

INDICATORS = (FOLDER / "indicators.yml").read_text(encoding="utf-8")
TAGS = (FOLDER / "tags.yml").read_text(encoding="utf-8")


def test_the_files_are_right() -> None:
    policy = load()
    assert len(policy.indicators) >= 24
    assert {tag.group for tag in policy.tags.values()} == {"基础属性", "投资行为", "需求偏好", "风险特征"}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("over: {medium: 0.50, high: 0.80}", "over: {medium: 0.90, high: 0.80}", "级别越高"),
        ("over: {medium: 0.50, high: 0.80}", "over: {severe: 0.50}", "不认识的名称「severe」"),
        ("{sector}占资产", "{industry}占资产", "这里没有「{industry}」"),
        ("parameters: {limit: 0.5}", "parameters: {border: 0.5}", "不认识的名称「border」"),
        ("  sector_share:", "  sector_shares:", "没有指标「sector_shares」"),
        ("margin: 0.05", "margin: 5", "应当在 0 到 1 之间"),
    ],
)
def test_a_wrong_indicator_is_told(before: str, after: str, words: str) -> None:
    with pytest.raises(PolicyBroken, match=r"indicators\.yml 第 \d+ 行:") as caught:
        read(INDICATORS.replace(before, after, 1), TAGS)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("group: 基础属性", "group: 其他", "没有标签组「其他」"),
        ("tag: 子女教育需求\n", "tag: 子女教育\n", "没有标签「子女教育」"),
        ("when: {stage_retired: {min: 1}}", "when: {stage_old: {min: 1}}", "没有特征「stage_old」"),
        ("cap: 0.4", "cap: 1.4", "应当在 0 到 1 之间"),
        ("(我们|我).{0,4}(结婚了", "(我们|我.{0,4}(结婚了", "表达式写错了"),
    ],
)  # fmt: skip
def test_a_wrong_tag_is_told(before: str, after: str, words: str) -> None:
    with pytest.raises(PolicyBroken, match=r"tags\.yml 第 \d+ 行:") as caught:
        read(INDICATORS, TAGS.replace(before, after, 1))
    assert words in str(caught.value)

"""The rubric and the cases as checked values; a mistake is told with its file and field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import yaml

from kit.errors import Invalid
from studio.practice.model import Action, Beat, Case, Heed, Named, Pattern, Point, Rubric, Who
from studio.practice.scoring import JUDGES

RUBRIC = Path(__file__).parent / "rubric.yml"
CASES = Path(__file__).parent.parent / "cases"
#: Names of patterns that the judges look for.
PATTERNS = ("comfort", "risk_notice", "next_step", "time")
CONDITIONS = frozenset({*PATTERNS, "promise", "asks_again", "jargon", "avoid", "facts"})


class PracticeBroken(Invalid):
    """演练的案例或评分表有误。"""

    code = "practice_broken"


def load_rubric(path: Path = RUBRIC) -> Rubric:
    """Raises PracticeBroken."""
    read = _Reader(path)
    points = {
        raw["id"]: Point(raw["id"], raw["words"], int(raw["weight"]), raw["about"]) for raw in read.list("points")
    }
    if set(points) != set(JUDGES):
        read.broken("points", f"应当正好是 {'、'.join(JUDGES)}")
    patterns = read.mapping("patterns")
    if missing := [name for name in PATTERNS if name not in patterns]:
        read.broken("patterns", f"缺少 {'、'.join(missing)}")
    return Rubric(
        str(read.value("version")), int(read.value("pass_score")), int(read.value("cap_when_broken")),
        int(read.value("plain_chars")), points,
        {name: Named(name, read.patterns(f"patterns.{name}", texts)) for name, texts in patterns.items()},
        read.patterns("jargon", read.list("jargon")), read.patterns("explained", [read.value("explained")])[0],
    )  # fmt: skip


def load_cases(folder: Path = CASES) -> dict[str, Case]:
    """The cases by id, in the order of their files' names. Raises PracticeBroken."""
    cases = [load_case(path) for path in sorted(folder.glob("*.yml"))]
    return {case.id: case for case in cases}


def load_case(path: Path) -> Case:
    """Raises PracticeBroken."""
    read = _Reader(path)
    beats = {raw["id"]: _beat(read, raw) for raw in read.list("beats")}
    actions = tuple(Action(raw["id"], raw["words"], bool(raw["right"]), raw["why"]) for raw in read.list("actions"))
    facts, known, avoid = (read.named(name) for name in ("facts", "known", "avoid"))
    case = Case(
        id=path.stem, title=read.value("title"), level=read.value("level"), about=read.value("about"),
        elderly=bool(read.value("elderly")), patience_seconds=int(read.value("patience_seconds")),
        client={name: str(value) for name, value in read.mapping("client").items()},
        brief=tuple((str(label), str(value)) for label, value in read.mapping("brief").items()),
        history=tuple((Who(who), text) for raw in read.list("history") for who, text in raw.items()),
        needs=tuple(read.list("needs")), facts=facts, known=known, avoid=avoid, actions=actions, beats=beats,
        first=next(iter(beats), ""), good=tuple(read.list("good")), poor=tuple(read.list("poor")),
    )  # fmt: skip
    _consistent(read, case)
    return case


def _beat(read: _Reader, raw: Mapping[str, Any]) -> Beat:
    heeds = tuple(Heed(tuple(one.get("when", ())), one["go"]) for one in raw.get("heeds", ()))
    says = raw.get("says")
    if not says or not raw.get("emotion"):
        read.broken(f"beats.{raw.get('id')}", "要有 says 和 emotion")
    return Beat(raw["id"], tuple(says), raw["emotion"], float(raw["strength"]), heeds)


def _consistent(read: _Reader, case: Case) -> None:
    if unknown := [name for name in case.needs if name not in JUDGES]:
        read.broken("needs", f"没有这样的评分项:{'、'.join(unknown)}")
    if "facts" in case.needs and not case.facts:
        read.broken("facts", "needs 里有 facts,却没有列出要答到的内容")
    names = CONDITIONS | {f"fact:{one.name}" for one in case.facts} | {f"action:{one.id}" for one in case.actions}
    for beat in case.beats.values():
        for heed in beat.heeds:
            if heed.go not in case.beats:
                read.broken(f"beats.{beat.id}", f"没有 {heed.go} 这一段")
            if unknown := [name for name in heed.when if name.lstrip("!") not in names]:
                read.broken(f"beats.{beat.id}", f"没有这样的条件:{'、'.join(unknown)}")
        if beat.heeds and beat.heeds[-1].when:
            read.broken(f"beats.{beat.id}", "最后一个 heeds 不能有条件,否则客户会没有话说")


class _Reader:
    """One YAML file; every fault names it and the field."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        try:
            self._raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise PracticeBroken(f"{path.name} 第 {mark.line + 1 if mark else 1} 行:不是合法的 YAML") from error
        if not isinstance(self._raw, dict):
            self.broken("", "应当是一组「名称: 值」")

    def broken(self, field: str, words: str) -> NoReturn:
        raise PracticeBroken(f"{self._name} 的 {field}:{words}")

    def value(self, field: str) -> Any:
        if self._raw.get(field) is None:
            self.broken(field, "不能空着")
        return self._raw[field]

    def list(self, field: str) -> list[Any]:
        found = self._raw.get(field, [])
        if not isinstance(found, list):
            self.broken(field, "应当是一个列表")
        return found

    def mapping(self, field: str) -> dict[str, Any]:
        found = self.value(field)
        if not isinstance(found, dict):
            self.broken(field, "应当是一组「名称: 值」")
        return found

    def named(self, field: str) -> tuple[Named, ...]:
        return tuple(Named(raw["name"], self.patterns(field, raw["any"])) for raw in self.list(field))

    def patterns(self, field: str, texts: Iterable[str]) -> tuple[Pattern, ...]:
        try:
            return tuple(re.compile(text) for text in texts)
        except (re.error, TypeError) as error:
            self.broken(field, f"不是合法的正则({error})")

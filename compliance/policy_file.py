"""The supervisors' wording rules as checked values, with the line of every mistake.

load(path) reads `policy/wording.yml`; its head explains the form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import yaml

from kit.errors import Invalid

FILE = Path(__file__).parent / "policy/wording.yml"
#: {保} in a pattern: the character in any of its spellings.
SPELLED = re.compile(r"\{(\D[^{}]*)\}")
REQUIRED, OPTIONAL = ("id", "basis", "says", "instead"), ("unless", "own", "notice", "deniable")


class PolicyBroken(Invalid):
    """用语规则文件有误。"""

    code = "policy_broken"


Pattern = re.Pattern[str]


@dataclass(frozen=True)
class Rule:
    """says: what breaks it. unless: what, anywhere in the text, makes it right. own: what, right before the words,
    makes them a statement of the client's own account. notice: a sentence that the bot adds when it is missing."""

    id: str
    basis: str
    instead: str
    says: tuple[Pattern, ...]
    unless: tuple[Pattern, ...] = ()
    own: tuple[Pattern, ...] = ()
    notice: str | None = None
    deniable: bool = True


@dataclass(frozen=True)
class Denials:
    """before, after: a denial next to the words, in their clause. turned: what right before a denial makes it none.
    reported with corrected: others' words, and in the same sentence what is wrong with them."""

    before: Pattern
    after: Pattern
    turned: Pattern
    reported: Pattern
    corrected: Pattern


@dataclass(frozen=True)
class Wording:
    rules: tuple[Rule, ...]
    denials: Denials
    characters: Mapping[str, str]


def load(path: Path = FILE) -> Wording:
    """Raises PolicyBroken, the file's name and line in its message."""
    return _File(path.name, path.read_text(encoding="utf-8")).wording()


class _File:
    """One YAML text; every fault is told with its line."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        try:
            self._root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise PolicyBroken(f"{name} 第 {mark.line + 1 if mark else 1} 行:不是合法的 YAML") from error
        self._spellings: dict[str, str] = {}

    def wording(self) -> Wording:
        if self._root is None:
            raise PolicyBroken(f"{self._name} 第 1 行:应当是一组「名称: 值」")
        top = self._fields(self._root, ("version", "characters", "spellings", "denials", "rules"), ())
        pairs = self._words(top["characters"]).split()
        if any(len(pair) != 2 for pair in pairs):
            self._broken(top["characters"], "characters 应当是用空格隔开的「繁简」两字")
        for key, node in self._fields(top["spellings"]).items():
            self._spellings[key] = f"(?:{'|'.join(re.escape(one) for one in (key, *self._list(node)))})"
        names = ("before", "after", "turned", "reported", "corrected")
        said = self._fields(top["denials"], names, ())
        ends = {"before": r"\Z", "turned": r"\Z", "reported": r"\Z", "after": "", "corrected": ""}
        denials = {name: self._one_of(said[name], ends[name]) for name in names}
        rules = tuple(self._rule(node) for node in self._items(top["rules"]))
        repeated = {rule.id for n, rule in enumerate(rules) if rule.id in {one.id for one in rules[:n]}}
        if repeated:
            self._broken(top["rules"], f"规则编号重复:{'、'.join(sorted(repeated))}")
        return Wording(rules, Denials(**denials), {pair[0]: pair[1] for pair in pairs})

    def _rule(self, node: yaml.Node) -> Rule:
        fields = self._fields(node, REQUIRED, OPTIONAL)
        basis = self._words(fields["basis"])
        if not basis.startswith(("法规", "内部规则")):
            self._broken(fields["basis"], "basis 应当以「法规」或「内部规则」开头")
        says = self._patterns(fields["says"])
        if not says:
            self._broken(fields["says"], "says 至少要有一条")
        return Rule(
            self._words(fields["id"]), basis, self._words(fields["instead"]), says,
            unless=self._patterns(fields.get("unless")), own=self._patterns(fields.get("own"), r"\Z"),
            notice=self._words(fields["notice"]) if "notice" in fields else None,
            deniable=self._flag(fields["deniable"]) if "deniable" in fields else True,
        )  # fmt: skip

    def _one_of(self, node: yaml.Node, end: str) -> Pattern:
        parts = [pattern.pattern for pattern in self._patterns(node)]
        return re.compile(f"(?:{'|'.join(parts)}){end}")

    def _patterns(self, node: yaml.Node | None, end: str = "") -> tuple[Pattern, ...]:
        return tuple(self._pattern(item, end) for item in self._items(node)) if node is not None else ()

    def _pattern(self, node: yaml.Node, end: str) -> Pattern:
        def spell(found: re.Match[str]) -> str:
            if (key := found.group(1)) not in self._spellings:
                self._broken(node, f"spellings 里没有「{key}」")
            return self._spellings[key]

        try:
            pattern = re.compile(SPELLED.sub(spell, self._words(node)) + end)
        except re.error as error:
            self._broken(node, f"表达式写错了:{error.msg}")
        if pattern.match(""):
            self._broken(node, "表达式不能匹配空文字")
        return pattern

    # -- YAML nodes as plain values --------------------------------------------------------------------------

    def _fields(
        self, node: yaml.Node, required: tuple[str, ...] = (), optional: tuple[str, ...] | None = None
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._broken(node, "应当是一组「名称: 值」")
        found = {str(key.value): value for key, value in node.value}
        if missing := [name for name in required if name not in found]:
            self._broken(node, f"缺少 {'、'.join(missing)}")
        unknown = [key for key, _ in node.value if optional is not None and key.value not in (*required, *optional)]
        if unknown:
            self._broken(unknown[0], f"不认识的名称「{unknown[0].value}」")
        return found

    def _items(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self._broken(node, "应当是一个列表")
        return list(node.value)

    def _list(self, node: yaml.Node) -> list[str]:
        return [self._words(item) for item in self._items(node)]

    def _words(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            self._broken(node, "应当是文字")
        return str(node.value).strip()

    def _flag(self, node: yaml.Node) -> bool:
        if (said := self._words(node)) not in ("true", "false"):
            self._broken(node, "应当是 true 或 false")
        return said == "true"

    def _broken(self, node: yaml.Node, words: str) -> NoReturn:
        raise PolicyBroken(f"{self._name} 第 {node.start_mark.line + 1} 行:{words}")

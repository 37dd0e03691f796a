"""YAML whose every fault is told with its line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NoReturn

import yaml

from kit.errors import Invalid


class PolicyBroken(Invalid):
    """画像规则文件有误。"""

    code = "policy_broken"


class Node:
    """A place in the file. Every reader raises PolicyBroken with the file's name and the line."""

    def __init__(self, file: str, node: yaml.Node) -> None:
        self._file, self._node = file, node

    @classmethod
    def root(cls, file: str, text: str) -> Node:
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise PolicyBroken(f"{file} 第 {mark.line + 1 if mark else 1} 行:不是合法的 YAML") from error
        if node is None:
            raise PolicyBroken(f"{file} 第 1 行:文件是空的")
        return cls(file, node)

    def fields(self, required: str = "", optional: str | None = None) -> dict[str, Node]:
        """The names and values. optional None: any name may stand here; else names with spaces between."""
        if not isinstance(self._node, yaml.MappingNode):
            self.broken("应当是一组「名称: 值」")
        found: dict[str, Node] = {}
        for key, value in self._node.value:
            name = str(key.value)
            if name in found:
                Node(self._file, key).broken(f"「{name}」出现了两次")
            if optional is not None and name not in (*required.split(), *optional.split()):
                Node(self._file, key).broken(f"不认识的名称「{name}」")
            found[name] = Node(self._file, value)
        if missing := [name for name in required.split() if name not in found]:
            self.broken(f"缺少 {'、'.join(missing)}")
        return found

    def items(self) -> list[Node]:
        if not isinstance(self._node, yaml.SequenceNode):
            self.broken("应当是一个列表")
        return [Node(self._file, item) for item in self._node.value]

    def text(self) -> str:
        if not isinstance(self._node, yaml.ScalarNode) or not str(self._node.value).strip():
            self.broken("应当是文字")
        return str(self._node.value).strip()

    def one_of(self, known: Iterable[str], what: str) -> str:
        if (said := self.text()) not in set(known):
            self.broken(f"没有{what}「{said}」")
        return said

    def number(self, least: float = float("-inf"), most: float = float("inf")) -> float:
        try:
            value = float(self.text())
        except ValueError:
            self.broken("应当是数字")
        if not least <= value <= most:
            self.broken(f"应当在 {least:g} 到 {most:g} 之间")
        return value

    def share(self) -> float:
        return self.number(0, 1)

    def pattern(self) -> re.Pattern[str]:
        try:
            found = re.compile(self.text())
        except re.error as error:
            self.broken(f"表达式写错了:{error.msg}")
        if found.match(""):
            self.broken("表达式不能匹配空文字")
        return found

    def template(self, names: Iterable[str]) -> str:
        """A text that names figures in braces; only these."""
        text, known = self.text(), set(names)
        for name in re.findall(r"\{([^{}]*)\}", text):
            if name not in known:
                self.broken(f"这里没有「{{{name}}}」,可用:{'、'.join(sorted(known))}")
        return text

    def broken(self, words: str) -> NoReturn:
        raise PolicyBroken(f"{self._file} 第 {self._node.start_mark.line + 1} 行:{words}")

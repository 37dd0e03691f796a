"""docs/intents.md from the code: every intent, what answers it, from where, and the tests that name it.

`python -m tools.intent_table` writes the page; a test compares, so that it cannot go stale. What an answer draws on is read
from the source: the calls of the institution, the gateway and the library, the rules and the checks that the answering
function reaches within `actions/`.
"""

from __future__ import annotations

import ast
import csv
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import actions.shell  # noqa: F401  # registers every answer
from actions.answers import HANDLERS
from actions.orders.machine import KIND_OF_INTENT
from institution.client import Institution

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/intents.md"
ACTIONS = ROOT / "actions"
#: Where tests of single intents lie; the journeys play whole days and name none.
TESTS = (ROOT / "tests/unit/actions", ROOT / "tests/conversations")
CALLS = frozenset(
    name
    for name, _ in inspect.getmembers(Institution, inspect.isfunction)
    if not name.startswith("_") and name != "close"
)
#: `House` asks these on the way.
OF_HOUSE = {"holding": "holdings", "funds_by_code": "funds", "rules": "rules"}
RULE = re.compile(r"RULE-[A-Z]+(?:-[A-Z]+)*")
GROUPS = {"account": "账户", "rule": "规则", "fund": "基金", "trade": "交易", "dca": "定投", "worry": "担心", "risk": "风险",
          "plan": "规划", "service": "服务", "complaint": "投诉", "human": "人工", "talk": "交谈"}  # fmt: skip
HEAD = """# 意图一览

89 个意图各由什么回答、数据从哪里来、哪些测试点到它。本页由 `python -m tools.intent_table` 从代码生成,不要手改。

- **回答**:`actions/` 里的模块与函数;说明是函数文档的第一句(英文,与代码一致)。
- **数据**:`机构` 是机构系统的调用(`institution/client.py`),`网关`、`知识库` 同理;`规则` 是引用的院内规则;
  `适当性` 表示过 12 项检查并留痕(`docs/suitability.md`);`规划假设` 表示用到 `actions/policy/` 的假设与参考配置。
- **测试**:文件名;`test_every_intent` 另外把 89 个意图对每类客户都问一遍,不单列。
"""


@dataclass
class Module:
    """A source file of `actions/`: its functions, its constants, and what its names stand for."""

    name: str
    functions: dict[str, ast.AST] = field(default_factory=dict)
    constants: dict[str, ast.AST] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)


@lru_cache
def modules() -> dict[str, Module]:
    found = {}
    for path in sorted(ACTIONS.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = _module(name, ast.parse(path.read_text(encoding="utf-8")))
    return found


def _module(name: str, tree: ast.Module) -> Module:
    made = Module(name)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.functions[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    made.constants[target.id] = node
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("actions"):
            for alias in node.names:
                made.imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return made


@dataclass
class Sources:
    """What the functions reached draw on."""

    institution: set[str] = field(default_factory=set)
    gateway: set[str] = field(default_factory=set)
    library: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    suitability: bool = False
    assumptions: bool = False

    def words(self) -> str:
        parts = [("机构", self.institution), ("网关", self.gateway), ("知识库", self.library), ("规则", self.rules)]
        told = [f"{name}:{'、'.join(sorted(what))}" for name, what in parts if what]
        told += ["适当性"] * self.suitability + ["规划假设"] * self.assumptions
        return ";".join(told) or "只凭这次谈话"


def sources(roots: list[tuple[str, str]]) -> Sources:
    """All that is reached from these (module, function) within `actions/`."""
    found, seen, todo = Sources(), set(), list(roots)
    while todo:
        place = todo.pop()
        # The services are the door itself: what is asked through it stands where it is asked.
        if place in seen or place[0] not in modules() or place[0] == "actions.services":
            continue
        seen.add(place)
        module = modules()[place[0]]
        node = module.functions.get(place[1]) or module.constants.get(place[1])
        if node is None:
            continue
        _note(node, found)
        found.suitability |= place == ("actions.suitability", "keep")
        found.assumptions |= place[0] in ("actions.projection", "actions.allocation") and place[1] in (
            "assumptions",
            "load",
        )
        todo += _leads_to(node, module)
    return found


def _note(node: ast.AST, found: Sources) -> None:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            found.rules |= set(RULE.findall(part.value))
        if not isinstance(part, ast.Attribute):
            continue
        owner = part.value.attr if isinstance(part.value, ast.Attribute) else getattr(part.value, "id", "")
        if owner in ("institution", "bank") and part.attr in CALLS:
            found.institution.add(part.attr)
        elif owner == "house" and part.attr in OF_HOUSE:
            found.institution.add(OF_HOUSE[part.attr])
        elif owner == "gateway":
            found.gateway.add(part.attr)
        elif owner == "library":
            found.library.add(part.attr)


def _leads_to(node: ast.AST, module: Module) -> Iterator[tuple[str, str]]:
    """The functions and constants of `actions/` that a piece of code names."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            if part.id in module.functions or part.id in module.constants:
                yield module.name, part.id
            elif part.id in module.imported:
                yield tuple(module.imported[part.id].rsplit(".", 1))  # type: ignore[misc]
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in module.imported:
            yield module.imported[part.value.id], part.attr


def roots_of(intent: str) -> list[tuple[str, str]]:
    """Where the answer to an intent begins; an order goes on through its confirmations to the books."""
    handler = HANDLERS[intent]
    first = (handler.__module__, handler.__qualname__.split(".")[0])
    more = [("actions.orders.desk", "open_draft"), ("actions.orders.desk", "go_on")] if intent in KIND_OF_INTENT else []
    return [first, *more]


def tests_of(intent: str) -> list[str]:
    """The test files that name the intent."""
    return sorted(name for name, text in _tests().items() if re.search(rf"(?<![a-z_]){intent}(?![a-z_])", text))


@lru_cache
def _tests() -> dict[str, str]:
    files = [path for folder in TESTS for pattern in ("test_*.py", "*.yml") for path in folder.glob(pattern)]
    return {path.stem if path.suffix == ".py" else f"对话/{path.stem}": path.read_text(encoding="utf-8")
            for path in files if path.name not in ("test_every_intent.py", "test_conversations.py")}  # fmt: skip


def first_line(intent: str) -> str:
    """What the answering function says of itself, or else its module."""
    module, name = roots_of(intent)[0]
    found = importlib.import_module(module)
    said = inspect.getdoc(getattr(found, name)) or inspect.getdoc(found) or ""
    return said.split("\n")[0].replace("|", "/")


def rows() -> Iterator[tuple[str, str]]:
    """(group, table row) of every intent, in the order of the list."""
    with (ROOT / "bot/intents.tsv").open(encoding="utf-8") as file:
        for entry in csv.DictReader(file, delimiter="\t"):
            intent = entry["intent"]
            module, name = roots_of(intent)[0]
            answer = f"`{module.removeprefix('actions.')}.{name}` {first_line(intent)}".rstrip()
            tests = "、".join(tests_of(intent)) or "test_every_intent"
            yield (
                entry["group"],
                f"| `{intent}` | {entry[WANTS]} | {answer} | {sources(roots_of(intent)).words()} | {tests} |",
            )


WANTS = "what the client wants"


def page() -> str:
    """The whole page."""
    lines, group = [HEAD], ""
    for name, row in rows():
        if name != group:
            group = name
            lines.append(f"\n## {GROUPS[group]}\n\n| 意图 | 客户要什么 | 回答 | 数据 | 测试 |\n|---|---|---|---|---|")
        lines.append(row)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

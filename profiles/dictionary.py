"""The dictionary of the profile's fields: `policy/fields.yml`, checked. Pure but for `load`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from profiles.lines import Node
from profiles.sources import SOURCES

FILE = Path(__file__).parent / "policy" / "fields.yml"
SENSITIVITIES = ("public", "personal", "assets")
TYPES = ("整数", "数字", "文字", "编号", "日期", "时间", "金额", "比例", "列表")


@dataclass(frozen=True)
class Field:
    name: str
    words: str
    type: str
    source: str
    sensitivity: str
    retention_days: int


def load(path: Path = FILE) -> tuple[Field, ...]:
    """Raises PolicyBroken."""
    return read(path.read_text(encoding="utf-8"))


def read(text: str) -> tuple[Field, ...]:
    top = Node.root("fields.yml", text).fields("version fields", "")
    return tuple(_field(name, node) for name, node in top["fields"].fields().items())


def _field(name: str, node: Node) -> Field:
    fields = node.fields("words type source sensitivity retention_days", "")
    return Field(
        name, fields["words"].text(), fields["type"].one_of(TYPES, "类型"), fields["source"].one_of(SOURCES, "来源系统"),
        fields["sensitivity"].one_of(SENSITIVITIES, "敏感级别"), int(fields["retention_days"].number(0)),
    )  # fmt: skip


def hidden(fields: Sequence[Field], *, assets: bool) -> frozenset[str]:
    """The fields that a reader may not see."""
    return frozenset() if assets else frozenset(one.name for one in fields if one.sensitivity == "assets")

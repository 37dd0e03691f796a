"""Which service a client's tags and evidence call for (requirement D3): `policy/services.yml`. Pure but for `load`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from profiles.lines import Node
from profiles.model import Evidence
from profiles.policy import Policy
from profiles.tags import Tag

FILE = Path(__file__).parent / "policy" / "services.yml"


@dataclass(frozen=True)
class Service:
    id: str
    title: str
    tag: str
    least: float
    evidence: tuple[str, ...]
    again_days: float
    message: str
    task: str


@dataclass(frozen=True)
class Called:
    """A service that is called for, and why, in words."""

    service: Service
    reasons: tuple[str, ...]

    def key(self, client_id: str, now: datetime) -> str:
        """The same within a span of `again_days`: done once in it."""
        span = int(now.timestamp() // (self.service.again_days * 86_400))
        return f"service:{self.service.id}:{client_id}:{span}"


def load(policy: Policy, path: Path = FILE) -> tuple[Service, ...]:
    """Raises PolicyBroken."""
    return read(path.read_text(encoding="utf-8"), policy)


def read(text: str, policy: Policy) -> tuple[Service, ...]:
    top = Node.root("services.yml", text).fields("version services", "")
    return tuple(_service(name, node, policy) for name, node in top["services"].fields().items())


def _service(name: str, node: Node, policy: Policy) -> Service:
    fields = node.fields("title tag least evidence again_days message task", "")
    known = {rule.id for rule in policy.evidence}
    return Service(
        name, fields["title"].text(), fields["tag"].one_of(policy.tags, "标签"), fields["least"].share(),
        tuple(item.one_of(known, "证据") for item in fields["evidence"].items()), fields["again_days"].number(1),
        fields["message"].text(), fields["task"].text(),
    )  # fmt: skip


def called_for(services: Sequence[Service], tags: Mapping[str, Tag], evidence: Sequence[Evidence]) -> list[Called]:
    """The services whose tag weighs enough and whose evidence is there, with the tag's own reasons."""
    keys = {one.key.split(":")[0] for one in evidence}
    found = []
    for service in services:
        tag = tags.get(service.tag)
        if tag and tag.weight >= service.least and set(service.evidence) <= keys:
            words = tuple(dict.fromkeys(one.words for one, _ in tag.evidence[:4]))
            found.append(Called(service, (f"标签「{tag.name}」{tag.weight:.0%}", *words)))
    return found

"""What a source system tells of a client: one shape for all twelve. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kit.clock import check_aware
from profiles.sources import SOURCES

MOST_KEY, MOST_BODY = 120, 8000


class Unreadable(ValueError):
    """A happening that cannot be taken in; the words say why."""


@dataclass(frozen=True)
class Happening:
    """key: unique within the source, so that the same one told twice is one."""

    source: str
    key: str
    client_id: str
    kind: str
    at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(
            {
                "source": self.source, "key": self.key, "client": self.client_id, "kind": self.kind,
                "at": self.at.isoformat(), "body": dict(self.body),
            },
            ensure_ascii=False,
        )  # fmt: skip

    def number(self, name: str) -> float:
        """A number of the body; 0 when it is none."""
        value = self.body.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def read(text: str | bytes) -> Happening:
    """Raises Unreadable."""
    if len(text) > MOST_BODY:
        raise Unreadable("too long")
    try:
        body = json.loads(text)
    except (ValueError, UnicodeDecodeError) as error:
        raise Unreadable("no JSON") from error
    if not isinstance(body, dict):
        raise Unreadable("no object")
    return of(body)


def of(body: Mapping[str, Any]) -> Happening:
    """Raises Unreadable."""
    names = ("source", "key", "client", "kind", "at")
    if missing := [name for name in names if not isinstance(body.get(name), str) or not body[name]]:
        raise Unreadable(f"missing: {', '.join(missing)}")
    source = SOURCES.get(body["source"])
    if source is None:
        raise Unreadable(f"no source {body['source'][:16]}")
    if body["kind"] not in source.kinds:
        raise Unreadable(f"{source.name} tells nothing of kind {body['kind'][:32]}")
    if len(body["key"]) > MOST_KEY or len(body["client"]) > 64:
        raise Unreadable("key or client too long")
    try:
        at = check_aware(datetime.fromisoformat(body["at"]))
    except ValueError as error:
        raise Unreadable("at is no instant with a zone") from error
    rest = body.get("body", {})
    if not isinstance(rest, dict):
        raise Unreadable("body is no object")
    return Happening(source.name, body["key"], body["client"], body["kind"], at, rest)

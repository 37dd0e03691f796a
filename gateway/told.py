"""A closed turn in one piece, for whoever asked for it. Pure."""

from __future__ import annotations

from typing import Any

from gateway.timeline.model import Author, Message
from gateway.turn_store import Turn


def told(turn: Turn, said: list[Message]) -> dict[str, Any]:
    """A closed turn as `huiban chat --script` prints it."""
    answer = turn.answer or {}
    replies = [
        m.draft for m in said if m.draft.author in (Author.AI, Author.SYSTEM) and not m.draft.id.endswith(".late")
    ]
    return {
        "text": "\n".join(m.draft.text for m in said if m.draft.author is Author.CLIENT),
        "replies": [{"text": r.text, "card": r.card, "quick_replies": list(r.quick_replies)} for r in replies],
        "intent": answer.get("intent", ""), "confidence": answer.get("confidence", 0.0),
        "emotion": answer.get("emotion", ""), "strength": answer.get("strength", 0.0),
        "entities": list(answer.get("entities", ())), "actions": list(answer.get("actions", ())),
        "owner": turn.owner, "ms": turn.took_ms, "outcome": turn.outcome,
    }  # fmt: skip

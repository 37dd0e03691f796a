"""The last look at what the bot says: nothing unlawful is stored, so nothing unlawful is shown (requirement G2). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from compliance.policy_file import Wording
from compliance.wording import SAFE, Finding, guarded
from gateway import words
from gateway.timeline.model import Draft


def guard(draft: Draft, wording: Wording) -> tuple[Draft, tuple[Finding, ...]]:
    """The draft as it may be stored, and what was wrong with it."""
    text, findings = guarded(draft.text, wording, beside="\n".join(_texts(draft.card)))
    if not findings:
        return draft, ()
    if text == SAFE:
        return replace(draft, text=SAFE, card=None, quick_replies=(words.HUMAN,)), findings
    return replace(draft, text=text.strip()), findings


def _texts(body: Any) -> Iterator[str]:
    """Every text of a card."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, list | tuple):
        for item in body:
            yield from _texts(item)
    elif isinstance(body, dict):
        for name, item in body.items():
            # What a tap sends are the client's own words.
            if name != "send":
                yield from _texts(item)

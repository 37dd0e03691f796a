"""Whole dialogues as data, played by `ChatClient` against the running product. Facts come from the institution, not from the file.

A dialogue: {name, client, fixture?, now?, turns: [{says, expect: {intent?, contains[], not_contains[], owner?, actions[]}}]}.
Texts are compared with half-width marks and without line ends. Placeholders in `says` and `contains`: {total} {profit} {level},
{holding:HY011.shares} {holding:HY011.value} {fund:HY031.nav} {fund:HY031.name} {plan:0.amount} {order} (the newest order's id).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from actions.turn import half_width
from actions.writing import money, plain
from cli import sandbox
from cli.client import ChatClient
from tests.product import Product

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "fixtures"
#: An ordinary trading day, well before 15:00.
NOW = "2026-11-24T10:00:00+08:00"
DIALOGUES = [
    pytest.param(item, id=f"{path.stem}-{item['name']}")
    for path in sorted(HERE.glob("*.yml"))
    for item in yaml.safe_load(path.read_text(encoding="utf-8"))
]
#: What the bot never says as its own statement (requirement G2).
FORBIDDEN = re.compile(r"(?<![不、])保证(赚|收益)|稳赚|肯定(会)?涨|一定(会)?涨|None|\bnull\b|Traceback")

pytestmark = pytest.mark.rasa


class Books:
    """The institution's own figures for one client, asked for when a placeholder names them."""

    def __init__(self, http: httpx.Client, client_id: str) -> None:
        self._http, self._client = http, f"/v1/clients/{client_id}"

    def fill(self, text: str) -> str:
        return re.sub(
            r"\{([a-z]+)(?::([A-Z0-9]+)(?:\.([a-z_]+))?)?\}", lambda found: self._value(*found.groups()), text
        )

    def _value(self, kind: str, which: str | None, field: str | None) -> str:
        if kind in ("total", "profit"):
            return money(abs(Decimal(self._get("/holdings")[kind])))
        if kind == "level":
            return str(self._get("")["risk_level"])
        if kind == "order":
            return str(self._get("/orders?limit=1")[0]["id"])
        if kind == "plan":
            return plain(self._get("/plans")[int(which or 0)][field or "amount"])
        if kind == "fund":
            fund = self._http.get(f"/v1/funds/{which}").raise_for_status().json()
            return f"{Decimal(fund['nav']):.4f}" if field == "nav" else str(fund[field or "name"])
        held = next(item for item in self._get("/holdings")["items"] if item["fund"] == which)
        return plain(held["shares"]) if field == "shares" else money(held[field or "value"])

    def _get(self, path: str) -> Any:
        return self._http.get(f"{self._client}{path}").raise_for_status().json()


@pytest.fixture(scope="module")
def institution(product: Product) -> Iterator[httpx.Client]:
    key = {"X-Internal-Key": product.settings.key}
    with httpx.Client(base_url=product.settings.institution, headers=key, trust_env=False) as http:
        yield http


async def set_the_scene(dialogue: dict[str, Any], product: Product) -> None:
    if fixture := dialogue.get("fixture"):
        await sandbox.load(product.settings, FIXTURES / f"{fixture}.yaml")
        return
    await sandbox.move_clock(product.settings, dialogue.get("now", NOW))


@pytest.mark.parametrize("dialogue", DIALOGUES)
async def test_dialogue(dialogue: dict[str, Any], product: Product, institution: httpx.Client) -> None:
    await set_the_scene(dialogue, product)
    books = Books(institution, dialogue["client"])
    async with ChatClient(product.settings, dialogue["client"]) as client:
        for turn in dialogue["turns"]:
            before = {words: books.fill(words) for words in turn.get("expect", {}).get("contains", ())}
            said = await client.say(books.fill(turn["says"]))
            check(turn, said, books, before)


def check(turn: dict[str, Any], said: dict[str, Any], books: Books, before: dict[str, str]) -> None:
    """What the turn expects of the answer. A figure may be that of before the turn or after it: an order changes the books."""
    wanted = turn.get("expect", {})
    seen = flat(shown(said))
    told = f"> {turn['says']}\n{shown(said)}\n({said['intent']} {said['owner']} {said['actions']})"
    for words in wanted.get("contains", ()):
        assert flat(before[words]) in seen or flat(books.fill(words)) in seen, (
            f"{before[words]!r} is missing in\n{told}"
        )
    for words in wanted.get("not_contains", ()):
        assert flat(words) not in seen, f"{words!r} is in\n{told}"
    assert not FORBIDDEN.search(seen), told
    for field in ("intent", "owner"):
        if field in wanted:
            assert said[field] == wanted[field], told
    for action in wanted.get("actions", ()):
        assert f"action_{action}" in said["actions"], told


def shown(said: dict[str, Any]) -> str:
    """Everything the client sees: bubbles, the cards' rows and notes, quick replies."""
    parts: list[str] = []
    for reply in said["replies"]:
        card = reply.get("card") or {}
        rows = [f"{row['label']}:{row['value']}" for row in card.get("rows", ())]
        parts += [reply["text"], card.get("title", ""), *rows, card.get("note", ""), *reply.get("quick_replies", ())]
    return "\n".join(part for part in parts if part)


def flat(text: str) -> str:
    return re.sub(r"\s", "", half_width(text)).replace(",", "").replace(";", "。")

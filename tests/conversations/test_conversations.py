"""Whole dialogues as data (`cli/dialogues.py` tells the format), played against one running product.

Those of the same ordinary morning are played side by side, each by a client of his own; those that move the time, the
markets or the institution's health come after them, one by one.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cli import dialogues
from cli.dialogues import Dialogue, Played
from tests.product import Product

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "fixtures"
DIALOGUES = [
    pytest.param(
        item, id=item.id, marks=[pytest.mark.xfail(strict=False, reason=item.disappoints)] if item.disappoints else []
    )
    for item in dialogues.read(HERE)
]
pytestmark = pytest.mark.rasa


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest, product: Product) -> dict[str, Played]:
    """Every dialogue that this run asks for, played."""
    chosen = [item.callspec.params["dialogue"] for item in request.session.items if "played" in item.fixturenames]
    plays = asyncio.run(dialogues.play_all(product.settings, chosen, FIXTURES))
    return {play.dialogue.id: play for play in plays}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_dialogue(dialogue: Dialogue, played: dict[str, Played]) -> None:
    assert played[dialogue.id].failures == [], "\n\n".join(played[dialogue.id].failures)

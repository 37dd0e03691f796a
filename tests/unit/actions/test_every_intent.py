"""Every intent has an answer, for every kind of client; none promises anything; each reads as printed Chinese."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from actions.answers import HANDLERS
from tests.unit.actions.conftest import Talk
from tools.intent_table import PAGE, page

INTENTS = [
    (row["intent"], row["one example"])
    for row in csv.DictReader(Path("bot/intents.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t")
]
EXTRA = ("request_handoff", "default_fallback", "clarify", "soothe", "self_care", "order")
PROMISES = re.compile(r"稳赚|肯定涨|一定涨|保证收益[^。]*可以|包赚|放心买")


def test_every_intent_is_answered() -> None:
    assert sorted(HANDLERS) == sorted([intent for intent, _ in INTENTS] + list(EXTRA))
    assert len(INTENTS) == 89


@pytest.mark.parametrize("scenario", ["S07", "S11", "S13"])
async def test_each_answer_says_something(load: Callable[[str], Any], scenario: str) -> None:
    talk: Talk = await load(scenario)
    for intent, example in [*INTENTS, *((name, "随便说说") for name in EXTRA)]:
        talk.slots = {}
        said = await talk.say(example, intent)
        assert said.text.strip(), intent
        # Quick replies always lead on; a call-back is followed by where the wish for a person stands.
        assert said.quick or intent == "ask_callback", intent
        assert not PROMISES.search(said.text), (intent, said.text)
        assert not re.search(r"None|\{|\}|Decimal|nan", said.text), (intent, said.text)
        assert not re.search(r"[\u4e00-\u9fff][,;:!?]", said.text), (intent, said.text)


async def test_a_silent_institution_is_said_to_be_silent(load: Callable[[str], Any], http: httpx.AsyncClient) -> None:
    talk: Talk = await load("S07")
    await http.post("/v1/admin/faults", json={"mode": "fail"})
    for intent in ("ask_return", "ask_holdings", "redeem_fund", "dca_query", "complain_delay", "ask_loss_reason"):
        talk.slots = {}
        said = await talk.say("帮我看看", intent)
        assert "没有回应" in said.text, intent
        assert "转人工" in said.quick


async def test_the_elderly_read_one_short_sentence_a_line(load: Callable[[str], Any]) -> None:
    talk: Talk = await load("S07")
    talk.person |= {"age": 72}
    said = await talk.say("我的风险等级", "ask_risk_level")
    assert all(line.count("。") <= 1 for line in said.text.splitlines())


def test_the_table_of_intents_is_of_this_code() -> None:
    """Stale? `python -m tools.intent_table` writes it anew. Which tests name an intent changes with every new dialogue."""
    written = PAGE.read_text(encoding="utf-8")
    assert without_tests(written) == without_tests(page())
    for row in (line for line in written.splitlines() if line.startswith("| `")):
        for name in row.split(" | ")[-1].removesuffix(" |").split("、"):
            path = (
                name.replace("对话/", "tests/conversations/") + ".yml"
                if "/" in name
                else f"tests/unit/actions/{name}.py"
            )
            assert Path(path).exists(), (name, row)


def without_tests(text: str) -> list[str]:
    return [line.rsplit(" | ", 1)[0] for line in text.splitlines()]


def test_the_table_has_every_intent_and_no_answer_comes_from_nowhere() -> None:
    told = page()
    assert all(f"| `{intent}` |" in told for intent, _ in INTENTS)
    business = [line for line in told.splitlines() if line.startswith("| `") and "talk." not in line]
    assert sum("只凭这次谈话" in line for line in business) <= 5

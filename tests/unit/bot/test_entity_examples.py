"""Messages and the values in them: a line of entity_examples.tsv is the text, then each entity in order of place."""

from pathlib import Path

import pytest

from bot.language.entities import Entity, extract
from bot.language.normalise import normalise
from tests.unit.bot.test_entities import MATCHER, TODAY

LINES = (Path(__file__).parent / "entity_examples.tsv").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", LINES)
def test_values(line: str) -> None:
    text, *wanted = line.split("|")
    assert [_shown(one) for one in extract(normalise(text), MATCHER, TODAY)] == [one for one in wanted if one]


def _shown(one: Entity) -> str:
    value = one.value if isinstance(one.value, str) else f"{one.value['from']}/{one.value['to']}"
    return f"{one.entity}={value}"

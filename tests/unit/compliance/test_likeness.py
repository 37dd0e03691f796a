"""The nearest examples decide what is worth a second look."""

from __future__ import annotations

import numpy as np
import pytest

from compliance.likeness import DOUBTFUL, Likeness, allowed, forbidden, sentences


def unit(*degrees: float) -> np.ndarray:
    turned = np.radians(degrees)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


LIKENESS = Likeness(unit(0, 5, 10), unit(90, 95, 100), ("yield", "yield", "principal"))


@pytest.mark.parametrize(
    ("degrees", "doubtful", "rule"),
    [
        (0, True, "yield"),
        (12, True, "principal"),
        (50, False, "principal"),  # as far from the one as from the other
        (95, False, "principal"),
    ],
)
def test_near_to_the_forbidden_is_doubtful(degrees: float, doubtful: bool, rule: str) -> None:
    [(doubt, nearest)] = LIKENESS.doubts(unit(degrees))
    assert (doubt > DOUBTFUL) is doubtful
    assert nearest == rule


def test_a_message_is_judged_by_its_sentences() -> None:
    assert sentences("您好。这只您放心拿!到年底再看;好的") == ["这只您放心拿", "到年底再看"]


def test_there_are_examples_of_both_kinds() -> None:
    assert len(forbidden()) >= 190
    assert len(allowed()) >= 130
    assert not {text for _, text in forbidden()} & set(allowed())

"""The product's own rubric and cases, and the wording guard that the gateway gives them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from compliance import policy_file
from compliance.wording import Finding, check
from studio.practice import files
from studio.practice.model import Case, Rubric

WORDING = policy_file.load()


def guard(text: str) -> Sequence[Finding]:
    return check(text, WORDING)


@pytest.fixture(scope="session")
def rubric() -> Rubric:
    return files.load_rubric()


@pytest.fixture(scope="session")
def cases() -> dict[str, Case]:
    return files.load_cases()

"""The actions answer Rasa alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from actions.__main__ import allowed

ENDPOINTS = Path(__file__).parents[3] / "endpoints.yml"


@pytest.mark.parametrize(
    ("path", "token", "may"),
    [
        ("/health", "", True),
        ("/webhook", "k1", True),
        ("/webhook", "", False),
        ("/webhook", "k2", False),
        ("/webhook", "密钥", False),
        ("/actions", "", False),
    ],
)
def test_only_the_internal_key_opens_the_webhook(path: str, token: str, may: bool) -> None:
    assert allowed("k1", path, token) is may


def test_rasa_sends_the_internal_key() -> None:
    endpoint = yaml.safe_load(ENDPOINTS.read_text(encoding="utf-8"))["action_endpoint"]
    assert endpoint["token"] == "${HUIBAN_INTERNAL_KEY}"

"""`huiban embed` against a gateway that speaks the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from cli import embed
from kit.errors import AgentError, Invalid
from kit.settings import Settings


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the gateway was asked; it answers as documented, and refuses the issuer `bad`."""
    calls: list[tuple[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append((request.method, request.url.raw_path.decode()))
        assert request.headers["x-internal-key"] == "k"
        if "bad" in str(request.url):
            return httpx.Response(422, json={"detail": "公钥须为 P-256"})
        one: dict[str, Any] = {"issuer": "hengyuan", "kid": "1", "origins": ["https://h5.example.com"]}
        return httpx.Response(200, json={"keys": [one]} if request.method == "GET" else one)

    real = httpx.AsyncClient
    monkeypatch.setattr(
        embed.httpx, "AsyncClient", lambda **more: real(**{**more, "transport": httpx.MockTransport(answer)})
    )
    return calls


def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path, internal_key="k", public_url="https://chat.example.com", _env_file=None)  # type: ignore[call-arg]


async def test_add_list_remove(asked: list[tuple[str, str]], tmp_path: Path) -> None:
    told, key = settings(tmp_path), tmp_path / "huiban.pub"
    key.write_text("PEM")
    said = await embed.add(told, "hengyuan", "1", key, ["https://h5.example.com"])
    assert said == "registered hengyuan 1 for https://h5.example.com; aud is https://chat.example.com"
    assert await embed.listed(told) == "hengyuan 1  https://h5.example.com"
    assert await embed.remove(told, "hengyuan", "1") == "removed hengyuan 1"
    assert asked == [
        ("PUT", "/internal/embedding/hengyuan/1"), ("GET", "/internal/embedding"), ("DELETE", "/internal/embedding/hengyuan/1"),
    ]  # fmt: skip


async def test_what_is_wrong_is_one_sentence(asked: list[tuple[str, str]], tmp_path: Path) -> None:
    told = settings(tmp_path)
    with pytest.raises(Invalid, match="nowhere"):
        await embed.add(told, "hengyuan", "1", tmp_path / "nowhere", [])
    with pytest.raises(AgentError, match="P-256"):
        await embed.remove(told, "bad/../x", "1")
    assert asked == [("DELETE", "/internal/embedding/bad%2F..%2Fx/1")]

"""What a test does around the running product: set a scene, move the time, read the institution's books, wait."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx

from cli import sandbox
from cli.advisor import AdvisorClient
from cli.client import ChatClient
from kit.settings import Settings

FIXTURES = Path(__file__).parent / "fixtures"
#: Between two looks at something that nobody announces.
LOOK_SECONDS = 0.05
T = TypeVar("T")
Json = dict[str, Any]


async def eventually(look: Callable[[], Awaitable[T]], *, seconds: float = 10.0, until: Callable[[T], Any] = bool) -> T:
    """The first thing seen that satisfies `until`; AssertionError with the last thing seen when none comes in time."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not until(seen := await look()):
        assert asyncio.get_running_loop().time() < deadline, f"not within {seconds} s; the last was {seen!r}"
        await asyncio.sleep(LOOK_SECONDS)
    return seen


class Stage:
    """The running product as a test sees it from outside."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def client(self, client_id: str) -> ChatClient:
        return ChatClient(self.settings, client_id)

    def advisor(self, advisor_id: str) -> AdvisorClient:
        return AdvisorClient(self.settings, advisor_id)

    async def load(self, name: str) -> None:
        """Set the scene of a fixture, as `huiban sandbox load` does; what an earlier scene left open is over."""
        await sandbox.reset(self.settings)
        await sandbox.load(self.settings, FIXTURES / f"{name}.yaml")

    async def load_scene(self, scene: Json, folder: Path) -> None:
        """The same with a scene that the test has put together."""
        await sandbox.reset(self.settings)
        file = folder / "scene.yaml"
        file.write_text(json.dumps(scene, ensure_ascii=False, default=str))
        await sandbox.load(self.settings, file)

    async def clock(self, text: str) -> None:
        await sandbox.move_clock(self.settings, text)

    async def faults(self, mode: str, seconds: float = 5.0) -> None:
        await sandbox.faults(self.settings, mode, seconds)

    async def orders(self, client_id: str, kind: str | None = None) -> list[Json]:
        found: list[Json] = await self._get(self.settings.institution, f"/v1/clients/{client_id}/orders")
        return [order for order in found if kind in (None, order["kind"])]

    async def messages(self, client_id: str) -> list[Json]:
        """The client's whole conversation, with what was understood."""
        told = await self._get(self.settings.gateway, f"/internal/conversations/cv-{client_id}/messages?limit=500")
        found: list[Json] = told["messages"]
        return found

    async def handoff(self, client_id: str) -> Json:
        """The client's open handoff, or {}."""
        found: Json = await self._get(self.settings.gateway, f"/internal/conversations/cv-{client_id}/handoff")
        return found

    async def ticket(self, kind: str, **who: str) -> str:
        """A path that signs somebody in once. kind: tickets {client_id} or staff-tickets {staff_id}."""
        async with httpx.AsyncClient(base_url=self.settings.gateway, timeout=20, trust_env=False) as http:
            answer = await http.post(f"/internal/{kind}", json=who, headers={"X-Internal-Key": self.settings.key})
        answer.raise_for_status()
        path: str = answer.json()["path"]
        return path

    async def _get(self, base: str, path: str) -> Any:
        async with httpx.AsyncClient(base_url=base, timeout=20, trust_env=False) as http:
            answer = await http.get(path, headers={"X-Internal-Key": self.settings.key})
        answer.raise_for_status()
        return answer.json()


async def offer_to(advisor: AdvisorClient, client_id: str, *, seconds: float = 10.0) -> Json:
    """The offer of this client's case on the advisor's desk, once it is there."""

    async def look() -> Json | None:
        offers = (await advisor.snapshot())["offers"]
        return next((offer for offer in offers if offer["client"]["id"] == client_id), None)

    offer = await eventually(look, seconds=seconds)
    assert offer is not None
    return offer


def spoken(turn: Json) -> str:
    """All that a turn's replies say, cards too."""
    lines = []
    for reply in turn["replies"]:
        lines.append(reply["text"])
        card = reply.get("card") or {}
        lines += [f"{row['label']} {row['value']}" for row in card.get("rows", ())]
    return "\n".join(lines)

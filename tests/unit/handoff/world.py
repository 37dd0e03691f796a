"""The handoff service on a SQLite file, with a clock that moves when told and partners that only remember."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from handoff.model import Advisor as Plain
from handoff.model import Staff, TimelineMessage
from handoff.policy import load_policy
from handoff.service import Handoffs
from institution.models import Advisor, Client, Holding, Holdings
from kit.clock import ManualClock
from kit.database import connect, metadata
from kit.errors import Unavailable
from kit.ids import sequential
from tests.unit.handoff.roster import ADVISORS, PARTS, shanghai

Json = dict[str, Any]
START = shanghai("2026-11-24T14:10")


class Book:
    """A timeline in memory."""

    def __init__(self) -> None:
        self.messages: dict[str, list[TimelineMessage]] = {}

    def add(self, conversation_id: str, author: str, text: str, at: datetime, **rest: Any) -> None:
        said = self.messages.setdefault(conversation_id, [])
        seq = len(said) + 1
        said.append(TimelineMessage(seq, f"m{seq}", conversation_id, author, text, at, **rest))

    async def append_system(
        self, connection: AsyncConnection, conversation_id: str, text: str, *, at: datetime, author: str = "system",
        card: Json | None = None,
    ) -> None:  # fmt: skip
        assert connection.in_transaction()
        self.add(conversation_id, author, text, at)

    async def history(
        self, connection: AsyncConnection, conversation_id: str, limit: int = 200
    ) -> list[TimelineMessage]:
        return self.messages.get(conversation_id, [])[-limit:]

    def system(self, client: str) -> list[str]:
        return [m.text for m in self.messages.get(f"cv-{client}", []) if m.author == "system"]


@dataclass
class Ears:
    """What clients and desks were sent."""

    client: list[tuple[str, Json]] = field(default_factory=list)
    desk: list[tuple[set[str] | None, Json]] = field(default_factory=list)

    async def to_client(self, conversation_id: str, frame: Json) -> None:
        self.client.append((conversation_id, frame))

    async def to_advisors(self, frame: Json, advisor_ids: set[str] | None) -> None:
        self.desk.append((advisor_ids, frame))

    def desk_types(self, advisor_id: str) -> list[str]:
        return [frame["type"] for who, frame in self.desk if who is None or advisor_id in who]

    def owner(self, client: str) -> Json:
        return next(frame for who, frame in reversed(self.client) if who == f"cv-{client}")


def told_advisor(plain: Plain) -> Advisor:
    part = next(part for part in PARTS if part["id"] == plain.id)
    return Advisor(
        id=plain.id, name=plain.name, role=plain.role, skills=plain.skills, licences=tuple(plain.licences),
        tiers=tuple(plain.tiers), languages=tuple(plain.languages), regions=tuple(plain.regions),
        capacity=plain.capacity, default_load=plain.default_load, live=plain.live,
        shifts=tuple({"days": d, "from": f, "to": t} for d, f, t in part["shifts"]), slots=part.get("slots", ()),
        ratings={topic: (average, 10) for topic, average in plain.ratings.items()},
    )  # fmt: skip


def told_client(client_id: str, **rest: Any) -> Client:
    known: Json = {
        "name": "高峰", "sex": "男", "age": 29, "stage": "成长", "risk_level": "C3", "risk_tested_on": None,
        "risk_valid_until": None, "aum": Decimal(180000), "tier": "大众", "channel": "app", "region": "上海",
        "phone": "138****0000", "card_tail": "0000", "member_level": "普通",
    }  # fmt: skip
    return Client(id=client_id, **(known | rest))


class House:
    """An institution of one's own making."""

    def __init__(self) -> None:
        self.known: dict[str, Client] = {}
        self.away = False

    async def client(self, client_id: str) -> Client:
        self._answers()
        return self.known.get(client_id) or told_client(client_id)

    def _answers(self) -> None:
        if self.away:
            raise Unavailable

    async def holdings(self, client_id: str) -> Holdings:
        self._answers()
        ten = Decimal(10)
        holding = Holding(
            fund="HY032", name="衡远新能源主题股票", kind="股票", risk="R4", sector="新能源", shares=ten,
            available_shares=ten, nav=ten, nav_date=START.date(), value=Decimal(93000), cost=Decimal(113415),
            profit=Decimal(-20415), profit_rate=Decimal("-0.18"), day_profit=Decimal(0),
            share_of_assets=Decimal("0.52"), dividend_mode="现金分红", lots=(),
        )  # fmt: skip
        return Holdings(as_of=START, total=Decimal(180000), cost=ten, profit=ten, day_profit=ten, items=(holding,))

    async def advisors(self) -> list[Advisor]:
        self._answers()
        return [told_advisor(advisor) for advisor in ADVISORS.values()]


class World:
    def __init__(self, engine: AsyncEngine, start: datetime = START) -> None:
        self.engine = engine
        self.clock = ManualClock(start.astimezone(UTC))
        self.book, self.ears, self.house = Book(), Ears(), House()
        self.new_id = sequential("h")
        self.handoffs = self.restart()

    def restart(self) -> Handoffs:
        """A new process on the same database."""
        self.handoffs = Handoffs(self.engine, self.clock, self.new_id, load_policy(), self.book, self.ears, self.house)
        return self.handoffs

    async def online(self, *advisors: str) -> None:
        for advisor_id in advisors:
            await self.handoffs.presence(advisor_id, "online")

    async def ask(self, client: str = "U113", *reasons: str, topic: str | None = "投资", **rest: Any) -> Json:
        return await self.handoffs.request(
            f"cv-{client}", client, list(reasons) or ["explicit_ask"], topic=topic, **rest
        )

    async def wait(self, seconds: float, *alive: str) -> None:
        """Let time pass in steps that a running worker would see; `alive` pages send heartbeats."""
        left = seconds
        while left > 0:
            self.clock.advance(timedelta(seconds=min(20.0, left)))
            left -= 20.0
            for advisor_id in alive:
                await self.handoffs.presence(advisor_id)
            await self.handoffs.tick()

    async def shown(self, handoff_id: str) -> Json:
        return await self.shown_to(handoff_id, "A14")

    async def shown_to(self, handoff_id: str, reader: str) -> Json:
        found = await self.handoffs.detail(handoff_id, staff(reader))
        body: Json = found["handoff"]
        return body

    async def owner(self, client: str = "U113") -> Json:
        body: Json = (await self.handoffs.client_state(f"cv-{client}"))["owner"]
        return body


def staff(advisor_id: str) -> Staff:
    found = ADVISORS[advisor_id]
    return Staff(found.id, found.name, found.role)


#: Set to run the same tests on PostgreSQL; its tables are made anew for each test.
POSTGRES = os.environ.get("HUIBAN_TEST_DATABASE_URL", "")


@asynccontextmanager
async def world_in(folder: Path, start: datetime = START) -> AsyncIterator[World]:
    engine = connect(POSTGRES or f"sqlite+aiosqlite:///{folder}/handoff.db")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
    try:
        yield World(engine, start)
    finally:
        await engine.dispose()

"""Those who soak the gateway: clients on web pages that are cut off at random, and people in WeChat. Each keeps its books."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.wechat.platform import Platform

#: A page that hears nothing for so long connects again, as the real one does.
SILENCE_SECONDS = 30.0
#: The platform's own tries of one push.
DELIVERIES, BETWEEN_SECONDS = 3, 1.0
LOST = (WebSocketException, OSError, TimeoutError)


@dataclass
class Book:
    """seconds: from sending to the own bubble in the timeline (delivered), and to the answer (answered)."""

    delivered: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    cuts: int = 0
    resets: int = 0


@dataclass
class Page:
    """A client's page as the real one behaves: an outbox, the numbers it has seen, a snapshot after a reset."""

    client_id: str
    cookie: str
    address: str
    chance: random.Random
    book: Book
    pause_seconds: float
    cut_share: float
    epoch: str | None = None
    seen: int = 0
    number: int = 0
    outbox: tuple[str, str] | None = None
    sent_at: float = 0.0
    texts: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    waits_for: str | None = None
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, ends: float) -> None:
        """Talk until then, then until the last answer."""
        while not (time.monotonic() > ends and self.waits_for is None):
            try:
                async with connect(self._socket(), additional_headers={"Cookie": self.cookie}, proxy=None) as socket:
                    await self._talk(socket, ends)
            except LOST:
                await asyncio.sleep(self.chance.uniform(0.05, 0.5))
            if time.monotonic() > ends + 60:
                self.book.wrong.append(f"{self.client_id}: no answer to {self.waits_for}")
                return

    def _socket(self) -> str:
        query = f"?after={self.seen}&epoch={self.epoch}" if self.epoch else ""
        return f"{self.address.replace('http', 'ws', 1)}/api/chat/socket{query}"

    async def _talk(self, socket: ClientConnection, ends: float) -> None:
        if self.outbox:
            await self._send(socket)
        next_at = time.monotonic() + self.chance.uniform(0, self.pause_seconds)
        while not (time.monotonic() > ends and self.waits_for is None):
            if self.waits_for is None and time.monotonic() >= next_at:
                self.number += 1
                self.outbox = (f"{self.client_id}-{self.number}", f"第{self.number}句")
                self.waits_for, self.sent_at = f"答:{self.outbox[1]}", time.monotonic()
                await self._send(socket)
                next_at = self.sent_at + self.chance.uniform(0.5, 1.5) * self.pause_seconds
                if self.chance.random() < self.cut_share:
                    # Without a word, at any moment after the send: the answer may be on its way.
                    await asyncio.sleep(self.chance.uniform(0, 0.2))
                    self.book.cuts += 1
                    socket.transport.abort()
                    return
            patience = SILENCE_SECONDS if self.waits_for else max(0.01, next_at - time.monotonic())
            try:
                async with asyncio.timeout(patience):
                    frame = json.loads(await socket.recv())
            except TimeoutError:
                if self.waits_for:
                    return
                continue
            await self._take(frame)

    async def _send(self, socket: ClientConnection) -> None:
        assert self.outbox
        await socket.send(json.dumps({"type": "message", "id": self.outbox[0], "text": self.outbox[1]}))

    async def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "hello" and self.epoch is None:
            self.epoch, self.seen = frame["epoch"], frame["seq"]
        elif frame["type"] == "ack" and self.outbox and frame["id"] == self.outbox[0]:
            self.accepted.append(self.outbox[1])
            self.outbox = None
        elif frame["type"] == "reset":
            self.book.resets += 1
            await self._snapshot()
        elif frame["type"] == "refused":
            self.book.wrong.append(f"{self.client_id}: refused {frame['code']}")
        elif frame["type"] == "message":
            self._shown(frame["message"])

    def _shown(self, message: dict[str, Any]) -> None:
        if message["seq"] != self.seen + 1:
            self.book.wrong.append(f"{self.client_id}: number {message['seq']} after {self.seen}")
        self.seen = message["seq"]
        self.texts.append(message["text"])
        if message["author"] == "client":
            self.book.delivered.append(time.monotonic() - self.sent_at)
        elif message["text"] == self.waits_for:
            self.book.answered.append(time.monotonic() - self.sent_at)
            self.waits_for = None

    async def _snapshot(self) -> None:
        async with httpx.AsyncClient(base_url=self.address, trust_env=False, headers={"Cookie": self.cookie}) as http:
            told = (await http.get("/api/chat/messages", params={"before": 2**31 - 1, "limit": 200})).json()["messages"]
        for message in told:
            if message["seq"] > self.seen:
                self._shown(message)


async def in_wechat(
    platform: Platform, openid: str, chance: random.Random, book: Book, *, ends: float, pause_seconds: float
) -> int:
    """One person in WeChat: says something, waits for the answer, goes on; how much was accepted of him."""
    number = 0
    while time.monotonic() < ends:
        await asyncio.sleep(chance.uniform(0.5, 1.5) * pause_seconds)
        number += 1
        person, begins, msgid = platform.person(openid), time.monotonic(), f"{openid}-{number}"
        have = len(person.got)
        for _ in range(DELIVERIES):
            try:
                # Now and then the platform delivers again although it was taken.
                done = await platform.say(openid, f"第{number}句", msgid=msgid, deliveries=1 + (chance.random() < 0.1))
            except httpx.HTTPError:
                done = []
            if 200 in done:
                break
            await asyncio.sleep(BETWEEN_SECONDS)
        else:
            # Never acknowledged: the person was told so by the platform, and says it again another time.
            continue
        book.delivered.append(time.monotonic() - begins)
        try:
            await platform.got(openid, have + 1, 60.0)
        except TimeoutError:
            book.wrong.append(f"{openid}: no answer to {number}")
            return number
        book.answered.append(time.monotonic() - begins)
    return number

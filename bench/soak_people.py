"""Those who soak the gateway: clients' devices that are cut off at random, and people in WeChat. Each keeps its books."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.wechat.platform import Platform

#: A page that hears nothing for so long connects again, as the real one does after an unanswered ping.
SILENCE_SECONDS = 30.0
#: `web/protocol/socket.ts`: half of these at least, doubled each time.
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 20.0
#: How long after the end an answer may still come.
GRACE_SECONDS = 120.0
#: The platform's own tries of one push.
DELIVERIES, BETWEEN_SECONDS = 3, 1.0
ACCOUNT = "wkSoak"
LOST = (WebSocketException, OSError, TimeoutError)
Json = dict[str, Any]


@dataclass
class Book:
    """(when it was sent, seconds): to the own bubble (delivered) or the acknowledgement, and to the answer (answered)."""

    delivered: list[tuple[float, float]] = field(default_factory=list)
    answered: list[tuple[float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    cuts: int = 0
    resets: int = 0
    snapshots_failed: int = 0


@dataclass(frozen=True)
class Habits:
    """pause: seconds between a person's messages, about; cut: share of the messages after which the line is cut."""

    address: str
    ends: float
    pause: float
    cut: float
    sentences: tuple[str, ...]


@dataclass
class Client:
    """What is known of a client, whichever device knows it. said: (id, text) of each message, in order."""

    id: str
    cookie: str
    said: list[tuple[str, str]] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    last_seq: int = 0


@dataclass
class Device:
    """A client's page as the real one behaves: an outbox, the numbers it has seen, a snapshot after a reset.

    One of a client's devices speaks, the others show the same. shown: (number, id, text) of each message, as it came.
    """

    client: Client
    speaks: bool
    chance: random.Random
    book: Book
    habits: Habits
    epoch: str | None = None
    seen: int = 0
    #: Up to which number the last snapshot told all.
    told_whole: int = 0
    began_at: int = 0
    outbox: tuple[str, str] | None = None
    sent_at: float = 0.0
    shown: list[tuple[int, str, str]] = field(default_factory=list)
    waits_for: str | None = None
    next_at: float = 0.0
    tries: int = 0

    async def run(self) -> None:
        """Talk until the end, then until the last answer has been seen."""
        habits = self.habits
        self.next_at = time.monotonic() + self.chance.uniform(0.2, 1) * habits.pause
        await asyncio.sleep(self.chance.uniform(0, min(20.0, habits.pause / 2)))
        while not self._finished():
            try:
                headers = {"Cookie": self.client.cookie}
                async with connect(
                    self._socket(), additional_headers=headers, proxy=None, ping_interval=None
                ) as socket:
                    await self._talk(socket)
            except LOST:
                wait = min(FIRST_WAIT_SECONDS * 2**self.tries, LONGEST_WAIT_SECONDS)
                self.tries += 1
                await asyncio.sleep(wait * self.chance.uniform(0.5, 1))
            if self._given_up():
                told = f"waits for {self.waits_for}" if self.speaks else f"waits for number {self.client.last_seq}"
                self.book.wrong.append(f"{self.client.id}: {told}, has {self.seen}")
                break
        if self.speaks:
            self.client.last_seq = self.seen
            self.client.done.set()

    def _finished(self) -> bool:
        if self.speaks:
            return time.monotonic() > self.habits.ends and self.waits_for is None
        return self.client.done.is_set() and self.seen >= self.client.last_seq

    def _given_up(self) -> bool:
        return time.monotonic() > self.habits.ends + GRACE_SECONDS

    def _socket(self) -> str:
        query = f"?after={self.seen}&epoch={self.epoch}" if self.epoch else ""
        return f"{self.habits.address.replace('http', 'ws', 1)}/api/chat/socket{query}"

    async def _talk(self, socket: ClientConnection) -> None:
        if self.outbox:
            await self._send(socket)
        while not (self._finished() or self._given_up()):
            now = time.monotonic()
            # Not before the greeting: what is numbered below it counts as seen.
            ready = self.speaks and self.epoch is not None and self.waits_for is None
            if ready and self.next_at <= now < self.habits.ends:
                await self._say(socket)
                if await self._cut(socket):
                    return
            try:
                async with asyncio.timeout(self._patience()):
                    frame = json.loads(await socket.recv())
            except TimeoutError:
                if self.waits_for:
                    return
                continue
            self.tries = 0
            await self._take(frame)

    def _patience(self) -> float:
        if self.waits_for:
            return SILENCE_SECONDS
        if not self.speaks:
            return 1.0
        return max(0.01, min(self.next_at, self.habits.ends) - time.monotonic() + 0.01)

    async def _say(self, socket: ClientConnection) -> None:
        number = len(self.client.said) + 1
        text = self.habits.sentences[number % len(self.habits.sentences)].format(number=number)
        self.outbox = (f"{self.client.id}-{number}", text)
        self.client.said.append(self.outbox)
        self.waits_for, self.sent_at = self.outbox[0], time.monotonic()
        self.next_at = self.sent_at + self.chance.uniform(0.5, 1.5) * self.habits.pause
        await self._send(socket)

    async def _cut(self, socket: ClientConnection) -> bool:
        """Without a word, at any moment after the send: the answer may be on its way."""
        if self.chance.random() >= self.habits.cut:
            return False
        await asyncio.sleep(self.chance.uniform(0, 0.2))
        self.book.cuts += 1
        socket.transport.abort()
        return True

    async def _send(self, socket: ClientConnection) -> None:
        assert self.outbox
        await socket.send(json.dumps({"type": "message", "id": self.outbox[0], "text": self.outbox[1]}))

    async def _take(self, frame: Json) -> None:
        match frame["type"]:
            case "hello" if self.epoch is None:
                self.epoch, self.seen, self.began_at = frame["epoch"], frame["seq"], frame["seq"]
            case "ack" if self.outbox and frame["id"] == self.outbox[0]:
                self._accepted(frame["id"])
            case "reset":
                self.book.resets += 1
                await self._snapshot()
            case "refused":
                self.book.wrong.append(f"{self.client.id}: refused {frame['code']}")
            case "message":
                self._shown(frame["message"])

    def _accepted(self, message_id: str) -> None:
        self.client.accepted.add(message_id)
        self.outbox = None

    def _shown(self, message: Json) -> None:
        if message["seq"] <= self.told_whole:
            # It came with the snapshot already, which was read while the line went on.
            return
        if message["seq"] != self.seen + 1:
            self.book.wrong.append(f"{self.client.id}: number {message['seq']} after {self.seen}")
        self.seen = message["seq"]
        self.shown.append((message["seq"], message["id"], message["text"]))
        if not self.speaks:
            return
        if message["author"] == "client":
            self.book.delivered.append((self.sent_at, time.monotonic() - self.sent_at))
        elif self.waits_for and answers(message, self.waits_for):
            self.book.answered.append((self.sent_at, time.monotonic() - self.sent_at))
            self.waits_for = None

    async def _snapshot(self) -> None:
        address, headers = self.habits.address, {"Cookie": self.client.cookie}
        async with httpx.AsyncClient(base_url=address, trust_env=False, headers=headers, timeout=30.0) as http:
            try:
                answer = await http.get("/api/chat/messages", params={"before": 2**31 - 1, "limit": 200})
                told = answer.raise_for_status().json()["messages"]
            except httpx.HTTPError as error:
                # A new line brings what is missing by number.
                self.book.snapshots_failed += 1
                raise ConnectionError from error
        for message in told:
            if message["seq"] > self.seen:
                self._shown(message)
        self.told_whole = max(self.told_whole, self.seen)


def answers(message: Json, message_id: str) -> bool:
    """Whether it is the answer to that message of the client; "it takes longer" is none."""
    return message["id"].startswith(f"{message_id}.") and not message["id"].endswith(".late")


@dataclass
class Person:
    """Somebody in WeChat. kf: in 微信客服, else in the 公众号. accepted: the numbers that the platform saw acknowledged."""

    openid: str
    kf: bool
    chance: random.Random
    book: Book
    habits: Habits
    accepted: list[int] = field(default_factory=list)
    said: int = 0

    async def run(self, platform: Platform) -> None:
        """Say something, wait for the answer, go on until the end."""
        while True:
            wait = self.chance.uniform(0.5, 1.5) * self.habits.pause
            await asyncio.sleep(max(0.0, min(wait, self.habits.ends - time.monotonic() + 0.1)))
            if time.monotonic() > self.habits.ends:
                return
            self.said += 1
            begins = time.monotonic()
            if not await self._say(platform):
                # Never acknowledged: the person was told so by the platform, and says it again another time.
                continue
            self.accepted.append(self.said)
            self.book.delivered.append((begins, time.monotonic() - begins))
            try:
                await platform.told(self.openid, f"答:第{self.said}句", GRACE_SECONDS)
            except TimeoutError:
                self.book.wrong.append(f"{self.openid}: no answer to {self.said}")
                return
            self.book.answered.append((begins, time.monotonic() - begins))

    async def _say(self, platform: Platform) -> bool:
        text = f"第{self.said}句"
        if self.kf:
            # Where the bell is not heard the message lies with the platform and must be fetched all the same.
            with suppress(httpx.HTTPError):
                await platform.kf_say(self.openid, ACCOUNT, text)
            return True
        # A MsgId is a number; the same one for each delivery.
        msgid = f"{self.openid.rpartition('-')[2]}{self.said:05d}"
        for _ in range(DELIVERIES):
            try:
                # Now and then the platform delivers again although it was taken.
                done = await platform.say(self.openid, text, msgid=msgid, deliveries=1 + (self.chance.random() < 0.1))
            except httpx.HTTPError:
                done = []
            if 200 in done:
                return True
            await asyncio.sleep(BETWEEN_SECONDS)
        return False

"""After any sequence of deeds a page that read a snapshot once and then its frames shows what a fresh snapshot shows.

In the manner of Zulip's `verify_action`: the pages here apply frames by the rules of `web/protocol`, with lines that break
and come back. Times and words that follow from the clock alone are left out.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.channels.web_socket import Sender
from gateway.hub import Page
from gateway.signin.sessions import ClientSession
from tests.unit.gateway.conftest import World, running

Json = dict[str, Any]
CLIENTS, STAFF = ("C0001", "C0002"), ("A01", "A09", "A14")
SUPERVISOR = "主管"
PATIENCE_SECONDS = 10.0


@dataclass
class Wire:
    """The client's end of a socket."""

    frames: list[Json] = field(default_factory=list)

    async def send_json(self, frame: Json) -> None:
        self.frames.append(frame)


@dataclass
class Phone:
    """A client's page on the real sender, fed by the hub."""

    world: World
    http: httpx.AsyncClient
    client_id: str
    state: Json = field(default_factory=dict)
    wire: Wire = field(default_factory=Wire)
    line: AsyncExitStack = field(default_factory=AsyncExitStack)
    live: bool = False

    async def fresh(self) -> Json:
        told = (await self.http.get("/api/chat/snapshot")).json()
        return {name: told[name] for name in ("epoch", "seq", "owner", "rating_asked", "marks")} | {
            "waiting": waiting(told["waiting"]),
            "messages": [(one["seq"], one["id"], one["text"]) for one in told["messages"]],
        }

    async def connect(self) -> None:
        """Open the line; what was missed since the last one comes over it."""
        self.wire = Wire()
        page: Page = self.line.enter_context(self.world.parts.hub.client_page(f"cv-{self.client_id}"))
        sender = Sender(self.wire, self.world.parts, ClientSession(self.client_id, "web"), page)  # type: ignore[arg-type]
        await sender.hello(self.state.get("seq"), self.state.get("epoch"))
        task = asyncio.create_task(sender.run())
        self.line.callback(task.cancel)
        self.live = True

    async def cut(self) -> None:
        self.apply()
        await self.line.aclose()
        self.live = False

    def apply(self) -> bool:
        """Take the frames in; whether one was a reset, after which all is read afresh."""
        frames, self.wire.frames = self.wire.frames, []
        state = self.state
        for frame in frames:
            match frame["type"]:
                case "hello" | "owner":
                    state |= {"owner": frame["owner"], "rating_asked": frame["rating_asked"]}
                    state["waiting"] = waiting(frame["waiting"])
                    state["marks"] = frame.get("marks", state.get("marks"))
                case "message":
                    said = frame["message"]
                    assert said["seq"] == state["seq"] + 1, "a gap, or the same again"
                    state["seq"] = said["seq"]
                    state["messages"] = [*state["messages"], (said["seq"], said["id"], said["text"])][-50:]
                case "marks":
                    state["marks"] = frame["marks"]
                case "reset":
                    return True
        return False


@dataclass
class Desk:
    """A desk on the hub's log, as a page that was away catches up from it."""

    world: World
    http: httpx.AsyncClient
    id: str
    role: str = ""
    state: Json = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    handoffs: dict[str, Json] = field(default_factory=dict)

    async def fresh(self) -> Json:
        told = (await self.http.get("/api/desk/snapshot")).json()
        self.role = told["me"]["role"]
        lists = {
            name: {one["id"]: one["version"] for one in told[name]} for name in ("offers", "active", "wrap_up", "queue")
        }
        self.handoffs |= {one["id"]: one for name in lists for one in told[name]}
        return lists | {
            "epoch": told["epoch"], "seq": told["seq"], "colleagues": colleagues(told["colleagues"]),
            "notices": sorted(one["id"] for one in told["notices"]),
            "follow_ups": sorted(one["id"] for one in told["follow_ups"]),
        }  # fmt: skip

    def apply(self) -> bool:
        hub = self.world.parts.hub
        for frame in hub.missed(self.id, epoch=self.state["epoch"], after=self.state["seq"]):
            if frame["type"] == "reset":
                return True
            self._take(frame)
            self.state["seq"] = frame["seq"]
        return False

    def _take(self, frame: Json) -> None:
        state = self.state
        match frame["type"]:
            case "offer.made" | "handoff.changed":
                self._place(frame["handoff"])
            case "offer.gone":
                state["offers"].pop(frame["handoff_id"], None)
            case "queue.changed":
                state["queue"] = {one["id"]: one["version"] for one in frame["queue"]}
                self.handoffs |= {one["id"]: one for one in frame["queue"]}
            case "colleagues":
                state["colleagues"] = colleagues(frame["colleagues"])
            case "follow_ups":
                state["follow_ups"] = sorted(one["id"] for one in frame["follow_ups"])
            case "notice":
                state["notices"] = sorted({*state["notices"], frame["notice"]["id"]})
            case "notice.read":
                state["notices"] = [one for one in state["notices"] if one != frame["notice_id"]]

    def _place(self, handoff: Json) -> None:
        """`web/protocol/handoffs.ts`: in the lists where it belongs, unless a newer version is known."""
        known = [self.state[name].get(handoff["id"], 0) for name in ("offers", "active", "wrap_up", "queue")]
        if max(known) > handoff["version"]:
            return
        self.handoffs[handoff["id"]] = handoff
        state, mine = handoff["state"], (handoff["owner"] or {}).get("id") == self.id
        belongs = {
            "offers": state == "offered" and (handoff["offered_to"] or {}).get("id") == self.id,
            "queue": state in ("waiting", "offered"),
            "active": state == "active" and (mine or self.role == SUPERVISOR),
            "wrap_up": state == "wrap_up" and mine,
        }
        for name, here in belongs.items():
            if here:
                self.state[name][handoff["id"]] = handoff["version"]
            else:
                self.state[name].pop(handoff["id"], None)


def waiting(told: Json | None) -> Any:
    return told and (told["handoff_id"], told["position"])


def colleagues(told: list[Json]) -> Json:
    return {one["id"]: (one["presence"], one["load"]) for one in told}


@dataclass
class Stage:
    world: World
    phones: list[Phone]
    desks: list[Desk]
    number: int = 0

    async def do(self, deed: str, who: int) -> None:
        """One deed of a client or of staff; what cannot be done just now is refused, and nothing breaks."""
        phone, desk = self.phones[who % len(self.phones)], self.desks[who % 2]
        self.number += 1
        name, conversation = f"d{self.number}", f"cv-{phone.client_id}"
        answer: httpx.Response | None = None
        match deed:
            case "cut":
                await phone.cut()
            case "back":
                await phone.cut()
                await phone.connect()
            case "says":
                answer = await phone.http.post("/api/chat/messages", json={"id": name, "text": f"第{self.number}句"})
                await self.world.turn(name)
            case "asks":
                answer = await phone.http.post("/api/chat/handoff", json={})
            case "leaves":
                answer = await phone.http.post("/api/chat/handoff/cancel", json={})
            case "rates" if phone.state["rating_asked"]:
                body = {"handoff_id": phone.state["rating_asked"]["handoff_id"], "score": 4}
                answer = await phone.http.post("/api/chat/rating", json=body)
            case "accept" | "decline" if desk.state["offers"]:
                answer = await self._handoff(desk, "offers", deed, {"reason": "忙"} if deed == "decline" else {})
            case "speaks":
                body = {"id": name, "text": f"您好,这是第{self.number}句"}
                answer = await desk.http.post(f"/api/desk/conversations/{conversation}/messages", json=body)
            case "return" if desk.state["active"]:
                answer = await self._handoff(desk, "active", "return", {"note": "已说明"})
            case "close" if desk.state["active"]:
                answer = await self._handoff(
                    desk, "active", "close", {"outcome": "follow_up", "note": "再联系", "tags": []}
                )
            case "done" if desk.state["wrap_up"]:
                answer = await self._handoff(desk, "wrap_up", "done", {})
            case "transfer" if desk.state["active"]:
                answer = await self._handoff(desk, "active", "transfer", {"to": None, "topic": None, "note": "请接手"})
            case "online" | "busy" | "offline":
                answer = await desk.http.post("/api/desk/presence", json={"state": deed})
        assert answer is None or answer.status_code < 500, answer.text

    async def _handoff(self, desk: Desk, where: str, deed: str, body: Json) -> httpx.Response:
        handoff_id, version = next(iter(desk.state[where].items()))
        return await desk.http.post(f"/api/desk/handoffs/{handoff_id}/{deed}", json={"version": version, **body})

    async def check(self, deeds: list[Any]) -> None:
        for page in (*self.phones, *self.desks):
            if isinstance(page, Phone) and not page.live:
                continue
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while not await self._same(page):
                        await asyncio.to_thread(lambda: None)
            except TimeoutError:
                raise AssertionError((deeds, page.state, await page.fresh())) from None

    async def _same(self, page: Phone | Desk) -> bool:
        if page.apply():
            page.state = await page.fresh()
        fresh = await page.fresh()
        page.apply()
        # The log counts every desk's frames.
        return {**page.state, "seq": 0} == {**fresh, "seq": 0} if isinstance(page, Desk) else page.state == fresh


DEEDS = (
    "says", "says", "asks", "asks", "leaves", "rates", "accept", "accept", "decline", "speaks", "return", "close", "done",
    "transfer", "online", "busy", "offline", "cut", "back",
)  # fmt: skip


async def play(deeds: list[tuple[str, int]]) -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = await stack.enter_async_context(running(folder))
        phones = [Phone(world, await stack.enter_async_context(world.client(one)), one) for one in CLIENTS]
        desks = [Desk(world, await stack.enter_async_context(world.staff(one)), one) for one in STAFF]
        stage = Stage(world, phones, desks)
        for desk in desks[:2]:
            assert (await desk.http.post("/api/desk/presence", json={"state": "online"})).status_code == 200
        for page in (*phones, *desks):
            page.state = await page.fresh()
        for phone in phones:
            await phone.connect()
            stack.push_async_callback(phone.line.aclose)
        for number, (deed, who) in enumerate(deeds, 1):
            await stage.do(deed, who)
            await stage.check(deeds[:number])
        for phone in phones:
            await phone.cut()
            await phone.connect()
        await stage.check(deeds)


@settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 1)), min_size=6, max_size=16))
def test_frames_after_a_snapshot_tell_what_a_fresh_snapshot_tells(deeds: list[tuple[str, int]]) -> None:
    asyncio.run(play(deeds))


def test_the_whole_way_of_a_case_is_told_by_frames() -> None:
    """The path that chance seldom takes to its end."""
    asyncio.run(play([
        ("says", 0), ("asks", 0), ("accept", 0), ("accept", 1), ("speaks", 0), ("cut", 0), ("speaks", 0), ("back", 0),
        ("transfer", 0), ("transfer", 1), ("accept", 1), ("accept", 0), ("speaks", 0), ("close", 0), ("close", 1),
        ("done", 0), ("done", 1), ("rates", 0), ("asks", 1), ("leaves", 1), ("says", 0),
    ]))  # fmt: skip

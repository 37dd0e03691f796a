"""Fan-out to the live pages of this process. Client pages catch up from SQL by message number, desks from a bounded log.

A desk's page names {epoch, after}: what it missed is in the log, or the answer is `reset` and it reads a snapshot.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from gateway.timeline.model import Message

Json = dict[str, Any]
#: A page that is this far behind is told to start afresh: its connection is too slow to be live.
MOST_WAITING = 500
#: About a quarter of an hour of a busy desk; longer absences read a snapshot.
LOG_FRAMES = 2000
RESET: Json = {"type": "reset"}
#: Frames that tell a whole state: only the newest is worth catching up on.
WHOLE = ("queue.changed", "colleagues", "follow_ups")


@dataclass(eq=False)
class Page:
    """One live socket's frames to be sent."""

    frames: asyncio.Queue[Json] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))

    def put(self, frame: Json) -> None:
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            while not self.frames.empty():
                self.frames.get_nowait()
            self.frames.put_nowait(RESET)


class Hub:
    """Meets `handoff.ports.Push`. `send_on` hands each envelope to the other processes, when there are any."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.seq = 0
        self.send_on: Callable[[Json], None] = lambda envelope: None
        #: Told of each message that this process stored: a channel that has no page.
        self.heard: Callable[[Message], None] = lambda message: None
        self._clients: dict[str, set[Page]] = {}
        self._desks: dict[str, set[Page]] = {}
        #: seq -> whom it is for, and the frame.
        self._log: OrderedDict[int, tuple[set[str] | None, Json]] = OrderedDict()
        self._whole: dict[str, list[int]] = {kind: [] for kind in WHOLE}
        #: The last seq that fell off the log's end.
        self._lost = 0

    # -- what others send ------------------------------------------------------------------------------------

    async def to_client(self, conversation_id: str, frame: Json) -> None:
        self.to_pages(conversation_id, frame)

    def to_pages(self, conversation_id: str, frame: Json) -> None:
        """To every live page of the client."""
        self._publish({"client": conversation_id, "frame": frame})

    async def to_advisors(self, frame: Json, advisor_ids: set[str] | None) -> None:
        self.to_desks(frame, advisor_ids)

    def to_desks(self, frame: Json, advisor_ids: set[str] | None) -> None:
        self._publish({"desks": None if advisor_ids is None else sorted(advisor_ids), "frame": frame})

    def message(self, message: Message, readers: set[str]) -> None:
        """A stored message, to its client's pages and to the desks of `readers`."""
        shown = {"type": "message", "message": message.for_client()}
        self._publish({"client": message.draft.conversation_id, "frame": shown})
        if readers:
            self.to_desks({"type": "message", "message": message.for_desk()}, readers)
        self.heard(message)

    def _publish(self, envelope: Json) -> None:
        self.deliver(envelope)
        self.send_on(envelope)

    def deliver(self, envelope: Json) -> None:
        """Put an envelope's frame to the pages of this process that it is for."""
        frame = envelope["frame"]
        if "client" in envelope:
            for page in self._clients.get(envelope["client"], ()):
                page.put(frame)
            return
        audience = None if envelope["desks"] is None else set(envelope["desks"])
        if frame["type"] != "typing":
            self.seq += 1
            frame = {**frame, "seq": self.seq}
            self._remember(audience, frame)
        for advisor_id, pages in self._desks.items():
            if audience is None or advisor_id in audience:
                for page in pages:
                    page.put(frame)

    def _remember(self, audience: set[str] | None, frame: Json) -> None:
        """Put a frame to the log, in place of the older ones that it makes worthless."""
        kind = frame["type"]
        if kind in self._whole:
            kept = []
            for seq in self._whole[kind]:
                if (known := self._log.get(seq)) is None:
                    continue
                # Who is not told now still needs what he was told last.
                others = set() if audience is None else None if known[0] is None else known[0] - audience
                if others is None or others:
                    self._log[seq] = (others, known[1])
                    kept.append(seq)
                else:
                    del self._log[seq]
            self._whole[kind] = [*kept, self.seq]
        self._log[self.seq] = (audience, frame)
        while len(self._log) > LOG_FRAMES:
            self._lost, _ = self._log.popitem(last=False)

    def reset(self) -> None:
        """Frames of other processes may be lost: every page starts afresh."""
        for pages in (*self._clients.values(), *self._desks.values()):
            for page in pages:
                page.put(RESET)

    # -- the pages -------------------------------------------------------------------------------------------

    @contextmanager
    def client_page(self, conversation_id: str) -> Iterator[Page]:
        with self._joined(self._clients, conversation_id, Page()) as page:
            yield page

    @contextmanager
    def desk_page(self, advisor_id: str, *, epoch: str | None, after: int | None) -> Iterator[Page]:
        """A desk's page, what it missed already put to it."""
        page = Page()
        for frame in self.missed(advisor_id, epoch=epoch, after=after):
            page.put(frame)
        with self._joined(self._desks, advisor_id, page):
            yield page

    def missed(self, advisor_id: str, *, epoch: str | None, after: int | None) -> list[Json]:
        """What the desk has not seen since `after`, or one `reset` when that is not known any more."""
        if epoch != self.epoch or after is None or after > self.seq or after < self._lost:
            return [RESET]
        return [
            frame
            for seq, (audience, frame) in self._log.items()
            if seq > after and (audience is None or advisor_id in audience)
        ]

    def cursor(self) -> Json:
        """Where the desks' stream is now; read before a snapshot, so that nothing is missed."""
        return {"epoch": self.epoch, "seq": self.seq}

    def counts(self) -> dict[str, int]:
        """Live sockets: {client, desk}."""
        return {"client": sum(map(len, self._clients.values())), "desk": sum(map(len, self._desks.values()))}

    def desks(self) -> set[str]:
        """Advisors who have a page open here."""
        return set(self._desks)

    @contextmanager
    def _joined(self, room: dict[str, set[Page]], key: str, page: Page) -> Iterator[Page]:
        room.setdefault(key, set()).add(page)
        try:
            yield page
        finally:
            room[key].discard(page)
            if not room[key]:
                with suppress(KeyError):
                    del room[key]

"""A client's turn from the first bubble to the answer: stored before it is asked, answered once, never lost.

One turn of a conversation runs after another. Several quick bubbles are one turn. A turn that the core cannot take now
stays open and is asked again; one found open at start is asked again under the same id, which the core knows.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.turn import Figures, TurnAnswer, TurnRequest
from gateway import notices, turn_store, words
from gateway.asking import Asked, Core, Timing, drafts_of
from gateway.channels.wechat import guests
from gateway.clients import Clients
from gateway.committed import later
from gateway.core import CoreAway, CoreFailed
from gateway.hearing import Hearing
from gateway.hints import Hints
from gateway.hub import Hub
from gateway.metrics import Metrics
from gateway.tasks import finish
from gateway.timeline import figures, store
from gateway.timeline.model import Author, Draft, Message, Understanding, client_of, person_of
from gateway.timeline.timeline import Timeline
from gateway.told import told
from handoff.service import Handoffs
from kit import log
from kit.clock import Clock
from kit.due import Due
from kit.errors import AgentError
from kit.ids import NewId
from kit.masking import mask

#: Rasa needs some 20 s to start: at most this long passes between its coming back and our noticing.
LONGEST_PAUSE_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 0.25
#: A message on which the core fails this often will fail again.
MOST_FAILURES = 3
#: How soon a turn that another process closed is seen, and how often turns that a dead process left are looked for.
LOOK_SECONDS, LEFT_SECONDS = 1.0, 30.0
#: A client who types on without a pause is answered after this many quiet times.
MOST_QUIET_TIMES = 6

BOT, ADVISOR = "bot", "advisor"
#: The reason code of the client's own button.
OWN_WISH = "explicit_ask"
#: The slots that name what the institution took down in a turn.
RECEIPTS = ("last_order", "last_ticket")


class Turns:
    def __init__(
        self, engine: AsyncEngine, clock: Clock, new_id: NewId, timeline: Timeline, hub: Hub, core: Core,
        clients: Clients, handoffs: Handoffs, timing: Timing, metrics: Metrics, hearing: Hearing, hints: Hints,
    ) -> None:  # fmt: skip
        self._engine, self._clock, self._new_id = engine, clock, new_id
        self._timeline, self._hub, self._core = timeline, hub, core
        self._clients, self._handoffs, self._timing, self._metrics = clients, handoffs, timing, metrics
        self._hearing, self._hints = hearing, hints
        #: Told the client of every closed turn; must not wait or raise. Set at bootstrap.
        self.closed_for: Callable[[str], None] | None = None
        #: Whether the client's words were for another part (binding a WeChat). Set at bootstrap.
        self.dealt_with: Callable[[TurnRequest], Awaitable[bool]] | None = None
        self._due = Due(self._work)
        self._quiet_until: dict[str, float] = {}
        self._opened: dict[str, float] = {}
        self._late: set[str] = set()
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._log = log.get(__name__)

    # -- in ---------------------------------------------------------------------------------------------------

    async def said(self, conversation_id: str, message_id: str, text: str, channel: str) -> Message:
        """Store what the client says and have it answered; the same id again changes nothing."""
        text, at = mask(text), self._clock.now()
        try:
            async with self._engine.begin() as connection:
                # Until the commit no turn of the conversation is frozen: the bubble is in the text that is asked.
                await store.lock(connection, conversation_id)
                gathering = await turn_store.gathering(connection, conversation_id)
                turn_id, author_id = gathering or message_id, client_of(conversation_id)
                draft = Draft(message_id, conversation_id, Author.CLIENT, text, at, channel, author_id, turn_id=turn_id)
                message, new = await self._timeline.append(connection, draft)
                if new and gathering is None:
                    await turn_store.open_turn(connection, conversation_id, message_id, message.seq, at=at)
            if new:
                now = asyncio.get_running_loop().time()
                self._opened.setdefault(turn_id, now)
                self._quiet_until[conversation_id] = now + self._timing.quiet(channel)
        finally:
            # A page that goes away just now may cancel us with the message stored: whoever looks finds it, or nothing.
            self._due.wake(conversation_id)
        if new and conversation_id in self._late and words.asks_for_person(text):
            who, key = person_of(conversation_id), f"{message_id}+late"
            await self._handoffs.request(conversation_id, who, [OWN_WISH], key=key, channel=channel)
        return message

    async def recover(self, before: datetime | None = None) -> int:
        """Ask the turns again that a crash left open (opened `before`); how many conversations have one."""
        async with self._engine.connect() as connection:
            found = await turn_store.conversations_with_open(connection, before)
        for conversation_id in found:
            self._due.wake(conversation_id)
        return len(found)

    async def take_over(self) -> None:
        """Turns that have been open for so long may be those of a process that died: asked twice they are answered once."""
        try:
            await self.recover(self._clock.now() - timedelta(seconds=LEFT_SECONDS))
        except SQLAlchemyError as error:
            self._log.error("Open turns could not be read", action="turns_not_read", exc_info=error)

    async def wait(self, message_id: str, seconds: float) -> dict[str, Any] | None:
        """The closed turn of a message as `GET /internal/turns/{id}` tells it; None when it stays open that long."""
        closed = asyncio.Event()
        self._waiting[message_id].add(closed)
        try:
            ends = asyncio.get_running_loop().time() + seconds
            while (told := await self.closed(message_id)) is None:
                if (left := ends - asyncio.get_running_loop().time()) <= 0:
                    break
                # Another process may close it: ours is not told of that.
                with suppress(TimeoutError):
                    await asyncio.wait_for(closed.wait(), min(left, LOOK_SECONDS))
            return told
        finally:
            self._waiting[message_id].discard(closed)
            if not self._waiting[message_id]:
                del self._waiting[message_id]

    async def closed(self, message_id: str) -> dict[str, Any] | None:
        async with self._engine.connect() as connection:
            turn = await turn_store.of_message(connection, message_id)
            if turn is None or turn.state != turn_store.CLOSED:
                return None
            said = await store.of_turn(connection, turn.conversation_id, turn.id)
        return told(turn, said)

    async def stop(self, seconds: float = 5.0) -> None:
        """Let running turns end for a moment; what stays open is found at the next start."""
        await finish(self._due.running, seconds)

    # -- one conversation's worker ------------------------------------------------------------------------------

    async def _work(self, conversation_id: str) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await self._answer_all(conversation_id)
            except Exception:
                # The turn is open in SQL: try again rather than leave the client without an answer.
                self._log.exception("A turn broke", action="turn_broke", conversation_id=conversation_id)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _answer_all(self, conversation_id: str) -> None:
        while True:
            await self._quiet(conversation_id)
            asked = await self._freeze(conversation_id)
            if asked is None:
                return
            if await self._dealt_with(asked.request):
                await self._close(asked, None, outcome="command")
                continue
            # What a person said before this message stands before it in the core's memory, too.
            await self._hearing.catch_up(conversation_id)
            answer = guests.lawful(asked.request, await self._ask(asked))
            owner = await self._close(asked, answer)
            if owner is None:
                # Read along for a person who has gone meanwhile: frozen anew, it is asked to be answered.
                continue
            if self.closed_for and asked.request.client_id:
                self.closed_for(asked.request.client_id)
            if answer and owner != BOT:
                await self._tell_handoff(asked, answer)
            if answer and owner == ADVISOR:
                await self._hints.tell(asked.request, answer, await self._readers(conversation_id))

    async def _dealt_with(self, request: TurnRequest) -> bool:
        """Whether the words were an answer to us and no question: the bot has nothing to say."""
        if request.owner != ADVISOR and await self._handoffs.command(request.conversation_id, request.text):
            return True
        return self.dealt_with is not None and await self.dealt_with(request)

    async def _quiet(self, conversation_id: str) -> None:
        for _ in range(MOST_QUIET_TIMES):
            left = self._quiet_until.get(conversation_id, 0.0) - asyncio.get_running_loop().time()
            if left <= 0:
                break
            await asyncio.sleep(left)
        self._quiet_until.pop(conversation_id, None)

    async def _freeze(self, conversation_id: str) -> Asked | None:
        """The oldest open turn, its bubbles fixed, as a request to the core."""
        client_id, now = client_of(conversation_id), self._clock.now()
        client = await self._client(client_id)
        async with self._engine.begin() as connection:
            await store.lock(connection, conversation_id)
            turn = await turn_store.oldest_open(connection, conversation_id)
            if turn is None:
                return None
            await turn_store.set_asked(connection, turn)
            said = await store.of_turn(connection, conversation_id, turn.id)
            bubbles = tuple(message for message in said if message.draft.author is Author.CLIENT)
            # A button tapped three times is said once.
            text = "\n".join(dict.fromkeys(message.draft.text for message in bubbles))
            known = await self._figures(connection, turn, text, now)
            owner = await self._owner(connection, conversation_id)
        request = TurnRequest(
            conversation_id, turn.id, client_id, text, bubbles[-1].draft.channel, now.isoformat(), known,
            answer=owner != ADVISOR, owner=owner, client=client,
        )  # fmt: skip
        return Asked(turn, request, bubbles)

    async def _figures(self, connection: AsyncConnection, turn: turn_store.Turn, text: str, now: datetime) -> Figures:
        heard = await store.heard(connection, turn.conversation_id, below=turn.first_seq, now=now)
        missed = await turn_store.missed_newest_first(connection, turn.conversation_id)
        return Figures(
            failures=figures.failures(missed),
            repeats=figures.repeats(text, heard, now=now),
            recent_emotions=figures.recent_emotions(heard, now=now),
        )

    async def _client(self, client_id: str) -> dict[str, Any]:
        try:
            return await self._clients.get(client_id)
        except AgentError:
            return {"id": client_id}

    async def _owner(self, connection: AsyncConnection, conversation_id: str) -> str:
        owner = await self._timeline.owner_of(connection, conversation_id) if self._timeline.owner_of else None
        return str(owner.kind.value) if owner else BOT

    async def _readers(self, conversation_id: str) -> set[str]:
        async with self._engine.connect() as connection:
            return await self._timeline.readers(connection, conversation_id)

    async def _ask(self, asked: Asked) -> TurnAnswer | None:
        """The core's answer, however long it takes; None when this message makes it fail."""
        if asked.request.answer:
            await self._hub.to_client(asked.turn.conversation_id, {"type": "typing", "who": "bot"})
        call = asyncio.create_task(self._call(asked))
        try:
            done, _ = await asyncio.wait({call}, timeout=self._timing.deadline)
            if not done and asked.request.answer:
                self._late.add(asked.turn.conversation_id)
                await self._tell_late(asked)
            return await call
        finally:
            self._late.discard(asked.turn.conversation_id)
            call.cancel()

    async def _call(self, asked: Asked) -> TurnAnswer | None:
        pause, failed = FIRST_PAUSE_SECONDS, 0
        while failed < MOST_FAILURES:
            try:
                return await self._core.turn(asked.request)
            except CoreAway as error:
                self._log.warning(
                    "The dialogue core is away", action="core_away", turn_id=asked.turn.id, cause=str(error.fields)
                )
            except CoreFailed as error:
                failed += 1
                self._log.error(
                    "The dialogue core failed", action="core_failed", turn_id=asked.turn.id, cause=str(error.fields)
                )
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        return None

    async def _tell_late(self, asked: Asked) -> None:
        if asked.turn.told_late:
            return
        async with self._engine.begin() as connection:
            if await self._owner(connection, asked.turn.conversation_id) == ADVISOR:
                return
            await turn_store.set_told_late(connection, asked.turn)
            await self._timeline.append(connection, self._system(asked, "late", words.LATE))
        self._metrics.late_turns.inc()

    # -- out --------------------------------------------------------------------------------------------------

    async def _close(self, asked: Asked, answer: TurnAnswer | None, outcome: str | None = None) -> str | None:
        """Store the answer and close the turn in one transaction; the pages are told after it.

        Who owns the conversation then; None when the turn stays open, since nobody has answered the client.
        """
        turn, now = asked.turn, self._clock.now()
        async with self._engine.begin() as connection:
            owner = await self._owner(connection, turn.conversation_id)
            if outcome is None and not asked.request.answer and owner != ADVISOR:
                last = asked.bubbles[-1].seq
                if not await store.person_spoke(connection, turn.conversation_id, after=last):
                    return None
            took_ms = self._took_ms(turn, now)
            readers = await self._timeline.readers(connection, turn.conversation_id) if owner == ADVISOR else set()
            drafts: list[Draft] = []
            if outcome is None:
                outcome, drafts = self._decide(asked, answer, owner)
            closed = await turn_store.close(
                connection, turn, answer, at=now, outcome=outcome, owner=owner, took_ms=took_ms,
                missed=outcome == "no_answer" or (outcome == "answered" and answer is not None and figures.missed(answer)),
            )  # fmt: skip
            if closed and answer:
                await self._understood(connection, asked.bubbles[-1], answer, readers)
            if closed:
                await notices.tell_mood(connection, self._hub, asked.request, answer, at=now)
            for draft in drafts if closed else ():
                await self._timeline.append(connection, draft, readers=readers)
        self._metrics.turns.labels(outcome).inc()
        self._metrics.turn_seconds.observe(took_ms / 1000)
        for bubble in asked.bubbles:
            for event in self._waiting.get(bubble.draft.id, ()):
                event.set()
        return owner

    def _decide(self, asked: Asked, answer: TurnAnswer | None, owner: str) -> tuple[str, list[Draft]]:
        """What becomes of the turn, and what the client reads: once an advisor has come, only what was done for him."""
        if not asked.request.answer:
            return "read_along", []
        if owner == ADVISOR and not (answer and any(answer.slots.get(name) for name in RECEIPTS)):
            return "dropped", []
        if drafts := drafts_of(asked, answer, self._clock.now()):
            return "answered", drafts
        return "no_answer", [self._system(asked, "none", words.NO_ANSWER)]

    async def _tell_handoff(self, asked: Asked, answer: TurnAnswer) -> None:
        """The open handoff's mood and last message follow the client's."""
        said = asked.bubbles[-1].draft
        await self._handoffs.understood(
            said.conversation_id, said.text, at=said.at, emotion=answer.emotion, strength=answer.strength
        )

    async def _understood(
        self, connection: AsyncConnection, message: Message, answer: TurnAnswer, readers: set[str]
    ) -> None:
        known = Understanding(answer.intent, answer.confidence, answer.emotion, answer.strength)
        conversation_id = message.draft.conversation_id
        await store.understand(connection, conversation_id, message.seq, known)
        if readers:
            frame = {
                "type": "understood", "conversation_id": conversation_id, "message_seq": message.seq,
                "message_id": message.draft.id, "intent": known.intent, "confidence": known.confidence,
                "emotion": known.emotion, "strength": known.strength,
            }  # fmt: skip
            later(connection, lambda: self._hub.to_desks(frame, readers))

    def _took_ms(self, turn: turn_store.Turn, now: datetime) -> int:
        began = self._opened.pop(turn.id, None)
        if began is None:
            return max(0, int((now - turn.opened_at).total_seconds() * 1000))
        return int((asyncio.get_running_loop().time() - began) * 1000)

    def _system(self, asked: Asked, suffix: str, text: str) -> Draft:
        return Draft(
            f"{asked.turn.id}.{suffix}", asked.turn.conversation_id, Author.SYSTEM, text, self._clock.now(),
            asked.request.channel, quick_replies=(words.HUMAN,), turn_id=asked.turn.id,
        )  # fmt: skip

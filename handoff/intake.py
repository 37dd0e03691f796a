"""Requests that come at the same time share a transaction: one commit, one look at the queue, one statement a table.

While a transaction runs, those who come meanwhile wait for the next, so nothing is delayed to fill a group. They are
taken in the order they came. What is not simply new (a known key, an open handoff, twice in one group) goes the
ordinary way in the same transaction; and when a group fails, each of its requests is tried alone, so that one bad
request harms nobody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from handoff import store, tables, views
from handoff.core import Happened, Work, logger
from handoff.deciding import decide
from handoff.estimate import ANSWER_SECONDS
from handoff.ports import Json
from handoff.record import Handoff, moved
from handoff.requests import Ask, Requests
from handoff.states import Event
from handoff.views import Scene

#: Requests of one transaction. They come together only while another transaction runs, and what a transaction costs
#: grows far slower than what it serves: taking all who wait is the shortest way for the last of them.
MOST_TOGETHER = 256

_Waiting = tuple[Ask, "asyncio.Future[Json]"]


class Intake(Requests):
    _asks: list[_Waiting]
    _draining: asyncio.Task[None] | None = None

    async def _enter(self, ask: Ask) -> Json:
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        if self._draining is None or self._draining.done():
            self._asks = []
            self._draining = asyncio.create_task(self._drain())
        self._asks.append((ask, answer))
        return await answer

    async def _drain(self) -> None:
        try:
            while self._asks:
                group, self._asks = self._asks[:MOST_TOGETHER], self._asks[MOST_TOGETHER:]
                await self._serve(group)
        finally:
            for _, answer in self._asks:
                answer.cancel()

    async def _serve(self, group: Sequence[_Waiting]) -> None:
        try:
            async with self.work() as work:
                answers = await self._together(work, [ask for ask, _ in group])
            for (_, waiting), answer in zip(group, answers, strict=True):
                _tell(waiting, answer)
            return
        except Exception as error:
            logger.warning("A group of requests failed", action="group_failed", cause=type(error).__name__)
        except asyncio.CancelledError:
            for _, waiting in group:
                waiting.cancel()
            raise
        for ask, waiting in group:
            if not waiting.done():
                await self._alone(ask, waiting)

    async def _alone(self, ask: Ask, waiting: asyncio.Future[Json]) -> None:
        try:
            _tell(waiting, await super()._enter(ask))
        except Exception as error:
            if not waiting.done():
                waiting.set_exception(error)
        except asyncio.CancelledError:
            waiting.cancel()
            raise

    async def _together(self, work: Work, asks: Sequence[Ask]) -> list[Json]:
        """The answers to these requests, in their order."""
        connection, conversations = work.connection, [ask.conversation_id for ask in asks]
        scene = await self.scene(connection, work.now)
        taken = {one for one in conversations if one in scene.by_conversation}
        used, served = await store.known(connection, [ask.key for ask in asks if ask.key], conversations)
        work.unserved.update(one for one in conversations if one not in served)
        fresh: dict[int, Handoff] = {}
        for number, ask in enumerate(asks):
            if ask.conversation_id in taken or ask.key in used:
                continue
            taken.add(ask.conversation_id)
            used |= {ask.key} if ask.key else set()
            knew = await self._knew(work, ask.conversation_id) if ask.conversation_id in served else None
            fresh[number] = await self._opened_for(work, ask, knew)
        answers: dict[int, Json] = {}
        if fresh:
            scene, answers = await self._take_up(work, asks, fresh, scene)
        rest = [number for number in range(len(asks)) if number not in fresh]
        for number in rest:
            async with connection.begin_nested():
                answers[number] = await self._asked(work, asks[number])
        work.scene = None if rest else scene
        return [answers[number] for number in range(len(asks))]

    async def _take_up(
        self, work: Work, asks: Sequence[Ask], fresh: Mapping[int, Handoff], scene: Scene
    ) -> tuple[Scene, dict[int, Json]]:
        """The scene with these new cases decided, and what each client is told.

        A new case is written once, as it stands at the end: nobody can see it before.
        """
        scene = scene.after(list(fresh.values()))
        decided = decide(scene)
        new = {handoff.id for handoff in fresh.values()}
        stored = await self._offer(work, [one for one in decided if one.handoff.id not in new])
        answer_by, told = self._answer_by(work.now), {"estimated_seconds": int(ANSWER_SECONDS)}
        offered = {
            one.handoff.id: moved(one.handoff, Event.OFFER, one.offer(now=work.now, expires_at=answer_by) | told)
            for one in decided
            if one.handoff.id in new
        }
        after = scene.after([*stored, *offered.values()])
        cases = {number: offered.get(handoff.id, handoff) for number, handoff in fresh.items()}
        answers = {number: views.status_json(case, after, already=False) for number, case in cases.items()}
        cases = {number: _told(case, answers[number]["wait_seconds"], work.now) for number, case in cases.items()}
        await store.add_all(work.connection, list(cases.values()))
        keys = [{"key": asks[n].key, "handoff_id": case.id} for n, case in cases.items() if asks[n].key]
        await store.insert_all(work.connection, tables.handoff_keys, keys)
        asked: list[Happened] = [
            (case.id, "request", case.client_id, {"reasons": list(asks[n].reasons), "topic": case.topic})
            for n, case in cases.items()
        ]
        if decided:
            await self._note_decisions(work, scene, decided)
        await self._tell_offers(work, [*stored, *(case for case in cases.values() if case.offered_to)], before=asked)
        for number, case in cases.items():
            logger.info("Handoff requested", action="handoff_requested", handoff_id=case.id)
            work.note(case)
            if asks[number].announce:
                await self.say(work, case.conversation_id, f"已为您转人工。{answers[number]['words']}")
        return after.after(list(cases.values())), answers


def _told(handoff: Handoff, wait_seconds: int | None, now: datetime) -> Handoff:
    """What the client hears of his wait is kept, so that it can be compared with what it became."""
    if handoff.estimated_seconds == wait_seconds and wait_seconds is not None:
        return handoff
    return replace(handoff, estimated_seconds=wait_seconds, told_closed_at=now if wait_seconds is None else None)


def _tell(waiting: asyncio.Future[Json], answer: Json) -> None:
    if not waiting.done():
        waiting.set_result(answer)

"""Requests that come at the same time share a transaction: one commit, one look at the queue, one statement a table.

While a transaction runs, those who come meanwhile wait for the next, so nothing is delayed to fill a group. They are
taken in the order they came. What is not simply new (a known key, an open handoff, twice in one group) goes the
ordinary way in the same transaction; and when a group fails, each of its requests is tried alone, so that one bad
request harms nobody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from handoff import store, tables, views
from handoff.core import Work, logger
from handoff.ports import Json
from handoff.requests import Ask, Requests

#: Requests of one transaction. More would only make the first of them wait longer.
MOST_TOGETHER = 64

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
            if len(group) > 1:
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
        taken = await store.open_conversations(connection, conversations)
        used = await store.known_keys(connection, [ask.key for ask in asks if ask.key])
        served = await store.served_conversations(connection, conversations)
        fresh: dict[int, str] = {}
        opened = []
        for number, ask in enumerate(asks):
            if ask.conversation_id in taken or ask.key in used:
                continue
            taken.add(ask.conversation_id)
            used |= {ask.key} if ask.key else set()
            knew = await self._knew(work, ask.conversation_id) if ask.conversation_id in served else None
            opened.append(work.note(await self._opened_for(work, ask, knew)))
            fresh[number] = opened[-1].id
        if opened:
            await store.add_all(connection, opened)
            keys = [{"key": asks[n].key, "handoff_id": one} for n, one in fresh.items() if asks[n].key]
            await store.insert_all(connection, tables.handoff_keys, keys)
            events = [
                (fresh[n], "request", asks[n].client.id, {"reasons": list(asks[n].reasons), "topic": h.topic})
                for n, h in zip(fresh, opened, strict=True)
            ]
            await self.record_all(work, events)
        scene = await self.match(work)
        known = {handoff.id: handoff for handoff in scene.handoffs}
        answers = {n: views.status_json(known[one], scene, already=False) for n, one in fresh.items()}
        await self._write_down(work, asks, fresh, answers)
        rest = [number for number in range(len(asks)) if number not in fresh]
        for number in rest:
            async with connection.begin_nested():
                answers[number] = await self._asked(work, asks[number])
        work.scene = None if rest else scene
        return [answers[number] for number in range(len(asks))]

    async def _write_down(
        self, work: Work, asks: Sequence[Ask], fresh: dict[int, str], answers: dict[int, Json]
    ) -> None:
        """What each new client is told."""
        rows = [
            {
                "_id": one, "estimated_seconds": answers[n]["wait_seconds"],
                "told_closed_at": work.now if answers[n]["wait_seconds"] is None else None,
            }
            for n, one in fresh.items()
        ]  # fmt: skip
        await store.amend_all(work.connection, rows)
        for number in fresh:
            if asks[number].announce:
                await self.say(work, asks[number].conversation_id, f"已为您转人工。{answers[number]['words']}")


def _tell(waiting: asyncio.Future[Json], answer: Json) -> None:
    if not waiting.done():
        waiting.set_result(answer)

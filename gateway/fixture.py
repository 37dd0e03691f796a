"""What a loaded fixture of the sandbox means here: its time, its past messages, its staff."""

from __future__ import annotations

from typing import Any

from gateway import blocked, notices, order_news
from gateway.hub import RESET
from gateway.services import Services
from gateway.timeline import store
from gateway.timeline.model import Author, Draft, Understanding, conversation_of
from gateway.timeline.timeline import NAMES
from kit.masking import mask


async def take_fixture(parts: Services) -> dict[str, Any]:
    """Take it over; {messages, advisors, now}. The conversations of its clients start afresh with its messages."""
    fixture = await parts.institution.fixture()
    parts.clock.set(await parts.institution.clock())
    parts.clients.forget()
    await order_news.start_afresh(parts.engine, parts.institution)
    spoken = {message.client_id for message in fixture.messages}
    people = sorted({*fixture.clients, *spoken, *fixture.owners})
    for client_id in people:
        await parts.handoffs.forget(conversation_of(client_id))
        await _retell(parts, client_id, [message for message in fixture.messages if message.client_id == client_id])
    await parts.handoffs.set_fixture(fixture.advisors, fixture.presence_by_shift, fixture.owners)
    for client_id in people:
        await parts.profiles.forget(client_id)
        parts.profiles.heard(client_id)
    return {"messages": len(fixture.messages), "advisors": len(fixture.advisors), "now": parts.clock.now().isoformat()}


async def _retell(parts: Services, client_id: str, past: list[Any]) -> None:
    conversation_id = conversation_of(client_id)
    async with parts.engine.begin() as sql:
        await parts.timeline.open(sql, conversation_id)
        await store.forget(sql, conversation_id, epoch=parts.new_id())
        await blocked.forget(sql, conversation_id)
        await notices.forget(sql, client_id)
        await parts.hearing.clear_first(sql, conversation_id)
        for told in past:
            author = Author(told.author)
            message, _ = await parts.timeline.put(
                sql,
                Draft(
                    parts.new_id(), conversation_id, author, mask(told.text), told.at, told.channel,
                    told.author_id or (client_id if author is Author.CLIENT else None), NAMES.get(author),
                ),
            )  # fmt: skip
            if told.emotion:
                known = Understanding(told.intent or "", 1.0, told.emotion, 0.5)
                await store.understand(sql, conversation_id, message.seq, known)
    await parts.hearing.catch_up(conversation_id)
    await parts.hub.to_client(conversation_id, RESET)

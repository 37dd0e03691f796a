"""The one place where ports meet adapters: everything a gateway consists of, and what it does from start to stop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from compliance import policy_file
from gateway import committed, migrations
from gateway.channels.wechat.channel import Around, WeChat
from gateway.clients import Clients
from gateway.core import DialogueCore
from gateway.hearing import Hearing
from gateway.hints import Hints
from gateway.hub import Hub
from gateway.limits import Limits
from gateway.metrics import Metrics
from gateway.profile_ports import TalkOfTimeline
from gateway.relay import Relay
from gateway.services import Services
from gateway.signin import accounts
from gateway.tasks import end
from gateway.timeline.timeline import Timeline
from gateway.turns import Timing, Turns
from handoff.policy import load_policy
from handoff.service import Handoffs
from handoff.worker import Worker
from institution.client import Institution
from kit import log
from kit.clock import Clock, OffsetClock, SystemClock
from kit.database import connect
from kit.errors import AgentError
from kit.ids import NewId, uuid7
from kit.settings import Settings
from profiles import policy as profile_policy
from profiles.service import Profiles
from profiles.worker import Sweeper

#: The processes start together; the institution is usually there within this time.
JOIN_SECONDS = 8.0
JOIN_PAUSE_SECONDS = 0.5


def compose(
    settings: Settings,
    *,
    metrics: Metrics,
    wall: Clock | None = None,
    new_id: NewId = uuid7,
    rasa: httpx.AsyncBaseTransport | None = None,
    institution: httpx.AsyncBaseTransport | None = None,
    wechat: httpx.AsyncBaseTransport | None = None,
) -> Services:
    """The parts of a gateway; `rasa`, `institution` and `wechat` are transports, for tests."""
    engine = connect(settings.database)
    committed.watch(engine)
    wall = wall or SystemClock()
    clock = OffsetClock(wall)
    hub = Hub(new_id())
    source = Institution(settings.institution, settings.key, transport=institution)
    core = DialogueCore(settings.rasa, settings.key, transport=rasa)
    clients = Clients(source)
    wording = policy_file.load()
    timeline = Timeline(hub, clock, new_id, wording)
    handoffs = Handoffs(engine, clock, new_id, load_policy(), timeline, hub, source)
    timeline.owner_of = handoffs.owner_of
    timeline.readers_of = handoffs.readers_of

    profiles = Profiles(engine, clock, new_id, profile_policy.load(), TalkOfTimeline(), source)
    handoffs.profiles = profiles

    timing = Timing(settings.quiet_seconds_web, settings.quiet_seconds_wechat, settings.turn_deadline_seconds)
    hearing = Hearing(engine, core)
    hints = Hints(engine, source, clock, hub, wording)
    turns = Turns(engine, clock, new_id, timeline, hub, core, clients, handoffs, timing, metrics, hearing, hints)
    turns.closed_for = profiles.heard
    limits = Limits()
    around = Around(settings, engine, clock, wall, new_id, timeline, turns, hub, limits, os.urandom, wechat)
    channel = WeChat(around)
    turns.dealt_with = channel.command
    return Services(
        settings, engine, clock, wall, new_id, source, core, clients, hub, timeline, handoffs, turns, hearing, wording,
        profiles, limits, metrics, channel,
    )  # fmt: skip


@asynccontextmanager
async def running(parts: Services) -> AsyncIterator[None]:
    """From the migrations to the last turn's end."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(parts.engine.dispose)
        stack.push_async_callback(parts.core.close)
        stack.push_async_callback(parts.institution.close)
        await migrations.upgrade(parts.engine)
        joined = await _started(stack, joining(parts))
        await asyncio.wait({joined}, timeout=JOIN_SECONDS)
        found = await parts.turns.recover()
        if found:
            log.get(__name__).info("Open turns are asked again", action="turns_recovered", conversations=found)
        await _started(stack, Worker(parts.handoffs).run())
        await _started(stack, Sweeper(parts.profiles, parts.clock).run())
        if parts.settings.redis_port:
            await _started(stack, Relay(parts.hub, parts.settings.redis).run())
        stack.push_async_callback(parts.profiles.stop)
        # Before the others stop: a running turn may still be answered.
        stack.push_async_callback(parts.hearing.stop)
        stack.push_async_callback(parts.turns.stop)
        await parts.wechat.start()
        stack.push_async_callback(parts.wechat.stop)
        yield


async def joining(parts: Services) -> None:
    """Take the institution's time and roster; asks until it answers."""
    logger = log.get(__name__)
    while True:
        try:
            parts.clock.set(await parts.institution.clock())
            advisors = await parts.institution.advisors()
            await parts.handoffs.roster()
            break
        except AgentError as error:
            logger.warning("The institution does not answer yet", action="institution_away", cause=error.code)
            await asyncio.sleep(JOIN_PAUSE_SECONDS)
    async with parts.engine.begin() as sql:
        new = await accounts.seed(sql, advisors)
    logger.info("Joined the institution", action="institution_joined", new_accounts=new)


async def _started(stack: AsyncExitStack, work: Any) -> asyncio.Task[None]:
    """A task that ends with the stack."""
    task: asyncio.Task[None] = asyncio.create_task(work)
    stack.push_async_callback(end, [task])
    return task

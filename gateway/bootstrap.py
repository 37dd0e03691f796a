"""The one place where ports meet adapters: everything a gateway consists of, and what it does from start to stop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy.exc import SQLAlchemyError

from compliance import policy_file
from gateway import committed, desk_practice, migrations, profiles_desk, profiles_feeds
from gateway.asking import Timing
from gateway.channels.wechat import held
from gateway.channels.wechat.channel import Around, WeChat
from gateway.channels.wechat.guests import WithGuests
from gateway.clients import Clients
from gateway.core import DialogueCore
from gateway.files.kept import Files
from gateway.hearing import Hearing
from gateway.hints import Hints
from gateway.hub import Hub
from gateway.limits import Limits
from gateway.metrics import Metrics
from gateway.open_api.hooks import Hooks
from gateway.open_api.secrets import Secrets
from gateway.order_news import OrderNews
from gateway.profile_ports import TalkOfTimeline
from gateway.relay import Relay
from gateway.services import Services
from gateway.signin import accounts
from gateway.signin.embedding import FRESH_SECONDS, Embedding
from gateway.tasks import end
from gateway.timeline.timeline import Timeline
from gateway.turns import LEFT_SECONDS, Turns
from handoff.policy import load_policy
from handoff.service import Handoffs
from handoff.worker import Worker
from institution.client import Institution
from kit import log
from kit.clock import Clock, OffsetClock, SystemClock, every
from kit.database import close, connect
from kit.errors import AgentError
from kit.ids import NewId, uuid7
from kit.settings import Settings
from profiles import policy as profile_policy
from profiles.service import Profiles
from profiles.worker import Sweeper

#: The processes start together; the institution is usually there within this time.
JOIN_SECONDS = 8.0
JOIN_PAUSE_SECONDS = 0.5
#: Who has left works on for at most this long.
ROSTER_SECONDS = 60.0


def compose(
    settings: Settings,
    *,
    metrics: Metrics,
    wall: Clock | None = None,
    new_id: NewId = uuid7,
    rasa: httpx.AsyncBaseTransport | None = None,
    institution: httpx.AsyncBaseTransport | None = None,
    wechat: httpx.AsyncBaseTransport | None = None,
    webhooks: httpx.AsyncBaseTransport | None = None,
) -> Services:
    """The parts of a gateway; `rasa`, `institution`, `wechat` and `webhooks` are transports, for tests."""
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
    handoffs = Handoffs(engine, clock, new_id, load_policy(), timeline, hub, WithGuests(source))
    timeline.owner_of = held.or_owned(handoffs.owner_of)
    timeline.readers_of = handoffs.readers_of

    profiles = Profiles(engine, clock, new_id, profile_policy.load(), TalkOfTimeline(), source)
    handoffs.profiles = profiles
    profiles_desk.attach(profiles, engine, clock, timeline, handoffs, source)
    profiles_feeds.attach(profiles, settings, institution)

    timing = Timing(settings.quiet_seconds_web, settings.quiet_seconds_wechat, settings.turn_deadline_seconds)
    hearing = Hearing(engine, core)
    hints = Hints(engine, source, clock, hub, wording)
    turns = Turns(engine, clock, new_id, timeline, hub, core, clients, handoffs, timing, metrics, hearing, hints)
    turns.closed_for = profiles.heard
    secrets = Secrets(settings.ring, settings.key, os.urandom)
    hooks = Hooks(engine, wall, new_id, secrets, webhooks)
    timeline.outbox = hooks.note
    limits = Limits(settings.redis if settings.redis_port else None)
    files = Files(settings.var / "wechat")
    around = Around(settings, engine, clock, wall, new_id, timeline, turns, hub, limits, os.urandom, files, wechat)
    channel = WeChat(around)
    turns.dealt_with = channel.command
    return Services(
        settings, engine, clock, wall, new_id, source, core, clients, hub, timeline, handoffs, turns, hearing, wording,
        profiles, limits, metrics, channel, desk_practice.compose(engine, wall, new_id, wording), hooks,
        secrets, files, Embedding(engine),
    )  # fmt: skip


@asynccontextmanager
async def running(parts: Services) -> AsyncIterator[None]:
    """From the migrations to the last turn's end."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(close, parts.engine)
        stack.push_async_callback(parts.core.close)
        stack.push_async_callback(parts.institution.close)
        await migrations.upgrade(parts.engine)
        await parts.secrets.reseal(parts.engine)
        await parts.embedding.refresh()
        await _started(stack, every(timedelta(seconds=FRESH_SECONDS), parts.embedding.refresh))
        joined = await _started(stack, joining(parts))
        await asyncio.wait({joined}, timeout=JOIN_SECONDS)
        found = await parts.turns.recover()
        if found:
            log.get(__name__).info("Open turns are asked again", action="turns_recovered", conversations=found)
        await _started(stack, every(timedelta(seconds=LEFT_SECONDS), parts.turns.take_over))
        await _started(stack, watching_roster(parts))
        await _started(stack, Worker(parts.handoffs).run())
        # After its sweeper: it closes what the sweeper reads from.
        stack.push_async_callback(parts.profiles.stop)
        await _started(stack, Sweeper(parts.profiles, parts.clock).run())
        if parts.settings.redis_port:
            await _started(stack, Relay(parts.hub, parts.settings.redis).run())
        # Before the others stop: a running turn may still be answered.
        stack.push_async_callback(parts.hearing.stop)
        stack.push_async_callback(parts.turns.stop)
        news = OrderNews(parts.engine, parts.clock, parts.timeline, parts.institution)
        await _started(stack, news.run(parts.settings.order_news_seconds))
        stack.push_async_callback(news.stop)
        await _started(stack, parts.hooks.run())
        await parts.wechat.start()
        stack.push_async_callback(parts.wechat.stop)
        yield


async def joining(parts: Services) -> None:
    """Take the institution's time and roster; asks until it answers."""
    logger = log.get(__name__)
    while True:
        try:
            parts.clock.set(await parts.institution.clock())
            await parts.handoffs.roster()
            new = await take_roster(parts)
            break
        except AgentError as error:
            logger.warning("The institution does not answer yet", action="institution_away", cause=error.code)
            await asyncio.sleep(JOIN_PAUSE_SECONDS)
    logger.info("Joined the institution", action="institution_joined", new_accounts=new)


async def watching_roster(parts: Services) -> None:
    """Who leaves the institution loses the desk without anybody's doing."""
    logger = log.get(__name__)
    while True:
        await asyncio.sleep(ROSTER_SECONDS)
        try:
            await take_roster(parts)
        except (AgentError, SQLAlchemyError) as error:
            logger.warning("The roster was not read", action="roster_not_read", cause=type(error).__name__)


async def take_roster(parts: Services) -> int:
    """Accounts as the roster says now; how many are new."""
    advisors = await parts.institution.advisors()
    async with parts.engine.begin() as sql:
        return await accounts.seed(sql, advisors)


async def _started(stack: AsyncExitStack, work: Any) -> asyncio.Task[None]:
    """A task that ends with the stack."""
    task: asyncio.Task[None] = asyncio.create_task(work)
    stack.push_async_callback(end, [task])
    return task

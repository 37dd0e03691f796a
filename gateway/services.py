"""Everything that a running gateway consists of, as `bootstrap.compose` put it together."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from compliance.policy_file import Wording
from gateway.channels.wechat.channel import WeChat
from gateway.clients import Clients
from gateway.core import DialogueCore
from gateway.files.kept import Files
from gateway.hearing import Hearing
from gateway.hub import Hub
from gateway.limits import Limits
from gateway.metrics import Metrics
from gateway.open_api.hooks import Hooks
from gateway.open_api.secrets import Secrets
from gateway.signin.embedding import Embedding
from gateway.timeline.timeline import Timeline
from gateway.turns import Turns
from handoff.service import Handoffs
from institution.client import Institution
from kit.clock import Clock, OffsetClock
from kit.ids import NewId
from kit.settings import Settings
from profiles.service import Profiles
from studio.practice.service import Practice


@dataclass(frozen=True)
class Services:
    """clock: the product's time, moved with the sandbox's; wall: real time, for sign-in."""

    settings: Settings
    engine: AsyncEngine
    clock: OffsetClock
    wall: Clock
    new_id: NewId
    institution: Institution
    core: DialogueCore
    clients: Clients
    hub: Hub
    timeline: Timeline
    handoffs: Handoffs
    turns: Turns
    hearing: Hearing
    wording: Wording
    profiles: Profiles
    limits: Limits
    metrics: Metrics
    wechat: WeChat
    practice: Practice
    hooks: Hooks
    secrets: Secrets
    files: Files
    embedding: Embedding

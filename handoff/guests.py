"""Who takes part in a conversation without owning it: invited experts and listening supervisors. Pure.

invite -> offered -- accept -> joined -- leave, release -> ended
             +------ decline, expire, withdraw ----------> ended
listen -> joined -- leave -> ended
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from handoff.model import AdvisorView, Presence
from handoff.record import Handoff


class GuestKind(str, Enum):
    """An expert speaks (his messages are tagged `expert`); a listener only reads, and the client is not told."""

    EXPERT = "expert"
    LISTENER = "listener"


class GuestState(str, Enum):
    OFFERED = "offered"
    JOINED = "joined"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    LEFT = "left"
    RELEASED = "released"


PRESENT = frozenset({GuestState.OFFERED, GuestState.JOINED})
#: From which state each state is reached; nothing leaves the others.
COMES_FROM: dict[GuestState, frozenset[GuestState]] = {
    GuestState.JOINED: frozenset({GuestState.OFFERED}),
    GuestState.DECLINED: frozenset({GuestState.OFFERED}),
    GuestState.EXPIRED: frozenset({GuestState.OFFERED}),
    GuestState.WITHDRAWN: PRESENT,
    GuestState.LEFT: frozenset({GuestState.JOINED}),
    GuestState.RELEASED: PRESENT,
}


@dataclass(frozen=True)
class Guest:
    """One row of `handoff_guests`."""

    id: str
    handoff_id: str
    conversation_id: str
    advisor_id: str
    kind: GuestKind
    state: GuestState
    invited_by: str
    note: str
    offered_at: datetime
    expires_at: datetime | None = None
    joined_at: datetime | None = None
    ended_at: datetime | None = None
    why: str = ""

    @property
    def present(self) -> bool:
        return self.state in PRESENT

    @property
    def speaks(self) -> bool:
        return self.kind is GuestKind.EXPERT and self.state is GuestState.JOINED


def not_invitable(handoff: Handoff, view: AdvisorView, guests: Iterable[Guest]) -> Iterator[str]:
    """Why this colleague cannot be invited into this conversation, in words; nothing when he can.

    Licence and tier bind whoever owns a case; a guest answers beside the owner, who stays responsible.
    """
    if view.id == handoff.owner_id:
        yield "就是当前负责人"
    if view.id == handoff.complained_about:
        yield "是被投诉的同事,须回避"
    if any(g.advisor_id == view.id and g.kind is GuestKind.EXPERT and g.present for g in guests):
        yield "已在邀请名单中"
    if view.presence is Presence.OFFLINE:
        yield "不在线"
    elif view.free == 0:
        yield f"已满负荷 {view.load}/{view.advisor.capacity}"

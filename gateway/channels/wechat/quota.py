"""How many messages the platform still lets us send to one person. Pure.

A message of the person opens 5 within 48 h, a scan, a menu click or a subscription 3 within 1 min. Openings are reset,
never added. Whether one kind replaces the other is not documented: what is sent counts in both, what is left is the
better of the two; where that is too hopeful the platform says so (45047, 45015) and `used_up` corrects it.
Source: developers.weixin.qq.com, 客服消息 (Customer_Service_Messages.html).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MESSAGE_COUNT, MESSAGE_WINDOW = 5, timedelta(hours=48)
EVENT_COUNT, EVENT_WINDOW = 3, timedelta(minutes=1)
#: Clocks differ, and a send takes its time: what ends this soon is over.
MARGIN = timedelta(seconds=2)


@dataclass(frozen=True)
class Window:
    """left messages until `until`; None when it was never opened."""

    left: int = 0
    until: datetime | None = None

    def at(self, now: datetime) -> int:
        return self.left if self.until is not None and now < self.until - MARGIN else 0


@dataclass(frozen=True)
class Quota:
    message: Window = Window()
    event: Window = Window()

    def after_message(self, now: datetime) -> Quota:
        return replace(self, message=Window(MESSAGE_COUNT, now + MESSAGE_WINDOW))

    def after_event(self, now: datetime) -> Quota:
        return replace(self, event=Window(EVENT_COUNT, now + EVENT_WINDOW))

    def spent(self) -> Quota:
        """One message less, in whichever windows are open."""
        return Quota(*(replace(one, left=max(0, one.left - 1)) for one in (self.message, self.event)))

    def used_up(self) -> Quota:
        return Quota(replace(self.message, left=0), replace(self.event, left=0))

    def left(self, now: datetime) -> int:
        return max(self.message.at(now), self.event.at(now))

    def best(self, now: datetime) -> tuple[int, int, datetime | None]:
        """(left, of, until) as the advisor reads it: the better open window, the message's when none is open."""
        if self.event.at(now) > self.message.at(now):
            return self.event.at(now), EVENT_COUNT, self.event.until
        return self.message.at(now), MESSAGE_COUNT, self.message.until

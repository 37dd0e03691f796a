"""The states of a handoff, in one table.

    request -> waiting <-----------------------------------------------+
                 |  ^ ^                                                |
           offer |  | +-- decline, expire, withdraw --+                |
                 v  |                                 |                |
               offered -------------------------------+                |
                 |                                                     |
          accept |  (pull: taken by hand; a supervisor also one that    |
                 |   is offered to somebody else)                      |
                 v                                                     |
               active -- lose (lease ended), transfer -----------------+
                 |  |     (take_over: a supervisor becomes the owner)
                 |  \\
           close |   return_to_bot -> closed
                 v
              wrap_up -- done -> closed

    waiting, offered -- transfer -> waiting   (a supervisor sends it to somebody)
    waiting, offered -- cancel -> abandoned
    waiting, offered -- leave  -> closed      (message, callback or appointment instead)
"""

from __future__ import annotations

from enum import Enum

from handoff.model import HandoffState
from kit.errors import Conflict


class Event(str, Enum):
    OFFER = "offer"
    ACCEPT = "accept"
    PULL = "pull"
    DECLINE = "decline"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    LOSE = "lose"
    TRANSFER = "transfer"
    RETURN_TO_BOT = "return_to_bot"
    CLOSE = "close"
    DONE = "done"
    CANCEL = "cancel"
    LEAVE = "leave"
    TAKE_OVER = "take_over"


_W, _O, _A = HandoffState.WAITING, HandoffState.OFFERED, HandoffState.ACTIVE
TRANSITIONS: dict[tuple[HandoffState, Event], HandoffState] = {
    (_W, Event.OFFER): _O,
    (_W, Event.PULL): _A,
    (_W, Event.TRANSFER): _W,
    (_W, Event.CANCEL): HandoffState.ABANDONED,
    (_W, Event.LEAVE): HandoffState.CLOSED,
    (_O, Event.ACCEPT): _A,
    (_O, Event.PULL): _A,
    (_O, Event.DECLINE): _W,
    (_O, Event.EXPIRE): _W,
    (_O, Event.WITHDRAW): _W,
    (_O, Event.TRANSFER): _W,
    (_O, Event.CANCEL): HandoffState.ABANDONED,
    (_O, Event.LEAVE): HandoffState.CLOSED,
    (_A, Event.TAKE_OVER): _A,
    (_A, Event.LOSE): _W,
    (_A, Event.TRANSFER): _W,
    (_A, Event.RETURN_TO_BOT): HandoffState.CLOSED,
    (_A, Event.CLOSE): HandoffState.WRAP_UP,
    (HandoffState.WRAP_UP, Event.DONE): HandoffState.CLOSED,
}


class HandoffChanged(Conflict):
    """这条转接刚刚已被处理,请刷新后再看。"""

    code = "handoff_changed"


class TransitionNotAllowed(HandoffChanged):
    """当前状态下不能这样操作,请刷新后再试。"""


def apply(state: HandoffState, event: Event) -> HandoffState:
    """The state after `event`; TransitionNotAllowed names what was refused."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionNotAllowed(state=state.value, event=event.value) from None

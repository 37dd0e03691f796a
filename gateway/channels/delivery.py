"""Which channel a reply goes to: where the client spoke last. Pure.

The web page always has the whole timeline; another channel gets what follows a word that the client said there. What
could not be sent there, before the client went on elsewhere, stands on the web page: it needs no second way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.timeline.model import Author, Message


@dataclass(frozen=True)
class Due:
    """messages: to be sent now, oldest first. seq: up to here nothing is owed any more once they are sent."""

    messages: tuple[Message, ...]
    seq: int


def due(after: Sequence[Message], *, spoke: str | None, channel: str, shown: int) -> Due:
    """What the channel owes the client.

    after   the timeline's messages with a number above `shown`, oldest first
    spoke   the channel of the client's last message up to `shown`
    shown   the number up to which nothing is owed
    """
    owed: list[Message] = []
    for message in after:
        said = message.draft
        if said.author is Author.CLIENT:
            spoke = said.channel
            if spoke != channel:
                # The client goes on elsewhere and has read it all there; what the channel says of itself stays its own.
                owed = [one for one in owed if _own(one, channel)]
        elif said.author is Author.HUMAN and said.channel == channel:
            # Written in the channel itself by the platform's own staff: the client has it.
            continue
        elif spoke == channel or _own(message, channel):
            owed.append(message)
    return Due(tuple(owed), after[-1].seq if after else shown)


def _own(message: Message, channel: str) -> bool:
    return message.draft.author is Author.SYSTEM and message.draft.channel == channel

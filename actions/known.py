"""What the knowledge base has for a turn: of this day, for this client, on this channel."""

from __future__ import annotations

from collections.abc import Iterable

from actions.services import House
from actions.turn import Turn
from knowledge.entries import Entry
from knowledge.search import FLOOR, Hit


def found(
    turn: Turn, house: House, query: str | None = None, *, kinds: Iterable[str] = (), least: float = FLOOR
) -> list[Hit]:
    """The hits that are sure enough, the best first. query: what is asked when it is not the client's own words."""
    hits = house.library.search(
        turn.text if query is None else query, today=turn.today, kinds=kinds, client=client_kinds(turn), channel=channel(turn)
    )  # fmt: skip
    return [hit for hit in hits if hit.score >= least]


def fact(turn: Turn, house: House, query: str, *, least: float = FLOOR) -> str:
    """The best sure rule or answer with its source; empty when there is none."""
    hits = found(turn, house, query, kinds=("faq", "rule"), least=least)
    return told(hits[0].entry) if hits else ""


def told(entry: Entry) -> str:
    """The entry as a client reads it, with its source and the day since when it holds."""
    return f"{entry.text}({entry.cited})"


def client_kinds(turn: Turn) -> tuple[str, ...]:
    """Everybody who talks here is a person; of a stranger the age is not known, which excludes nothing."""
    if not turn.person.age:
        return ()
    return ("个人", "老年") if turn.person.elderly else ("个人",)


def channel(turn: Turn) -> str:
    return "wechat" if turn.channel.startswith("wechat") else turn.channel

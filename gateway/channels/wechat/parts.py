"""The timeline's bubbles as WeChat texts: at most 2,048 bytes each, cut where a sentence ends, cards in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.channels.wechat import words
from gateway.timeline.model import Author, Message

#: Error 45002 comes near this length (measured by others; not documented).
MOST_BYTES = 2048
#: Room for `words.LAST` or a link behind a part.
RESERVE = 300
#: Where a long text may be cut, the best first: paragraphs, sentences, clauses.
CUTS = (re.compile(r"\n+"), re.compile(r"(?<=[。!?!?;;])"), re.compile(r"(?<=[,,、:: ])"))
#: A chart's or a long table's rows are read better in the app.
MOST_ROWS = 8


@dataclass(frozen=True)
class Part:
    """One WeChat message. seq: up to which number the timeline is told once it is sent; None while a bubble goes on."""

    text: str
    seq: int | None


def size(text: str) -> int:
    return len(text.encode())


def split(text: str, most: int = MOST_BYTES - RESERVE) -> list[str]:
    """Pieces of at most `most` bytes; joined they have every character that is not blank."""
    if size(text) <= most:
        return [text.strip()] if text.strip() else []
    for cut in CUTS:
        pieces = [piece for piece in cut.split(text) if piece]
        if len(pieces) > 1:
            glue = "\n" if cut is CUTS[0] else ""
            return _joined([small for piece in pieces for small in split(piece, most)], glue, most)
    half = _characters(text, most)
    return [text[:half].strip(), *split(text[half:], most)]


def _joined(pieces: Sequence[str], glue: str, most: int) -> list[str]:
    """Neighbours put together as long as they fit."""
    found: list[str] = []
    for piece in pieces:
        if found and size(found[-1] + glue + piece) <= most:
            found[-1] = found[-1] + glue + piece
        else:
            found.append(piece)
    return found


def _characters(text: str, most: int) -> int:
    """How many whole characters fit into `most` bytes; at least one."""
    return max(1, len(text.encode()[:most].decode(errors="ignore")))


def bubble(message: Message, link: str) -> str:
    """What a WeChat text says of a bubble; a card's figures in lines, the rest behind the link."""
    said = message.draft
    lines = [f"【{said.name}】{said.text}" if said.author in (Author.HUMAN, Author.EXPERT) and said.name else said.text]
    if said.card:
        lines += card_lines(said.card)
        lines.append(words.OPEN.format(link=link))
    elif said.quick_replies:
        lines.append(words.CHOICES.format(choices="」「".join(said.quick_replies)))
    return "\n".join(line for line in lines if line.strip())


def card_lines(card: dict[str, Any]) -> list[str]:
    rows = [f"{row.get('label', '')}:{row.get('value', '')}" for row in card.get("rows") or ()]
    more = [words.MORE_ROWS.format(count=len(rows) - MOST_ROWS)] if len(rows) > MOST_ROWS else []
    sends = [action["send"] for action in card.get("actions") or () if action.get("send")]
    choices = [words.CHOICES.format(choices="」「".join(sends))] if sends else []
    title = f"「{card['title']}」" if card.get("title") else ""
    return [title, *rows[:MOST_ROWS], *more, card.get("note") or "", *choices]


def plan(messages: Sequence[Message], left: int, link: str) -> list[Part]:
    """What is sent now with `left` messages; nothing when `left` is 0: it waits.

    Each bubble its own message as long as the quota allows it; else all in as few as possible; what does not fit even so is
    behind the link. The last message that the quota allows asks the person to say something, which opens it again.
    """
    if left <= 0 or not messages:
        return []
    parts = [Part(text, seq) for message in messages for text, seq in _numbered(bubble(message, link), message.seq)]
    if len(parts) > left:
        whole = "\n\n".join(filter(None, (bubble(message, link) for message in messages)))
        pieces = split(whole)
        if len(pieces) > left:
            pieces = [*pieces[: left - 1], _shortened(pieces[left - 1], link)]
        parts = [Part(text, None) for text in pieces[:-1]] + [Part(pieces[-1], messages[-1].seq)]
    if len(parts) == left:
        parts[-1] = Part(f"{parts[-1].text}\n{words.LAST}", parts[-1].seq)
    return parts


def _numbered(text: str, seq: int) -> list[tuple[str, int | None]]:
    pieces = split(text)
    return [(piece, None) for piece in pieces[:-1]] + [(piece, seq) for piece in pieces[-1:]]


def _shortened(text: str, link: str) -> str:
    tail = "\n" + words.REST.format(link=link)
    keep = split(text, max(1, MOST_BYTES - RESERVE - size(tail)))
    return keep[0] + tail

"""`huiban journeys`: play the dialogues of `tests/conversations` on the running product, and write the page about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cli import dialogues
from cli.dialogues import Played, Said
from kit.errors import Refused
from kit.settings import ROOT, Settings

FOLDER, FIXTURES = ROOT / "tests/conversations", ROOT / "tests/fixtures"
PAGE = ROOT / "docs/journeys.md"
#: Shown whole on the page: two that a clerk would be proud of, and one that still disappoints.
PROUD = ("people-亲人走了", "people-老人问养老钱再取现")
DISAPPOINTS = "people-半句话的年轻人"
#: A table cell has one line, a transcript no cards' charts.
LONGEST_ROW = 40
WORDS = {"yes": "ok", "no": "BAD", "not yet": "known"}


async def play(settings: Settings, only: str, page: Path | None) -> int:
    """Play all, or those whose id holds `only`; the number of those that failed."""
    if page and only:
        raise Refused("the page tells of all dialogues: leave --only out")
    chosen = [dialogue for dialogue in dialogues.read(FOLDER) if only in dialogue.id]
    played = await dialogues.play_all(settings, chosen, FIXTURES, show)
    failed = sum(standing(one) == "no" for one in played)
    print(f"{sum(not one.failures for one in played)} of {len(played)} dialogues, {_turns(played)} turns")
    if page:
        page.write_text("\n".join(written(played)), encoding="utf-8")
    return failed


def show(played: Played) -> None:
    print(f"{WORDS[standing(played)]:5} {played.seconds:5.1f} s  {played.dialogue.id}", flush=True)
    for failure in played.failures:
        print("     " + failure.replace("\n", "\n     "), flush=True)


def standing(played: Played) -> str:
    """yes, no, or not yet: known, with its reason in the dialogue."""
    return "yes" if not played.failures else "not yet" if played.dialogue.disappoints else "no"


def _turns(played: Sequence[Played]) -> int:
    return sum(len(one.turns) for one in played)


def written(played: Sequence[Played]) -> Iterator[str]:
    """The page, line by line."""
    good = sum(not one.failures for one in played)
    yield "# Dialogues\n"
    yield (
        "Whole dialogues in Chinese, played by the client's own door against the running product. What is expected stands in\n"
        "`tests/conversations/*.yml` (format: `cli/dialogues.py`), figures come from the sandbox's books (`cli/books.py`). This\n"
        "page is written by `huiban journeys --page docs/journeys.md`; they are tests too: `pytest tests/conversations`.\n"
    )
    yield f"**{good} of {len(played)} hold, {_turns(played)} turns.**\n"
    for group in dict.fromkeys(one.dialogue.group for one in played):
        yield f"## {group}\n"
        yield "| dialogue | what it proves | turns | holds |\n|---|---|---|---|"
        for one in (item for item in played if item.dialogue.group == group):
            said = one.dialogue
            holds = standing(one) if not one.failures else f"{standing(one)}: {said.disappoints}".rstrip(": ")
            yield f"| {said.name} | {said.proves} | {len(said.turns)} | {holds} |"
        yield ""
    by_id = {one.dialogue.id: one for one in played}
    yield "## Two to be proud of\n"
    for name in PROUD:
        yield from transcript(by_id[name])
    yield "## One that still disappoints\n"
    yield f"{by_id[DISAPPOINTS].dialogue.disappoints}\n"
    yield from transcript(by_id[DISAPPOINTS])


def transcript(played: Played) -> Iterator[str]:
    """What client and bot said, a bubble a paragraph, cards as one line."""
    yield f"### {played.dialogue.name}\n"
    for said in played.turns:
        yield f"> **客户** {said.says}\n"
        yield from bubbles(said)


def bubbles(said: Said) -> Iterator[str]:
    for reply in said.told["replies"]:
        text = "  \n".join(str(reply["text"]).splitlines())
        yield f"**慧伴** {text}\n"
        if card := reply.get("card"):
            rows = ";".join(f"{row['label']} {row['value'][:LONGEST_ROW]}" for row in card.get("rows", ()))
            yield f"*卡片「{card['title']}」:{rows}*\n"
        if quick := reply.get("quick_replies"):
            yield f"`{'` `'.join(quick)}`\n"

"""Whole dialogues as data: played against the running product by the client's own door, held against the books.

A dialogue:

    name:     what happens
    proves:   what it shows, one line; disappoints: why it does not hold yet
    client:   who speaks; `person` (an entry of a fixture's clients, docs/sandbox.md) makes or changes him
    now:      the time at the start; `scene` more of a fixture (navs, advisors); `fixture` a file instead of all these
    turns:    [{says | taps | sends, expect?, at?, faults?, times?, presses?, knows?}]

says     a text; taps: the same, and it must have been offered by the last answer
at       the product's time before the turn; faults: the institution's systems (none slow fail hang)
times    the message is sent so often under the same id; presses: human is the page's own 转人工
expect   {intent, owner, actions[], contains[], any_of[], not_contains[], says_nothing, books: {orders, plans, complaints}}

Texts are compared with half-width marks and without line ends. Names in braces come from the books (`cli/books.py`), of
before the turn or after it: an order changes the books. books: how many were added since the dialogue began.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from actions.turn import half_width
from cli import sandbox
from cli.books import Books
from cli.client import ChatClient
from kit.errors import AgentError, Invalid
from kit.ids import uuid7
from kit.settings import Settings

Json = dict[str, Any]
#: An ordinary trading day, well before 15:00.
NOW = "2026-11-24T10:00:00+08:00"
#: More at once only wait for each other on two cores.
AT_ONCE = 4
#: What the bot never says as its own statement (requirement G2), and what no client should ever read.
FORBIDDEN = re.compile(r"(?<![不、])保证(赚|收益)|稳赚|肯定(会)?涨|一定(会)?涨|None|\bnull\b|Traceback|\{[a-z_]+\}")
FIELDS = {"disappoints", "name", "proves", "client", "person", "now", "scene", "fixture", "turns"}
TURN_FIELDS = {"says", "taps", "at", "faults", "times", "presses", "expect"}
TEXTS = ("contains", "any_of", "not_contains")
EXPECT_FIELDS = {"intent", "owner", "actions", "says_nothing", "books", *TEXTS}


@dataclass(frozen=True)
class Dialogue:
    """One dialogue of a file. group: the file's name."""

    group: str
    name: str
    client: str
    turns: tuple[Json, ...]
    proves: str = ""
    disappoints: str = ""
    person: Json = field(default_factory=dict)
    now: str | None = None
    scene: Json = field(default_factory=dict)
    fixture: str | None = None

    @property
    def id(self) -> str:
        return f"{self.group}-{self.name}"

    @property
    def alone(self) -> bool:
        """Whether it moves what all clients share: the time, the markets, the advisors, the institution's health."""
        own = self.fixture or self.now or self.scene
        return bool(own) or any(turn.get("at") or turn.get("faults") for turn in self.turns)

    @property
    def figure(self) -> Json:
        """The client as an entry of a fixture; his conversation starts afresh with it."""
        return {"id": self.client, **self.person}


@dataclass(frozen=True)
class Said:
    """One turn as it went: what the client said, all that he then saw, and what the product made of it."""

    says: str
    seen: str
    told: Json


@dataclass
class Played:
    """A dialogue as it went. failures: what was expected and did not come, in words."""

    dialogue: Dialogue
    turns: list[Said] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0


def read(folder: Path) -> list[Dialogue]:
    """All dialogues of a folder's YAML files. Raises Invalid when one has a field that nobody reads."""
    found = [
        _dialogue(path.stem, item)
        for path in sorted(folder.glob("*.yml"))
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
    together = [dialogue.client for dialogue in found if not dialogue.alone]
    if twice := {client for client in together if together.count(client) > 1}:
        raise Invalid(f"two dialogues of the same hour have one client: {', '.join(sorted(twice))}")
    return found


def _dialogue(group: str, item: Json) -> Dialogue:
    unknown = set(item) - FIELDS
    for turn in item["turns"]:
        unknown |= set(turn) - TURN_FIELDS | set(turn.get("expect", {})) - EXPECT_FIELDS
    if unknown:
        raise Invalid(f"{group}, {item.get('name')}: nobody reads {', '.join(sorted(unknown))}")
    for turn in item["turns"]:
        for name in TEXTS:
            # YAML reads 12356 and 34 as numbers.
            if name in turn.get("expect", {}):
                turn["expect"][name] = [str(words) for words in turn["expect"][name]]
    return Dialogue(group, **{**item, "turns": tuple(item["turns"])})


# -- the scene ---------------------------------------------------------------------------------------------------


async def set_common_scene(settings: Settings, dialogues: Iterable[Dialogue]) -> None:
    """One ordinary morning for all who need nothing of their own; whoever has spoken before starts afresh."""
    made = [one.figure for one in dialogues if one.person]
    await begin(settings, NOW, [one.client for one in dialogues if not one.person], made)


async def begin(settings: Settings, now: str, clients: Iterable[str], made: Sequence[Json] = ()) -> None:
    """The seeded world at that time, with clients made for it; of the seeded ones the talks before are forgotten."""
    spoken = [{"id": client} for client in clients if await _has_spoken(settings, client)]
    await _load(settings, {"now": now, "clients": [*made, *spoken]})


async def _has_spoken(settings: Settings, client_id: str) -> bool:
    path = f"{settings.gateway}/internal/conversations/cv-{client_id}/messages?limit=1"
    async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
        answer = await http.get(path, headers={"X-Internal-Key": settings.key})
    return bool(answer.raise_for_status().json()["messages"])


async def set_own_scene(settings: Settings, dialogue: Dialogue, fixtures: Path) -> None:
    if dialogue.fixture:
        await sandbox.load(settings, fixtures / f"{dialogue.fixture}.yaml")
        return
    await _load(settings, {"now": dialogue.now or NOW, "clients": [dialogue.figure], **dialogue.scene})


async def _load(settings: Settings, scene: Json) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scene.yaml"
        file.write_text(yaml.safe_dump(scene, allow_unicode=True), encoding="utf-8")
        await sandbox.load(settings, file)


async def play_all(
    settings: Settings,
    chosen: Sequence[Dialogue],
    fixtures: Path,
    done: Callable[[Played], None] = lambda played: None,
) -> list[Played]:
    """Those of the ordinary morning side by side, then the others one by one; in the order given. done: told of each."""
    common = [dialogue for dialogue in chosen if not dialogue.alone]
    places = asyncio.Semaphore(AT_ONCE)

    async def one(dialogue: Dialogue) -> Played:
        async with places:
            played = await play(settings, dialogue)
            done(played)
            return played

    if common:
        await set_common_scene(settings, common)
    found = {played.dialogue.id: played for played in await asyncio.gather(*map(one, common))}
    for dialogue in (item for item in chosen if item.alone):
        await set_own_scene(settings, dialogue, fixtures)
        found[dialogue.id] = await play(settings, dialogue)
        done(found[dialogue.id])
    return [found[dialogue.id] for dialogue in chosen]


# -- the play ----------------------------------------------------------------------------------------------------


async def play(settings: Settings, dialogue: Dialogue) -> Played:
    """Say every turn; go on after a failure, so that one run shows all that is wrong."""
    played, began = Played(dialogue), time.monotonic()
    async with Books(settings, dialogue.client) as books, ChatClient(settings, dialogue.client) as client:
        first = await books.count()
        try:
            for turn in dialogue.turns:
                await _turn(settings, client, books, first, turn, played)
        except (AgentError, httpx.HTTPError) as error:
            played.failures.append(f"after {len(played.turns)} turns: {error}")
        finally:
            if any(turn.get("faults") for turn in dialogue.turns):
                await sandbox.faults(settings, "none", 0)
    played.seconds = time.monotonic() - began
    return played


async def _turn(
    settings: Settings, client: ChatClient, books: Books, first: dict[str, int], turn: Json, played: Played
) -> None:
    if at := turn.get("at"):
        await sandbox.move_clock(settings, at)
    wanted = turn.get("expect", {})
    # While the institution is silent its books cannot be read either.
    before = {words: await _as_of_now(books, words) for words in _named(wanted)}
    text = await books.fill(turn.get("says") or turn.get("taps") or "")
    if fault := turn.get("faults"):
        await sandbox.faults(settings, fault, 6.0)
    if turn.get("presses") == "human":
        told = await client.ask_person()
        told = {"replies": [{"text": told["words"] or ""}], "intent": None, "actions": [], "owner": "queue"}
    else:
        told = await _say(client, text, turn.get("times", 1))
    if fault:
        await sandbox.faults(settings, "none", 0)
    said = Said(text or "(点「转人工」)", shown(told), told)
    offered = played.turns[-1].seen if played.turns else ""
    if "taps" in turn and flat(text) not in flat(offered):
        played.failures.append(f"「{text}」 was not offered by\n{offered}")
    after = {words: await _as_of_now(books, words) for words in before}
    played.turns.append(said)
    wrong = list(differences(wanted, said, before, after))
    if "books" in wanted:
        now = await books.count()
        added = {name.split("?")[0]: now[name] - first[name] for name in now}
        wrong += [f"{added[name]} {name} added, not {n}" for name, n in wanted["books"].items() if added[name] != n]
    if wrong:
        told_so = f"> {said.says}\n{said.seen}\n({told['intent']} {told['owner']} {told['actions']})"
        played.failures.append("\n".join((*wrong, told_so)))


async def _as_of_now(books: Books, words: str) -> str:
    """Filled, or as it stands: the ticket is not there before the complaint."""
    try:
        return await books.fill(words)
    except Invalid:
        return words


async def _say(client: ChatClient, text: str, times: int) -> Json:
    """The turn of a message; when no turn came of it, what the product itself said into the talk."""
    message_id = uuid7()
    for _ in range(times):
        await client.send(text, message_id)
    told = await client.answer(message_id)
    if not told["replies"]:
        messages = (await client.snapshot())["messages"]
        mine = next((n for n, message in enumerate(messages) if message["id"] == message_id), len(messages))
        told["replies"] = [{"text": m["text"]} for m in messages[mine + 1 :] if m["author"] == "system"]
    return told


def _named(wanted: Json) -> Sequence[str]:
    return [words for name in TEXTS for words in wanted.get(name, ())]


def differences(wanted: Json, said: Said, before: dict[str, str], after: dict[str, str]) -> Iterable[str]:
    """What was expected and did not come, or came and should not have."""
    seen = flat(said.seen)

    def stands(words: str) -> bool:
        return flat(before[words]) in seen or flat(after[words]) in seen

    yield from (f"{after[words]!r} is missing" for words in wanted.get("contains", ()) if not stands(words))
    if wanted.get("any_of") and not any(stands(words) for words in wanted["any_of"]):
        yield f"none of {[after[words] for words in wanted['any_of']]}"
    yield from (f"{after[words]!r} should not be there" for words in wanted.get("not_contains", ()) if stands(words))
    if found := FORBIDDEN.search(seen):
        yield f"{found.group()!r} is never said"
    if wanted.get("says_nothing") and seen:
        yield "something was said"
    for name in ("intent", "owner"):
        if name in wanted and said.told[name] != wanted[name]:
            yield f"{name} is {said.told[name]}, not {wanted[name]}"
    for action in wanted.get("actions", ()):
        if f"action_{action}" not in said.told["actions"]:
            yield f"action_{action} did not run"


def shown(told: Json) -> str:
    """Everything the client sees: bubbles, the cards' rows and notes, quick replies."""
    parts: list[str] = []
    for reply in told["replies"]:
        card = reply.get("card") or {}
        rows = [f"{row['label']}:{row['value']}" for row in card.get("rows", ())]
        parts += [reply["text"], card.get("title", ""), *rows, card.get("note", ""), *reply.get("quick_replies", ())]
    return "\n".join(part for part in parts if part)


def flat(text: str) -> str:
    """Without what a reader does not see: widths of marks, thousands' commas, breaks."""
    return re.sub(r"\s", "", half_width(text)).replace(",", "").replace(";", "。")

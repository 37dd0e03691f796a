"""`huiban day`: a seeded day of clients with standard questions, and how many were solved with no human.

A client comes at some hour, asks one to three questions, and does what a willing client does: taps the meaning that he
is asked for, answers what a form asks, taps the confirmations. A question is solved when the action of its meaning ran,
no person was asked for, and the end is neither "not understood" nor a form left open. Weights and texts: `cli/day.yml`.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import yaml

from actions.talk import LABELS
from cli import dialogues, sandbox
from cli.client import ChatClient
from kit.settings import ROOT, Settings

Json = dict[str, Any]
TARGET = 0.80
DAY = "2026-11-24"
#: Share of clients by the hour in which they come: before noon and in the evening most.
HOURS = {9: 12, 10: 14, 11: 10, 12: 8, 13: 7, 14: 11, 15: 8, 16: 6, 17: 5, 19: 7, 20: 7, 21: 5}
QUESTIONS = (1, 1, 2, 2, 3)
#: A form with all that is missing asks for five things at most, then wants two confirmations.
MOST_STEPS = 8
#: Clients at the same time; more only wait for each other on two cores.
AT_ONCE = 4
DROP, AWARE, HUMAN = "算了", "我已了解", "转人工"
LOST = {"action_default_fallback", "action_clarify"}
#: What the client answers to a form that offers nothing to tap.
ANSWERS = ((re.compile(r"多少钱|最低"), "1000元"), (re.compile(r"多少份"), "一半"), (re.compile(r"多久扣|哪天扣"), "每月15号"),
           (re.compile(r"哪一?只|哪个"), "安心纯债"))  # fmt: skip


@dataclass(frozen=True)
class Question:
    """also: other meanings that a careful reader accepts; source: own, or the set's name."""

    group: str
    intent: str
    text: str
    also: tuple[str, ...] = ()
    source: str = "own"


@dataclass(frozen=True)
class Visit:
    """One client's coming: whose, in which hour, with what."""

    client: str
    hour: int
    questions: tuple[Question, ...]


@dataclass
class Outcome:
    """How a question went. why: empty when it was solved."""

    question: Question
    why: str = ""
    actions: list[str] = field(default_factory=list)
    steps: int = 0
    last: str = ""


# -- the day, drawn ----------------------------------------------------------------------------------------------


def pool(told: Json) -> dict[str, dict[str, tuple[list[Question], list[Question]]]]:
    """Questions by group and intent: those of the sets, and our own."""
    groups = {row.split("\t")[1]: row.split("\t")[0] for row in _lines("bot/intents.tsv")[1:]}
    found: dict[str, dict[str, tuple[list[Question], list[Question]]]] = {name: {} for name in told["groups"]}
    for name in told["sets"]:
        for line in _lines(f"evaluation/sets/{name}.jsonl"):
            row = json.loads(line)
            group = groups[row["intent"]]
            if group in found:
                asked = Question(group, row["intent"], row["text"], tuple(row.get("also") or ()), name)
                found[group].setdefault(row["intent"], ([], []))[0].append(asked)
    for intent, texts in told["own"].items():
        kept = found[groups[intent]].setdefault(intent, ([], []))
        kept[1].extend(Question(groups[intent], intent, text) for text in texts)
    return found


def _lines(path: str) -> list[str]:
    return (ROOT / path).read_text(encoding="utf-8").splitlines()


def draw(told: Json, people: Sequence[str], *, clients: int, chance: random.Random) -> list[Visit]:
    """The day's visits in the order of their hours; the same chance, the same day."""
    known, names = pool(told), list(told["groups"])
    weights = [told["groups"][name] for name in names]
    visits = []
    for client in chance.sample(list(people), clients):
        asked = []
        for _ in range(chance.choice(QUESTIONS)):
            group = known[chance.choices(names, weights)[0]]
            from_sets, own = group[chance.choice(sorted(group))]
            asked.append(
                chance.choice(own if not from_sets or (own and chance.random() < told["own_share"]) else from_sets)
            )
        visits.append(Visit(client, chance.choices(list(HOURS), list(HOURS.values()))[0], tuple(asked)))
    return sorted(visits, key=lambda visit: visit.hour)


# -- a client ----------------------------------------------------------------------------------------------------


def next_words(question: Question, told: Mapping[str, Any]) -> str | None:
    """What a willing client taps or says after this answer; None when he has what he came for."""
    quick: list[str] = [text for reply in told["replies"] for text in reply.get("quick_replies", ())]
    if set(told["actions"]) & LOST:
        meant = [LABELS[intent] for intent in (question.intent, *question.also) if intent in LABELS]
        return next((text for text in meant if text in quick), None)
    if DROP not in quick:
        return None
    if AWARE in quick:
        return AWARE
    if confirming := [text for text in quick if text.startswith("确认")]:
        return max(confirming, key=len)
    if offered := [text for text in quick if text not in (DROP, HUMAN) and not text.startswith("为什么")]:
        return offered[0]
    text = " ".join(reply["text"] for reply in told["replies"])
    return next((answer for asked, answer in ANSWERS if asked.search(text)), None)


def judged(question: Question, turns: Sequence[Mapping[str, Any]]) -> str:
    """Why the question is not solved; empty when it is."""
    ran = {action for turn in turns for action in turn["actions"]}
    if any(turn["owner"] != "bot" for turn in turns) or "action_request_handoff" in ran:
        return "handoff"
    if set(turns[-1]["actions"]) & LOST or not turns[-1]["replies"]:
        return "not understood"
    if not ran & {f"action_{intent}" for intent in (question.intent, *question.also)}:
        return "another action"
    return "form left open" if any(DROP in r.get("quick_replies", ()) for r in turns[-1]["replies"]) else ""


class Speaker(Protocol):
    async def say(self, text: str) -> Json: ...


async def ask(client: Speaker, question: Question) -> Outcome:
    turns: list[Json] = []
    words = question.text
    while len(turns) < MOST_STEPS:
        turns.append(await client.say(words))
        following = next_words(question, turns[-1]) if turns[-1]["owner"] == "bot" else None
        if following is None or following == words:
            break
        words = following
    outcome = Outcome(question, judged(question, turns), steps=len(turns))
    outcome.actions = [action.removeprefix("action_") for turn in turns for action in turn["actions"]]
    outcome.last = turns[-1]["replies"][0]["text"].splitlines()[0] if turns[-1]["replies"] else ""
    return outcome


async def visit(settings: Settings, coming: Visit) -> list[Outcome]:
    """All questions of one client; once a person was asked for, he waits and asks nothing more."""
    outcomes: list[Outcome] = []
    async with ChatClient(settings, coming.client) as client:
        for question in coming.questions:
            outcomes.append(await ask(client, question))
            if outcomes[-1].why == "handoff":
                break
    return outcomes


async def live(settings: Settings, *, clients: int, seed: int) -> Json:
    """Live through the day on the running product; its figures. Raises Unavailable."""
    told = yaml.safe_load((ROOT / "cli/day.yml").read_text(encoding="utf-8"))
    visits = draw(told, await _people(settings), clients=clients, chance=random.Random(seed))
    places = asyncio.Semaphore(AT_ONCE)

    async def one(coming: Visit) -> list[Outcome]:
        async with places:
            return await visit(settings, coming)

    await dialogues.begin(settings, f"{DAY}T{visits[0].hour:02}:00", [coming.client for coming in visits])
    outcomes: list[Outcome] = []
    for hour in dict.fromkeys(coming.hour for coming in visits):
        await sandbox.move_clock(settings, f"{DAY}T{hour:02}:05")
        found = await asyncio.gather(*(one(coming) for coming in visits if coming.hour == hour))
        outcomes += [outcome for of_client in found for outcome in of_client]
    return figures(told, visits, outcomes, seed)


async def _people(settings: Settings) -> list[str]:
    async with httpx.AsyncClient(base_url=settings.institution, timeout=20, trust_env=False) as http:
        answer = await http.get("/v1/clients", headers={"X-Internal-Key": settings.key})
    return sorted(one["id"] for one in answer.raise_for_status().json() if one["id"].startswith("C"))


# -- the figures -------------------------------------------------------------------------------------------------


def figures(told: Json, visits: Sequence[Visit], outcomes: Sequence[Outcome], seed: int) -> Json:
    """The share solved, whole and by group and source; why the others were not, each with its words."""
    unsolved = [outcome for outcome in outcomes if outcome.why]
    return {
        "seed": seed, "day": DAY, "clients": len(visits), "questions": len(outcomes), "weights": told["groups"],
        "target": TARGET, **share(outcomes),
        "by_group": {name: share(found) for name, found in _by(outcomes, "group", told["groups"])},
        "by_source": {name: share(found) for name, found in _by(outcomes, "source", ("own", *told["sets"]))},
        "why": dict(Counter(outcome.why for outcome in unsolved).most_common()),
        "unsolved": [
            {"text": o.question.text, "meant": o.question.intent, "did": o.actions, "why": o.why, "last": o.last}
            for o in unsolved
        ],
    }  # fmt: skip


def _by(outcomes: Sequence[Outcome], what: str, names: Sequence[str] | Json) -> Iterator[tuple[str, list[Outcome]]]:
    for name in names:
        yield name, [outcome for outcome in outcomes if getattr(outcome.question, what) == name]


def share(outcomes: Sequence[Outcome]) -> Json:
    solved = sum(not outcome.why for outcome in outcomes)
    return {"asked": len(outcomes), "solved": solved, "share": round(solved / len(outcomes), 3) if outcomes else None}

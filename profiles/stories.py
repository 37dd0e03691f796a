"""Planted stories and what the rules make of them: `python -m profiles.stories [--clients 600] [--seed 20] [--json]`.

A client with a story is looked at on each day from its beginning to the day after its end; a leaving client once a week,
and only until fourteen days before. A client without one (holidays, money for a house, new telephones, grumbling and other people's
children among them) is looked at once a week for eight weeks. Caught: the story's own signal on one of the days. False: any
signal at all on one of the days of a client without a story. The truth comes from the generator alone.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from institution.calendar import SHANGHAI
from institution.sandbox.life import STORIES, Dweller, Life, Lived, Story
from profiles import churn, policy
from profiles.behaviour import WINDOW, features, fold
from profiles.churn import Model
from profiles.happenings import Happening
from profiles.lived import Known, facts_at
from profiles.model import Person
from profiles.policy import Policy
from profiles.signals import alerted, leaving, spoken

EARLY = timedelta(days=14)
QUIET_LOOKS = 8
DAY = timedelta(days=1)
EVENING = time(22, 0)


@dataclass(frozen=True)
class Seen:
    """A client as he was looked at. story: what was planted, None for nothing (or what only looks alike)."""

    who: Dweller
    story: str | None
    alike: str | None
    signals: frozenset[str]


def look(life: Life, who: Dweller, rules: Policy, model: Model) -> Seen:
    story = life.stories.get(who.id)
    planted = story if story and story.kind in STORIES else None
    days = _days(life, who, planted)
    told = [_happening(one) for one in life.lived(who.id, days[0] - (2 * WINDOW - 1) * DAY, days[-1])]
    known = Known(_person(who), life.holdings(who.id))
    signals: set[str] = set()
    for day in days:
        facts = facts_at(known, told, datetime.combine(day, EVENING, SHANGHAI))
        signals |= spoken(facts, rules) | alerted(facts, rules)
    counted = fold(told).get(who.id)
    if counted and leaving(model, [features(counted, day, who.assets) for day in days]):
        signals.add("churn")
    alike = story.kind if story and not planted else None
    return Seen(who, planted.kind if planted else None, alike, frozenset(signals))


def _days(life: Life, who: Dweller, story: Story | None) -> list[date]:
    if story is None:
        chance = random.Random(f"{life.seed}:looks:{who.id}")
        first = life.first + timedelta(days=chance.randrange(max(1, life.days - 7 * QUIET_LOOKS)))
        return [first + timedelta(days=7 * n) for n in range(QUIET_LOOKS)]
    if story.kind == "churn":
        return [day for n in range(QUIET_LOOKS) if (day := story.ends - EARLY - 7 * n * DAY) >= story.begins][::-1]
    last = story.ends + DAY
    return [story.begins + n * DAY for n in range((last - story.begins).days + 1)]


def _person(who: Dweller) -> Person:
    return Person(who.id, who.id, who.age, "", who.tier, who.region, who.risk, False, None, "", None, who.assets)


def _happening(one: Lived) -> Happening:
    return Happening(one.source, one.key, one.client, one.kind, one.at, one.body)


def table(seen: Sequence[Seen]) -> dict[str, Any]:
    """`{stories: {kind: {planted, caught, share}}, caught, false_alarms, quiet, alike}`; shares 0..1."""
    planted = Counter(one.story for one in seen if one.story)
    caught = Counter(one.story for one in seen if one.story and one.story in one.signals)
    quiet = [one for one in seen if one.story is None]
    false = [one for one in quiet if one.signals]
    alike = Counter(one.alike for one in false if one.alike)
    return {
        "stories": {
            kind: {"planted": planted[kind], "caught": caught[kind], "share": round(caught[kind] / planted[kind], 3)}
            for kind in STORIES if planted[kind]
        },
        "caught": round(sum(caught.values()) / max(1, sum(planted.values())), 4),
        "false_alarms": round(len(false) / max(1, len(quiet)), 4),
        "quiet": len(quiet),
        "false_by": dict(Counter(signal for one in false for signal in sorted(one.signals))),
        "false_of_alike": dict(alike),
    }  # fmt: skip


def play(clients: int, seed: int, year: int = 2026) -> list[Seen]:
    life, rules, model = Life(seed, clients, date(year, 1, 1), 200, story_share=0.4), policy.load(), churn.load()
    return [look(life, who, rules, model) for who in life.dwellers.values()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=600)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = table(play(given.clients, given.seed))
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for kind, row in found["stories"].items():
        print(f"{kind:12} planted {row['planted']:4}  caught {row['caught']:4}  {row['share']:.1%}")
    print(
        f"caught {found['caught']:.1%} (at least 88 %), false alarms {found['false_alarms']:.1%} of {found['quiet']} (at most 8 %)"
    )
    print(f"false by signal {found['false_by']}, of those that look alike {found['false_of_alike']}")


if __name__ == "__main__":
    main()

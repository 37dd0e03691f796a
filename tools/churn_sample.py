"""Simulated clients as the churn model's CSV: `python -m tools.churn_sample OUT.csv --seed 1 --year 2025 [--clients 2000]`.

One row a client. Leaving clients are seen 14 to 28 days before they leave; the others on a day of the year by chance,
holidays without a login, money taken out for a house and slumps included. More clients leave than in a real house
(about one in six), so that a sample of some thousands has enough of them; the share stands in the model's card.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from institution.sandbox.life import Dweller, Life, Lived
from profiles.behaviour import NAMES, WINDOW, features, fold
from profiles.happenings import Happening

#: So early a warning has to come; so long before the end it is looked at.
EARLY, EARLIEST = 14, 28
GROUPS = ("client", "sex", "age", "region", "tier")


def happening(one: Lived) -> Happening:
    return Happening(one.source, one.key, one.client, one.kind, one.at, one.body)


def life_of(seed: int, year: int, clients: int) -> Life:
    return Life(seed, clients, date(year, 1, 1), 365, story_share=0.2, alike_share=0.3, kinds=("churn",))


def seen_on(life: Life, who: Dweller, chance: random.Random) -> tuple[date, bool]:
    """The day that a client is looked at, and whether he leaves 14 to 44 days after it."""
    story = life.stories.get(who.id)
    if story and story.kind == "churn":
        return story.ends - timedelta(days=chance.randint(EARLY, EARLIEST)), True
    if story and story.kind in ("lull", "need"):
        return story.ends, False
    return life.first + timedelta(days=chance.randrange(life.days)), False


def rows(life: Life) -> Iterator[dict[str, object]]:
    for who in life.dwellers.values():
        chance = random.Random(f"{life.seed}:seen:{who.id}")
        day, left = seen_on(life, who, chance)
        lived = life.lived(who.id, day - timedelta(days=2 * WINDOW - 1), day)
        days = fold(happening(one) for one in lived).get(who.id)
        if days is None:
            continue
        numbers = features(days, day, who.assets)
        about = {"client": who.id, "sex": who.sex, "age": who.age, "region": who.region, "tier": who.tier}
        yield {**about, **{n: round(x, 5) for n, x in zip(NAMES, numbers, strict=True)}, "left": int(left)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--year", type=int, default=2025)
    parser.add_argument("--clients", type=int, default=2000)
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with given.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*GROUPS, *NAMES, "left"])
        writer.writeheader()
        writer.writerows(rows(life_of(given.seed, given.year, given.clients)))


if __name__ == "__main__":
    main()

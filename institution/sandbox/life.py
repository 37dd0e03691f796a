"""Days of client life for the systems that the sandbox has no desk for: app, payment, marketing, education, and the talk,
trades and complaints that go with them. Pure, from a seed.

A client's day depends on seed, client and day alone: any day can be lived without the days before it. Stories are
planted in some clients; that they are there is known to `Life.stories` alone, never to what is told. Beside the
stories there are lives that look alike: a holiday without a login, money taken out for a house, a new telephone,
grumbling in a slump, talk of other people's children.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from institution.calendar import SHANGHAI, is_trading
from institution.sandbox.life_words import MISHEARD, SAYINGS

STORIES = ("new_child", "retirement", "panic", "churn", "theft")
#: Lives that look like stories.
ALIKE = ("lull", "need", "new_phone")
#: A leaving client fades over so many days; so long before the end somebody can still do something.
FADING_DAYS = 45
SLUMP_DAYS = 25
REGIONS, AGES = ("上海", "北京", "广东", "浙江", "四川", "河南"), (22, 78)
#: Funds of the catalogue by risk: money, bond, index, theme.
FUNDS = (("HY001", "货币", 1), ("HY011", "债券", 2), ("HY031", "指数", 3), ("HY032", "股票", 4))


@dataclass(frozen=True)
class Dweller:
    """An invented client. visits: logins a day; talks: messages a day; opens: the share of pushes that are opened."""

    id: str
    sex: str
    age: int
    region: str
    tier: str
    risk: int
    assets: float
    visits: float
    talks: float
    opens: float


@dataclass(frozen=True)
class Story:
    """ends: the day of the birth, the leaving, the theft, the flight. begins: its first trace."""

    client: str
    kind: str
    begins: date
    ends: date


@dataclass(frozen=True)
class Lived:
    """What a system tells of a client. key: unique within the source."""

    source: str
    key: str
    client: str
    kind: str
    at: datetime
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Life:
    """first: the first day that a story may touch; days: how many there are."""

    seed: int
    clients: int
    first: date
    days: int
    story_share: float = 0.3
    alike_share: float = 0.25
    #: When all planted stories are of these kinds only.
    kinds: tuple[str, ...] = STORIES
    #: Of clients that somebody else knows: who a client is then depends on the seed and the name alone.
    names: tuple[str, ...] = ()

    @cached_property
    def dwellers(self) -> dict[str, Dweller]:
        known = {n: f"L{n:06d}" for n in range(1, self.clients + 1)} if not self.names else {n: n for n in self.names}
        made = (_dweller(random.Random(f"{self.seed}:who:{n}"), name) for n, name in known.items())
        return {one.id: one for one in made}

    @cached_property
    def stories(self) -> dict[str, Story]:
        """The truth: at most one story a client, look-alikes among them."""
        found: dict[str, Story] = {}
        for who in self.dwellers.values():
            chance = random.Random(f"{self.seed}:story:{who.id}")
            roll = chance.random()
            if roll >= self.story_share + self.alike_share:
                continue
            kind = chance.choice(self._possible(who) if roll < self.story_share else ALIKE)
            length = {"churn": FADING_DAYS, "lull": 25, "need": 20}.get(kind, 3)
            latest = self.days - 1 - (SLUMP_DAYS if kind == "panic" else 0)
            begins = self.first + timedelta(days=chance.randint(0, max(0, latest - length)))
            if kind == "panic":
                begins = self.slump[0] + timedelta(days=chance.randint(5, 15))
            found[who.id] = Story(who.id, kind, begins, begins + timedelta(days=length))
        return found

    @cached_property
    def slump(self) -> tuple[date, date]:
        start = self.first + timedelta(days=int(self.days * 0.5))
        return start, start + timedelta(days=SLUMP_DAYS)

    def _possible(self, who: Dweller) -> tuple[str, ...]:
        """A birth and a retirement have their ages; the rest may happen to anybody."""
        ages = {"new_child": (24, 44), "retirement": (53, 66)}
        fit = tuple(k for k in self.kinds if ages.get(k, AGES)[0] <= who.age <= ages.get(k, AGES)[1])
        return fit or tuple(k for k in self.kinds if k not in ages) or ALIKE

    def day(self, client: str, day: date) -> Iterator[Lived]:
        """What happened to a client on a day, in no order."""
        who, story = self.dwellers[client], self.stories.get(client)
        chance = random.Random(f"{self.seed}:{client}:{day.toordinal()}")
        if story and story.kind == "churn" and day > story.ends:
            return
        scene = _Scene(who, day, chance, [])
        going = self._going(story, day)
        scene.ordinary(going, slump=self.slump[0] <= day <= self.slump[1])
        if story and story.begins <= day <= story.ends:
            scene.told(story, going)
        yield from scene.out

    def _going(self, story: Story | None, day: date) -> float:
        """How far a client has faded, 0..1."""
        if not story or not story.begins <= day <= story.ends:
            return 0.0
        if story.kind == "churn":
            # Some leave loudly, some hardly show it.
            loud = random.Random(f"{self.seed}:loud:{story.client}").uniform(0.25, 1.0)
            return loud * min(1.0, ((day - story.begins).days + 1) / (FADING_DAYS * 0.5))
        return 0.9 if story.kind == "lull" else 0.0

    def lived(self, client: str, first: date, last: date) -> list[Lived]:
        """Both days included, the oldest first."""
        days = ((last - first).days + 1) if last >= first else 0
        found = [one for n in range(days) for one in self.day(client, first + timedelta(days=n))]
        return sorted(found, key=lambda one: (one.at, one.key))

    def holdings(self, client: str) -> dict[str, float]:
        """Yuan by fund before anything that is told."""
        who = self.dwellers[client]
        fit = [fund for fund in FUNDS if fund[2] <= max(who.risk, 1)]
        return {code: who.assets * share for (code, _, _), share in zip(fit, _shares(len(fit)), strict=True)}


def _shares(count: int) -> tuple[float, ...]:
    return {1: (1.0,), 2: (0.5, 0.5), 3: (0.35, 0.3, 0.35), 4: (0.25, 0.25, 0.3, 0.2)}[count]


def _dweller(chance: random.Random, name: str) -> Dweller:
    age = chance.randint(*AGES)
    # Older clients come less often; sex and region change nothing.
    slow = 0.75 if age >= 60 else 1.0
    assets = min(max(chance.lognormvariate(11.8, 1.0), 5_000), 2e7)
    tier = "高净值" if assets >= 6e6 else "财富" if assets >= 5e5 else "大众"
    return Dweller(
        name, chance.choice("男女"), age, chance.choice(REGIONS), tier, chance.choices(range(1, 6), (10, 25, 35, 20, 10))[0],
        assets, visits=chance.lognormvariate(-0.4, 0.45) * slow, talks=chance.uniform(0.02, 0.15) * slow,
        opens=chance.uniform(0.25, 0.7),
    )  # fmt: skip


@dataclass
class _Scene:
    who: Dweller
    day: date
    chance: random.Random
    out: list[Lived]

    def tell(self, source: str, kind: str, hour: float, **body: Any) -> None:
        at = datetime.combine(self.day, time(0), SHANGHAI) + timedelta(hours=min(hour, 23.99))
        key = f"{self.who.id}-{self.day:%Y%m%d}-{len(self.out)}"
        self.out.append(Lived(source, key, self.who.id, kind, at, body))

    def says(self, mood: str, hour: float) -> None:
        text, intent, emotion, strength = self.chance.choice(SAYINGS[mood])
        if self.chance.random() < MISHEARD:
            _, intent, emotion, strength = self.chance.choice(SAYINGS["quiet"])
        self.tell("conversation", "message", hour, text=text, intent=intent, emotion=emotion, strength=strength)

    def order(self, kind: str, fund: tuple[str, str, int], amount: float, hour: float, rise: float = 0.0) -> None:
        self.tell(
            "trading", "order", hour, order=kind, fund=fund[0], fund_kind=fund[1], risk=fund[2], amount=round(amount, 2), rise=rise,
            trading=is_trading(self.day),
        )  # fmt: skip

    def ordinary(self, going: float, *, slump: bool) -> None:
        """An ordinary day of somebody who has faded so far."""
        chance, who, here = self.chance, self.who, 1 - 0.85 * going
        for _ in range(_count(chance, who.visits * here * (1.3 if slump else 1.0))):
            hour = chance.uniform(7.5, 22.5)
            self.tell("app", "login", hour, device="known")
            self.tell(
                "app", "page_view", hour + 0.01, page="home", seconds=round(chance.expovariate(1 / 90) * here + 5)
            )
        if chance.random() < who.talks * here:
            self.says("slump" if slump and chance.random() < 0.4 else "quiet", chance.uniform(8, 22))
        if self.day.weekday() in (1, 4):
            self.tell("marketing", "push_sent", 10.0)
            if chance.random() < who.opens * here:
                self.tell("marketing", "push_opened", 10.5)
        if chance.random() < 0.03 * here:
            self.tell("education", "lesson_read", 20.0, minutes=chance.randint(2, 12))
        if chance.random() < 0.025 * here and is_trading(self.day):
            amount = who.assets * chance.uniform(0.005, 0.03)
            self.tell("payment", "transfer_in", 9.6, amount=round(amount, 2))
            self.order("buy", FUNDS[min(who.risk, 4) - 1], amount, 10.2)
        if chance.random() < 0.012:
            amount = who.assets * chance.uniform(0.005, 0.06)
            self.order("redeem", FUNDS[0], amount, 11.0)
            if chance.random() < 0.7:
                self.tell("payment", "transfer_out", 16.0, amount=round(amount, 2))
        if chance.random() < 0.0015:
            self.tell("complaint", "complaint", 15.0, about="到账延迟")

    def told(self, story: Story, going: float) -> None:
        getattr(self, f"_{story.kind}")(story, going)

    def _new_child(self, story: Story, _: float) -> None:
        if self.day == story.ends:
            self.says("new_child", self.chance.uniform(9, 21))

    def _retirement(self, story: Story, _: float) -> None:
        if self.day == story.ends:
            self.says("retirement", self.chance.uniform(9, 21))

    def _panic(self, story: Story, _: float) -> None:
        """Frightened talk, then most of the risky funds go within two days."""
        self.says("panic", self.chance.uniform(9, 14))
        if self.day >= story.ends - timedelta(days=1):
            for fund in FUNDS[1:]:
                if fund[2] <= max(self.who.risk, 1):
                    self.order("redeem", fund, self.who.assets * self.chance.uniform(0.1, 0.18), 14.5, rise=-0.18)

    def _churn(self, story: Story, going: float) -> None:
        """Money leaves in parts, some words of disappointment, at last the rest."""
        if self.chance.random() < 0.10 * (0.15 + going):
            self.order("redeem", FUNDS[0], self.who.assets * self.chance.uniform(0.05, 0.15), 10.5)
            self.tell("payment", "transfer_out", 16.0, amount=round(self.who.assets * 0.1, 2))
        if self.chance.random() < 0.05 * (0.1 + going):
            self.says("churn", self.chance.uniform(9, 20))
        if self.chance.random() < 0.02 * going:
            self.tell("complaint", "complaint", 15.0, about="服务态度")
        if self.day == story.ends:
            self.order("redeem", FUNDS[0], self.who.assets * 0.6, 10.0)
            self.tell("payment", "transfer_out", 16.5, amount=round(self.who.assets * 0.6, 2))

    def _theft(self, story: Story, _: float) -> None:
        """Somebody else signs in at night and takes what goes quickest; the client wonders the next day."""
        if self.day == story.ends - timedelta(days=1):
            self.tell("app", "new_device", 2.1, device="unknown")
            for n in range(self.chance.randint(1, 4)):
                self.order("redeem", FUNDS[0], self.who.assets * self.chance.uniform(0.08, 0.2), 2.3 + n * 0.1)
        if self.day == story.ends and self.chance.random() < 0.7:
            self.says("theft", 9.0)

    def _lull(self, _story: Story, _going: float) -> None:
        """On holiday: `ordinary` has faded already."""

    def _need(self, story: Story, _: float) -> None:
        """Money for a purpose, taken out once or twice."""
        if self.day in (story.begins, story.ends):
            amount = self.who.assets * self.chance.uniform(0.04, 0.09)
            self.order("redeem", FUNDS[0], amount, 10.5)
            self.tell("payment", "transfer_out", 16.0, amount=round(amount, 2))
            self.says("need", 10.0)

    def _new_phone(self, story: Story, _: float) -> None:
        if self.day == story.begins:
            self.tell("app", "new_device", 12.0, device="new telephone")


def _count(chance: random.Random, mean: float) -> int:
    """A number of that mean, as independent happenings have it (Knuth's way)."""
    limit, count, product = 2.718281828459045 ** -max(mean, 0.0), 0, chance.random()
    while product > limit:
        count, product = count + 1, product * chance.random()
    return count

"""Thirty days of a client's behaviour as ten numbers (requirement D5). Pure.

One fold serves the stream (a happening at a time, in any order) and the batch (all that is stored): `Days.add` counts
by day, `features` reads the days. Nothing that happens is counted twice, because it is stored once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from contracts.reasons import NEGATIVE
from institution.calendar import SHANGHAI
from profiles.happenings import Happening

WINDOW = 30
#: name -> what it is, in words for a model card and a reason.
FEATURES: Mapping[str, str] = MappingProxyType({
    "login_drop": "登录比前 30 天少",
    "days_since_login": "距上次登录的天数",
    "page_minutes": "浏览分钟数",
    "redemptions": "赎回次数",
    "redeemed_share": "赎回占资产的比例",
    "purchases": "买入次数",
    "transfers_out": "转出到银行卡的次数",
    "negative_share": "情绪低落的消息占比",
    "grievances": "投诉和谈到离开的次数",
    "pushes_ignored": "推送没有打开的比例",
})  # fmt: skip
NAMES = tuple(FEATURES)
GRIEVANCES = ("close_account", "complain_attitude", "complain_return", "complain_delay", "complain_fee")


def _count() -> defaultdict[str, float]:
    return defaultdict(float)


@dataclass
class Days:
    """What was counted of a client, by Shanghai day."""

    counts: dict[date, defaultdict[str, float]] = field(default_factory=dict)

    def add(self, one: Happening) -> None:
        day = self.counts.setdefault(one.at.astimezone(SHANGHAI).date(), _count())
        for name, value in counted(one):
            day[name] += value

    def forget_before(self, day: date) -> None:
        self.counts = {known: count for known, count in self.counts.items() if known >= day}


def counted(one: Happening) -> Iterable[tuple[str, float]]:
    """What one happening adds to which counters of its day."""
    if one.kind in ("login", "push_sent", "push_opened", "transfer_out"):
        yield one.kind, 1
    elif one.kind == "page_view":
        yield "seconds", one.number("seconds")
    elif one.kind == "order" and one.body.get("order") in ("redeem", "buy"):
        yield str(one.body["order"]), 1
        yield f"{one.body['order']}_yuan", one.number("amount")
    elif one.kind == "message":
        yield "message", 1
        yield "negative", one.body.get("emotion") in NEGATIVE
        yield "grievance", one.body.get("intent") in GRIEVANCES
    elif one.kind == "complaint":
        yield "grievance", 1


def features(days: Days, today: date, assets: float) -> tuple[float, ...]:
    """The ten numbers of the thirty days that end today, in the order of `NAMES`. assets: yuan at their beginning."""
    now = _sum(days, today, 0, WINDOW)
    before = _sum(days, today, WINDOW, WINDOW)
    # One login more in both keeps a client who never comes from looking like one who stopped.
    drop = max(0.0, 1 - (now["login"] + 1) / (before["login"] + 1))
    logins = [day for day, count in days.counts.items() if count.get("login") and day <= today]
    since = min((today - max(logins)).days, WINDOW) if logins else WINDOW
    return (
        drop,
        float(since),
        now["seconds"] / 60,
        now["redeem"],
        min(1.0, now["redeem_yuan"] / assets) if assets > 0 else 0.0,
        now["buy"],
        now["transfer_out"],
        now["negative"] / now["message"] if now["message"] else 0.0,
        now["grievance"],
        1 - now["push_opened"] / now["push_sent"] if now["push_sent"] else 0.5,
    )


def _sum(days: Days, today: date, skip: int, count: int) -> defaultdict[str, float]:
    total = _count()
    for back in range(skip, skip + count):
        for name, value in days.counts.get(today - timedelta(days=back), {}).items():
            total[name] += value
    return total


def fold(happenings: Iterable[Happening]) -> dict[str, Days]:
    """The batch: every client's days."""
    found: dict[str, Days] = {}
    for one in happenings:
        found.setdefault(one.client_id, Days()).add(one)
    return found

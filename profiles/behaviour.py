"""Thirty days of a client's behaviour as ten numbers (requirement D5). Pure.

`Days.add` counts a happening on its day, whatever the order; the stream adds the counts of what was new to `profile_days`
in the transaction that stores it, so nothing is counted twice. `numbers` makes ten numbers of the days' sums, for one
client as for a hundred thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from contracts.reasons import NEGATIVE
from institution.calendar import SHANGHAI
from profiles.happenings import Happening
from profiles.trend import POSITIVE

Array = NDArray[np.float64]
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
#: What is counted of a day, in the order of the columns of `profile_days`.
COUNTERS = (
    "login", "push_sent", "push_opened", "transfer_out", "seconds", "redeem", "redeem_yuan", "buy", "buy_yuan",
    "message", "negative", "positive", "grievance",
)  # fmt: skip
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

    def put(self, day: date, counts: Mapping[str, float]) -> None:
        """What was counted of a day elsewhere."""
        self.counts[day] = defaultdict(float, counts)


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
        yield "positive", one.body.get("emotion") in POSITIVE
        yield "grievance", one.body.get("intent") in GRIEVANCES
    elif one.kind == "complaint":
        yield "grievance", 1


def features(days: Days, today: date, assets: float) -> tuple[float, ...]:
    """The ten numbers of the thirty days that end today, in the order of `NAMES`. assets: yuan at their beginning."""
    now, before, since = _looked_at(days, today)
    return tuple(float(x) for x in numbers(now, before, since, np.float64(assets)))


def numbers(now: Array, before: Array, since: Array | np.float64, assets: Array | np.float64) -> Array:
    """The ten numbers, of one client or of many at once: the stream and the batch share these lines.

    now, before  the counters' sums over the last thirty days and the thirty before, (counters,) or (counters, clients)
    since        days since the last login, at most `WINDOW`; () or (clients,), as assets is
    returns      (10,) or (10, clients), in the order of `NAMES`
    """
    of, earlier = dict(zip(COUNTERS, now, strict=True)), dict(zip(COUNTERS, before, strict=True))
    return np.array([
        # One login more in both keeps a client who never comes from looking like one who stopped.
        np.maximum(0.0, 1 - (of["login"] + 1) / (earlier["login"] + 1)),
        np.minimum(since, WINDOW),
        of["seconds"] / 60,
        of["redeem"],
        np.minimum(1.0, _share(of["redeem_yuan"], np.asarray(assets), 0.0)),
        of["buy"],
        of["transfer_out"],
        _share(of["negative"], of["message"], 0.0),
        of["grievance"],
        1 - _share(of["push_opened"], of["push_sent"], 0.5),
    ])  # fmt: skip


def _share(part: Array, whole: Array, otherwise: float) -> Array:
    """part / whole; `otherwise` where there is no whole."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), otherwise)


def _looked_at(days: Days, today: date) -> tuple[Array, Array, np.float64]:
    now, before, last = np.zeros(len(COUNTERS)), np.zeros(len(COUNTERS)), None
    # The oldest first, as SQL gives them: sums of yuan are then the same to the last bit.
    for day in sorted(days.counts):
        back, count = (today - day).days, days.counts[day]
        if back < 0:
            continue
        if back < 2 * WINDOW:
            total = now if back < WINDOW else before
            total += [count.get(name, 0.0) for name in COUNTERS]
        last = day if count.get("login") else last
    return now, before, np.float64((today - last).days if last else WINDOW)


def fold(happenings: Iterable[Happening]) -> dict[str, Days]:
    """The batch: every client's days."""
    found: dict[str, Days] = {}
    for one in happenings:
        found.setdefault(one.client_id, Days()).add(one)
    return found

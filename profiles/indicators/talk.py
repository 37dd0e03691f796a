"""What the client says, and what is said and done together. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from contracts.reasons import NEGATIVE
from institution.calendar import SHANGHAI
from profiles.indicators.declared import Parameters, indicator, percent, yuan
from profiles.indicators.trades import before_redemptions, recent
from profiles.model import Facts, Reading, Said

BORROWED = re.compile(
    r"(借|贷|网贷|信用卡|套现|花呗|房子抵押|抵押贷).{0,8}(买|投|补仓|加仓|抄底|炒|定投)|杠杆|配资|借钱(来)?(买|投|补)"
)
DENIED = re.compile(r"(不|没|别|不会|不想|不敢|不能|怎么还).{0,3}(借|贷|套现|杠杆|配资)|(还|房)贷款?(怎么|什么时候)?还")
SECURITY, LEAVING = "account_security", ("ask_should_sell", "redeem_fund", "close_account")


def last_days(facts: Facts, days: float) -> list[Said]:
    return [s for s in facts.said if timedelta(0) <= facts.now - s.at <= timedelta(days=days)]


@indicator("share count", "days messages least", assets=False)
def negative_share(facts: Facts, given: Parameters) -> Reading | None:
    """The negative ones among the client's last understood messages (requirement B2)."""
    known = [s for s in last_days(facts, given["days"]) if s.emotion][-int(given["messages"]) :]
    if len(known) < given["least"]:
        return None
    share = sum(s.emotion in NEGATIVE for s in known) / len(known)
    return Reading(share, {"share": percent(share), "count": f"{len(known)} 条"})


@indicator("emotion count", "hours", assets=False)
def panic(facts: Facts, given: Parameters) -> Reading | None:
    """The strongest panic or anger of the last hours."""
    strong = [s for s in last_days(facts, given["hours"] / 24) if s.emotion in ("恐慌", "愤怒")]
    if not strong:
        return None
    worst = max(strong, key=lambda s: (s.strength, s.seq))
    return Reading(worst.strength, {"emotion": worst.emotion or "", "count": f"{len(strong)} 次"})


@indicator("days", "days", assets=False)
def talk_of_leaving(facts: Facts, given: Parameters) -> Reading | None:
    """Days of the period on which the client spoke of selling or closing the account."""
    days = {s.at.astimezone(SHANGHAI).date() for s in last_days(facts, given["days"]) if s.intent in LEAVING}
    return Reading(len(days), {"days": f"{len(days)} 天"}) if days else None


@indicator("count", "days", assets=False)
def borrowed_money(facts: Facts, given: Parameters) -> Reading | None:
    """The client speaks of investing with borrowed money."""
    count = sum(bool(BORROWED.search(s.text)) and not DENIED.search(s.text) for s in last_days(facts, given["days"]))
    return Reading(count, {"count": f"{count} 次"}) if count else None


@indicator("share amount", "hours")
def alarm_and_redemption(facts: Facts, given: Parameters) -> Reading | None:
    """Money goes out around the time when the client doubts that the account is safe."""
    spoke = [s.at for s in facts.said if s.intent == SECURITY]
    return _out_near(facts, spoke, given["hours"])


@indicator("share amount", "hours")
def new_device_redemption(facts: Facts, given: Parameters) -> Reading | None:
    """Money goes out soon after a device that was never seen before; silent until the app reports devices."""
    seen = [event.at for event in facts.events if event.kind == "new_device"]
    return _out_near(facts, seen, given["hours"], only_after=True)


def _out_near(facts: Facts, moments: list[datetime], hours: float, *, only_after: bool = False) -> Reading | None:
    """The share of the holdings that is redeemed within so many hours after (or around) one of the moments."""
    reach = timedelta(hours=hours)
    first = timedelta(0) if only_after else -reach
    out = [
        t for t in recent(facts, 30) if t.goes_out and any(first <= t.placed_at - moment <= reach for moment in moments)
    ]  # fmt: skip
    if not out:
        return None
    amount, base = sum(t.amount for t in out), before_redemptions(facts, out)
    share = min(1.0, amount / base) if base > 0 else 1.0
    return Reading(share, {"share": percent(share), "amount": yuan(amount)})


@indicator("amount times", "days")
def complaint_and_redemption(facts: Facts, given: Parameters) -> Reading | None:
    """A complaint and money going out within the same days: the client may be leaving."""
    complained = [s for s in last_days(facts, given["days"]) if (s.intent or "").startswith("complain_")]
    out = [t for t in recent(facts, given["days"]) if t.goes_out]
    if not complained or not out:
        return None
    amount, base = sum(t.amount for t in out), before_redemptions(facts, out)
    return Reading(
        min(1.0, amount / base) if base > 0 else 1.0, {"amount": yuan(amount), "times": f"{len(complained)} 次"}
    )

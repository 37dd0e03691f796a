"""What the client's orders tell. Pure. A period of n days ends today, today included."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from institution.calendar import SHANGHAI, is_trading
from profiles.indicators.declared import Parameters, indicator, percent, yuan
from profiles.model import Facts, Reading, Trade

#: 23:00 to 5:00 in Shanghai.
NIGHT_FROM, NIGHT_UNTIL = 23, 5
REDEMPTION_MONTH = timedelta(days=30)


def recent(facts: Facts, days: float) -> list[Trade]:
    """The orders of the last days that were not cancelled; 定投 deductions go by themselves and do not count."""
    first = facts.today - timedelta(days=days - 1)
    return [
        t for t in facts.trades if first <= t.placed_at.astimezone(SHANGHAI).date() <= facts.today
        and t.kind != "dca" and t.status != "cancelled"
    ]  # fmt: skip


def placed_on(trade: Trade) -> date:
    return trade.placed_at.astimezone(SHANGHAI).date()


def spoken(day: date) -> str:
    return f"{day.month}月{day.day}日"


def before_redemptions(facts: Facts, out: Iterable[Trade]) -> float:
    """What there was before: redeemed shares that are confirmed have left the holdings."""
    return facts.total + sum(t.amount for t in out if t.status in ("confirmed", "arrived"))


@indicator("share amount day", "days least_yuan")
def one_day_redemption(facts: Facts, given: Parameters) -> Reading | None:
    """The largest day's redemptions as a share of what was held before."""
    by_day: dict[date, list[Trade]] = defaultdict(list)
    for trade in recent(facts, given["days"]):
        if trade.goes_out:
            by_day[placed_on(trade)].append(trade)
    if not by_day:
        return None
    day = max(by_day, key=lambda d: (sum(t.amount for t in by_day[d]), d))
    amount = sum(t.amount for t in by_day[day])
    base = before_redemptions(facts, [t for t in recent(facts, given["days"]) if t.goes_out])
    if amount < given["least_yuan"] or base <= 0:
        return None
    return Reading(
        min(1.0, amount / base), {"share": percent(amount / base), "amount": yuan(amount), "day": spoken(day)}
    )


@indicator("share amount", "days")
def flight_from_risk(facts: Facts, given: Parameters) -> Reading | None:
    """How much of the risky funds was sold within days: selling out in fright."""
    out = [t for t in recent(facts, given["days"]) if t.goes_out and t.risk >= 3]
    amount = sum(t.amount for t in out)
    left = sum(p.value for p in facts.positions if p.risk >= 3)
    gone = sum(t.amount for t in out if t.status in ("confirmed", "arrived"))
    if amount <= 0:
        return None
    share = min(1.0, amount / max(amount, left + gone))
    return Reading(share, {"share": percent(share), "amount": yuan(amount)})


def streak(days: Iterable[date], today: date) -> int:
    """Trading days in a row, up to the last one that is in `days`; 0 when that is over a week ago."""
    known = {day for day in days if is_trading(day)}
    if not known or today - max(known) > timedelta(days=7):
        return 0
    count, day = 0, max(known)
    while day in known:
        count += 1
        day -= timedelta(days=1)
        while not is_trading(day):
            day -= timedelta(days=1)
    return count


@indicator("days amount")
def redemption_streak(facts: Facts, _: Parameters) -> Reading | None:
    """Trading days in a row with a redemption."""
    out = [t for t in recent(facts, 30) if t.goes_out]
    return _streak_reading(out, facts.today)


@indicator("days amount")
def rebalancing_streak(facts: Facts, _: Parameters) -> Reading | None:
    """Trading days in a row on which something was moved."""
    return _streak_reading(recent(facts, 30), facts.today)


def _streak_reading(trades: Sequence[Trade], today: date) -> Reading | None:
    count = streak((t.day for t in trades), today)
    last = sorted({t.day for t in trades})[-count:] if count else []
    amount = sum(t.amount for t in trades if t.day in last)
    return Reading(count, {"days": f"{count} 个交易日", "amount": yuan(amount)}) if count else None


@indicator("months last", "least_yuan")
def rising_redemptions(facts: Facts, given: Parameters) -> Reading | None:
    """Months in a row, up to the present one, in which more was redeemed than in the one before (30 days each)."""
    sums = months_of_redemptions(facts)
    count = rising(sums)
    if count == 0 or sums[0] < given["least_yuan"]:
        return None
    return Reading(count, {"months": f"{count} 个月", "last": yuan(sums[0])})


def months_of_redemptions(facts: Facts) -> list[float]:
    """What was redeemed in each of the last six months, the newest first."""
    sums = [0.0] * 6
    for trade in facts.trades:
        month = (facts.now - trade.placed_at) // REDEMPTION_MONTH
        if trade.goes_out and 0 <= month < len(sums):
            sums[month] += trade.amount
    return sums


def rising(newest_first: Sequence[float]) -> int:
    count = 0
    for this, before in pairwise(newest_first):
        if this <= before:
            break
        count += 1
    return count


@indicator("count days", "days")
def frequent_switching(facts: Facts, given: Parameters) -> Reading | None:
    """Orders that left a fund within the days: redemptions and switches."""
    count = sum(t.kind in ("redeem", "switch") for t in recent(facts, given["days"]))
    return Reading(count, {"count": f"{count} 笔", "days": f"{given['days']:.0f} 天"}) if count else None


@indicator("times amount days", "days")
def turnover(facts: Facts, given: Parameters) -> Reading | None:
    """What was moved within the days, as a multiple of what is held."""
    amount = sum(t.amount for t in recent(facts, given["days"]))
    if amount <= 0 or facts.total <= 0:
        return None
    times = amount / facts.total
    return Reading(times, {"times": f"{times:.1f} 倍", "amount": yuan(amount), "days": f"{given['days']:.0f} 天"})


@indicator("fee days", "days")
def fees_paid(facts: Facts, given: Parameters) -> Reading | None:
    """Fees of the days' orders as a share of what is held."""
    fee = sum(t.fee for t in recent(facts, given["days"]))
    if fee <= 0 or facts.total <= 0:
        return None
    return Reading(fee / facts.total, {"fee": yuan(fee), "days": f"{given['days']:.0f} 天"})


@indicator("fund rise amount day", "days")
def chasing(facts: Facts, given: Parameters) -> Reading | None:
    """Bought after a fund had risen: its rise over the 60 trading days before."""
    bought = [t for t in recent(facts, given["days"]) if t.kind == "buy" and t.rise is not None and t.rise > 0]
    if not bought:
        return None
    worst = max(bought, key=lambda t: (t.rise or 0.0, t.id))
    rise = worst.rise or 0.0
    return Reading(
        rise,
        {"fund": worst.name, "rise": percent(rise), "amount": yuan(worst.amount), "day": spoken(placed_on(worst))},
    )


@indicator("fund fall amount day", "days")
def selling_low(facts: Facts, given: Parameters) -> Reading | None:
    """Sold after a fund had fallen: its fall over the 60 trading days before."""
    sold = [t for t in recent(facts, given["days"]) if t.goes_out and t.rise is not None and t.rise < 0]
    if not sold:
        return None
    worst = min(sold, key=lambda t: (t.rise or 0.0, t.id))
    fall = -(worst.rise or 0.0)
    return Reading(
        fall,
        {"fund": worst.name, "fall": percent(fall), "amount": yuan(worst.amount), "day": spoken(placed_on(worst))},
    )


@indicator("count funds within", "days within")
def quick_reversal(facts: Facts, given: Parameters) -> Reading | None:
    """A fund bought and left again within days: the dearest redemption fee (RULE-FEE-RDM)."""
    done = recent(facts, given["days"])
    within = timedelta(days=given["within"])
    turned = [
        out.name for out in done if out.kind in ("redeem", "switch") and out.fund_kind != "货币"
        and any(b.kind == "buy" and b.fund == out.fund and timedelta(0) <= out.placed_at - b.placed_at <= within for b in done)
    ]  # fmt: skip
    if not turned:
        return None
    return Reading(
        len(turned),
        {
            "count": f"{len(turned)} 次",
            "funds": "、".join(dict.fromkeys(turned)),
            "within": f"{given['within']:.0f} 天",
        },
    )


@indicator("fund share amount level", "days")
def buying_above_level(facts: Facts, given: Parameters) -> Reading | None:
    """Bought above the client's level, as a share of the holdings (RULE-SUIT)."""
    level = facts.person.risk
    bought = [t for t in recent(facts, given["days"]) if t.kind == "buy" and level and t.risk > level]
    if not bought:
        return None
    amount = sum(t.amount for t in bought)
    share = min(1.0, amount / max(amount, facts.total))
    return Reading(
        share, {"fund": bought[0].name, "share": percent(share), "amount": yuan(amount), "level": f"C{level}"}
    )


@indicator("count amount", "days")
def buying_untested(facts: Facts, given: Parameters) -> Reading | None:
    """Bought after the risk test had run out (RULE-TEST)."""
    until = facts.person.test_valid_until
    if not facts.person.test_expired:
        return None
    bought = [
        t for t in recent(facts, given["days"]) if t.kind == "buy" and (until is None or placed_on(t) > until)
    ]  # fmt: skip
    amount = sum(t.amount for t in bought)
    return Reading(len(bought), {"count": f"{len(bought)} 笔", "amount": yuan(amount)}) if bought else None


@indicator("fund share amount", "days")
def one_big_buy(facts: Facts, given: Parameters) -> Reading | None:
    """The largest purchase of a risky fund as a share of all that is held."""
    bought = [t for t in recent(facts, given["days"]) if t.kind == "buy" and t.risk >= 3]
    if not bought or facts.total <= 0:
        return None
    largest = max(bought, key=lambda t: (t.amount, t.id))
    waits = largest.status in ("placed", "dealing", "held")
    share = largest.amount / (facts.total + (largest.amount if waits else 0.0))
    return Reading(share, {"fund": largest.name, "share": percent(share), "amount": yuan(largest.amount)})


@indicator("fund share amount fall", "days loss")
def doubling_down(facts: Facts, given: Parameters) -> Reading | None:
    """Bought more of a fund in loss, as a share of that position."""
    losing = {p.fund: p for p in facts.positions if p.profit_rate <= -given["loss"] and p.value > 0}
    added: Counter[str] = Counter()
    for trade in recent(facts, given["days"]):
        if trade.kind == "buy" and trade.fund in losing:
            added[trade.fund] += trade.amount  # type: ignore[assignment]
    if not added:
        return None
    fund = max(sorted(added), key=lambda code: added[code] / losing[code].value)
    position, amount = losing[fund], float(added[fund])
    share = amount / position.value
    return Reading(
        share,
        {
            "fund": position.name, "share": percent(share), "amount": yuan(amount), "fall": percent(-position.profit_rate),
        },
    )  # fmt: skip


def most_within(times: Sequence[float], seconds: float) -> int:
    """The most of the instants that lie within so many seconds. times: sorted."""
    best = first = 0
    for last, at in enumerate(times):
        while at - times[first] > seconds:
            first += 1
        best = max(best, last - first + 1)
    return best


@indicator("count day", "days")
def night_orders(facts: Facts, given: Parameters) -> Reading | None:
    """The most orders of one night, 23:00 to 5:00."""
    nights: Counter[date] = Counter()
    for trade in recent(facts, given["days"]):
        at = trade.placed_at.astimezone(SHANGHAI)
        if at.hour >= NIGHT_FROM or at.hour < NIGHT_UNTIL:
            nights[(at - timedelta(hours=NIGHT_UNTIL)).date()] += 1
    if not nights:
        return None
    night = max(nights, key=lambda n: (nights[n], n))
    return Reading(nights[night], {"count": f"{nights[night]} 笔", "day": spoken(night)})


@indicator("count minutes", "days minutes")
def order_burst(facts: Facts, given: Parameters) -> Reading | None:
    """The most orders within some minutes."""
    times = sorted(t.placed_at.timestamp() for t in recent(facts, given["days"]))
    count = most_within(times, given["minutes"] * 60)
    return Reading(count, {"count": f"{count} 笔", "minutes": f"{given['minutes']:.0f} 分钟"}) if count else None


@indicator("count days", "days")
def cancelled_orders(facts: Facts, given: Parameters) -> Reading | None:
    """Orders taken back within the days: the client is not sure."""
    first = facts.today - timedelta(days=given["days"] - 1)
    count = sum(t.status == "cancelled" and placed_on(t) >= first for t in facts.trades)
    return Reading(count, {"count": f"{count} 笔", "days": f"{given['days']:.0f} 天"}) if count else None

"""The house rules as pure functions: fees, suitability, holds, 定投 days. Cents are rounded half up.

A refusal is a value (`Refusal`): checked and negative. Rule ids are those of `sandbox/rules.yml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from institution import calendar
from institution.models import FeeLine, Hold, Lot, RateStep

CENT = Decimal("0.01")
BASIS = Decimal("0.0001")
EQUITY_STEPS = (
    RateStep(from_days=0, to_days=7, rate=Decimal("0.015")),
    RateStep(from_days=7, to_days=30, rate=Decimal("0.010")),
    RateStep(from_days=30, to_days=180, rate=Decimal("0.005")),
    RateStep(from_days=180, to_days=None, rate=Decimal(0)),
)
BOND_STEPS = (
    RateStep(from_days=0, to_days=7, rate=Decimal("0.015")),
    RateStep(from_days=7, to_days=None, rate=Decimal(0)),
)
MONEY_STEPS = (RateStep(from_days=0, to_days=None, rate=Decimal(0)),)
#: RULE-HOLD
HOLD_SHARE, HOLD_LEAST, HUMAN_SHARE = Decimal("0.10"), Decimal(50_000), Decimal("0.30")
#: RULE-PRIV
PRIVATE_LEAST = Decimal(1_000_000)
PRIVATE_COOLING = timedelta(hours=24)
#: RULE-CMP
ANSWER_WITHIN, SOLVE_WITHIN, VOUCHER_A_DAY = timedelta(hours=1), timedelta(hours=24), Decimal(20)


@dataclass(frozen=True)
class Refusal:
    """Why something is not allowed. code: stable, for programs; words: for the client, in Chinese."""

    code: str
    words: str
    rule: str | None = None


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def whole_shares(value: Decimal) -> Decimal:
    """Shares are kept to two places, the rest falls to the fund's assets (rounded half up, as the registrar does)."""
    return value.quantize(CENT, ROUND_HALF_UP)


# -- fees ------------------------------------------------------------------------------------------------------


def redeem_steps(kind: str) -> tuple[RateStep, ...]:
    """RULE-FEE-RDM. A FOF and a private fund follow the mixed fund."""
    return MONEY_STEPS if kind == "货币" else BOND_STEPS if kind == "债券" else EQUITY_STEPS


def buy_rate(kind: str) -> Decimal:
    """RULE-FEE-BUY. QDII, FOF and private funds follow the mixed fund."""
    return Decimal(0) if kind == "货币" else Decimal("0.0003") if kind == "债券" else Decimal("0.0010")


def buy_fee(kind: str, amount: Decimal) -> Decimal:
    return cents(amount * buy_rate(kind))


def first_in_first_out(lots: Sequence[Lot], shares: Decimal) -> list[tuple[Lot, Decimal]]:
    """Which shares leave: (lot, shares of it), the oldest first. ValueError when there are not enough."""
    taken: list[tuple[Lot, Decimal]] = []
    for lot in sorted(lots, key=lambda lot: lot.confirmed_on):
        part = min(lot.shares, shares)
        if part > 0:
            taken.append((lot, part))
            shares -= part
    if shares > 0:
        raise ValueError("more shares than the lots hold")
    return taken


def redeem_fee_lines(kind: str, lots: Sequence[Lot], shares: Decimal, nav: Decimal, t: date) -> list[FeeLine]:
    """The fee of each lot that leaves; days run from its confirmation to T (RULE-FEE-RDM)."""
    return [_fee_line(kind, lot, part, nav, t) for lot, part in first_in_first_out(lots, shares)]


def _fee_line(kind: str, lot: Lot, shares: Decimal, nav: Decimal, t: date) -> FeeLine:
    days = max((t - lot.confirmed_on).days, 0)
    steps = redeem_steps(kind)
    place = next(n for n, step in enumerate(steps) if step.to_days is None or days < step.to_days)
    step = steps[place]
    following = steps[place + 1] if step.to_days is not None else None
    return FeeLine(
        shares=shares,
        confirmed_on=lot.confirmed_on,
        days=days,
        rate=step.rate,
        fee=cents(shares * nav * step.rate),
        next_rate=following.rate if following else None,
        next_rate_from=lot.confirmed_on + timedelta(days=following.from_days) if following else None,
    )


def free_shares(kind: str, lots: Sequence[Lot], t: date) -> Decimal:
    """How many shares can leave on T before a lot with a fee is reached."""
    total = Decimal(0)
    for lot in sorted(lots, key=lambda lot: lot.confirmed_on):
        if _fee_line(kind, lot, lot.shares, Decimal(1), t).rate > 0:
            break
        total += lot.shares
    return total


def switch_extra(kind_out: str, kind_in: str, amount: Decimal) -> Decimal:
    """RULE-SWITCH: the buying-fee difference on the amount that moves, if the new fund's is higher."""
    return cents(amount * max(buy_rate(kind_in) - buy_rate(kind_out), Decimal(0)))


# -- suitability -----------------------------------------------------------------------------------------------


def suitable(client_level: str, fund_risk: str) -> bool:
    """RULE-SUIT: C1 buys R1, C2 up to R2 … C5 up to R5."""
    return int(fund_risk[1]) <= int(client_level[1])


def check_suitability(client_level: str, fund_risk: str) -> Refusal | None:
    if suitable(client_level, fund_risk):
        return None
    words = f"您的风险等级是{client_level},最高可买R{client_level[1]},这只基金是{fund_risk},不能买入;已持有的可以保留或卖出。"
    return Refusal("unsuitable", words, "RULE-SUIT")


def risk_test_end(tested_on: date) -> date:
    """RULE-TEST: 12 months, the anniversary included."""
    try:
        return tested_on.replace(year=tested_on.year + 1)
    except ValueError:
        return date(tested_on.year + 1, 2, 28)


def risk_test_of(end: date) -> date:
    """The day of a test whose last valid day is `end`."""
    try:
        return end.replace(year=end.year - 1)
    except ValueError:
        return date(end.year - 1, 2, 28)


def check_test(valid_until: date | None, today: date) -> Refusal | None:
    """Buying, switching in, new and raised 定投 stop while the risk test is out of date (RULE-TEST)."""
    if valid_until is not None and today <= valid_until:
        return None
    ended = f"已于{valid_until.year}年{valid_until.month}月{valid_until.day}日到期" if valid_until else "还没有做"
    words = f"您的风险测评{ended},需要重新测评后才能买入、转入或新增定投;赎回和进行中的定投不受影响。"
    return Refusal("test_expired", words, "RULE-TEST")


def check_answers(conflicts: Sequence[str]) -> Refusal | None:
    """A risk test whose answers contradict each other says nothing: the same stops as without a test (RULE-TEST)."""
    if not conflicts:
        return None
    words = (
        f"您的风险测评里有前后不一致的回答({'、'.join(conflicts)}),重新测评后才能买入、转入或新增定投;赎回不受影响。"
    )
    return Refusal("test_inconsistent", words, "RULE-TEST")


def check_term(lockup_years: int, horizon_years: int | None, name: str) -> Refusal | None:
    """Money may not be bound for longer than the client said it can be (RULE-SUIT)."""
    if not lockup_years or horizon_years is None or lockup_years <= horizon_years:
        return None
    words = f"{name}每笔要持有{lockup_years}年,您测评时填的投资期限是{horizon_years}年,期限对不上,不能买入。"
    return Refusal("term_too_long", words, "RULE-SUIT")


def check_private(client_level: str, qualified: bool, amount: Decimal, already: Decimal) -> Refusal | None:
    """RULE-PRIV, the level aside. amount, already: yuan of this order, and held before."""
    if not qualified:
        words = "私募基金只面向合格投资者:金融资产不低于300万元,或近三年年均收入不低于50万元,并完成认证。"
        return Refusal("not_qualified", words, "RULE-PRIV")
    if client_level != "C5":
        return Refusal("unsuitable", f"这只私募基金是R5,需要C5,您目前是{client_level}。", "RULE-PRIV")
    if already + amount < PRIVATE_LEAST:
        return Refusal("below_minimum", "私募基金单个投资者不低于100万元,不能与他人拼单。", "RULE-PRIV")
    return None


# -- holds, lock-up --------------------------------------------------------------------------------------------


def hold(day_total: Decimal, aum: Decimal) -> Hold | None:
    """RULE-HOLD for the redemptions of one day, the new one included."""
    share = day_total / aum if aum > 0 else Decimal(1)
    if share <= HOLD_SHARE or day_total < HOLD_LEAST:
        return None
    return Hold(share_of_aum=share.quantize(BASIS, ROUND_HALF_UP), needs_human=share > HUMAN_SHARE)


def unlocked_on(confirmed_on: date, lockup_years: int) -> date:
    """The first day a lot may leave."""
    try:
        return confirmed_on.replace(year=confirmed_on.year + lockup_years)
    except ValueError:
        return date(confirmed_on.year + lockup_years, 3, 1)


def unlocked_shares(lots: Iterable[Lot], lockup_years: int, t: date) -> Decimal:
    return sum((lot.shares for lot in lots if unlocked_on(lot.confirmed_on, lockup_years) <= t), Decimal(0))


# -- 定投 ------------------------------------------------------------------------------------------------------


def deductions(frequency: str, day: int, started_on: date, start: date, end: date) -> list[date]:
    """The deduction dates from `start` to `end`; one on a closed day has moved to the next trading day (RULE-DCA)."""
    # A holiday moves a deduction by at most eleven days: look that far back for nominal days.
    nominal = (start + timedelta(days=n) for n in range(-12, (end - start).days + 1))
    moved = {calendar.on_or_after(d) for d in nominal if _is_nominal(frequency, day, started_on, d) and d >= started_on}
    return sorted(d for d in moved if start <= d <= end)


def _is_nominal(frequency: str, day: int, started_on: date, candidate: date) -> bool:
    if frequency == "每日":
        return candidate.weekday() < 5
    if frequency == "每月":
        return candidate.day == day
    if candidate.isoweekday() != day:
        return False
    weeks = (candidate - started_on + timedelta(days=started_on.weekday())).days // 7
    return frequency == "每周" or weeks % 2 == 0


def next_deduction(frequency: str, day: int, started_on: date, *, after: date) -> date:
    """The first deduction after the day `after`: today's can no longer be changed (RULE-DCA)."""
    return deductions(frequency, day, started_on, after + timedelta(days=1), after + timedelta(days=62))[0]


# -- complaints ------------------------------------------------------------------------------------------------


def late_voucher(due: datetime, arrived: datetime) -> Decimal:
    """RULE-CMP, 到账延迟: 20 yuan for each trading day late."""
    return VOUCHER_A_DAY * calendar.trading_days_late(due, arrived)

"""What the client's holdings tell. Pure."""

from __future__ import annotations

from collections.abc import Callable

from profiles.indicators.declared import Parameters, indicator, percent, yuan
from profiles.model import Facts, Position, Reading

CALM_KINDS = ("货币", "债券")
#: No single industry: broad indices, cash, bonds, mixed and pension portfolios.
BROAD = (
    "现金", "货币", "债券", "纯债", "短债", "信用债", "二级债", "可转债", "偏债", "宽基", "均衡", "养老", "红利", "多策略",
    "海外", "海外债", "",
)  # fmt: skip


def share_of(facts: Facts, wanted: Callable[[Position], bool]) -> float:
    """The share of the holdings' value that the wanted positions have; 0 without holdings."""
    return sum(p.value for p in facts.positions if wanted(p)) / facts.total if facts.total > 0 else 0.0


def names(positions: list[Position]) -> str:
    return "、".join(p.name for p in sorted(positions, key=lambda p: -p.value)[:3])


@indicator("sector share value over funds", "limit")
def sector_share(facts: Facts, given: Parameters) -> Reading | None:
    """The largest single industry's share of the holdings."""
    sectors = {p.sector for p in facts.positions if p.sector not in BROAD}
    if not sectors or facts.total <= 0:
        return None
    sector = max(sorted(sectors), key=lambda s: share_of(facts, lambda p: p.sector == s))
    inside = [p for p in facts.positions if p.sector == sector]
    value = sum(p.value for p in inside)
    return _crowded(facts, value, given["limit"], sector=sector, funds=names(inside))


@indicator("fund share value over", "limit")
def fund_share(facts: Facts, given: Parameters) -> Reading | None:
    """The largest fund's share; money and bond funds are spread by themselves."""
    risky = [p for p in facts.positions if p.kind not in CALM_KINDS and p.kind != "FOF"]
    if not risky or facts.total <= 0:
        return None
    largest = max(risky, key=lambda p: (p.value, p.fund))
    return _crowded(facts, largest.value, given["limit"], fund=largest.name)


def _crowded(facts: Facts, value: float, limit: float, **figures: str) -> Reading:
    """over: what has to leave so that the rest of the whole keeps the limit."""
    share, over = value / facts.total, max(0.0, value - limit * facts.total)
    return Reading(share, {"share": percent(share), "value": yuan(value), "over": yuan(over), **figures})


@indicator("share value over", "limit")
def qdii_share(facts: Facts, given: Parameters) -> Reading | None:
    """Overseas funds: another market, another currency, money back in T+8."""
    value = sum(p.value for p in facts.positions if p.kind == "QDII")
    return _crowded(facts, value, given["limit"]) if value > 0 else None


@indicator("share value over", "limit")
def private_share(facts: Facts, given: Parameters) -> Reading | None:
    value = sum(p.value for p in facts.positions if p.kind == "私募")
    return _crowded(facts, value, given["limit"]) if value > 0 else None


@indicator("share value")
def locked_share(facts: Facts, _: Parameters) -> Reading | None:
    """What cannot be sold today."""
    locked = [p for p in facts.positions if p.locked]
    if not locked or facts.total <= 0:
        return None
    value = sum(p.value for p in locked)
    return Reading(value / facts.total, {"share": percent(value / facts.total), "value": yuan(value)})


@indicator("share value funds level")
def above_level(facts: Facts, _: Parameters) -> Reading | None:
    """Holdings above the client's own level: they may be kept or sold, not added to (RULE-SUIT)."""
    above = [p for p in facts.positions if facts.person.risk and p.risk > facts.person.risk]
    if not above or facts.total <= 0:
        return None
    value = sum(p.value for p in above)
    share = value / facts.total
    figures = {"share": percent(share), "value": yuan(value), "funds": names(above), "level": f"C{facts.person.risk}"}
    return Reading(share, figures)


@indicator("share value age", "from_age from_risk")
def elderly_risk(facts: Facts, given: Parameters) -> Reading | None:
    """Risky funds of a client in old age."""
    if facts.person.age < given["from_age"]:
        return None
    share = share_of(facts, lambda p: p.risk >= given["from_risk"])
    return Reading(
        share, {"share": percent(share), "value": yuan(share * facts.total), "age": f"{facts.person.age} 岁"}
    )


@indicator("share value until", "from_risk")
def expired_test_risk(facts: Facts, given: Parameters) -> Reading | None:
    """Risky holdings while the risk test is out of date."""
    if not facts.person.test_expired:
        return None
    share, until = share_of(facts, lambda p: p.risk >= given["from_risk"]), facts.person.test_valid_until
    words = f"{until.year}年{until.month}月{until.day}日" if until else "从未"
    return Reading(share, {"share": percent(share), "value": yuan(share * facts.total), "until": words})


@indicator("fall peak value")
def drawdown(facts: Facts, _: Parameters) -> Reading | None:
    """How far the present holdings stand below their highest value of the last months."""
    if len(facts.worth) < 2 or max(facts.worth) <= 0:
        return None
    peak, last = max(facts.worth), facts.worth[-1]
    return Reading(1 - last / peak, {"fall": percent(1 - last / peak), "peak": yuan(peak), "value": yuan(last)})


@indicator("fall loss value")
def loss_of_all(facts: Facts, _: Parameters) -> Reading | None:
    """The loss of all holdings against what was paid for them."""
    cost = sum(p.cost for p in facts.positions)
    if cost <= 0:
        return None
    fall = 1 - facts.total / cost
    return Reading(
        fall, {"fall": percent(fall), "loss": yuan(max(0.0, cost - facts.total)), "value": yuan(facts.total)}
    )


@indicator("fund fall loss share", "least_share")
def loss_of_fund(facts: Facts, given: Parameters) -> Reading | None:
    """The deepest loss of a fund that has some weight."""
    falling = [p for p in facts.positions if p.share >= given["least_share"] and p.profit_rate < 0]
    if not falling:
        return None
    worst = min(falling, key=lambda p: (p.profit_rate, p.fund))
    loss = worst.cost - worst.value
    return Reading(
        -worst.profit_rate,
        {"fund": worst.name, "fall": percent(-worst.profit_rate), "loss": yuan(loss), "share": percent(worst.share)},
    )


@indicator("count funds amount", "loss")
def plans_stopped_in_fall(facts: Facts, given: Parameters) -> Reading | None:
    """定投 stopped or paused while its fund is in loss: the cheap months are missed."""
    losing = {p.fund for p in facts.positions if p.profit_rate <= -given["loss"]}
    stopped = [s for s in facts.schemes if s.status != "running" and s.fund in losing]
    if not stopped:
        return None
    amount = sum(s.amount for s in stopped)
    return Reading(
        len(stopped),
        {
            "count": f"{len(stopped)} 个",
            "funds": "、".join(dict.fromkeys(s.name for s in stopped)),
            "amount": yuan(amount),
        },
    )

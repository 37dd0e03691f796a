"""A rebalancing as several orders: from what is held towards the reference mix of the client's level. Pure.

Sold first: what is above the client's level, then the heaviest of a class that is over its share. Bought: a fund of the
class that is under, held already if it is suitable, else the largest suitable one. Between two 衡远 funds it is one switch,
else a redemption and a purchase. Locked shares, private funds and shares on their way stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from actions.allocation import Allocation
from actions.orders.model import Leg
from institution.models import Client, Fund, Holding

CENT = Decimal("0.01")
HOUSE = "衡远基金"


@dataclass(frozen=True)
class Drift:
    """A class of funds against its reference. shares 0..1 of all that can be counted."""

    name: str
    now: Decimal
    wanted: Decimal


def drifts(holdings: Sequence[Holding], client: Client, allocation: Allocation) -> tuple[Drift, ...]:
    """Each class with its share now and as it should be; private funds are counted in neither."""
    sums: dict[str, Decimal] = {}
    for item in holdings:
        name = allocation.class_of(item.kind, item.sector)
        if name:
            sums[name] = sums.get(name, Decimal(0)) + item.value
    total = sum(sums.values(), Decimal(0))
    wanted = allocation.mix(client.risk_level, client.age)
    return tuple(
        Drift(name, sums.get(name, Decimal(0)) / total if total else Decimal(0), wanted[name]) for name in wanted
    )


@dataclass
class _Pot:
    """A holding while the legs are laid out: what of it can still go."""

    item: Holding
    left: Decimal
    shares: Decimal


def propose(
    holdings: Sequence[Holding],
    funds: Mapping[str, Fund],
    client: Client,
    allocation: Allocation,
    suitable: Callable[[Fund, Decimal, str], bool],
    preferred: Sequence[str] = (),
) -> tuple[Leg, ...]:
    """The orders that lead to the reference mix; none when it is near enough and nothing is above the level.

    suitable   whether so many yuan may go into the fund out of another one
    preferred  funds that the client named: taken before all others, when they are suitable
    """
    counted = [item for item in holdings if allocation.class_of(item.kind, item.sector)]
    total = sum((item.value for item in counted), Decimal(0))
    room = {one.name: (one.wanted - one.now) * total for one in drifts(counted, client, allocation)}
    legs: list[Leg] = []
    for pot, most in _to_sell(counted, room, funds, client, allocation, total):
        legs += _emptied(pot, most, room, funds, counted, allocation, suitable, preferred)
    return tuple(_merged(legs))


def _to_sell(
    items: Sequence[Holding],
    room: Mapping[str, Decimal],
    funds: Mapping[str, Fund],
    client: Client,
    allocation: Allocation,
    total: Decimal,
) -> list[tuple[_Pot, Decimal]]:
    """What goes, and how much of it: all that is above the level, then the surplus of a class, its heaviest fund first."""
    movable = [_Pot(item, item.available_shares * item.nav, item.available_shares) for item in items
               if item.locked_until is None and item.available_shares > 0 and item.fund in funds]  # fmt: skip
    above = [pot for pot in movable if client.risk_level and pot.item.risk[1:] > client.risk_level[1:]]
    found = [(pot, pot.left) for pot in above]
    gone = {
        name: sum(
            (pot.left for pot in above if allocation.class_of(pot.item.kind, pot.item.sector) == name), Decimal(0)
        )
        for name in room
    }
    for name, gap in room.items():
        surplus = -gap - gone[name]
        if surplus < allocation.band * total:
            continue
        rest = [
            pot for pot in movable if pot not in above and allocation.class_of(pot.item.kind, pot.item.sector) == name
        ]
        for pot in sorted(rest, key=lambda pot: (-pot.left, pot.item.fund)):
            part = min(pot.left, surplus)
            if part >= allocation.least_leg:
                found.append((pot, part))
                surplus -= part
    return found


def _emptied(
    pot: _Pot,
    most: Decimal,
    room: dict[str, Decimal],
    funds: Mapping[str, Fund],
    items: Sequence[Holding],
    allocation: Allocation,
    suitable: Callable[[Fund, Decimal, str], bool],
    preferred: Sequence[str],
) -> list[Leg]:
    """The legs that take `most` yuan out of one holding, into the classes with room, the emptiest first."""
    own = allocation.class_of(pot.item.kind, pot.item.sector) or ""
    room[own] = room.get(own, Decimal(0)) + most
    legs: list[Leg] = []
    for name in sorted(room, key=lambda name: -room[name]):
        part = min(most, room[name])
        if part < allocation.least_leg:
            continue
        target = _target(name, part, pot.item.fund, funds, items, allocation, suitable, preferred)
        if target is None:
            continue
        legs += _legs(pot, part, target, funds[pot.item.fund])
        room[name] -= part
        most -= part
    # What found no place stays where it is.
    room[own] -= most
    return legs


def _target(
    name: str, part: Decimal, out_of: str, funds: Mapping[str, Fund], items: Sequence[Holding], allocation: Allocation,
    suitable: Callable[[Fund, Decimal, str], bool], preferred: Sequence[str],
) -> Fund | None:  # fmt: skip
    """Where money of a class goes: what is held already, else the largest house fund, never one with a holding period."""
    held = {item.fund: item.value for item in items}
    fitting = [
        fund for fund in funds.values()
        if fund.code != out_of and not fund.lockup_years and allocation.class_of(fund.kind, fund.sector) == name
        and suitable(fund, part, out_of)
    ]  # fmt: skip
    ranked = sorted(
        fitting,
        key=lambda f: (f.code not in preferred, -held.get(f.code, Decimal(0)), f.company != HOUSE, -f.size, f.code),
    )
    return ranked[0] if ranked else None


def _legs(pot: _Pot, part: Decimal, into: Fund, out: Fund) -> list[Leg]:
    whole = part >= pot.left - CENT
    shares = pot.shares if whole else (part / pot.item.nav).quantize(CENT, ROUND_DOWN)
    pot.left -= part
    pot.shares -= shares
    value = (shares * pot.item.nav).quantize(CENT)
    if out.company == into.company == HOUSE:
        return [Leg("switch", out.code, value, shares=shares, to_fund=into.code)]
    return [Leg("redeem", out.code, value, shares=shares), Leg("buy", into.code, value, amount=value)]


def _merged(legs: Sequence[Leg]) -> list[Leg]:
    """Purchases of one fund as one, so that the client confirms fewer lines."""
    found: list[Leg] = []
    for leg in legs:
        same = next(
            (
                n
                for n, one in enumerate(found)
                if leg.kind == one.kind and leg.fund == one.fund and leg.to_fund == one.to_fund
            ),
            None,
        )
        if same is None:
            found.append(leg)
            continue
        one = found[same]
        found[same] = replace(
            one, value=one.value + leg.value,
            shares=one.shares + leg.shares if one.shares is not None and leg.shares is not None else None,
            amount=one.amount + leg.amount if one.amount is not None and leg.amount is not None else None,
        )  # fmt: skip
    return found

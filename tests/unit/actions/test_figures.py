"""Figures against arithmetic that shares nothing with their code: simulated lives, causes of a loss, a portfolio's depth."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import attribution
from actions.arithmetic import Goal
from actions.projection import assumptions, lives, mix_at, monthly_for, project, start_for
from institution.models import Nav


def expected(level: str, age: int, months: int) -> tuple[float, float]:
    """What the first yuan and a monthly yuan are worth in the mean: a month of the mix brings Σ share × (1+mean)^(1/12)."""
    growth, annuity = 1.0, 0.0
    for left in reversed(range(months)):
        mix = mix_at(level, age, left)
        month = sum(share * (1 + assumptions().classes[name][0]) ** (1 / 12) for name, share in mix.items())
        growth, annuity = growth * month, annuity * month + 1
    return growth, annuity


@pytest.mark.parametrize(
    ("level", "age", "months"), [("C1", 30, 36), ("C2", 62, 120), ("C3", 35, 216), ("C4", 28, 60), ("C5", 45, 180)]
)
def test_the_mean_of_many_lives_is_the_stated_assumption(level: str, age: int, months: int) -> None:
    found, (growth, annuity) = lives(months, level, age), expected(level, age, months)
    for lived, mean in ((found.growth[-1], growth), (found.annuity[-1], annuity)):
        error = lived.std() / np.sqrt(len(lived))
        assert abs(lived.mean() - mean) < 4 * error, (lived.mean(), mean, error)


@pytest.mark.parametrize(("level", "months"), [("C2", 60), ("C3", 120), ("C5", 216)])
def test_what_is_said_of_a_plan_is_true_of_its_own_lives(level: str, months: int) -> None:
    goal = Goal(500_000, months, 50_000, 1_500)
    told = project(goal, level, 35)
    assert told.low < told.middle < told.high
    wealth = lives(months, level, 35).wealth(50_000, 1_500)[-1]
    assert float(np.mean(wealth < told.low)) == pytest.approx(0.10, abs=0.002)
    # The sum named for 3 of 4 lives lets 3 of 4 lives arrive, and no yuan more is asked for.
    for needed in (monthly_for(goal, level, 35, 0.75), None):
        start = 50_000 if needed is not None else start_for(goal, level, 35, 0.75)
        monthly = needed if needed is not None else 1_500
        ends = lives(months, level, 35).wealth(start, monthly)[-1]
        assert float(np.mean(ends >= 500_000 - 0.01)) == pytest.approx(0.75, abs=0.002)


def test_more_money_never_lowers_the_chance() -> None:
    chances = [project(Goal(300_000, 120, 20_000, float(monthly)), "C3", 35).reached for monthly in range(0, 3000, 500)]
    assert chances == sorted(chances)


def navs(*values: str, benchmark: tuple[str, ...] | None = None) -> list[Nav]:
    start = date(2026, 1, 5)
    return [
        Nav(date=start + timedelta(days=n), nav=Decimal(value), benchmark=Decimal((benchmark or values)[n]))
        for n, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("fund", "bench", "market", "parts"),
    [
        ("0.90", "0.90", "0.90", (-0.10, 0.0, 0.0)),  # the market alone
        ("0.80", "0.80", "1.00", (0.0, -0.20, 0.0)),  # the sector alone
        ("0.95", "1.00", "1.00", (0.0, 0.0, -0.05)),  # the fund alone
        ("1.05", "0.90", "1.10", (0.10, -0.20, 0.15)),  # each another way: 10 - 20 + 15 = 5
    ],
)
def test_a_move_made_by_one_cause_is_put_down_to_it(
    fund: str, bench: str, market: str, parts: tuple[float, float, float]
) -> None:
    found = attribution.moves(navs("1", fund, benchmark=("1", bench)), navs("1", market))
    assert found is not None
    assert (found.market, found.sector, found.own) == pytest.approx(parts)


@given(*(st.decimals("0.4", "2.5", places=4) for _ in range(3)))
def test_the_parts_are_the_whole_whatever_the_three_did(fund: Decimal, bench: Decimal, market: Decimal) -> None:
    found = attribution.moves(navs("1", str(fund), benchmark=("1", str(bench))), navs("1", str(market)))
    assert found is not None
    assert found.market + found.sector + found.own == pytest.approx(float(fund) - 1)


def test_the_deepest_fall_is_not_todays() -> None:
    # 1.00 -> 1.20 -> 0.90 (-25 %) -> 1.15: today it stands 4.2 % under its high, the way down was 25 %.
    path = navs("1.00", "1.20", "0.90", "1.15")
    assert attribution.deepest(path) == pytest.approx(-0.25)
    low = attribution.drawdown(path)
    assert low is not None
    assert low.rate == pytest.approx(1.15 / 1.20 - 1)
    assert attribution.deepest(navs("1", "1.1", "1.2")) == 0
    assert attribution.deepest([]) == 0


@given(st.lists(st.decimals("0.2", "3", places=3), min_size=1, max_size=40))
def test_the_deepest_fall_is_the_worst_of_all_pairs(values: list[Decimal]) -> None:
    worst = min((float(b / a) - 1 for n, a in enumerate(values) for b in values[n:]), default=0.0)
    assert attribution.deepest(navs(*(str(value) for value in values))) == pytest.approx(min(worst, 0.0))

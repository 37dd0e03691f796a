"""The generated world is coherent, plausible, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from institution import calendar, rules
from institution.sandbox import catalog, trading, views
from institution.sandbox.app import open_state
from institution.sandbox.book import confirm_day
from institution.sandbox.market import Market, Shift
from institution.sandbox.refusals import NotAllowed
from institution.sandbox.state import State
from institution.sandbox.trading import OrderRequest
from kit.clock import ManualClock
from tests.unit.institution.conftest import NOON

D = Decimal


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    """The world in its full size; the tests here only read it."""
    return open_state(tmp_path_factory.mktemp("world") / "sandbox.jsonl", clock=ManualClock(NOON), seed=7)


def test_the_same_seed_gives_the_same_world(state: State, tmp_path: Path) -> None:
    again = open_state(tmp_path / "other.jsonl", clock=ManualClock(NOON), seed=7)
    other = open_state(tmp_path / "third.jsonl", clock=ManualClock(NOON), seed=8)
    assert again.world == state.world
    assert other.world.people != state.world.people


def test_holdings_are_the_sum_of_lots_and_of_orders(state: State) -> None:
    today = state.today()
    for client in state.world.people:
        held = views.holdings(state, client)
        assert held.total == sum(item.value for item in held.items)
        for item in held.items:
            assert item.shares == sum(lot.shares for lot in item.lots)
            assert item.value == rules.cents(item.shares * item.nav)
            assert item.cost == sum(lot.cost for lot in item.lots)
            outcomes = state.position(client).outcomes
            mine = [o for o in state.world.orders[client] if o.fund == item.fund and o.id in outcomes]
            bought = sum(outcomes[o.id].shares for o in mine if o.kind in ("buy", "dca"))
            sold = sum(outcomes[o.id].shares for o in mine if o.kind == "redeem")
            assert item.shares == bought - sold
            assert all(confirm_day(o, state.catalog.funds) <= today for o in mine)
        if len(held.items) > 1:
            assert abs(sum((item.share_of_assets for item in held.items), D(0)) - 1) < D("0.001")


def test_the_profit_of_all_time_is_the_profit_of_what_is_held_when_nothing_was_sold(state: State) -> None:
    checked = 0
    for client, orders in state.world.orders.items():
        held = views.holdings(state, client)
        if any(o.kind == "redeem" for o in orders) or any(i.kind == "货币" for i in held.items):
            continue
        if any(o.t_day >= state.nav_day() for o in orders):
            continue
        whole = views.returns(state, client, date(2024, 1, 1), state.nav_day())
        assert whole.profit == held.profit
        checked += 1
    assert checked > 20


def test_nobody_bought_above_the_level_but_the_few_who_may_keep_it(state: State) -> None:
    above = 0
    for client, person in state.world.people.items():
        risks = {state.catalog.funds[o.fund].risk for o in state.world.orders[client]}
        above += any(not rules.suitable(person.risk_level, risk) for risk in risks)
    assert 0 < above < len(state.world.people) * 0.1


def test_nobody_bought_after_the_risk_test_ran_out(state: State) -> None:
    for client, person in state.world.people.items():
        assert person.valid_until is not None
        for order in state.world.orders[client]:
            assert order.kind != "buy" or order.t_day <= person.valid_until, (client, order)
        assert all(plan.started_on <= person.valid_until for plan in state.world.plans[client].values())


def code_of_quote(account: trading.Account, request: OrderRequest, state: State) -> str | None:
    """The code of the refusal, None when there is a quote."""
    try:
        trading.quote(account, request, state.catalog)
    except NotAllowed as refused:
        return refused.code
    return None


def test_no_client_can_buy_a_fund_above_the_level(state: State) -> None:
    """All clients x all funds: a quote exists only where RULE-SUIT, RULE-TEST and RULE-PRIV let it."""
    for client, person in state.world.people.items():
        account = views.account(state, client)
        expired = rules.check_test(person.valid_until, account.today) is not None
        for fund in state.catalog.funds.values():
            request = OrderRequest(kind="buy", fund=fund.code, amount=D(1_000_000))
            if not rules.suitable(person.risk_level, fund.risk):
                expected: str | None = "unsuitable"
            elif expired:
                expected = "test_expired"
            elif person.conflicts:
                expected = "test_inconsistent"
            elif fund.lockup_years > (person.horizon_years or 0):
                expected = "term_too_long"
            else:
                expected = "not_qualified" if fund.kind == "私募" and not person.qualified else None
            assert code_of_quote(account, request, state) == expected


def test_the_clients_are_of_all_kinds(state: State) -> None:
    people = [views.client(state, client) for client in state.world.people]
    assert len(people) >= 300
    assert {p.stage for p in people} == {"新手", "成长", "成熟", "退休"}
    assert {p.risk_level for p in people} == {"C1", "C2", "C3", "C4", "C5"}
    assert set(Counter(p.tier for p in people)) == {"大众", "财富", "高净值"}
    assert any(p.risk_expired for p in people)
    assert any(p.own_advisor is None for p in people)
    assert any(state.world.plans[p.id] for p in people)
    roster = {advisor.id: advisor for advisor in state.catalog.advisors}
    for person in people:
        assert "****" in person.phone
        if person.own_advisor:
            assert person.tier in roster[person.own_advisor].tiers


def test_some_orders_are_on_their_way(state: State) -> None:
    assert any(
        confirm_day(o, state.catalog.funds) > state.today() for orders in state.world.orders.values() for o in orders
    )


def test_the_house_has_its_funds() -> None:
    funds = catalog.load().funds
    assert len(funds) >= 63
    assert (funds["HY031"].name, funds["HY031"].risk, funds["HY031"].nav) == ("衡远沪深300指数", "R3", D("1.25"))
    assert funds["HY023"].lockup_years == 1
    names = Counter(name for fund in funds.values() for name in {fund.name, fund.code, *fund.nicknames})
    assert max(names.values()) == 1


def test_nav_histories_end_at_the_listed_nav_and_last_two_years() -> None:
    book = catalog.load()
    market = Market(book, 7, date(2026, 11, 23))
    for code, fund in book.funds.items():
        path = market.paths[code]
        assert path.values[-1] == fund.nav
        assert path.days[-1] - path.days[0] > timedelta(days=720)
        assert all(value > 0 for value in path.values)
        assert all(calendar.is_trading(day) for day in path.days)


def test_funds_follow_their_benchmarks() -> None:
    market = Market(catalog.load(), 7, date(2026, 11, 23))
    fund, index = market.paths["HY031"].values, market.paths["沪深300指数"].values
    moves = [(fund[n] / fund[n - 1] - 1, index[n] / index[n - 1] - 1) for n in range(1, len(fund))]
    same = sum((a > 0) == (b > 0) for a, b in moves)
    assert same / len(moves) > 0.9


def test_days_that_come_later_change_nothing_that_was() -> None:
    book = catalog.load()
    market = Market(book, 7, date(2026, 11, 23))
    before = list(market.paths["HY032"].values)
    market.extend(date(2026, 12, 4))
    # 24 25 26 27 30 1 2 3 4
    assert len(market.paths["HY032"].values) == len(before) + 9
    assert market.paths["HY032"].values[: len(before)] == before


@pytest.mark.parametrize("change", [-0.5, -0.18, 0.3])
def test_a_fixture_bends_a_path_by_exactly_what_it_says(change: float) -> None:
    market = Market(catalog.load(), 7, date(2026, 11, 23), shifts={"HY032": Shift(30, change)})
    path = market.paths["HY032"]
    assert path.values[-1] == D("1.2300")
    for back in (29, 30, 31):
        moved = path.values[-1] / path.at(date(2026, 11, 23) - timedelta(days=back)) - 1
        assert abs(float(moved) - change) < 0.0005

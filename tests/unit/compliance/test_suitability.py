"""The twelve checks: each alone, all together over all clients and funds, their data, and what an advisor may write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from compliance import suitability, suitability_policy
from compliance.policy_file import PolicyBroken
from compliance.suitability import Case, Investor, Position, Product, assess, in_draft
from institution import rules
from institution.sandbox import trading, views
from institution.sandbox.app import open_state
from institution.sandbox.refusals import NotAllowed
from institution.sandbox.state import State
from institution.sandbox.trading import OrderRequest
from kit.clock import SHANGHAI, ManualClock

POLICY = suitability_policy.load()
TODAY = date(2026, 11, 24)
D = Decimal
INDEX = Product("HY031", "衡远沪深300指数", "指数", "R3", "宽基", D(10), nicknames=("300", "沪深300"))
ENERGY = Product("HY032", "衡远新能源主题股票", "股票", "R4", "新能源", D(10), nicknames=("新能源",))
CASH = Product("HY001", "衡远日日盈货币", "货币", "R1", "现金", D(1), nicknames=("货币",))
THREE_YEARS = Product("HY024", "衡远积极养老三年持有FOF", "FOF", "R3", "养老", D(10), lockup_years=3)
PRIVATE = Product("HY051", "衡远尊享一号私募", "私募", "R5", "多策略", D(1_000_000))
HELD = (
    Position("HY001", "衡远日日盈货币", "货币", "现金", D(60_000)),
    Position("HY033", "医药", "混合", "医药", D(40_000)),
)
ANNA = Investor("C1", 40, "C3", date(2027, 5, 1), horizon_years=5, declared_assets=D(500_000), positions=HELD)


def case(who: Investor = ANNA, what: Product = INDEX, amount: Decimal | None = D(1000), **more: object) -> Case:
    return Case(who, what, TODAY, more.pop("occasion", "order"), amount, **more)  # type: ignore[arg-type]


def test_there_are_twelve_and_each_has_a_function() -> None:
    assert [check.id for check in POLICY.checks] == list(suitability.CHECKS)
    assert len(POLICY.checks) == 12
    assert all("《" in check.basis for check in POLICY.checks if check.id != "minimum_amount")


def test_the_matrix_is_the_house_rule() -> None:
    for level, most in POLICY.matrix.items():
        for risk in range(1, 6):
            assert (risk <= most) == rules.suitable(level, f"R{risk}")


def test_an_ordinary_order_passes_all() -> None:
    found = assess(case(), POLICY)
    assert (found.verdict, found.allowed) == ("pass", True)
    assert {check.result for check in found.checks} <= {"pass", "skipped"}


@pytest.mark.parametrize(
    ("who", "what", "amount", "occasion", "check", "result"),
    [
        (replace(ANNA, valid_until=date(2026, 11, 23)), INDEX, D(1000), "order", "test_valid", "refuse"),
        (replace(ANNA, valid_until=TODAY), INDEX, D(1000), "order", "test_valid", "pass"),
        (replace(ANNA, valid_until=None), INDEX, D(1000), "order", "test_valid", "refuse"),
        (replace(ANNA, conflicts=("甲又乙",)), CASH, D(1000), "order", "test_consistent", "refuse"),
        (replace(ANNA, level="C1"), INDEX, D(1000), "order", "lowest_class", "refuse"),
        (replace(ANNA, level="C1"), CASH, D(1000), "order", "lowest_class", "pass"),
        (replace(ANNA, level="C2"), INDEX, D(1000), "order", "risk_match", "refuse"),
        (ANNA, ENERGY, D(1000), "order", "risk_match", "refuse"),
        (ANNA, ENERGY, None, "offer", "proactive_offer", "refuse"),
        (ANNA, ENERGY, D(1000), "order", "proactive_offer", "skipped"),
        (replace(ANNA, level="C5", qualified=True), PRIVATE, None, "offer", "proactive_offer", "refuse"),
        (replace(ANNA, level="C5"), PRIVATE, D(2_000_000), "order", "qualified_investor", "refuse"),
        (replace(ANNA, level="C5", qualified=True), PRIVATE, D(2_000_000), "order", "qualified_investor", "pass"),
        (replace(ANNA, level="C5", qualified=True), PRIVATE, D(999_999), "order", "minimum_amount", "refuse"),
        (ANNA, INDEX, D("9.99"), "order", "minimum_amount", "refuse"),
        (ANNA, INDEX, D(10), "order", "minimum_amount", "pass"),
        (replace(ANNA, horizon_years=1), THREE_YEARS, D(1000), "order", "term_match", "refuse"),
        (replace(ANNA, horizon_years=3), THREE_YEARS, D(1000), "order", "term_match", "pass"),
        (replace(ANNA, horizon_years=None), THREE_YEARS, D(1000), "order", "term_match", "unknown"),
        (replace(ANNA, age=70), THREE_YEARS, D(1000), "order", "liquidity_age", "confirm"),
        (replace(ANNA, age=70), THREE_YEARS, D(1000), "offer", "liquidity_age", "refuse"),
        (replace(ANNA, age=64), INDEX, D(1000), "order", "age_care", "pass"),
        (replace(ANNA, age=65), INDEX, D(1000), "order", "age_care", "confirm"),
        # 101,000 after 1,000 more: 40,000 of 150,001 -> 26.7 %; 100,001 new of 200,001 is 50.0002 %
        (ANNA, INDEX, D(100_000), "order", "concentration", "pass"),
        (ANNA, INDEX, D(100_001), "order", "concentration", "warn"),
        (ANNA, INDEX, D(100_001), "offer", "concentration", "refuse"),
        # 100,000 held + 400,000 = 500,000 stated
        (ANNA, INDEX, D(400_000), "order", "within_assets", "pass"),
        (ANNA, INDEX, D("400000.01"), "order", "within_assets", "confirm"),
    ],
)  # fmt: skip
def test_each_check(
    who: Investor, what: Product, amount: Decimal | None, occasion: str, check: str, result: str
) -> None:
    found = {one.id: one for one in assess(case(who, what, amount, occasion=occasion), POLICY).checks}[check]
    assert found.result == result
    if result in ("refuse", "confirm", "warn"):
        assert found.words
        assert found.instead
        assert "{" not in found.words + found.instead


def test_the_sector_counts_across_funds() -> None:
    other = replace(ENERGY, code="CS032", sector="医药")
    who = replace(ANNA, level="C4")
    # 40,000 + 25,000 of 125,000 is 52 %, though the fund alone is 20 %
    found = assess(case(who, other, D(25_000)), POLICY)
    assert "医药板块" in found.of("warn")[0].words
    assert "52.0%" in found.of("warn")[0].words


def test_a_switch_moves_what_is_there() -> None:
    # 100,000 all in all, whatever moves: 55,000 of it in one fund
    found = assess(case(amount=D(55_000), out_of="HY001"), POLICY)
    assert "55.0%" in found.of("warn")[0].words
    assert not found.of("confirm")


def test_the_record_holds_everything() -> None:
    kept = assess(case(amount=D(1000)), POLICY).record(by="bot")
    assert kept["policy_version"] == POLICY.version
    assert len(kept["checks"]) == 12
    assert kept["inputs"]["level"] == "C3"
    assert (kept["fund"], kept["amount"], kept["verdict"]) == ("HY031", "1000", "pass")


@pytest.mark.parametrize(
    ("draft", "refused"),
    [
        ("建议您买一点新能源,长期看看。", ["HY032"]),
        ("您可以考虑衡远沪深300指数。", []),
        ("HY051可以配置一些", ["HY051"]),
        ("新能源超过您的等级,不建议买。", []),
        ("新能源可以赎回一部分。", []),
        ("新能源最近跌得多。", []),
        ("先看看货币基金。新能源也适合您!", ["HY032"]),
    ],
)
def test_an_advisors_draft(draft: str, refused: list[str]) -> None:
    found = in_draft(draft, ANNA, [INDEX, ENERGY, CASH, PRIVATE], POLICY, today=TODAY)
    assert [one.case.product.code for one in found] == refused


def test_a_broken_file_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "suitability.yml"
    text = suitability_policy.FILE.read_text(encoding="utf-8")
    broken.write_text(text.replace("order: refuse", "order: maybe", 1), encoding="utf-8")
    with pytest.raises(PolicyBroken, match="refuse"):
        suitability_policy.load(broken)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> State:
    clock = ManualClock(datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI))
    return open_state(tmp_path_factory.mktemp("sandbox") / "sandbox.jsonl", clock=clock)


def test_no_unsuitable_order_or_offer_for_any_client_and_any_fund(world: State) -> None:
    """All clients x all funds: what passes is within the law as written here anew, and what the institution takes passes."""
    passed = 0
    funds = [views.fund(world, code) for code in world.catalog.funds]
    for client_id in world.world.people:
        client, account = views.client(world, client_id), views.account(world, client_id)
        who = suitability.investor(client, views.holdings(world, client_id).items)
        for fund in funds:
            amount = fund.min_buy
            order = assess(Case(who, suitability.product(fund), TODAY, "order", amount), POLICY)
            offer = assess(Case(who, suitability.product(fund), TODAY, "offer"), POLICY)
            lawful = (
                int(fund.risk[1]) <= int(client.risk_level[1])
                and client.risk_valid_until is not None and client.risk_valid_until >= TODAY
                and not client.risk_conflicts
                and (fund.kind != "私募" or (client.qualified and client.risk_level == "C5"))
                and fund.lockup_years <= (client.horizon_years or 0)
            )  # fmt: skip
            assert not order.allowed or lawful, (client_id, fund.code)
            assert not offer.allowed or (
                lawful and fund.kind != "私募" and not (client.age >= 70 and fund.lockup_years)
            )
            assert order.refusal is None or order.refusal.instead
            passed += order.allowed
            try:
                trading.quote(account, OrderRequest(kind="buy", fund=fund.code, amount=amount), world.catalog)
            except NotAllowed:
                continue
            assert order.allowed, (client_id, fund.code)
    assert passed > 5_000

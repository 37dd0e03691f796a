"""Suitability (requirement G1): the twelve checks of one client against one product, and what follows. Pure.

`assess` answers for an order (the client wants it) or an offer (we name it first); every check gives one of
 pass     in order
 skipped  not asked in this case (no amount yet, the other occasion)
 unknown  the data is missing
 warn     told, nothing more
 confirm  the client must say once more that he knows
 refuse   not done
An order goes on when nothing is refused; an offer is made when nothing is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from compliance.suitability_policy import Policy, risk_number
from institution.models import Client, Fund, Holding

Occasion = Literal["order", "offer"]
#: What a check found wrong (values for its words), or that it has nothing to look at.
Outcome = Mapping[str, str] | Literal["pass", "skipped", "unknown"]


@dataclass(frozen=True)
class Position:
    """Something the client holds, in yuan."""

    code: str
    name: str
    kind: str
    sector: str
    value: Decimal


@dataclass(frozen=True)
class Investor:
    """conflicts: answers of the risk test that contradict each other. horizon_years, declared_assets: from the test."""

    id: str
    age: int
    level: str
    valid_until: date | None
    conflicts: tuple[str, ...] = ()
    qualified: bool = False
    horizon_years: int | None = None
    declared_assets: Decimal | None = None
    positions: tuple[Position, ...] = ()

    @property
    def assets(self) -> Decimal:
        return sum((position.value for position in self.positions), Decimal(0))


@dataclass(frozen=True)
class Product:
    code: str
    name: str
    kind: str
    risk: str
    sector: str
    minimum: Decimal
    lockup_years: int = 0
    nicknames: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """amount: new yuan that go in; None when none is said. moved: of them, yuan that leave another position (`out_of`)."""

    investor: Investor
    product: Product
    today: date
    occasion: Occasion
    amount: Decimal | None = None
    out_of: str | None = None

    @property
    def after(self) -> tuple[Position, ...]:
        """What the client holds once the deal is done."""
        amount, product = self.amount or Decimal(0), self.product
        kept = [
            Position(p.code, p.name, p.kind, p.sector, max(p.value - amount, Decimal(0)) if p.code == self.out_of else p.value)
            for p in self.investor.positions
        ]  # fmt: skip
        return (*kept, Position(product.code, product.name, product.kind, product.sector, amount))


@dataclass(frozen=True)
class Checked:
    """One check's result; words and instead are for the client, empty when it is passed."""

    id: str
    title: str
    result: str
    rule: str
    basis: str
    words: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Assessment:
    case: Case
    policy_version: int
    checks: tuple[Checked, ...]

    def of(self, result: str) -> tuple[Checked, ...]:
        return tuple(check for check in self.checks if check.result == result)

    @property
    def refusal(self) -> Checked | None:
        """The first check that refuses; they stand in the order in which a client should hear them."""
        return next(iter(self.of("refuse")), None)

    @property
    def allowed(self) -> bool:
        return self.refusal is None

    @property
    def verdict(self) -> str:
        return next((name for name in ("refuse", "confirm", "warn") if self.of(name)), "pass")

    def record(self, *, by: str) -> dict[str, Any]:
        """All that is kept of the check: client, product, inputs, results, version. The keeper adds the time."""
        investor, product, case = self.case.investor, self.case.product, self.case
        return {
            "occasion": case.occasion, "by": by, "fund": product.code, "name": product.name, "verdict": self.verdict,
            "amount": _text(case.amount), "policy_version": self.policy_version,
            "inputs": {
                "age": investor.age, "level": investor.level,
                "valid_until": investor.valid_until and investor.valid_until.isoformat(),
                "conflicts": list(investor.conflicts), "qualified": investor.qualified, "horizon_years": investor.horizon_years,
                "declared_assets": _text(investor.declared_assets), "assets": _text(investor.assets), "risk": product.risk,
                "kind": product.kind, "sector": product.sector, "minimum": _text(product.minimum),
                "lockup_years": product.lockup_years, "out_of": case.out_of, "today": case.today.isoformat(),
            },
            "checks": [{"id": check.id, "result": check.result, "words": check.words} for check in self.checks],
        }  # fmt: skip


def assess(case: Case, policy: Policy) -> Assessment:
    """All checks of the policy, in its order."""
    return Assessment(
        case, policy.version, tuple(_checked(case, policy, number) for number in range(len(policy.checks)))
    )


def _checked(case: Case, policy: Policy, number: int) -> Checked:
    check = policy.checks[number]
    effect = check.effect(case.occasion)
    found: Outcome = "skipped" if effect == "skip" else CHECKS[check.id](case, policy)
    if isinstance(found, str):
        return Checked(check.id, check.title, found, check.rule, check.basis)
    values = _names(case, policy) | dict(found)
    words, instead = check.words.format(**values), check.instead.format(**values)
    return Checked(check.id, check.title, effect, check.rule, check.basis, words, instead)


def _names(case: Case, policy: Policy) -> dict[str, str]:
    most = policy.matrix.get(case.investor.level)
    return {"name": case.product.name, "risk": case.product.risk, "level": case.investor.level or "未测",
            "age": str(case.investor.age),
            "most": f"R{most}" if most else "R1", "private_level": policy.private_level}  # fmt: skip


# -- the checks ----------------------------------------------------------------------------------------------------


def _test_valid(case: Case, policy: Policy) -> Outcome:
    until = case.investor.valid_until
    if case.investor.level in policy.matrix and until is not None and case.today <= until:
        return "pass"
    return {"until": f"(到{until.year}年{until.month}月{until.day}日为止)" if until else "(还没有做过)"}


def _test_consistent(case: Case, policy: Policy) -> Outcome:
    return {"conflicts": "、".join(case.investor.conflicts)} if case.investor.conflicts else "pass"


def _lowest_class(case: Case, policy: Policy) -> Outcome:
    lowest = case.investor.level == policy.lowest_class
    return {} if lowest and risk_number(case.product.risk) > policy.matrix[policy.lowest_class] else "pass"


def _risk_match(case: Case, policy: Policy) -> Outcome:
    most = policy.matrix.get(case.investor.level)
    if most is None:
        return "unknown"
    return "pass" if risk_number(case.product.risk) <= most else {}


def _proactive_offer(case: Case, policy: Policy) -> Outcome:
    above = risk_number(case.product.risk) > policy.matrix.get(case.investor.level, 0)
    return {} if above or case.product.kind == "私募" else "pass"


def _qualified_investor(case: Case, policy: Policy) -> Outcome:
    if case.product.kind != "私募":
        return "pass"
    return "pass" if case.investor.qualified and case.investor.level == policy.private_level else {}


def _minimum_amount(case: Case, policy: Policy) -> Outcome:
    if case.amount is None or case.out_of is not None:
        return "skipped"
    private = case.product.kind == "私募"
    least = max(policy.private_minimum, case.product.minimum) if private else case.product.minimum
    there = sum((p.value for p in case.investor.positions if private and p.code == case.product.code), Decimal(0))
    return "pass" if case.amount + there >= least else {"minimum": f"{least:,.2f}"}


def term_years(product: Product, policy: Policy) -> int:
    """For how long money is bound."""
    return max(product.lockup_years, policy.private_term_years if product.kind == "私募" else 0)


def _term_match(case: Case, policy: Policy) -> Outcome:
    years, horizon = term_years(case.product, policy), case.investor.horizon_years
    if not years:
        return "pass"
    if horizon is None:
        return "unknown"
    return "pass" if years <= horizon else {"years": str(years), "horizon": str(horizon)}


def _liquidity_age(case: Case, policy: Policy) -> Outcome:
    years = term_years(case.product, policy)
    bound = years >= policy.lockup_years and case.investor.age >= policy.lockup_age
    return {"years": str(years)} if bound else "pass"


def _age_care(case: Case, policy: Policy) -> Outcome:
    risk = risk_number(case.product.risk)
    return {} if any(case.investor.age >= age and risk >= least for age, least in policy.age_steps) else "pass"


def _concentration(case: Case, policy: Policy) -> Outcome:
    if not case.amount or not case.investor.positions or case.product.kind in policy.steady_kinds:
        return "skipped"
    after = case.after
    total = sum((p.value for p in after), Decimal(0))
    in_fund = sum((p.value for p in after if p.code == case.product.code), Decimal(0)) / total
    same = (p.value for p in after if p.sector == case.product.sector and p.kind not in policy.steady_kinds)
    in_sector = Decimal(0) if case.product.sector in policy.broad_sectors else sum(same, Decimal(0)) / total
    if in_fund > policy.most_in_one_fund:
        return {"what": case.product.name, "share": f"{in_fund * 100:.1f}%"}
    if in_sector > policy.most_in_one_sector:
        return {"what": f"{case.product.sector}板块", "share": f"{in_sector * 100:.1f}%"}
    return "pass"


def _within_assets(case: Case, policy: Policy) -> Outcome:
    declared = case.investor.declared_assets
    if case.amount is None or case.out_of is not None:
        return "skipped"
    if declared is None:
        return "unknown"
    total = case.investor.assets + case.amount
    return (
        "pass"
        if total <= declared * policy.most_of_assets
        else {"total": f"{total:,.2f}", "assets": f"{declared:,.2f}"}
    )


CHECKS: dict[str, Callable[[Case, Policy], Outcome]] = {
    "test_valid": _test_valid, "test_consistent": _test_consistent, "lowest_class": _lowest_class, "risk_match": _risk_match,
    "proactive_offer": _proactive_offer, "qualified_investor": _qualified_investor, "minimum_amount": _minimum_amount,
    "term_match": _term_match, "liquidity_age": _liquidity_age, "age_care": _age_care, "concentration": _concentration,
    "within_assets": _within_assets,
}  # fmt: skip


# -- from the institution's words ------------------------------------------------------------------------------------


def investor(client: Client, holdings: Iterable[Holding] = ()) -> Investor:
    positions = tuple(Position(item.fund, item.name, item.kind, item.sector, item.value) for item in holdings)
    # The institution's own word on the test counts, whatever the date says.
    until = None if client.risk_expired and client.risk_valid_until is None else client.risk_valid_until
    return Investor(client.id, client.age, client.risk_level, until, client.risk_conflicts, client.qualified,
                    client.horizon_years, client.declared_assets, positions)  # fmt: skip


def product(fund: Fund) -> Product:
    return Product(
        fund.code, fund.name, fund.kind, fund.risk, fund.sector, fund.min_buy, fund.lockup_years, fund.nicknames
    )


# -- what an advisor is about to write ------------------------------------------------------------------------------

#: A sentence that names a product and one of these offers it.
OFFERS = re.compile(
    r"推荐|建议您?(?:买|申购|配置|加|定投|换|转)|可以(?:买|申购|考虑|配|加仓|定投|转入)|不妨|适合您"
    r"|加仓|上车|入手|买入|申购|定投|配置|转入|换成"
)
#: … unless it says that it is not to be bought.
WARNS = re.compile(r"不(?:适合|能|可以|建议|要|宜|推荐)|别买|超过您?的?(?:风险)?等级|赎回|卖出|减仓|转出")


def in_draft(
    text: str, who: Investor, products: Sequence[Product], policy: Policy, *, today: date
) -> tuple[Assessment, ...]:
    """The unsuitable offers in an advisor's draft, one for each product named in a sentence that offers it."""
    return tuple(one for one in offers_in(text, who, products, policy, today=today) if not one.allowed)


def offers_in(
    text: str, who: Investor, products: Sequence[Product], policy: Policy, *, today: date
) -> tuple[Assessment, ...]:
    """All offers in a draft, checked: what is kept of them, suitable or not."""
    return tuple(assess(Case(who, one, today, "offer"), policy) for one in offered(text, products))


def offered(text: str, products: Sequence[Product]) -> tuple[Product, ...]:
    """The products named in a sentence that offers them, each once."""
    named: dict[str, Product] = {}
    for sentence in re.split(r"[。!?!?;;\n]", text):
        if OFFERS.search(sentence) and not WARNS.search(sentence):
            named |= {one.code: one for one in products if _named(one, sentence)}
    return tuple(named.values())


def _named(one: Product, sentence: str) -> bool:
    # Short nicknames (「300」, 「货币」) are ordinary words.
    names = (one.code, one.name, one.name.removeprefix("衡远"), *(nick for nick in one.nicknames if len(nick) >= 3))
    return any(name in sentence for name in names)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"

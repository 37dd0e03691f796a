"""The rules that an order follows, each with its version and what it made of the case. Pure."""

from __future__ import annotations

from decimal import Decimal

from institution import calendar
from institution.models import FeeLine, Hold, RuleCited
from institution.sandbox.book import Booked, Outcome, arrival, confirm_day
from institution.sandbox.catalog import Catalog
from institution.sandbox.words import day_words, moment_words

ARRIVAL_RULES = {"货币": "RULE-RDM-MMF", "债券": "RULE-RDM-BOND", "QDII": "RULE-RDM-QDII"}


def of(order: Booked, made: Outcome, hold: Hold | None, catalog: Catalog) -> tuple[RuleCited, ...]:
    """In the order in which a client meets them: T, fee, confirmation or arrival, hold."""
    fund = catalog.funds[order.fund]
    cut_off = moment_words(calendar.cut_off(order.t_day))
    found = [] if order.quick else [("RULE-T", f"T日是{day_words(order.t_day)},{cut_off}前可以撤单")]
    if order.kind in ("buy", "dca"):
        found.append(("RULE-FEE-BUY", f"申购费{made.fee:,.2f}元"))
        found.append(("RULE-BUY", f"{day_words(confirm_day(order, catalog.funds))}确认份额"))
        if fund.kind == "私募":
            found.append(("RULE-PRIV", "24小时冷静期后起算T日"))
    else:
        found.append(("RULE-FEE-RDM", fee_words(made.fee_lines)))
    if order.kind == "switch":
        day = day_words(confirm_day(order, catalog.funds))
        found.append(("RULE-SWITCH", f"补申购费差额{made.buy_fee:,.2f}元,转出转入{day}一起确认"))
    due = arrival(order, catalog.funds)
    if due is not None:
        words = "实时到账" if order.quick else f"资金{moment_words(due)}前到账"
        found.append((ARRIVAL_RULES.get(fund.kind, "RULE-RDM-EQ"), words))
    if hold is not None:
        human = ",并由人工与您通话" if hold.needs_human else ""
        found.append(("RULE-HOLD", f"占总资产{percent(hold.share_of_aum)},需您再次确认{human}"))
    return tuple(_cited(rule, words, order, catalog) for rule, words in found)


def fee_words(lines: tuple[FeeLine, ...]) -> str:
    """5,000.00份持有266天,费率0%,0.00元;1,000.00份持有21天,费率1%,12.50元"""
    return ";".join(
        f"{line.shares:,.2f}份持有{line.days}天,费率{percent(line.rate)},{line.fee:,.2f}元" for line in lines
    )


def percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"


def _cited(rule_id: str, words: str, order: Booked, catalog: Catalog) -> RuleCited:
    rule = catalog.rule_in_force(rule_id, order.t_day)
    return RuleCited(rule=rule.id, version=rule.version, effective=rule.effective, words=words)

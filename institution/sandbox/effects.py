"""What clients change: checked against the books, written to the journal, then true.

Every function takes the caller's `key`; the same key again changes nothing and gives the same thing back. Nothing
here waits between the check and the commit, so two requests never interleave.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from institution import calendar, rules
from institution.models import Complaint, DividendMode, Frequency, Hold, PlanStatus
from institution.records import LifePlan, SuitabilityRecord
from institution.sandbox import history, trading, views
from institution.sandbox.book import Booked, status
from institution.sandbox.facts import PlanFact
from institution.sandbox.refusals import NotAllowed, NotAnyMore
from institution.sandbox.state import State, plain
from institution.sandbox.trading import OrderRequest
from institution.sandbox.words import PLAN_STATUS

#: The days a plan of a frequency may name.
DAILY_DAYS, WEEK_DAYS, MONTH_DAYS = (1, 1), (1, 5), (1, 28)
#: What each step makes of a plan, and from which states it is possible.
PLAN_STEPS: dict[str, tuple[frozenset[PlanStatus], PlanStatus]] = {
    "pause": (frozenset({"running"}), "paused"),
    "resume": (frozenset({"paused"}), "running"),
    "stop": (frozenset({"running", "paused"}), "stopped"),
}


def _asked(deed: str, *body: object) -> str:
    """What a key stands for: the same key with another body is refused (`State.done`)."""
    # 6000 and 6000.00 are the same wish.
    said = (
        f"{part.normalize():f}" if isinstance(part, Decimal) else "-" if part is None else str(part) for part in body
    )
    return " ".join((deed, *said))


def place_order(state: State, client: str, request: OrderRequest, key: str) -> Booked:
    """A new order; a large redemption is booked as held (RULE-HOLD)."""
    what = _asked("order", request.kind, request.fund, request.to_fund, request.amount, request.shares, request.quick)
    if before := state.done(client, key, what):
        return state.order(client, before)
    number = f"O-{client}-{len(state.world.orders[state.person(client).id]) + 1:04d}"
    quote, order = trading.quote(views.account(state, client), request, state.catalog, number)
    if quote.hold is not None:
        order = replace(order, state="held", hold=quote.hold)
    return _write(state, order, key, what)


def cancel_order(state: State, client: str, order_id: str, key: str) -> Booked:
    """Possible until 15:00 of T (RULE-T), and as long as an order is held."""
    what = f"cancel {order_id}"
    if state.done(client, key, what):
        return state.order(client, order_id)
    order = state.order(client, order_id)
    if status(order, state.catalog.funds, state.now()) not in ("placed", "held"):
        raise NotAnyMore("not_cancellable", "已过T日15:00,或这笔交易已经处理,不能撤单。", rule="RULE-T")
    return _write(state, replace(order, state="cancelled", changed_at=state.now()), key, what)


def hold_order(state: State, client: str, order_id: str, reason: str, key: str) -> Booked:
    """An order that can still be stopped waits for the client's word; one that is held already stays as it is.

    A redemption above 30 % of AUM needs a person, as with RULE-HOLD. Raises NotAnyMore.
    """
    what = f"hold {order_id}"
    if state.done(client, key, what):
        return state.order(client, order_id)
    order = state.order(client, order_id)
    stands = status(order, state.catalog.funds, state.now())
    if stands == "held":
        return order
    if stands != "placed" or order.kind == "dca":
        raise NotAnyMore("not_holdable", "这笔交易已经处理,不能暂缓。", rule="RULE-T")
    aum = state.aum(client)
    worth = order.amount or (order.shares or Decimal(0)) * state.nav(order.fund, order.t_day)
    share = min(Decimal(1), worth / aum) if aum > 0 else Decimal(1)
    needs_human = order.kind == "redeem" and share > rules.HUMAN_SHARE
    hold = Hold(share_of_aum=share.quantize(rules.BASIS, ROUND_HALF_UP), needs_human=needs_human, reason=reason)
    # Released before, it is held for another reason now: when it was released no longer matters.
    return _write(state, replace(order, state="held", hold=hold, held_at=state.now(), changed_at=None), key, what)


def release_order(state: State, client: str, order_id: str, key: str, *, human_spoken: bool) -> Booked:
    """A held order goes on; T stays if it is released before 15:00 of it (RULE-HOLD)."""
    what = f"release {order_id}"
    if state.done(client, key, what):
        return state.order(client, order_id)
    order = state.order(client, order_id)
    if order.state != "held":
        raise NotAnyMore("not_held", "这笔交易没有在等待确认。")
    if order.hold and order.hold.needs_human and not human_spoken:
        words = "单日赎回超过总资产30%,需要人工与您通话确认后才能处理。"
        raise NotAllowed("human_needed", words, rule="RULE-HOLD")
    t = max(order.t_day, calendar.t_day(state.now()))
    return _write(state, replace(order, state="live", t_day=t, changed_at=state.now()), key, what)


def _write(state: State, order: Booked, key: str, what: str) -> Booked:
    state.commit("order", order.client, key, what, order.id, order=plain(order))
    return order


def create_plan(
    state: State, client: str, *, fund: str, amount: Decimal, frequency: Frequency, day: int, key: str
) -> PlanFact:
    what = _asked("plan", fund, amount, frequency, day)
    if before := state.done(client, key, what):
        return state.plan(client, before)
    file = trading.known_fund(state.catalog, fund)
    if file.kind == "私募":
        raise NotAllowed("not_for_plans", "私募基金不能定投。")
    trading.may_buy(views.account(state, client), file)
    _check_plan(amount, file.min_buy, frequency, day)
    today = state.today()
    number = f"P-{client}-{len(state.world.plans[client]) + 1}"
    plan = PlanFact(number, client, fund, amount, frequency, day, "running", today, today)
    return _write_plan(state, plan, key, what)


def change_plan(state: State, client: str, plan_id: str, action: str, key: str, changes: dict[str, Any]) -> PlanFact:
    """action: pause, resume, stop or modify. Today's deduction is made already; the next one follows (RULE-DCA)."""
    what = _asked(action, plan_id, *(changes.get(name) for name in ("amount", "frequency", "day")))
    if state.done(client, key, what):
        return state.plan(client, plan_id)
    state.now()
    plan = state.plan(client, plan_id)
    changed = _modified(state, plan, changes) if action == "modify" else _stepped(state, plan, action)
    return _write_plan(state, changed, key, what)


def _stepped(state: State, plan: PlanFact, action: str) -> PlanFact:
    possible, after = PLAN_STEPS[action]
    if plan.status not in possible:
        raise NotAnyMore("plan_state", f"这份定投{PLAN_STATUS[plan.status]},不能这样操作。", plan_status=plan.status)
    if action == "resume":
        # Deductions begin anew: that is buying again (RULE-TEST, RULE-SUIT).
        trading.may_buy(views.account(state, plan.client), state.catalog.funds[plan.fund])
    return replace(plan, status=after, done_until=max(plan.done_until, state.today()))


def _modified(state: State, plan: PlanFact, changes: dict[str, Any]) -> PlanFact:
    if plan.status == "stopped":
        raise NotAnyMore("plan_state", "这份定投已终止,不能修改。", plan_status=plan.status)
    if not changes:
        raise NotAllowed("nothing_to_change", "请给出要修改的金额、频率或扣款日。")
    changed = replace(plan, **changes)
    file = state.catalog.funds[plan.fund]
    if changed.amount > plan.amount:
        trading.may_buy(views.account(state, plan.client), file)
    _check_plan(changed.amount, file.min_buy, changed.frequency, changed.day)
    return replace(changed, done_until=max(plan.done_until, state.today()))


def _check_plan(amount: Decimal, least: Decimal, frequency: str, day: int) -> None:
    if amount < least or amount != rules.cents(amount):
        raise NotAllowed("below_minimum", f"每期定投最少{least:f}元,最多两位小数。", minimum=f"{least:f}")
    first, last = {"每日": DAILY_DAYS, "每月": MONTH_DAYS}.get(frequency, WEEK_DAYS)
    if not first <= day <= last:
        words = "每月扣款日请选1至28日。" if frequency == "每月" else "每周扣款日请选周一至周五。"
        raise NotAllowed("day_not_possible", words, first=first, last=last)


def _write_plan(state: State, plan: PlanFact, key: str, what: str) -> PlanFact:
    state.commit("plan", plan.client, key, what, plan.id, plan=plain(plan))
    return plan


def open_complaint(state: State, client: str, kind: str, text: str, key: str) -> Complaint:
    if before := state.done(client, key, "complaint"):
        return next(ticket for ticket in state.world.complaints[client] if ticket.id == before)
    number = f"T-{state.person(client).id}-{len(state.world.complaints[client]) + 1:04d}"
    ticket = history.complaint(number, kind, text, state.now())
    state.commit("complaint", client, key, "complaint", ticket.id, complaint=ticket.model_dump(mode="json"))
    return ticket


def set_dividend_mode(state: State, client: str, fund: str, mode: DividendMode, key: str) -> dict[str, Any]:
    """Confirmed T+1; holds for dividends whose record day is on or after that day (RULE-DIV)."""
    trading.known_fund(state.catalog, fund)
    what = _asked("dividend", fund, mode)
    before = state.done(client, key, what)
    confirmed_on = before or calendar.add_trading_days(calendar.t_day(state.now()), 1).isoformat()
    if before is None:
        views.owned(state, client, fund)
        state.commit("dividend", client, key, what, confirmed_on, fund=fund, mode=mode)
    rule = state.catalog.rule_in_force("RULE-DIV", state.today())
    return {"fund": fund, "mode": mode, "confirmed_on": confirmed_on, "rule": rule.id, "effective": rule.effective}


def keep_suitability(state: State, client: str, records: list[dict[str, Any]], key: str) -> int:
    """Keep checks as they were made; how many are kept under this key."""
    state.person(client)
    if before := state.done(client, key, "suitability"):
        return int(before)
    first = len(state.world.suitability) + 1
    whole = [
        {"id": f"SC-{client}-{first + n:06d}", "client": client, "at": state.now().isoformat(), **record}
        for n, record in enumerate(records)
    ]
    checked = [SuitabilityRecord.model_validate(record).model_dump(mode="json") for record in whole]
    state.commit("suitability", client, key, "suitability", str(len(checked)), records=checked)
    return len(checked)


def save_life_plan(state: State, client: str, body: dict[str, Any], key: str) -> LifePlan:
    """Save a computed plan; the same key again replaces it (its figures were changed)."""
    state.person(client)
    known = state.world.life_plans[client]
    before = state.done(client, key, "life plan")
    number = before or f"LP-{client}-{len(known) + 1:03d}"
    plan = LifePlan.model_validate({"id": number, "client": client, "at": state.now(), **body})
    state.commit("life_plan", client, key, "life plan", number, life_plan=plan.model_dump(mode="json"))
    return plan

"""Loads the books, asks the machine, quotes and places. The draft lives in the slot `order` between turns."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from actions import suitability
from actions.answers import Answer, Handler, say
from actions.orders import asking, basket, checks, filling, machine, phrases, receipts, wording
from actions.orders.hearing import hear
from actions.orders.machine import Act
from actions.orders.model import Draft, Facts, Kind, Problem, Step
from actions.services import House
from actions.turn import Turn
from actions.words import comfort, soft
from institution.models import Order, Quote
from kit.errors import AgentError, Conflict, Invalid, NotFound, Refused, Unavailable

CLOSED = {"order": None}
#: After these nobody wants to be led back to an order; it stays open until it is void.
ENDING = frozenset(
    {
        "abuse",
        "goodbye",
        "thank",
        "ask_own_advisor",
        "book_expert",
        "ask_callback",
        "ask_wait",
        "ask_complaint_progress",
    }
)


def concerns(turn: Turn) -> bool:
    """Whether an open draft must hear this turn first; a draft hears each message once."""
    if not turn.order:
        return False
    draft = Draft.of(turn.order)
    return draft.seen != turn.message_id and draft.fresh(turn.now)


def went_stale(turn: Turn) -> bool:
    return bool(turn.order) and not Draft.of(turn.order or {}).fresh(turn.now)


def void_words(turn: Turn) -> str:
    """What became of the draft that went stale."""
    if Draft.of(turn.order or {}).unsure:
        return "刚才那笔系统一直没有回应,是否受理请以交易记录为准,也可以转人工核实。"
    return "刚才那笔超过30分钟没有确认,已经作废,什么都没有提交。"


async def books(turn: Turn, house: House) -> Facts:
    client, holdings, funds, plans, orders = await asyncio.gather(
        house.institution.client(turn.client_id),
        house.institution.holdings(turn.client_id),
        house.funds_by_code(),
        house.institution.plans(turn.client_id),
        house.institution.orders(turn.client_id),
    )
    open_orders = tuple(order for order in orders if cancellable(order, turn))
    return Facts(client, holdings.items, funds, tuple(plans), open_orders, turn.today)


def cancellable(order: Order, turn: Turn) -> bool:
    """RULE-T: until 15:00 of T."""
    still = order.status in ("placed", "held", "dealing")
    return still and order.cancellable_until is not None and turn.now < order.cancellable_until


async def open_draft(kind: Kind, turn: Turn, house: House) -> Answer:
    """A new order from a message that asks for one."""
    facts = await books(turn, house)
    if phrases.closes_something(turn.text):
        return wording.nothing_to_confirm(facts.orders)
    heard = hear(turn, kind.value)
    draft = Draft(kind, key=turn.message_id, seen=turn.message_id, touched=turn.now)
    if kind is Kind.REBALANCE:
        return await propose(draft, facts, turn, house)
    draft = filling.fill(machine.meaning_last_fund(draft, heard, turn.last_fund, facts), heard, facts)
    draft = filling.settle(draft, facts)
    return await present(draft, facts, turn, house, checks.check(draft, facts))


async def propose(draft: Draft, facts: Facts, turn: Turn, house: House) -> Answer:
    """The orders that lead to the reference mix of the client's level, or why there are none."""
    laid_out = basket.laid_out(draft, facts, turn.funds)
    if not laid_out.legs or soft(turn):
        return basket.nothing_to_do(turn, facts)
    why = f"{basket.reasons(facts)}{basket.not_fitting(laid_out, facts, turn.funds)}"
    found = say(why) + await present(laid_out, facts, turn, house, checks.check(laid_out, facts))
    return replace(found, replies=basket.as_one(found.replies))


async def go_on(name: str, handler: Handler, turn: Turn, house: House) -> Answer:
    """The next message of an open order. `handler` answers it when it is about something else."""
    before = Draft.of(turn.order or {})
    heard = hear(turn, before.kind.value)
    facts = await books(turn, house)
    move = machine.advance(before, heard, facts)
    draft = replace(move.draft, seen=turn.message_id, touched=turn.now)
    if move.act is Act.DROP:
        return wording.dropped(draft).remembering(**CLOSED)
    if move.act is Act.REPLACE:
        kind = move.kind or machine.KIND_OF_INTENT[heard.intent]
        fund = draft.fund if not turn.funds else None
        return await _replace(draft, kind, fund, turn, house)
    if move.act is Act.DIGRESS:
        return await _digress(draft, facts, handler, turn, house)
    if move.act is Act.EXPLAIN:
        answer = await _explain(draft, facts, turn, house)
        return (answer + _back(draft, facts)).remembering(order=draft.to_slot())
    if move.act is Act.PLACE:
        return await place(draft, facts, turn, house)
    if draft.unsure and move.problem:
        return wording.still_unsure(draft, move.problem).remembering(order=draft.to_slot())
    if draft.step is Step.FINAL and before.step is Step.CONFIRM:
        return wording.last_step(draft).remembering(order=draft.to_slot())
    problem = move.problem
    if problem and problem.code == "not_understood" and (kind_words := comfort(turn)):
        problem = replace(problem, words=kind_words)
    return await present(draft, facts, turn, house, problem)


async def present(draft: Draft, facts: Facts, turn: Turn, house: House, problem: Problem | None) -> Answer:
    """The draft as it stands: what is wrong with it, else what is missing, else what it will do."""
    if problem and problem.fatal:
        await keep_refused(draft, facts, turn, house)
        if draft.kind is Kind.SWITCH and draft.to_fund and problem.code == "unsuitable":
            # The source stays: 「那换成安心纯债」 goes on from here.
            kept = replace(draft.forgetting_figures(), to_fund=None, step=Step.TARGET)
            return say(problem.words, quick=problem.quick).remembering(order=kept.to_slot())
        return say(problem.words, quick=problem.quick or ("转人工",)).remembering(**CLOSED)
    if problem and problem.code in checks.OF_QUANTITY:
        draft = replace(draft.forgetting_figures(), quantity=None, step=Step.QUANTITY)
    elif problem and problem.code in checks.OF_FUND:
        draft = replace(draft.forgetting_figures(), fund=None, to_fund=None)
        draft = replace(draft, step=filling.missing(draft))
    if problem and problem.code == "not_understood" and draft.step in (Step.AWARE, Step.CONFIRM, Step.FINAL):
        # The figures stand right above: they are not said once more.
        answer = say(f"{problem.words}\n{wording.reminder(draft)}".strip(), quick=_way_back(draft))
        return answer.remembering(order=draft.to_slot())
    try:
        answer, draft = await _question(draft, facts, turn, house)
    except Unavailable:
        raise
    except AgentError as error:
        return await _refused(error, draft, facts, turn, house)
    if problem:
        answer = wording.opened_by(problem.words, answer)
    return answer.remembering(order=draft.to_slot(), **({"last_topic_fund": draft.fund} if draft.fund else {}))


async def _question(draft: Draft, facts: Facts, turn: Turn, house: House) -> tuple[Answer, Draft]:
    if draft.step in (Step.FINAL, Step.RELEASE):
        return wording.last_step(draft), draft
    if draft.step not in (Step.CONFIRM, Step.AWARE):
        return asking.ask(draft, facts), draft
    checked = checks.assessments(draft, facts)
    await suitability.keep(turn, house, checked)
    asked = [check for found in checked for check in found.of("confirm")]
    if asked and not draft.aware:
        return wording.ask_aware(asked), replace(draft, step=Step.AWARE)
    if draft.kind is Kind.REBALANCE:
        return await basket.confirm(draft, facts, turn, house)
    if not draft.kind.quoted:
        return wording.confirm_change(draft, facts), draft
    offered = await quote(draft, turn, house)
    return wording.confirm_quote(draft, facts, offered), replace(draft, t_day=offered.t_day.isoformat())


async def _refused(error: AgentError, draft: Draft, facts: Facts, turn: Turn, house: House) -> Answer:
    """The institution's own no: cured by another quantity, or the end of this draft."""
    if error.code in checks.OF_QUANTITY and draft.step is not Step.QUANTITY:
        return await present(draft, facts, turn, house, Problem(error.code, error.message))
    return say(f"{error.message}\n这笔没有提交。", quick=("转人工",)).remembering(**CLOSED)


async def quote(draft: Draft, turn: Turn, house: House) -> Quote:
    return await house.institution.quote(
        turn.client_id, draft.kind.value, fund=draft.fund or "", to_fund=draft.to_fund,
        amount=draft.amount if draft.kind is Kind.BUY else None,
        shares=draft.shares if draft.kind is not Kind.BUY else None,
    )  # fmt: skip


async def keep_refused(draft: Draft, facts: Facts, turn: Turn, house: House) -> None:
    """The record of a refusal; that it could not be written down makes nothing lawful, so the refusal is told all the same."""
    with suppress(AgentError):
        await suitability.keep(turn, house, checks.assessments(draft, facts))


async def still_suitable(draft: Draft, facts: Facts, turn: Turn, house: House) -> Problem | None:
    """The checks once more with the books of this moment, kept before anything is placed: no record, no order."""
    if draft.step is Step.RELEASE:
        return None
    checked = checks.assessments(draft, facts)
    await suitability.keep(turn, house, checked)
    refused = next((found.refusal for found in checked if found.refusal), None)
    return checks.problem_of(refused) if refused else None


async def place(draft: Draft, facts: Facts, turn: Turn, house: House) -> Answer:
    """Both confirmations are given: into the books, once, however often this is sent."""
    try:
        if not draft.unsure:
            try:
                barred = await still_suitable(draft, facts, turn, house)
            except Unavailable:
                return wording.not_sent(draft).remembering(order=draft.to_slot())
            if barred:
                return say(f"{barred.words}\n这笔没有提交。", quick=barred.quick or ("转人工",)).remembering(**CLOSED)
        if draft.kind is Kind.REBALANCE:
            return await basket.place(draft, facts, turn, house)
        if draft.kind.quoted and draft.step is not Step.RELEASE and not draft.unsure:
            try:
                offered = await quote(draft, turn, house)
            except Unavailable:
                return wording.not_sent(draft).remembering(order=draft.to_slot())
            except AgentError:
                # Sent once more, the shares are on their way already: the key tells that it is the same order.
                return await _commit(draft, facts, turn, house)
            if offered.t_day.isoformat() != draft.t_day:
                moved = replace(draft, t_day=offered.t_day.isoformat())
                answer = say(wording.cut_off_passed(offered)) + wording.last_step(moved)
                return answer.remembering(order=moved.to_slot())
        return await _commit(draft, facts, turn, house)
    except Unavailable:
        return wording.unsure(draft).remembering(order=replace(draft, unsure=True).to_slot())
    except (Refused, Conflict, Invalid, NotFound) as error:
        return say(f"没有办成:{error.message}\n这笔没有提交,账上没有变化。", quick=("我的持仓", "转人工")).remembering(
            **CLOSED
        )


async def _commit(draft: Draft, facts: Facts, turn: Turn, house: House) -> Answer:
    bank, client, key = house.institution, turn.client_id, draft.order_key
    if draft.step is Step.RELEASE:
        released = await bank.release_order(client, draft.order or "", f"{key}-release")
        return receipts.receipt(draft, released).remembering(**CLOSED)
    if draft.kind.quoted:
        order = await bank.place_order(
            client, draft.kind.value, fund=draft.fund or "", key=key, to_fund=draft.to_fund,
            amount=draft.amount if draft.kind is Kind.BUY else None,
            shares=draft.shares if draft.kind is not Kind.BUY else None,
        )  # fmt: skip
        return _placed(draft, order)
    if draft.kind is Kind.CANCEL:
        cancelled = await bank.cancel_order(client, draft.order or "", key)
        return receipts.receipt(draft, cancelled).remembering(**CLOSED)
    if draft.kind is Kind.DIVIDEND:
        done = await bank.set_dividend_mode(client, fund=draft.fund or "", mode=draft.mode or "", key=key)
        return receipts.dividend_receipt(facts.name(draft.fund), done).remembering(**CLOSED)
    if draft.kind is Kind.DCA_CREATE and draft.amount is not None:
        plan = await bank.create_plan(client, fund=draft.fund or "", amount=draft.amount,
                                      frequency=draft.frequency or "每月", day=draft.day or 1, key=key)  # fmt: skip
    else:
        changed = {"amount": draft.amount, "frequency": draft.frequency, "day": draft.day}
        fields = {name: value for name, value in changed.items() if value is not None}
        plan = await bank.change_plan(client, draft.plan or "", draft.kind.value.removeprefix("dca_"), key, **fields)
    return receipts.plan_receipt(draft, plan).remembering(**CLOSED)


def _placed(draft: Draft, order: Order) -> Answer:
    receipt = receipts.receipt(draft, order)
    if order.status != "held":
        return receipt.remembering(**CLOSED, last_order=order.id)
    waiting = replace(draft, step=Step.RELEASE, order=order.id)
    keep = None if order.hold and order.hold.needs_human else waiting.to_slot()
    large = (
        {"order": order.id, "share": f"{order.hold.share_of_aum:f}"} if order.hold and order.hold.needs_human else None
    )
    answer = receipt + receipts.held(waiting, order)
    return answer.remembering(order=keep, last_order=order.id, large_redemption=large)


async def _digress(draft: Draft, facts: Facts, handler: Handler, turn: Turn, house: House) -> Answer:
    """Another question in between: answered, then back to the order."""
    # What is asked in between without a name is about the fund of this order.
    last = turn.last_fund if not draft.kind.on_holding or facts.holding(turn.last_fund) else None
    about_it = replace(turn, last_fund=draft.fund or last)
    try:
        aside = await handler(about_it, house)
    except AgentError as error:
        aside = say(error.message)
    if soft(turn) or turn.intent in ENDING or turn.intent.startswith("complain_"):
        # Somebody upset, or leaving, is not reminded of business.
        return aside.remembering(order=draft.to_slot())
    return (aside + _back(draft, facts)).remembering(order=draft.to_slot())


def _back(draft: Draft, facts: Facts) -> Answer:
    """The way back to the order: its confirmation, or the question that is still open."""
    if draft.step in (Step.AWARE, Step.CONFIRM, Step.FINAL, Step.RELEASE):
        return say(wording.reminder(draft), quick=_way_back(draft))
    return asking.ask(draft, facts)


async def _explain(draft: Draft, facts: Facts, turn: Turn, house: House) -> Answer:
    """Why the order is as it is: what it costs, from when it holds, why it is asked twice."""
    heard = hear(turn, draft.kind.value)
    if machine.asks_when(draft, heard):
        return wording.explain_rules(await house.rules(turn.today, "RULE-DIV"))
    if machine.asks_why_again(draft, heard):
        held = await _held_order(draft, turn, house) if draft.step is Step.RELEASE else None
        return wording.explain_again(held, await house.rules(turn.today, "RULE-HOLD") if held else [])
    if draft.kind is Kind.REBALANCE:
        return basket.explain(facts)
    return wording.explain_fee(await quote(draft, turn, house))


async def _held_order(draft: Draft, turn: Turn, house: House) -> Order | None:
    orders = await house.institution.orders(turn.client_id)
    return next((order for order in orders if order.id == draft.order), None)


async def _replace(draft: Draft, kind: Kind, fund: str | None, turn: Turn, house: House) -> Answer:
    """The client wants another kind of order now; the fund talked of stays the same when it fits."""
    facts = await books(turn, house)
    fresh = Draft(kind, key=turn.message_id, seen=turn.message_id, touched=turn.now)
    if kind.on_plan and any(plan.id == draft.plan for plan in filling.plans_for(kind, facts)):
        # 「那暂停就行」 after 「终止」: another change of the same plan.
        fresh = replace(fresh, plan=draft.plan, fund=draft.fund)
    if fund and (not kind.on_holding or facts.holding(fund)) and not kind.on_plan and kind is not Kind.CANCEL:
        fresh = replace(fresh, fund=fund)
    if kind is Kind.REBALANCE:
        proposed = await propose(fresh, facts, turn, house)
        return proposed if draft.unsure else wording.opened_by(wording.put_aside(draft), proposed)
    fresh = filling.settle(filling.fill(fresh, hear(turn, kind.value), facts), facts)
    answer = await present(fresh, facts, turn, house, checks.check(fresh, facts))
    return answer if draft.unsure else wording.opened_by(wording.put_aside(draft), answer)


def _way_back(draft: Draft) -> tuple[str, ...]:
    if draft.step is Step.AWARE:
        return (machine.AWARE, wording.DROP)
    return (phrases.phrase(draft) if draft.step in (Step.FINAL, Step.RELEASE) else "确认", wording.DROP)

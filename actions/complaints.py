"""Complaints: comfort first, the facts looked up, rule and remedy, a ticket with its deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from actions import grievance, risk
from actions.answers import HUMAN, Answer, about, answers, say
from actions.grievance import KINDS
from actions.orders.wording import order_line
from actions.services import House
from actions.turn import Turn
from actions.words import cite, comfort, with_comfort
from actions.writing import as_date, change, day, gain, moment, money
from institution.models import Complaint, Holding, Order

SORRY = {
    "complain_delay": "让您等钱等着急了,非常抱歉。", "complain_return": "数字对不上,换谁都会不放心,抱歉让您费心。",
    "complain_attitude": "没有好好待您,是我们的不对,向您道歉。", "complain_missell": "这件事很严重,我们会认真查清楚。",
    "complain_system": "系统出问题误了您的事,非常抱歉。", "complain_fee": "钱扣得不明白,您问得对,我马上帮您查。",
    "complain_privacy": "个人信息的事,我们一定查到底,"
                        "抱歉让您受打扰。", "complain_other": "让您不满意了,非常抱歉,您的话我都记下来。",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What the books show of the matter. words: for the client; fund: what it is about."""

    words: str
    fund: str | None = None
    rules: tuple[str, ...] = ("RULE-CMP",)
    late: bool = False


@answers(*KINDS)
async def complain(turn: Turn, house: House) -> Answer:
    """Apology, the facts, the ticket, the remedy by the rule, and a person."""
    if grievance.by_the_way(turn):
        # The first request of the message is answered already; a grumble beside it is no complaint.
        return Answer()
    intent = grievance.kind_of(turn)
    if grievance.denied(turn.text):
        return await without_ticket(turn, house, intent)
    if grievance.unsure(turn, intent):
        asked = f"这件事您是想登记投诉({KINDS[intent]}),还是先问清楚?要登记就说「我要投诉」,我马上记下来。"
        facts = (await look_up(intent, turn, house)).words if intent in TOLD_FIRST else ""
        return say("\n".join(part for part in (facts, asked) if part), quick=("我要投诉", HUMAN))
    found = await look_up(intent, turn, house)
    tickets = await house.institution.complaints(turn.client_id)
    if (still := grievance.belongs_to(turn, tickets, intent)) is not None:
        return once_more(turn, found, still)
    ticket = await house.institution.open_complaint(
        turn.client_id, kind=KINDS[intent], text=grievance.in_words(turn), key=f"{turn.message_id}-complaint"
    )
    rules = await house.rules(turn.today, *found.rules)
    parts = [
        SORRY[intent],
        found.words,
        registered(ticket),
        f"核实是我们的责任的话,按规定处理:{ticket.remedy}。" if ticket.remedy else "",
        cite(rules),
    ]
    card = {
        "title": "投诉已登记",
        "rows": [
            {"label": "单号", "value": ticket.id},
            {"label": "类型", "value": ticket.kind},
            {"label": "首次答复", "value": f"{moment(ticket.answer_by)}前"},
            {"label": "解决", "value": f"{moment(ticket.solve_by)}前"},
        ],
    }
    answer = say("\n".join(part for part in parts if part), card=card, quick=("投诉进度", HUMAN))
    return answer.remembering(**about(found.fund), last_ticket=ticket.id)


async def without_ticket(turn: Turn, house: House, intent: str) -> Answer:
    """No complaint, says the client: the facts alone. 「我签承诺书,亏了不怪你们」 asks for what the rule does not allow."""
    if intent == "complain_missell" and grievance.offers_to_sign(turn.text):
        return await risk.ask_unsuitable(turn, house)
    open_now = [t for t in await house.institution.complaints(turn.client_id) if grievance.just_told(turn, t)]
    if open_now:
        text = f"好的。单号{open_now[-1].id}已经登记,要撤的话跟来接您的同事说一声,由他替您办。还有别的要查,直接说。"
        return say(with_comfort(turn, text), quick=("投诉进度", HUMAN))
    found = await look_up(intent, turn, house)
    text = f"好的,不登记投诉。{found.words or '您想先弄清哪件事?我来查。'}"
    return say(with_comfort(turn, text), quick=("我的持仓", HUMAN)).remembering(**about(found.fund))


def once_more(turn: Turn, found: Found, ticket: Complaint) -> Answer:
    """The same matter again: no second ticket, no second lecture."""
    first = comfort(turn) or ("我明白您等不下去了。" if grievance.impatient(turn) else "好的,这句我也记上了。")
    again = found.words if found.words and found.words not in "\n".join(turn.told) and found.late else ""
    due = f"{moment(ticket.solve_by)}前解决" if turn.now <= ticket.solve_by else OVERDUE
    text = f"这件事已经在办,单号{ticket.id}({ticket.kind}),{due}。您刚才说的也在记录里,处理的同事看得到。"
    return say("\n".join(part for part in (first, again, text) if part), quick=("投诉进度", HUMAN)).remembering(
        **about(found.fund), last_ticket=ticket.id
    )


#: Where the books answer the doubt itself: told before the question whether to complain.
TOLD_FIRST = frozenset({"complain_return", "complain_fee", "complain_delay"})
#: Of a ticket whose time has passed.
OVERDUE = "已经超过时限,是我们没做到,我帮您催办"


def registered(ticket: Complaint) -> str:
    return f"投诉已登记,单号{ticket.id}({ticket.kind}):{moment(ticket.answer_by)}前给您首次答复,{moment(ticket.solve_by)}前解决。"


async def look_up(intent: str, turn: Turn, house: House) -> Found:
    if intent == "complain_delay":
        return late(turn, await house.institution.orders(turn.client_id, 50))
    if intent == "complain_return":
        return figures(turn, (await house.institution.holdings(turn.client_id)).items)
    if intent == "complain_fee":
        return charged(turn, await house.institution.orders(turn.client_id, 50))
    if intent == "complain_missell":
        return await suitability_then(turn, house)
    if intent == "complain_privacy":
        return Found("请先别把验证码和卡号告诉来电的人;有来电号码和时间的话发给我,我一并转给查处的同事。")
    if intent == "complain_system":
        orders = await house.institution.orders(turn.client_id, 3)
        newest = (
            f"系统里您最近一笔是:{order_line(orders[0])}。没在记录里的单子就是没有提交成功。"
            if orders
            else "系统里没有您的单子。"
        )
        return Found(
            f"{newest}请告诉我出问题的时间和页面,当时的净值我们会一起核对。", orders[0].fund if orders else None
        )
    return Found("")


def late(turn: Turn, orders: Sequence[Order]) -> Found:
    """The redemption in question: due when, and whether that time has passed."""
    mine = [o for o in orders if o.kind == "redeem" and (not turn.funds or o.fund in turn.funds)]
    waiting = [o for o in mine if o.status in ("placed", "dealing", "held", "confirmed")]
    if not waiting:
        return _all_done(turn, [o for o in mine if o.status == "arrived"])
    order = min(waiting, key=lambda o: o.placed_at)
    if order.arrival and turn.now > order.arrival:
        words = f"我查到了:{order_line(order)},应在{moment(order.arrival)}前到账,现在已经过了,是我们晚了。"
        return Found(words, order.fund, ("RULE-CMP", "RULE-T"), late=True)
    elif order.status == "held":
        words = f"我查到了:{order_line(order)}。这笔是大额赎回,正在等您再次确认,确认后才会排款。"
    else:
        words = (
            f"我查到了:{order_line(order)},按规则{moment(order.arrival)}前到账,现在还在时限之内。到点没到,按延迟处理。"
        )
    return Found(words, order.fund, ("RULE-CMP", "RULE-T"))


def _all_done(turn: Turn, done: Sequence[Order]) -> Found:
    """No redemption is on its way: the one of the time named, else the newest, with what the books say."""
    asked = turn.period
    then = [o for o in done if asked and asked[0] <= (as_date(o.placed_at) or asked[1]) <= asked[1]]
    if asked and not then:
        span = day(asked[0]) if asked[0] == asked[1] else f"{day(asked[0])}至{day(asked[1])}"
        newest = f";最近一笔是{order_line(done[0])}" if done else ""
        return Found(f"我查了,{span}系统里没有您的赎回{newest}。是哪天、哪只,请您说一下,我和同事一起对。")
    if not done:
        return Found("我查了,没有您在途的赎回。是哪天、哪只,请您说一下。")
    order = (then or done)[0]
    return Found(
        f"我查了,{order_line(order)},系统显示钱已经到账。请您看一下卡里的明细;不是这笔的话,请说哪天、哪只。", order.fund
    )


def figures(turn: Turn, items: Sequence[Holding]) -> Found:
    """The figures as the books have them and how they come about, so that both can be laid side by side."""
    chosen = [item for item in items if item.fund in turn.funds] or sorted(items, key=lambda item: -item.value)[:2]
    lines = [f"{i.name}:{i.shares:,f}份×净值{i.nav:.4f}({day(i.nav_date)})={money(i.value)},"
             f"减成本{money(i.cost)},{gain(i.profit)}({change(i.profit_rate)})。"
             for i in chosen]  # fmt: skip
    why = (
        "常见的差别有两种:当天净值晚上才公布,看到的是前一个交易日的;收益率按您的成本算,"
        "和基金涨幅不一样。请把您看到的两个数和页面发给我,由同事逐笔核对。"
    )
    return Found("\n".join((*lines, why)), chosen[0].fund if chosen else None)


def charged(turn: Turn, orders: Sequence[Order]) -> Found:
    paid = [o for o in orders if o.fee and o.status != "cancelled" and (not turn.funds or o.fund in turn.funds)]
    if not paid:
        return Found(
            "我查了最近的单子,没有另外收过手续费;管理费、托管费每天从净值里扣,不单独扣款。",
            None,
            ("RULE-CMP", "RULE-FEE-RDM"),
        )
    lines = "\n".join(f"· {order_line(o)}:手续费{money(o.fee)}" for o in paid[:3])
    return Found(f"最近收过费的单子:\n{lines}\n赎回费按先进先出、按每一批的持有天数算。哪一笔不对,请告诉我,我逐批算给您看。",
                 paid[0].fund, ("RULE-CMP", "RULE-FEE-RDM", "RULE-FEE-BUY"))  # fmt: skip


async def suitability_then(turn: Turn, house: House) -> Found:
    client, holdings = await asyncio.gather(
        house.institution.client(turn.client_id), house.institution.holdings(turn.client_id)
    )
    above = [i for i in holdings.items if client.risk_level and i.risk[1:] > client.risk_level[1:]]
    fit = (f"您的等级是{client.risk_level},持有的{'、'.join(f'{i.name}({i.risk})' for i in above)}超过了这个等级,"
           f"这一点我已经记在单子里。" if above
           else f"您的等级是{client.risk_level},现在持有的产品都在等级以内。")  # fmt: skip
    said = "公募基金不保本,任何人都不能承诺收益。请留好当时的聊天、录音或宣传页,合规同事会调取我们这边的记录。"
    return Found(f"{fit}{said}", above[0].fund if above else None, ("RULE-CMP", "RULE-SUIT"))


async def made_now(turn: Turn, house: House) -> str | None:
    """The kind of complaint that is made in a message taken for one about progress; None when none is."""
    if grievance.denied(turn.text):
        return None
    declared = grievance.declared(turn.text)
    if not declared and not turn.upset:
        return None
    if late(turn, await house.institution.orders(turn.client_id, 50)).late:
        return "complain_delay"
    return (grievance.matter(turn.text) or "complain_other") if declared else None


@answers("ask_complaint_progress")
async def ask_complaint_progress(turn: Turn, house: House) -> Answer:
    tickets = await house.institution.complaints(turn.client_id)
    if not tickets and (intent := await made_now(turn, house)):
        # Nothing is on record, and the matter is at hand: it is put on record instead of being asked about.
        return await complain(replace(turn, intent=intent, confidence=1.0), house)
    if not tickets:
        return say("系统里没有您的投诉记录。要现在登记的话,把事情告诉我就行。", quick=("我要投诉", HUMAN))
    newest = sorted(tickets, key=lambda ticket: ticket.opened_at, reverse=True)
    chosen = [ticket for ticket in newest if ticket.id in turn.text] or newest[:2]
    lines = [f"{t.id}({t.kind}),{moment(t.opened_at)}登记,{t.status_words};"
             + ("" if t.status == "solved" else f"{moment(t.solve_by)}前解决。" if turn.now <= t.solve_by else f"{OVERDUE}。")
             for t in chosen]  # fmt: skip
    rules = await house.rules(turn.today, "RULE-CMP")
    return say("\n".join((*lines, cite(rules))), quick=("催一下", HUMAN))

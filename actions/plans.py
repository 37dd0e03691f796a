"""Plans for life: the figures are collected in talk, computed, then an expert is brought in. And where a beginner starts."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

from actions import known, plan_figures, planning
from actions.answers import HUMAN, Answer, answers, say
from actions.orders.checks import assess
from actions.planning import Sketch
from actions.services import House
from actions.suitability import keep
from actions.turn import Turn
from actions.words import RISK_NOTICE, cite, comfort, with_comfort
from actions.writing import day, money, rate
from kit.errors import AgentError


def concerns(turn: Turn) -> bool:
    """Whether an open plan takes this turn: it holds figures that the plan still asks for."""
    if not turn.plan or "kind" not in turn.plan:
        return False
    sketch = Sketch.of(turn.plan)
    if sketch.seen == turn.message_id or not sketch.fresh(turn.now) or asks_for_money(turn):
        return False
    if sketch.computed:
        return planning.revises(sketch, turn.text, turn.person.age)
    return planning.hear(sketch, turn.text, turn.person.age) != sketch


def asks_for_money(turn: Turn) -> bool:
    """「那取五千块出来」: money is wanted now, which is no figure of a plan."""
    return turn.intent == "redeem_fund" and turn.confidence >= SURE_DEAL and bool(TAKES_OUT.search(turn.text))


SURE_DEAL = 0.8
TAKES_OUT = re.compile(r"(取|提|赎|卖).{0,8}(出来|出去|用|现|元|块|万|千|百|份|掉|回)")


def hears_first(turn: Turn) -> bool:
    """Whether the open plan takes the turn before the plan that it was taken for."""
    return concerns(turn) and planning.stays(Sketch.of(turn.plan or {}), turn.text)


def heard_already(name: str, turn: Turn) -> bool:
    """Whether the open plan has taken this message's figure, so that a second reading of it (a house, a purchase) is none."""
    if name not in MISREAD or not turn.plan or "kind" not in turn.plan:
        return False
    sketch = Sketch.of(turn.plan)
    heard = sketch.seen == turn.message_id and sketch.key != turn.message_id and name != sketch.kind
    return heard and not planning.TRADES.search(turn.text) and not planning.WISH.search(turn.text)


#: What a figure for an open plan may be taken for besides.
MISREAD = frozenset({*planning.NEEDS, "buy_fund", "dca_create"})


@answers("plan_education", "plan_retirement", "plan_house", "plan_wedding", "plan_insurance")
async def plan(turn: Turn, house: House) -> Answer:
    """A new plan, or the open one of the same kind taken further."""
    before = Sketch.of(turn.plan) if turn.plan and "kind" in turn.plan else None
    same = before is not None and before.kind == turn.intent and not before.computed and before.fresh(turn.now)
    return await go_on(turn, house, before if same and before else planning.begin(turn), first=not same)


async def go_on(turn: Turn, house: House, sketch: Sketch, *, first: bool = False) -> Answer:
    """The sketch with this turn's figures: the next question, or the plan."""
    sketch = replace(sketch, seen=turn.message_id, touched=turn.now.isoformat())
    before = sketch
    sketch = planning.hear(sketch, turn.text, turn.person.age)
    if planning.missing(sketch):
        return say(planning.question(sketch, first=first, heard=sketch != before), quick=(HUMAN,)).remembering(
            plan=sketch.to_slot()
        )
    level = await level_of(turn, house)
    done = replace(sketch, computed=True)
    # Thousands of lives are reckoned: not in the loop that answers everybody else.
    text, card = await asyncio.to_thread(plan_figures.result, done, level, turn.person.age)
    kept = await save(turn, house, done.kind, card, text, done.to_slot(), done.key)
    if sketch.computed or turn.owner != "bot":
        # Changed figures: the expert is on his way already.
        return say(
            f"按新的数重算了。{plan_figures.only_figures(text)}{kept}", card=card, quick=(*another(done), MINE, HUMAN)
        ).remembering(plan=done.to_slot())
    facts = await asyncio.to_thread(plan_figures.facts, done, level, turn.person.age)
    ready = {"topic": sketch.topic, "reason": f"complex_planning_{sketch.topic}", "facts": facts}
    answer = say(
        f"{text}\n这是初版,我请{sketch.topic}方面的顾问接着为您细化。想改哪个数,直接说。{kept}", card=card,
        quick=(*another(done), MINE, HUMAN),
    )  # fmt: skip
    return answer.remembering(plan=done.to_slot(), plan_ready=ready)


#: What a tap asks to see the saved plans with.
MINE = "看我的规划"
SAVED = re.compile(
    r"(我的|存(过|好|下)?的|保存(过|好)?的|上次|之前|做过).{0,6}(规划|方案)|^再?(看|查|翻)(看|一下|下)?.{0,6}(规划|方案)"
)
#: … unless a new one is asked for.
ANEW = re.compile(r"怎么|如何|想|帮我|需要|打算|重新|改|做个|算")
TITLES = {kind: f"{topic}规划" for kind, topic in planning.TOPICS.items()} | {"plan_family_wealth": "家族财富规划"}


def another(sketch: Sketch) -> tuple[str, ...]:
    """A change that this kind of plan can take next."""
    if sketch.kind == "plan_insurance":
        return ("我已有保额50万",) if sketch.cover is None else ()
    years = max(1, (sketch.months or 12) // 12) + 2
    return (f"{years}年后用呢",) if sketch.kind != "plan_retirement" else ()


async def save(
    turn: Turn, house: House, kind: str, card: dict[str, Any], text: str, figures: dict[str, Any], key: str
) -> str:
    """Keep a computed plan with the institution; what the client is told of it."""
    try:
        await house.institution.save_life_plan(
            turn.client_id, kind=kind, title=TITLES[kind], figures=figures, summary=text.split("\n")[0], card=card,
            key=f"{key or turn.message_id}-{kind}",
        )  # fmt: skip
    except AgentError:
        return "(这次没有存上,要留底的话请截个图。)"
    return f"\n方案已经存好,随时说「{MINE}」再看。"


async def saved(turn: Turn, house: House) -> Answer | None:
    """The plans that were saved, the newest (or the kind named) with its card; None when the message asks something else."""
    if not SAVED.search(turn.text) or ANEW.search(turn.text) or len(turn.text) > 20:
        return None
    plans = await house.institution.life_plans(turn.client_id)
    if not plans:
        return say("您还没有存过规划。想先算哪一样?", quick=("教育金规划", "养老规划", "买房规划", HUMAN))
    named = [plan for plan in plans if planning.TOPICS.get(plan.kind, "家族") in turn.text]
    shown = (named or plans)[0]
    lines = "\n".join(f"· {day(plan.at)} {plan.title}:{plan.summary.removeprefix('先算一版:')}" for plan in plans[:5])
    others = tuple(f"看{plan.title}" for plan in plans if plan.kind != shown.kind)[:2]
    return say(f"您存过{len(plans)}份规划:\n{lines}\n下面是{shown.title},按当时的假设算的,不是承诺。", card=shown.card,
               quick=(*others, shown.title, HUMAN))  # fmt: skip


async def level_of(turn: Turn, house: House) -> str:
    """The client's level; a plan is still computed when the institution is silent, from what the channel knows."""
    try:
        return (await house.institution.client(turn.client_id)).risk_level
    except AgentError:
        return turn.person.risk_level


@answers("plan_tax")
async def plan_tax(turn: Turn, house: House) -> Answer:
    fact = known.fact(turn, house, turn.text) or known.fact(turn, house, "个人买基金赚钱要交税吗")
    text = f"{fact}\n每个人的税务身份不一样(比如港澳台、外籍、境外账户),具体数额要税务专家看过才准。"
    return say(with_comfort(turn, text.strip()), quick=("约税务专家", HUMAN))


@answers("plan_cross_border")
async def plan_cross_border(turn: Turn, house: House) -> Answer:
    """What is possible through QDII at the client's level, what he holds of it, and the rule; the rest is for an expert."""
    holdings = await house.institution.holdings(turn.client_id)
    level = await level_of(turn, house)
    held = [item for item in holdings.items if item.kind == "QDII"]
    mine = (
        f"您现在有{'、'.join(f'{i.name}{money(i.value)}(占{rate(i.share_of_assets, 1)})' for i in held)}。"
        if held
        else "您现在没有海外类基金。"
    )
    client = await house.institution.client(turn.client_id)
    offers = [
        (fund.name, assess(client, fund, today=turn.today, occasion="offer"))
        for fund in (await house.funds_by_code()).values()
        if fund.kind == "QDII"
    ]
    await keep(turn, house, [offer for _, offer in offers if offer.allowed])
    fits = [name for name, offer in offers if offer.allowed]
    can = (
        f"按您的等级{level}可以了解:{'、'.join(fits[:4])}。"
        if fits
        else f"按您现在的等级{level}和测评,QDII基金都不适合您买入。"
        if level
        else ""
    )
    rules = await house.rules(turn.today, "RULE-RDM-QDII", "RULE-BUY")
    text = (f"{mine}境内合规的路子主要是QDII基金,用人民币买、不占个人购汇额度。{can}"
            f"{''.join(rule.text for rule in rules)}\n个人结售汇、境外账户、"
            f"身份和税务的事,要跨境专家来答,我不乱说。\n{cite(rules)}\n{RISK_NOTICE}")  # fmt: skip
    return say(with_comfort(turn, text), quick=("约跨境专家", HUMAN))


#: Below this there is no estate to project; the ways to give are told all the same.
FAMILY_LEAST = 10_000


@answers("plan_family_wealth")
async def plan_family_wealth(turn: Turn, house: House) -> Answer:
    fact = known.fact(turn, house, turn.text) or known.fact(turn, house, "家族信托 财富传承")
    client = await house.institution.client(turn.client_id)
    figures, card, kept = "", None, ""
    if client.aum >= FAMILY_LEAST:
        figures, card = await asyncio.to_thread(plan_figures.family, float(client.aum), client.risk_level, client.age)
        kept = await save(
            turn, house, "plan_family_wealth", card, figures, {"assets": f"{client.aum:f}"}, turn.message_id
        )
    text = (f"留给家人的安排,常用的有赠与、遗嘱、保险和家族信托,各管一段:谁受益、什么时候给、怎么防争议。\n{fact}\n"
            "您可以先想好三件事:留给谁、多少、什么时候给。这些要由家族财富专家和法律专家当面谈,我先帮您把话带到。"
            f"\n{figures}{kept}").rstrip()  # fmt: skip
    return say(with_comfort(turn, text), card=card, quick=("约家族信托专家", *((MINE,) if card else ()), HUMAN))


#: What a beginner learns, a week at a time (requirement A6).
BEGINNER = (
    "第1周:认清钱——留3到6个月生活费在货币基金,其余才谈投资",
    "第2周:认清自己——做风险测评,知道自己是C几、能买R几",
    "第3周:认清产品——货币、债券、指数、股票各自会跌多少",
    "第4周:小额试——选一只等级以内的,按月定投一笔不心疼的钱,只看不动",
)


@answers("ask_beginner")
async def ask_beginner(turn: Turn, house: House) -> Answer:
    level = await level_of(turn, house)
    mine = f"您现在是{level},可以买R{level[1]}及以下。" if level else "您还没有做风险测评,先从它开始。"
    steps = "\n".join(f"· {step}" for step in BEGINNER)
    text = "\n".join(
        part
        for part in (comfort(turn), f"不着急,给您一个30天入门计划:\n{steps}\n{mine}每一步不懂都可以问我。", RISK_NOTICE)
        if part
    )
    return say(text, quick=("货币基金是什么", "做风险测评", "定投是什么", HUMAN))

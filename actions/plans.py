"""Plans for life: the figures are collected in talk, computed, then an expert is brought in. And where a beginner starts."""

from __future__ import annotations

from dataclasses import replace

from actions import planning
from actions.answers import HUMAN, Answer, answers, say
from actions.planning import Sketch
from actions.services import House
from actions.turn import Turn
from actions.words import RISK_NOTICE, cite, comfort, with_comfort
from actions.writing import money, rate
from kit.errors import AgentError


def concerns(turn: Turn) -> bool:
    """Whether an open plan takes this turn: it holds figures that the plan still asks for."""
    if not turn.plan or "kind" not in turn.plan:
        return False
    sketch = Sketch.of(turn.plan)
    if sketch.seen == turn.message_id or not sketch.fresh(turn.now):
        return False
    if sketch.computed:
        return planning.revises(sketch, turn.text, turn.person.age)
    return planning.hear(sketch, turn.text, turn.person.age) != sketch


@answers("plan_education", "plan_retirement", "plan_house", "plan_wedding", "plan_insurance")
async def plan(turn: Turn, house: House) -> Answer:
    """A new plan, or the open one of the same kind taken further."""
    before = Sketch.of(turn.plan) if turn.plan and "kind" in turn.plan else None
    same = before is not None and before.kind == turn.intent and not before.computed and before.fresh(turn.now)
    return await go_on(turn, house, before if same and before else planning.begin(turn), first=not same)


async def go_on(turn: Turn, house: House, sketch: Sketch, *, first: bool = False) -> Answer:
    """The sketch with this turn's figures: the next question, or the plan."""
    sketch = replace(sketch, seen=turn.message_id, touched=turn.now.isoformat())
    sketch = planning.hear(sketch, turn.text, turn.person.age)
    if planning.missing(sketch):
        return say(planning.question(sketch, first=first), quick=(HUMAN,)).remembering(plan=sketch.to_slot())
    level = await level_of(turn, house)
    text, card = planning.result(sketch, level)
    done = replace(sketch, computed=True)
    ready = {"topic": sketch.topic, "reason": f"complex_planning_{sketch.topic}", "facts": planning.facts(done)}
    if sketch.computed or turn.owner != "bot":
        # Changed figures: the expert is on his way already.
        return say(
            f"按新的数重算了。{planning.only_figures(text)}", card=card, quick=("15年后用呢", HUMAN)
        ).remembering(plan=done.to_slot())
    answer = say(
        f"{text}\n这是初版,我请{sketch.topic}方面的顾问接着为您细化。想改哪个数,直接说。", card=card, quick=(HUMAN,)
    )
    return answer.remembering(plan=done.to_slot(), plan_ready=ready)


async def level_of(turn: Turn, house: House) -> str:
    """The client's level; a plan is still computed when the institution is silent, from what the channel knows."""
    try:
        return (await house.institution.client(turn.client_id)).risk_level
    except AgentError:
        return turn.person.risk_level


async def known(turn: Turn, house: House, query: str) -> str:
    """The best sure entry of the knowledge base with its source; empty when there is none."""
    hits = [hit for hit in house.library.search(query, today=turn.today, kinds=("faq", "rule")) if hit.sure]
    return f"{hits[0].entry.text}(来源:{hits[0].entry.source})" if hits else ""


@answers("plan_tax")
async def plan_tax(turn: Turn, house: House) -> Answer:
    fact = await known(turn, house, turn.text) or await known(turn, house, "个人买基金赚钱要交税吗")
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
    fits = [
        fund.name
        for fund in (await house.funds_by_code()).values()
        if fund.kind == "QDII" and level and fund.risk[1:] <= level[1:]
    ]
    can = (
        f"按您的等级{level}可以了解:{'、'.join(fits[:4])}。"
        if fits
        else f"QDII基金的风险等级都高过您的{level},不适合您买入。"
        if level
        else ""
    )
    rules = await house.rules(turn.today, "RULE-RDM-QDII", "RULE-BUY")
    text = (f"{mine}境内合规的路子主要是QDII基金,用人民币买、不占个人购汇额度。{can}"
            f"{''.join(rule.text for rule in rules)}\n个人结售汇、境外账户、"
            f"身份和税务的事,要跨境专家来答,我不乱说。\n{cite(rules)}\n{RISK_NOTICE}")  # fmt: skip
    return say(with_comfort(turn, text), quick=("约跨境专家", HUMAN))


@answers("plan_family_wealth")
async def plan_family_wealth(turn: Turn, house: House) -> Answer:
    fact = await known(turn, house, turn.text) or await known(turn, house, "家族信托 财富传承")
    text = (f"留给家人的安排,常用的有赠与、遗嘱、保险和家族信托,各管一段:谁受益、什么时候给、怎么防争议。\n{fact}\n"
            "您可以先想好三件事:留给谁、多少、什么时候给。这些要由家族财富专家和法律专家当面谈,我先帮您把话带到。")  # fmt: skip
    return say(with_comfort(turn, text), quick=("约家族信托专家", HUMAN))


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

"""A plan for life while it is talked over: what is known, what is missing. What the figures say: `plan_figures`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from actions import reading
from actions.arithmetic import Goal
from actions.turn import Turn

#: A plan left alone for this long no longer takes figures out of other sentences.
LIFETIME = timedelta(minutes=30)
SCHOOL_AGE, RETIRE_AGE = 18, 60

TOPICS = {"plan_education": "教育金", "plan_retirement": "养老", "plan_house": "买房", "plan_wedding": "结婚",
          "plan_insurance": "保险"}  # fmt: skip
WARM = {
    "plan_education": "为孩子早作打算,是件很暖心的事。",
    "plan_retirement": "早点安排养老,以后心里就有底。",
    "plan_house": "有了买房的目标,我们一步步把它算清楚。",
    "plan_wedding": "恭喜您!好日子值得好好准备。",
    "plan_insurance": "先把家里的风险兜住,再谈投资,这个顺序很对。",
}
NEWBORN = re.compile(r"刚出生|新生|刚生|满月|百天|怀孕|快生|出生|当爸|当妈")
MONTHLY = re.compile(r"每个?月|月供|月存|一个月|月月|每月")
TARGET = re.compile(r"那年|到时|目标|需要|要有|攒够|攒到|攒个|凑|达到|首付|学费|够|预算|准备出|存够|存到|存个")
START = re.compile(r"现在|目前|手里|手头|手上|已有|已经|能拿|存款|本金|一次性|先放|起步|有了|先拿")
INCOME = re.compile(r"领|花|开销|生活费|退休后|补充|养老金")
YEARLY_INCOME = re.compile(r"年收入|年薪|一年挣|一年赚|收入")
COVER = re.compile(r"保额|保险.{0,4}(有|买)|买(了|过).{0,6}险|寿险")
DEBT = re.compile(r"贷款|房贷|欠|负债|车贷")
CHILD = "(?:孩子|娃|宝宝|儿子|女儿|小孩|闺女|他|她)?"
OWN_AGE = re.compile(r"(我|本人|自己)(们)?(都|已经)?(今年|现在)?(都|已经)?\s*$")
CHILD_AGE = re.compile(r"(孩子|娃|宝宝|儿子|女儿|今年|现在|小孩|闺女)(才|刚|都|已经|快)?\s*$")
GOAL_AGE = re.compile(rf"(到|等|满|上){CHILD}(到|满|上)?\s*$")
RETIRE = re.compile(r"\s*(就|才|再|想|时|的时候|之后|以后)*\s*(退|以后|之后)")
NOTHING = re.compile(r"没(有)?(存款|本金|积蓄|钱|贷款|房贷|负债)|从[零0](?![.\d])|[零0]基础|一分没有")
#: Nothing to begin with, said with a nought that is no sum of anything else.
FROM_NOUGHT = re.compile(r"从[零0](?![.\d])(开始|起步|起|做起|攒起?)?|[零0]基础")


#: Years to come, in months.
AHEAD = {"大后年": 36, "后年": 24, "明年": 12}
#: These words begin another plan.
WISH = re.compile(r"规划|打算|计划|想(买|贷|换)|准备买|买房|首付")
#: What money is put by for: a message with one of these may begin a plan of its own.
PURPOSE = re.compile(r"养老|退休|教育|孩子|娃|学费|留学|房|首付|婚|彩礼|保险|保障|传承|信托|家产|留给")
#: These words ask for a deal, not for another figure in the plan.
TRADES = re.compile(r"定投|买|卖|赎|转换|撤|申购|扣款|号")


@dataclass(frozen=True)
class Sketch:
    """Sums in yuan. income: what retirement should pay each month; yearly_income, debt, cover: for insurance.

    key: the message that began it, under which it is saved.
    """

    kind: str
    seen: str
    touched: str
    target: float | None = None
    months: int | None = None
    start: float | None = None
    monthly: float | None = None
    income: float | None = None
    yearly_income: float | None = None
    debt: float | None = None
    cover: float | None = None
    key: str = ""
    computed: bool = False

    @property
    def topic(self) -> str:
        return TOPICS[self.kind]

    def to_slot(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def of(cls, slot: Mapping[str, Any]) -> Sketch:
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in slot.items() if name in known})

    def fresh(self, now: datetime) -> bool:
        return now - datetime.fromisoformat(self.touched) < LIFETIME


#: Taken when said, never asked for.
OPTIONAL = {"plan_insurance": ("cover",)}
#: What each plan must know, in the order it is asked for.
NEEDS = {
    "plan_education": ("target", "start", "monthly", "months"),
    "plan_house": ("target", "months", "start", "monthly"),
    "plan_wedding": ("target", "months", "start", "monthly"),
    "plan_retirement": ("income", "start", "monthly", "months"),
    "plan_insurance": ("yearly_income", "debt"),
}
QUESTIONS = {
    "target": "目标要多少钱(比如50万)", "start": "现在能拿出多少作起步", "monthly": "每个月最多能存多少",
    "months": "打算什么时候用(比如3年后)", "income": "退休后每个月想额外领多少", "yearly_income": "家里主要收入的人年收入多少",
    "debt": "还有多少贷款没还(没有就说没有)",
}  # fmt: skip


def begin(turn: Turn) -> Sketch:
    kind = turn.intent if turn.intent in NEEDS else "plan_education"
    return Sketch(kind, turn.message_id, turn.now.isoformat(), key=turn.message_id)


def hear(sketch: Sketch, text: str, age: int) -> Sketch:
    """The sketch with every figure in it that the text says; unlabelled sums fill what is missing, in the order asked."""
    sketch = _when(sketch, text, age)
    sketch = _nothing(sketch, text)
    for value, before in reading.amounts(FROM_NOUGHT.sub(" ", text)):
        field = _field(sketch, before)
        if field:
            sketch = Sketch.of({**sketch.to_slot(), field: float(value)})
    return sketch


def stays(sketch: Sketch, text: str) -> bool:
    """Whether a message that was taken for another plan speaks of this one: it names no purpose, or what this one asks for.

    「要是20年后用呢」 has no purpose of its own; 「房贷还有一百万」 is the debt that the insurance plan asks for.
    """
    labels = {"debt": DEBT, "yearly_income": YEARLY_INCOME}
    asked = [labels[field] for field in missing(sketch) if field in labels]
    named = any(words.search(text) for words in asked)
    return not WISH.search(text) and (named or not PURPOSE.search(text))


def revises(sketch: Sketch, text: str, age: int) -> bool:
    """Whether a message changes a figure of a plan already computed: 「改成每月1500」, 「要是15年后用呢」."""
    return sketch.computed and not TRADES.search(text) and hear(sketch, text, age) != sketch


def _field(sketch: Sketch, before: str) -> str | None:
    needs = NEEDS[sketch.kind]
    labels = [("cover", COVER), ("income", INCOME), ("debt", DEBT), ("yearly_income", YEARLY_INCOME),
              ("monthly", MONTHLY), ("target", TARGET), ("start", START)]  # fmt: skip
    for field, words in labels:
        if field in (*needs, *OPTIONAL.get(sketch.kind, ())) and words.search(before):
            return field
    return next((field for field in needs if field != "months" and getattr(sketch, field) is None), None)


def _nothing(sketch: Sketch, text: str) -> Sketch:
    if not NOTHING.search(text):
        return sketch
    return replace(sketch, debt=0.0) if sketch.kind == "plan_insurance" else replace(sketch, start=0.0)


def _when(sketch: Sketch, text: str, age: int) -> Sketch:
    """When the money is needed: a span said, else what the case implies (a newborn at 18, retirement at 60)."""
    if sketch.kind == "plan_insurance":
        return sketch
    if sketch.kind == "plan_education":
        child, until = _child_ages(text)
        years = child if child is not None else 0 if NEWBORN.search(text) else None
        goal = until or SCHOOL_AGE
        if years is not None and goal > years:
            return replace(sketch, months=(goal - years) * 12)
        if goal != SCHOOL_AGE and sketch.months:
            return replace(sketch, months=max(1, sketch.months + (goal - SCHOOL_AGE) * 12))
    if sketch.kind == "plan_retirement" and age:
        retire = _retire_age(text, age) or (RETIRE_AGE if sketch.months is None else None)
        # Past the usual age the pension begins now; an earlier age that lies behind is asked about.
        if retire and (retire > age or age >= RETIRE_AGE):
            return replace(sketch, months=max(0, (retire - age) * 12))
    said = reading.months(text) or next((span for words, span in AHEAD.items() if words in text), None)
    return replace(sketch, months=said) if said else sketch


def _child_ages(text: str) -> tuple[int | None, int | None]:
    """How old the child is and until which age is saved, as far as said; the client's own age is neither."""
    others = [(value, before) for value, before, _ in reading.ages(text) if not OWN_AGE.search(before)]
    until = next((value for value, before in others if GOAL_AGE.search(before)), None)
    child = next((value for value, before in others if CHILD_AGE.search(before) and not GOAL_AGE.search(before)), None)
    return child, until


def _retire_age(text: str, age: int) -> int | None:
    """「60岁退休」, or any age still to come that is not the client's own."""
    said = [(value, after) for value, before, after in reading.ages(text) if not OWN_AGE.search(before)]
    named = next((value for value, after in said if RETIRE.match(after)), None)
    return named or next((value for value, _ in said if value > age), None)


def missing(sketch: Sketch) -> list[str]:
    return [field for field in NEEDS[sketch.kind] if getattr(sketch, field) is None]


def question(sketch: Sketch, *, first: bool, heard: bool = True) -> str:
    """Asks for what is missing, in one sentence; what is known is not asked."""
    asked = "、".join(QUESTIONS[field] for field in missing(sketch))
    opening = WARM[sketch.kind] if first else "记下了。" if heard else "说个大概就行,不用精确。"
    taken = (
        f"我先按{describe_time(sketch.months)}后用来算。"
        if sketch.months and first and sketch.kind == "plan_education"
        else ""
    )
    known = "您的年龄、风险等级和资产我这里有,不用再说。" if first else ""
    return f"{opening}{taken}请告诉我:{asked}。{known}"


def describe_time(months: int) -> str:
    return (
        f"{months // 12}年"
        if months % 12 == 0
        else f"{months}个月"
        if months < 24
        else f"{months // 12}年{months % 12}个月"
    )


def goal(sketch: Sketch) -> Goal:
    return Goal(sketch.target or 0.0, max(1, sketch.months or 1), sketch.start or 0.0, sketch.monthly)

"""A savings plan while it is talked over: what is known, what is missing, what the figures say. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from actions import reading
from actions.arithmetic import Goal, Line, drawdown_capital, future_value, growth, months_needed, payment, plan
from actions.projection import INFLATION, MEAN, PATHS, in_future_money, project
from actions.turn import Turn
from actions.words import RISK_NOTICE
from actions.writing import money

#: A plan left alone for this long no longer takes figures out of other sentences.
LIFETIME = timedelta(minutes=30)
SCHOOL_AGE, RETIRE_AGE, DRAW_YEARS = 18, 60, 20
#: Rule of thumb of insurance planning (双十): cover ten times, premium one tenth of a year's income.
COVER_TIMES, PREMIUM_SHARE = 10, 0.10

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
DEBT = re.compile(r"贷款|房贷|欠|负债|车贷")
CHILD = "(?:孩子|娃|宝宝|儿子|女儿|小孩|闺女|他|她)?"
OWN_AGE = re.compile(r"(我|本人|自己)(们)?(都|已经)?(今年|现在)?(都|已经)?\s*$")
CHILD_AGE = re.compile(r"(孩子|娃|宝宝|儿子|女儿|今年|现在|小孩|闺女)(才|刚|都|已经|快)?\s*$")
GOAL_AGE = re.compile(rf"(到|等|满|上){CHILD}(到|满|上)?\s*$")
RETIRE = re.compile(r"\s*(就|才|再|想|时|的时候|之后|以后)*\s*(退|以后|之后)")
NOTHING = re.compile(r"没(有)?(存款|本金|积蓄|钱|贷款|房贷|负债)|从零|零基础|一分没有")


#: These words ask for a deal, not for another figure in the plan.
TRADES = re.compile(r"定投|买|卖|赎|转换|撤|申购|扣款|号")


@dataclass(frozen=True)
class Sketch:
    """Sums in yuan. income: what retirement should pay each month; yearly_income, debt: for insurance."""

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
    return Sketch(turn.intent if turn.intent in NEEDS else "plan_education", turn.message_id, turn.now.isoformat())


def hear(sketch: Sketch, text: str, age: int) -> Sketch:
    """The sketch with every figure in it that the text says; unlabelled sums fill what is missing, in the order asked."""
    sketch = _when(sketch, text, age)
    sketch = _nothing(sketch, text)
    for value, before in reading.amounts(text):
        field = _field(sketch, before)
        if field:
            sketch = Sketch.of({**sketch.to_slot(), field: float(value)})
    return sketch


def revises(sketch: Sketch, text: str, age: int) -> bool:
    """Whether a message changes a figure of a plan already computed: 「改成每月1500」, 「要是15年后用呢」."""
    return sketch.computed and not TRADES.search(text) and hear(sketch, text, age) != sketch


def _field(sketch: Sketch, before: str) -> str | None:
    needs = NEEDS[sketch.kind]
    labels = [("income", INCOME), ("debt", DEBT), ("yearly_income", YEARLY_INCOME), ("monthly", MONTHLY), ("target", TARGET),
              ("start", START)]  # fmt: skip
    for field, words in labels:
        if field in needs and words.search(before):
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
    said = reading.months(text)
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


def question(sketch: Sketch, *, first: bool) -> str:
    """Asks for what is missing, in one sentence; what is known is not asked."""
    asked = "、".join(QUESTIONS[field] for field in missing(sketch))
    opening = WARM[sketch.kind] if first else "记下了。"
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


def result(sketch: Sketch, level: str) -> tuple[str, dict[str, Any]]:
    """The text and the card of a computed plan."""
    if sketch.kind == "plan_insurance":
        return _insurance(sketch)
    if sketch.kind == "plan_retirement":
        return _retirement(sketch, level)
    return _saving(sketch, level)


def _saving(sketch: Sketch, level: str) -> tuple[str, dict[str, Any]]:
    wanted = goal(sketch)
    lines = plan(wanted)
    text = "\n".join((
        f"先算一版:{describe_time(wanted.months)}({wanted.months}个月)后要{round_money(wanted.target)},"
        f"起步{round_money(wanted.start)},每月月底存{round_money(wanted.monthly or 0)}。",
        *(_line(line, wanted) for line in lines),
        "3%、4%、5%是假设的年化收益率,按月复利算,不是预测,更不是承诺。",
        *ways(wanted, lines[0]),
        _ups_and_downs(wanted, level), _prices(wanted),
        _products(level), RISK_NOTICE,
    ))  # fmt: skip
    return text, card(sketch.topic, wanted, lines, level)


def only_figures(text: str) -> str:
    """A computed plan told once more: without what was said the first time and did not change."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(("放哪里", "物价", "3%、4%"))).replace(
        "先算一版:", ""
    )


def _ups_and_downs(wanted: Goal, level: str) -> str:
    """How far the end may lie from the middle, with the assumptions."""
    found = project(wanted, level)
    assumed = f"假设年化{MEAN:.0%}、每年波动{found.volatility:.0%}"
    share = f"约占{found.reached:.0%}" if found.reached >= 0.01 else "几乎没有"
    span = f"八成落在{round_money(found.low)}到{round_money(found.high)}之间"
    return f"再看起伏:{assumed},模拟{PATHS:,}次,{span},够{round_money(wanted.target)}的{share}。"


def _prices(wanted: Goal) -> str:
    later = in_future_money(wanted.target, wanted.months)
    return f"物价没有算进目标:要是按每年涨{INFLATION:.0%}算(假设),今天的{round_money(wanted.target)}到时要约{round_money(later)}。"


def _line(line: Line, wanted: Goal) -> str:
    reached = f";按您说的存,到期约{round_money(line.reached)}" if line.reached is not None else ""
    return f"· 假设年化{line.yearly_rate:.0%}:每月需要{money(line.needed_monthly)}{reached}"


def ways(wanted: Goal, careful: Line) -> list[str]:
    """The gap at the careful rate and what closes it without more risk."""
    if careful.reached is None or careful.reached >= wanted.target:
        return ["按最谨慎的3%算,您的计划已经够了。"]
    gap = wanted.target - careful.reached
    later = months_needed(wanted, careful.yearly_rate)
    lump = gap / growth(careful.yearly_rate, wanted.months)
    found = [f"每月多存{money(careful.needed_monthly - (wanted.monthly or 0))}"]
    if later:
        found.append(f"晚{describe_time(later - wanted.months)}用钱")
    found += [f"目标降到约{round_money(careful.reached)}", f"现在多放{round_money(lump)}"]
    return [f"按谨慎的3%算,还差约{round_money(gap)}。补上的办法(选一样就行):{';'.join(found)}。不必靠冒更大的风险。"]


def _products(level: str) -> str:
    return (
        f"放哪里:您的等级是{level},只看R{level[1]}及以下的产品;越接近用钱的日子,越要放在波动小的里面。" if level else ""
    )


def round_money(value: float) -> str:
    """Sums of a plan without false precision: to the yuan below 10,000, else to the hundred."""
    return f"{value:,.0f}元" if abs(value) < 10_000 else f"{round(value, -2):,.0f}元"


def card(topic: str, wanted: Goal, lines: tuple[Line, ...], level: str) -> dict[str, Any]:
    rows = [{"label": f"年化{line.yearly_rate:.0%}(假设)", "value": f"每月需{money(line.needed_monthly)}"
             + (f",现计划到期约{round_money(line.reached)}" if line.reached is not None else "")} for line in lines]  # fmt: skip
    found = project(wanted, level)
    rows.append({"label": "模拟区间(中间八成)", "value": f"{round_money(found.low)}至{round_money(found.high)}"})
    rows.append({"label": "模拟中达到目标", "value": f"{found.reached:.0%}", "tone": "muted"})
    series = [{"name": name, "points": [[way[0], round(way[at])] for way in found.ways]}
              for at, name in ((1, "较差(10%)"), (2, "中间"), (3, "较好(90%)"))]  # fmt: skip
    series.append({"name": "目标", "points": [[0, round(wanted.target)], [wanted.months, round(wanted.target)]]})
    return {
        "title": f"{topic}规划(初版)",
        "rows": rows,
        "note": "收益率是假设,不是承诺",
        "chart": {"kind": "line", "unit": "元", "series": series},
    }


def _retirement(sketch: Sketch, level: str) -> tuple[str, dict[str, Any]]:
    """The capital that pays the wished sum for 20 years, and what it takes to get there; at 0 months what the start pays."""
    income, start, months = sketch.income or 0.0, sketch.start or 0.0, sketch.months or 0
    rows, lines = [], []
    for assumed in (0.03, 0.04, 0.05):
        capital = drawdown_capital(income, assumed, DRAW_YEARS * 12)
        if months:
            grown = future_value(start, sketch.monthly or 0.0, assumed, months)
            each = payment(capital, start, assumed, months)
            value = f"退休时要备{round_money(capital)};每月需存{money(each)};按您说的存,届时约{round_money(grown)}"
        else:
            pays = start / drawdown_capital(1.0, assumed, DRAW_YEARS * 12)
            value = f"要备{round_money(capital)};您的{round_money(start)}每月可领约{round_money(pays)},领{DRAW_YEARS}年"
        rows.append({"label": f"年化{assumed:.0%}(假设)", "value": value})
        lines.append(f"· 假设年化{assumed:.0%}:{value}")
    when = f"{describe_time(months)}后退休" if months else "已经到了领取的时候"
    text = "\n".join((f"先算一版:{when},之后每月额外领{round_money(income)},领{DRAW_YEARS}年,领完为止。", *lines,
                      "收益率是假设,按月复利,不是预测,更不是承诺;"
                      "物价上涨没有计入,社保养老金另算。", _products(level), RISK_NOTICE))  # fmt: skip
    return text, {"title": "养老规划(初版)", "rows": rows, "note": "收益率是假设,不是承诺"}


def _insurance(sketch: Sketch) -> tuple[str, dict[str, Any]]:
    income, debt = sketch.yearly_income or 0.0, sketch.debt or 0.0
    cover = income * COVER_TIMES + debt
    rows = [
        {"label": "寿险保额参考", "value": round_money(cover)},
        {"label": "每年保费上限参考", "value": round_money(income * PREMIUM_SHARE)},
    ]
    text = (f"按常用的「双十」经验法粗算:保额约为年收入的{COVER_TIMES}倍加上贷款,"
            f"即{round_money(income)}×{COVER_TIMES}+{round_money(debt)}"
            f"={round_money(cover)};每年保费不超过年收入的一成,即{round_money(income * PREMIUM_SHARE)}。\n"
            "顺序一般是:先医疗和意外,再重疾,再寿险,最后才是带储蓄性质的。"
            "这只是粗算,健康状况、家人和已有保单要由保险专家细看。")  # fmt: skip
    return text, {"title": "保障规划(初版)", "rows": rows, "note": "双十法是经验数,不是规定"}


def facts(sketch: Sketch) -> list[dict[str, str]]:
    """What the expert must not ask again, with the computed plan."""
    labels = {
        "target": "目标",
        "start": "现有",
        "monthly": "每月可存",
        "income": "退休后每月想领",
        "yearly_income": "年收入",
        "debt": "贷款",
    }
    known = [{"label": label, "value": round_money(getattr(sketch, name))} for name, label in labels.items()
             if getattr(sketch, name) is not None]  # fmt: skip
    if sketch.months is not None and sketch.kind != "plan_insurance":
        known.append({"label": "期限", "value": f"{sketch.months}个月({describe_time(sketch.months)})"})
    if sketch.target and sketch.months:
        known += [{"label": f"测算(假设年化{line.yearly_rate:.0%})", "value": _line(line, goal(sketch)).split(":", 1)[1]}
                  for line in plan(goal(sketch))]  # fmt: skip
    return [{"label": "规划", "value": sketch.topic}, *known]

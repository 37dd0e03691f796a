"""What the figures of a plan say: text, card with its chart, and what the expert is given. Pure.

Everything rests on stated assumptions (`policy/assumptions.yml`, `policy/allocation.yml`) and says so; nothing is promised.
"""

from __future__ import annotations

from typing import Any

from actions import allocation
from actions.arithmetic import Goal, Line, drawdown_capital, future_value, growth, months_needed, payment, plan
from actions.planning import Sketch, describe_time, goal
from actions.projection import (
    Drawing,
    Range,
    assumptions,
    by_level,
    draw,
    in_future_money,
    mix_at,
    monthly_for,
    project,
    start_for,
)
from actions.words import RISK_NOTICE
from actions.writing import full_day, money

DRAW_YEARS = 20
#: Rule of thumb of insurance planning (双十): cover ten times, premium one tenth of a year's income.
COVER_TIMES, PREMIUM_SHARE = 10, 0.10
#: How far ahead a later date is tried as a lever, in months.
LATER = (12, 24, 36, 60)
SERIES = ((1, "较差(10%)"), (2, "中间"), (3, "较好(90%)"))


def result(sketch: Sketch, level: str, age: int = 0) -> tuple[str, dict[str, Any]]:
    """The text and the card of a computed plan."""
    if sketch.kind == "plan_insurance":
        return _insurance(sketch)
    if sketch.kind == "plan_retirement":
        return _retirement(sketch, level, age)
    return _saving(sketch, level, age)


def _saving(sketch: Sketch, level: str, age: int) -> tuple[str, dict[str, Any]]:
    wanted = goal(sketch)
    lines, found = plan(wanted), project(wanted, level, age)
    text = "\n".join((
        f"先算一版:{describe_time(wanted.months)}({wanted.months}个月)后要{round_money(wanted.target)},"
        f"起步{round_money(wanted.start)},每月月底存{round_money(wanted.monthly or 0)}。",
        *(_line(line, wanted) for line in lines),
        "3%、4%、5%是假设的年化收益率,按月复利算,不是预测,更不是承诺。",
        *ways(wanted, lines[0]),
        _ups_and_downs(wanted, found), *levers(wanted, level, age, found), _prices(wanted),
        *_products(level), RISK_NOTICE,
    ))  # fmt: skip
    return text, card(sketch.topic, wanted, lines, level, age, found)


def only_figures(text: str) -> str:
    """A computed plan told once more: without what was said the first time and did not change."""
    known = ("放哪里", "物价", "3%、4%")
    return "\n".join(line for line in text.split("\n") if not line.startswith(known)).replace("先算一版:", "")


def chance_words(share: float) -> str:
    """`约23%`; what hardly ever happened, or nearly always, is said so."""
    return "几乎没有" if share < 0.01 else "超过99%" if share > 0.99 else f"约{share:.0%}"


def _ups_and_downs(wanted: Goal, found: Range) -> str:
    """How far the end may lie from the middle, and how likely it is enough."""
    span = f"八成落在{round_money(found.low)}到{round_money(found.high)}之间,中间是{round_money(found.middle)}"
    return (f"再看起伏:按您等级的参考配置模拟{assumptions().paths:,}次,{span};"
            f"够{round_money(wanted.target)}的可能{chance_words(found.reached)}。")  # fmt: skip


def levers(wanted: Goal, level: str, age: int, found: Range) -> list[str]:
    """What makes it likely enough: more a month, more at the start, a later date; what more or less risk would change."""
    sure = assumptions().confident
    if found.reached >= sure or wanted.target <= 0:
        return []
    monthly, start = monthly_for(wanted, level, age, sure), start_for(wanted, level, age, sure)
    parts = [f"每月存到约{round_money(monthly)}", f"或者起步放到约{round_money(start)}"]
    later = next((more for more in LATER if _reached(wanted, level, age, more) >= sure), None)
    if later:
        parts.append(f"或者晚{describe_time(later)}用钱")
    return [f"想有{sure * 100:.0f}%左右的可能:{','.join(parts)}。"]


def _reached(wanted: Goal, level: str, age: int, more: int) -> float:
    return project(Goal(wanted.target, wanted.months + more, wanted.start, wanted.monthly), level, age).reached


def _prices(wanted: Goal) -> str:
    known, later = assumptions(), in_future_money(wanted.target, wanted.months)
    return (f"物价没有算进目标:要是按每年涨{known.inflation:.0%}算(假设),"
            f"今天的{round_money(wanted.target)}到时要约{round_money(later)}。")  # fmt: skip


def _glide(level: str, age: int, months: int) -> str:
    """How the mix calms down towards the day of use; the mix alone when it stays."""
    first, last = mix_at(level, age, months), mix_at(level, age, 0)
    stock = allocation.STOCK
    if abs(first[stock] - last[stock]) < 0.005:
        return _mix_words(first)
    years = min(assumptions().glide_years, max(1, months // 12))
    return f"现在{_mix_words(first)};用钱前{years}年起逐年降,到用的时候{_mix_words(last)}"


def _mix_words(mix: dict[str, float]) -> str:
    return "、".join(f"{name}{share:.0%}" for name, share in mix.items() if share >= 0.005)


def _assumed() -> str:
    known = assumptions()
    return f"收益率是假设,不是承诺。{known.words()}(来源:{known.source},{full_day(known.dated)})"


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


def _products(level: str) -> list[str]:
    return (
        [f"放哪里:您的等级是{level},只看R{level[1]}及以下的产品;越接近用钱的日子,越要放在波动小的里面。"]
        if level
        else []
    )


def round_money(value: float) -> str:
    """Sums of a plan without false precision: to the yuan below 10,000, else to the hundred."""
    return f"{value:,.0f}元" if abs(value) < 10_000 else f"{round(value, -2):,.0f}元"


def chart_of(ways: tuple[tuple[int, float, float, float], ...], target: float | None = None) -> dict[str, Any]:
    """Three ways through time, by month, and the line of the target."""
    series = [{"name": name, "points": [[way[0], round(way[at])] for way in ways]} for at, name in SERIES]
    if target:
        series.append({"name": "目标", "points": [[0, round(target)], [ways[-1][0], round(target)]]})
    return {"kind": "line", "unit": "元", "series": series}


def card(topic: str, wanted: Goal, lines: tuple[Line, ...], level: str, age: int, found: Range) -> dict[str, Any]:
    rows = [{"label": f"年化{line.yearly_rate:.0%}(假设)", "value": f"每月需{money(line.needed_monthly)}"
             + (f",现计划到期约{round_money(line.reached)}" if line.reached is not None else "")} for line in lines]  # fmt: skip
    rows.append({"label": "模拟区间(中间八成)", "value": f"{round_money(found.low)}至{round_money(found.high)}"})
    rows.append({"label": "模拟中达到目标", "value": chance_words(found.reached), "tone": "muted"})
    rows.append({"label": "参考配置", "value": _glide(level, age, wanted.months), "tone": "muted"})
    chances = by_level(wanted, level, age)
    if len(chances) > 1:
        told = ",".join(f"{name}{chance_words(share)}" for name, share in list(chances.items())[-3:])
        rows.append({"label": "换更稳的配置(等级以内)", "value": told, "tone": "muted"})
    sure = assumptions().confident
    if found.reached < sure and wanted.target > 0:
        rows.append({"label": f"{sure:.0%}可能要每月存", "value": round_money(monthly_for(wanted, level, age, sure))})
    return {
        "title": f"{topic}规划(初版)",
        "rows": rows,
        "note": _assumed(),
        "chart": chart_of(found.ways, wanted.target),
    }


# -- retirement ------------------------------------------------------------------------------------------------------


def _retirement(sketch: Sketch, level: str, age: int) -> tuple[str, dict[str, Any]]:
    """The capital that pays the wished sum for 20 years, what it takes to get there, and how long the money lasts."""
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
    found = draw(Goal(0.0, months, start, sketch.monthly), income, level, age)
    when = f"{describe_time(months)}后退休" if months else "已经到了领取的时候"
    text = "\n".join((f"先算一版:{when},之后每月额外领{round_money(income)},领{DRAW_YEARS}年,领完为止。", *lines,
                      _lasting(found, income), "收益率是假设,按月复利,不是预测,更不是承诺;社保养老金另算。",
                      *_products(level), RISK_NOTICE))  # fmt: skip
    rows += [
        {"label": "领得了多久(中间)", "value": years_words(found.middle, found.most)},
        {"label": "领得了多久(八成)", "value": f"{years_words(found.low, found.most)}至{years_words(found.high, found.most)}"},
        *({"label": f"领满{years}年的可能", "value": chance_words(share), "tone": "muted"}
          for years, share in found.lasted.items() if years in (15, 20, 25, 30)),
    ]  # fmt: skip
    note = f"领的钱按每年涨{assumptions().inflation:.0%}跟上物价。{_assumed()}"
    return text, {"title": "养老规划(初版)", "rows": rows, "note": note, "chart": chart_of(found.ways)}


def years_words(years: float, most: int) -> str:
    return f"{most}年以上" if years >= most - 0.01 else f"约{years:.0f}年" if years >= 1 else "不到1年"


def _lasting(found: Drawing, income: float) -> str:
    known = assumptions()
    twenty = next((share for years, share in found.lasted.items() if years == DRAW_YEARS), None)
    enough = f";领满{DRAW_YEARS}年的可能{chance_words(twenty)}" if twenty is not None else ""
    return (f"物价也算进去(每年涨{known.inflation:.0%},领的钱跟着涨),模拟{known.paths:,}次:按今天的钱每月领{round_money(income)},"
            f"中间能领{years_words(found.middle, found.most)},八成在{years_words(found.low, found.most)}"
            f"到{years_words(found.high, found.most)}之间{enough}。{_sustainable(found, income)}")  # fmt: skip


def _sustainable(found: Drawing, income: float) -> str:
    """What could be drawn for twenty years with good confidence, when it is less than wished."""
    if found.sustained <= 0 or found.sustained >= income:
        return ""
    return (f"想领满{DRAW_YEARS}年有{assumptions().confident * 100:.0f}%左右的可能,每月领约{round_money(found.sustained)};"
            "要多领,就得多存、晚几年开始领。")  # fmt: skip


# -- insurance, family -----------------------------------------------------------------------------------------------


def _insurance(sketch: Sketch) -> tuple[str, dict[str, Any]]:
    income, debt, have = sketch.yearly_income or 0.0, sketch.debt or 0.0, sketch.cover or 0.0
    cover = income * COVER_TIMES + debt
    gap = max(cover - have, 0.0)
    rows = [
        {"label": "寿险保额参考", "value": round_money(cover)},
        {"label": "已有保额", "value": round_money(have)},
        {"label": "保障缺口", "value": round_money(gap), "tone": "warn" if gap else "muted"},
        {"label": "每年保费上限参考", "value": round_money(income * PREMIUM_SHARE)},
    ]
    known = f"已有保额{round_money(have)}" if sketch.cover is not None else "已有保额您没有说,先按0算,说了我重算"
    text = (f"按常用的「双十」经验法粗算:保额约为年收入的{COVER_TIMES}倍加上贷款,"
            f"即{round_money(income)}×{COVER_TIMES}+{round_money(debt)}"
            f"={round_money(cover)};{known},缺口约{round_money(gap)}。"
            f"每年保费不超过年收入的一成,即{round_money(income * PREMIUM_SHARE)}。\n"
            "顺序一般是:先医疗和意外,再重疾,再寿险,最后才是带储蓄性质的。"
            "这只是粗算,健康状况、家人和已有保单要由保险专家细看。")  # fmt: skip
    points = [["参考", round(cover)], ["已有", round(have)], ["缺口", round(gap)]]
    return text, {
        "title": "保障规划(初版)", "rows": rows, "note": "双十法是经验数,不是规定",
        "chart": {"kind": "bar", "unit": "元", "series": [{"name": "寿险保额", "points": points}]},
    }  # fmt: skip


def family(assets: float, level: str, age: int, years: int = 20) -> tuple[str, dict[str, Any]]:
    """What lies here for the next generation: the range after so many years, in today's prices beside it."""
    found = project(Goal(0.0, years * 12, assets, 0.0), level, age)
    today = found.middle / (1 + assumptions().inflation) ** years
    text = (f"您在我们这里的{round_money(assets)},{years}年不动用的话,按您等级的参考配置模拟{assumptions().paths:,}次,"
            f"八成落在{round_money(found.low)}到{round_money(found.high)}之间,中间{round_money(found.middle)},"
            f"约合今天的{round_money(today)}。这是假设,不是承诺。")  # fmt: skip
    rows = [{"label": "现在", "value": round_money(assets)},
            {"label": f"{years}年后(中间八成)", "value": f"{round_money(found.low)}至{round_money(found.high)}"},
            {"label": "中间值约合今天", "value": round_money(today), "tone": "muted"}]  # fmt: skip
    return text, {
        "title": "家族财富规划(初版)",
        "rows": rows,
        "note": "收益率是假设,不是承诺",
        "chart": chart_of(found.ways),
    }


# -- for the expert --------------------------------------------------------------------------------------------------


def facts(sketch: Sketch, level: str = "", age: int = 0) -> list[dict[str, str]]:
    """What the expert must not ask again, with the computed plan."""
    labels = {
        "target": "目标",
        "start": "现有",
        "monthly": "每月可存",
        "income": "退休后每月想领",
        "yearly_income": "年收入",
        "debt": "贷款",
        "cover": "已有保额",
    }
    known = [{"label": label, "value": round_money(getattr(sketch, name))} for name, label in labels.items()
             if getattr(sketch, name) is not None]  # fmt: skip
    if sketch.months is not None and sketch.kind != "plan_insurance":
        known.append({"label": "期限", "value": f"{sketch.months}个月({describe_time(sketch.months)})"})
    if sketch.target and sketch.months:
        known += [{"label": f"测算(假设年化{line.yearly_rate:.0%})", "value": _line(line, goal(sketch)).split(":", 1)[1]}
                  for line in plan(goal(sketch))]  # fmt: skip
    if sketch.computed:
        known += [{"label": f"模拟:{row['label']}" if "模拟" not in row["label"] else row["label"], "value": row["value"]}
                  for row in result(sketch, level, age)[1]["rows"] if "年化" not in row["label"]]  # fmt: skip
    return [{"label": "规划", "value": sketch.topic}, *known]

"""What a run is worth: each point of the rubric judged, with its why and the words that decided it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.practice import signals as seen
from studio.practice.model import Broken, Case, Guard, Line, Result, Rubric, Run, Scored, Who
from studio.practice.play import replies

#: A quotation is there to be recognised, not to be read again.
QUOTED_CHARS = 40


@dataclass(frozen=True)
class Judged:
    share: float
    why: str
    quotes: tuple[str, ...] = ()


def score(run: Run, case: Case, rubric: Rubric, guard: Guard) -> Result:
    """The result of a run over the points that count in its case; nothing said is worth nothing."""
    said = replies(run)
    texts = [line.text for line in said]
    points = []
    for name in case.needs:
        judged = JUDGES[name](run, said, case, rubric, guard) if texts else Judged(0.0, "没有回复客户。")
        points.append(Scored(rubric.points[name], judged.share, judged.why, judged.quotes))
    whole = sum(one.point.weight for one in points)
    total = round(100 * sum(one.point.weight * one.share for one in points) / whole) if whole else 0
    forbidden = bool(seen.broken(texts, guard))
    if forbidden:
        total = min(total, rubric.cap_when_broken)
    passed = total >= rubric.pass_score and not forbidden
    return Result(total, passed, _verdict(points, passed, forbidden), tuple(points))


def comfort(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    words, first = seen.comfort_before_figures(said[0].text, rubric)
    if words and first:
        return Judged(1.0, "开口先接住了客户的情绪，再讲事情。", (words,))
    if words:
        return Judged(0.5, "有安抚，但数字和事情讲在了前面，客户先听到的是道理。", (words,))
    later = next((found for line in said[1:] if (found := rubric.patterns[seen.COMFORT].found(line.text))), None)
    if later:
        return Judged(0.4, "安抚来得晚了，第一句话就该先让客户感到被听见。", (later,))
    return Judged(0.0, "没有安抚。先说一句「我理解您的着急」再办事，客户才听得进去。")


def no_promise(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    found = seen.broken([line.text for line in said], guard)
    if not found:
        return Judged(1.0, "没有承诺收益，也没有预测涨跌。")
    first = found[0]
    return Judged(0.0, f"「{first.words}」不能对客户说（{first.rule}）。可以改为：{first.instead}", _quoted(found))


def facts(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    text = "\n".join(line.text for line in said)
    told = [(fact.name, words) for fact in case.facts if (words := fact.found(text))]
    missing = [fact.name for fact in case.facts if fact.name not in {name for name, _ in told}]
    share = len(told) / len(case.facts)
    quotes = tuple(words for _, words in told)
    if not missing:
        return Judged(1.0, "客户问的都答到了，依据也说了。", quotes)
    return Judged(share, f"还差：{'、'.join(missing)}。", quotes)


def avoid(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    found = [one for line in said for one in seen.avoided(line.text, case)]
    if not found:
        return Judged(1.0, "避开了这种场合不该做的事。")
    names = "、".join(dict.fromkeys(name for name, _ in found))
    return Judged(0.0, f"这种场合不该：{names}。", tuple(words for _, words in found))


def no_repeat(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    found = [one for line in said for one in seen.asked_again(line.text, case)]
    if not found:
        return Judged(1.0, "交接摘要里有的没有再问客户。")
    names = "、".join(dict.fromkeys(name for name, _ in found))
    return Judged(0.0, f"{names}在交接摘要里，不必让客户再说一遍。", tuple(_short(words) for _, words in found))


def risk_notice(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    return _pattern(said, rubric, seen.RISK, "讲清了风险。", "谈到产品和涨跌，要提醒一句：净值有涨有跌，不保本。")


def next_step(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    return _pattern(
        said, rubric, seen.NEXT_STEP, "说清了接下来谁做什么。", "没有下一步。告诉客户您接下来做什么、他需要做什么。"
    )


def time(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    return _pattern(said, rubric, seen.WHEN, "给了具体的时间。", "没有给时间。「尽快」不算，要说到哪一天、几点前。")


def plain(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    hard = [word for line in said for word in seen.hard_words(line.text, rubric)]
    long = [one for line in said for one in seen.sentences(line.text) if len(one) > rubric.plain_chars]
    if hard:
        return Judged(
            0.0, f"长辈听不懂：{'、'.join(dict.fromkeys(hard))}。换成大白话，或者紧跟着解释一句。", tuple(hard)
        )
    if long:
        why = f"有 {len(long)} 句太长，一句话只讲一件事，不超过 {rubric.plain_chars} 个字。"
        return Judged(0.5, why, tuple(_short(one) for one in long))
    return Judged(1.0, "用的是大白话，句子也短。")


def action(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    right = [one for one in case.actions if one.right]
    done = [one for one in right if one.id in run.done]
    wrong = [one for one in case.actions if not one.right and one.id in run.done]
    missing = [one for one in right if one.id not in run.done]
    share = len(done) / len(right) if right else 1.0
    whys = [f"没有「{one.words}」：{one.why}" for one in missing] + [f"不该「{one.words}」：{one.why}" for one in wrong]
    # One wrong button spoils what the right ones earned by half.
    return Judged(
        share / 2 if wrong else share, " ".join(whys) or "该办的都办了。", tuple(one.words for one in (*done, *wrong))
    )


def prompt(run: Run, said: list[Line], case: Case, rubric: Rubric, guard: Guard) -> Judged:
    spoke = next(line.at for line in run.lines if line.who is Who.CLIENT and line.emotion is not None)
    seconds = int((said[0].at - spoke).total_seconds())
    if seconds <= case.patience_seconds:
        return Judged(1.0, f"{seconds} 秒内就有了回应。")
    return Judged(
        0.0, f"客户等了 {seconds} 秒才等到第一句话，超过 {case.patience_seconds} 秒会更急。先回一句「我在看」。"
    )


Judge = Callable[[Run, list[Line], Case, Rubric, Guard], Judged]
JUDGES: dict[str, Judge] = {
    "comfort": comfort, "no_promise": no_promise, "facts": facts, "avoid": avoid, "no_repeat": no_repeat,
    "risk_notice": risk_notice, "next_step": next_step, "time": time, "plain": plain, "action": action, "prompt": prompt,
}  # fmt: skip


def _pattern(said: list[Line], rubric: Rubric, name: str, met: str, missed: str) -> Judged:
    words = next((found for line in said if (found := rubric.patterns[name].found(line.text))), None)
    return Judged(1.0, met, (words,)) if words else Judged(0.0, missed)


def _quoted(found: list[Broken]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.words for one in found))


def _short(words: str) -> str:
    return words if len(words) <= QUOTED_CHARS else words[:QUOTED_CHARS] + "…"


def _verdict(points: list[Scored], passed: bool, forbidden: bool) -> str:
    if forbidden:
        return "出现了不能对客户说的话，这一次不算通过。"
    weak = sorted((one for one in points if one.share < 1), key=lambda one: one.got - one.point.weight)
    if not weak:
        return "做得很好，可以上岗接这类客户了。"
    names = "、".join(one.point.words for one in weak[:2])
    return f"{'通过了。' if passed else '还没有通过。'}最值得改进的是：{names}。"

"""How we speak: comfort, risk notices, tone by age and stage. Pure; one place, so that the voice stays one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from actions.turn import Person, Turn, half_width
from actions.writing import full_day
from institution.models import Rule

RISK_NOTICE = "风险提示:基金净值有涨有跌,过往表现不代表未来,以上不构成收益承诺。"
UNKNOWN = "这个我没有查到,不敢随便回答您。"
SYSTEM_SILENT = "机构系统这会儿没有回应,我查不到准确的数据,不想拿旧数糊弄您。请过一两分钟再试,也可以转人工。"
#: National psychological support line, free of charge, day and night (国家卫生健康委, since 2025-01-01).
HOTLINE = "12356"

#: In this order, each once in a talk: comfort said twice in the same words is none.
COMFORT = {
    "恐慌": ("我明白您现在很着急,我们先稳一稳,一件一件来看。", "我在,您别慌,先看清楚再决定。"),
    "焦虑": ("心里不踏实很正常,我陪您一起看看。", "您担心的我明白,我们接着看。", "嗯,这种时候谁都会多想。"),
    "失望": ("让您失望了,这份心情我理解。我把情况如实说给您听。", "我知道这不是您想看到的。"),
    "愤怒": ("很抱歉让您这么生气,您的不满我认真记下了。", "您生气有您的道理,我们只说这件事。"),
}
CLEARER = "是我前面没讲清楚,我说简单些。"
#: Below this strength a negative word is only a colour of speech and asks for no comfort.
FELT = 0.35


def comfort(turn: Turn) -> str:
    """A sentence that meets the mood before the facts; empty when the mood asks for none."""
    if turn.answered:
        return ""
    if turn.emotion in COMFORT and turn.strength >= FELT:
        said = "\n".join(map(half_width, turn.told))
        return next((words for words in COMFORT[turn.emotion] if _opening(words) not in said), "")
    return CLEARER if turn.emotion == "困惑" and turn.repeats > 0 else ""


def _opening(words: str) -> str:
    return re.split("[,。]", words)[0]


def with_comfort(turn: Turn, text: str) -> str:
    return "\n".join(part for part in (comfort(turn), text) if part)


def soft(turn: Turn) -> bool:
    """Whether we sell nothing now: the client is upset, or has been for a while (requirement B2)."""
    return turn.upset or turn.negative_share > 0.30


def for_person(text: str, person: Person) -> str:
    """The same text as this client reads it best: for the elderly one short sentence a line."""
    if not person.elderly:
        return text
    lines = [part.strip() for line in text.split("\n") for part in re.split(r"(?<=[。!?;])", line) if part.strip()]
    return "\n".join(f"{line[:-1]}。" if line.endswith(";") else line for line in lines)


def cite(rules: Iterable[Rule]) -> str:
    """`依据:RULE-T v1(2026年1月1日起)、…`; empty when there is none."""
    cited = "、".join(f"{rule.id} v{rule.version}({full_day(rule.effective)}起施行)" for rule in rules)
    return f"依据:{cited}" if cited else ""


#: Sources are written with half-width marks; people read full-width ones between Chinese characters.
FULL_WIDTH = {mark: chr(ord(mark) + 0xFEE0) for mark in ",;:!?"}
HAN = "\u4e00-\u9fff\u3001\u3002\u300a-\u300d"
MARK = re.compile(rf"(?<=[{HAN}\uff09)%A-Z])[,;:!?]|[,;:!?](?=[{HAN}])|(?<=\d);(?=\d)")
BRACKETS = re.compile(rf"\(([^()]*[{HAN}][^()]*)\)")


def typeset(text: str) -> str:
    """Chinese punctuation as it is printed; 6,000 and 15:00 stay as they are."""
    for _ in range(2):  # brackets within brackets
        text = BRACKETS.sub("\uff08\\1\uff09", text)
    return MARK.sub(lambda mark: FULL_WIDTH[mark.group()], text)


def typeset_all(body: Any) -> Any:
    """Every text of a card typeset; what a tap sends stays as it is understood."""
    if isinstance(body, str):
        return typeset(body)
    if isinstance(body, list):
        return [typeset_all(item) for item in body]
    return {key: typeset_all(value) for key, value in body.items()} if isinstance(body, dict) else body


def listing(items: Iterable[str]) -> str:
    return "\n".join(f"· {item}" for item in items)


def simpler(text: str) -> str:
    """An answer once more: its first sentences only, one a line, figures kept."""
    sentences = [part.strip() for part in re.split(r"(?<=[。!?])|\n", text) if part and part.strip()]
    kept = [sentence for sentence in sentences if not sentence.startswith(("风险提示", "依据"))][:4]
    return "\n".join(kept)

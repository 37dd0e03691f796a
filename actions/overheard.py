"""Requests that the words name for certain, whatever they were understood as: who is meant by a few plain sentences."""

from __future__ import annotations

import re

from actions import known
from actions.answers import HUMAN, Answer, say
from actions.services import House
from actions.turn import Turn
from actions.words import with_comfort
from actions.writing import gain, money
from institution.models import Holding

KIN = r"(老公|老婆|爱人|先生|太太|丈夫|妻子|老伴|爸爸?|妈妈?|父亲|母亲|爷爷|奶奶|儿子|女儿|家人|亲人)"
BEREAVED = re.compile(rf"{KIN}.{{0,8}}(去世|过世|离世|病故|不在了|人没了|走了($|[,。 的]))")
MOST = re.compile(r"(哪|那)(一)?(只|支|个|款).{0,4}(跌|亏|赚|涨)(得|的)?(最|多)")
NO_BUTTON = re.compile(r"(按钮|按键|点).{0,4}(不到|不了|不动|没反应|不开|找不到)|(没有|看不到).{0,3}按钮")
OPENING_HOURS = re.compile(
    r"(你们|人工|客服|顾问|同事).{0,5}(几点|什么时候|啥时候|多晚).{0,4}(上班|下班|开门|关门|在)|几点(上|下)班"
)


async def heard(turn: Turn, house: House) -> Answer | None:
    """The answer to one of these sentences; None for everything else."""
    if BEREAVED.search(turn.text):
        return bereaved(turn, house)
    if OPENING_HOURS.search(turn.text):
        return opening_hours(turn, house)
    if NO_BUTTON.search(turn.text) and not turn.order:
        return say("点不到没关系,把按钮上的字打出来发给我就行,一样能办。", quick=("我的持仓", HUMAN))
    if MOST.search(turn.text) and (items := (await house.institution.holdings(turn.client_id)).items):
        return most(turn, items)
    return None


def bereaved(turn: Turn, house: House) -> Answer:
    """Condolence first, then what the law wants, then a person: the escalation policy asks for him right after."""
    fact = known.fact(turn, house, "亲人去世了他的基金怎么办 继承基金要什么材料")
    text = f"请您节哀,这段日子您辛苦了。他名下的基金不会丢,不用急着办。\n{fact.replace('请您节哀。', '')}"
    return say(f"{text}\n材料不用一次备齐,同事会一样一样陪您办。", quick=("我自己的账户", HUMAN))


def opening_hours(turn: Turn, house: House) -> Answer | None:
    fact = known.fact(turn, house, "人工客服几点上班 服务时间")
    return say(with_comfort(turn, f"我随时都在。{fact}"), quick=(HUMAN, "给我回电话")) if fact else None


def most(turn: Turn, items: tuple[Holding, ...]) -> Answer:
    """The fund that lost or made most, since it was bought and on the last day."""
    losing = re.search(r"跌|亏", turn.text) is not None
    order = sorted(items, key=lambda item: item.profit if losing else -item.profit)
    first = order[0]
    if losing and first.profit >= 0:
        text = f"您持有的{len(items)}只都没有低于成本,赚得最少的是{first.name},{gain(first.profit)}。"
    else:
        most_of = "亏" if losing else "赚"
        sums = f"投入{money(first.cost)},现值{money(first.value)},{gain(first.profit)}"
        text = f"{most_of}得最多的是{first.name}:{sums}。"
    day = min(items, key=lambda item: item.day_profit if losing else -item.day_profit)
    text += f"只看最近一个净值日,是{day.name},{gain(day.day_profit)}。"
    answer = say(with_comfort(turn, text), quick=("为什么会这样", "我的持仓"))
    return answer.remembering(last_topic_fund=day.fund if losing and first.profit >= 0 else first.fund)

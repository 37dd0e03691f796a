"""A client who asks for help again and again, or for shorter answers: heard from what was said so far."""

from __future__ import annotations

import re

from actions import plans
from actions.answers import HUMAN, Answer, say
from actions.services import House
from actions.turn import Turn
from actions.words import RISK_NOTICE
from actions.writing import full_day

HELP = re.compile(r"^[^,。]{0,4}(help|帮助|帮帮我|帮我一下|救救我|教教我|教我|不会(用|弄|操作)|怎么(用|弄|操作|搞)|求助|指导)"
                  r"[^,。]{0,6}$", re.IGNORECASE)  # fmt: skip
#: What a message for help may have been taken for.
TAKEN_FOR = frozenset({"default_fallback", "clarify", "out_of_scope", "ask_capability", "how_to_use", "ask_beginner", "repeat",
                       "ask_human", "greet"})  # fmt: skip
#: So often in one talk, and the 30-day plan is offered (requirement A6).
OFTEN = 3
SHORTER = re.compile(r"说?(简短|短)(一)?(点|些)|长话短说|别(说)?(那么|这么)(长|多|啰嗦)|太(长|啰嗦)了|一句话(说|讲)")
LONGER = re.compile(r"(详细|具体|展开)(一)?(点|些|说|讲)|说(得|的)?详细|多说(点|些)")
MOST_SENTENCES = 3


def asks_help(text: str) -> bool:
    return bool(HELP.search(text.strip(" ,。!?~")))


async def helped(name: str, turn: Turn, house: House) -> Answer | None:
    """The answer to a bare cry for help; None when the message is something else."""
    if name not in TAKEN_FOR or not asks_help(turn.text):
        return None
    times = 1 + sum(asks_help(text) for text in turn.said)
    if times >= OFTEN:
        return await plans.ask_beginner(turn, house)
    opening = "我在,一步步来。您想先弄明白哪一样?" if times == 1 else "没关系,换个办法:您点一样,我带着您做。"
    return say(
        f"{opening}直接说也行,比如「怎么买基金」「钱什么时候到」。",
        quick=("新手怎么开始", "我的持仓", "你会什么", HUMAN),
    )


SOURCE = re.compile(
    r"依据|出处|来源|哪[条一]?条?规[则定]|谁规定|哪里规定|凭什么规定|按照?的?是?(什么|哪个|哪条|哪种)(规则|规定|标准)"
)


async def sourced(turn: Turn, house: House) -> Answer | None:
    """The rules that the last answers stood on, in their own words with their dates (A5); None when none was given."""
    if not SOURCE.search(turn.text) or len(turn.text) > MOST_CHARACTERS or turn.funds:
        return None
    cited = next((found for told in reversed(turn.told) if (found := RULE.findall(told))), [])
    rules = await house.rules(turn.today, *dict.fromkeys(cited))
    if not rules:
        return None
    lines = "\n".join(f"· {rule.id} v{rule.version},{full_day(rule.effective)}起施行:{rule.text}" for rule in rules[:3])
    return say(f"刚才说的依据是衡远智投的业务规则:\n{lines}", quick=("我的持仓", HUMAN))


RULE = re.compile(r"RULE-[A-Z]+(?:-[A-Z]+)*")
MOST_CHARACTERS = 16


def at_other_length(turn: Turn) -> Answer | None:
    """「说短点」, 「说详细点」: the last answer once more at that length; None for anything else."""
    if not turn.last_answer or len(turn.text) > MOST_CHARACTERS:
        return None
    if LONGER.search(turn.text):
        return say(turn.last_answer, quick=("我的持仓", HUMAN)).remembering(reply_length="long")
    if SHORTER.search(turn.text):
        answer = say(f"好的,以后都说短些。\n{shortened(turn.last_answer)}", quick=("说详细点", HUMAN))
        return answer.remembering(reply_length="short")
    return None


def wants_short(turn: Turn) -> bool:
    """Whether the client asked for shorter answers, in this talk or an earlier one, and not for longer ones since."""
    for text in (turn.text, *reversed(turn.said)):
        if LONGER.search(text):
            return False
        if SHORTER.search(text):
            return True
    return turn.reply_length == "short"


def shortened(text: str) -> str:
    """The first sentences, and the risk notice, which is never cut."""
    sentences = [part for part in re.split(r"(?<=[。!?])|\n", text) if part and part.strip()]
    kept = [part for part in sentences if not part.startswith("依据") and part not in RISK_NOTICE][:MOST_SENTENCES]
    return "".join(kept) + (f"\n{RISK_NOTICE}" if RISK_NOTICE in text else "")

"""What a message means to an open draft: yes, no, why, a correction, a figure. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from actions import grievance, reading
from actions.orders.model import Kind
from actions.reading import Quantity
from actions.turn import Turn

YES = re.compile(r"^(那就?|就|我)?(嗯+|恩|好[的吧啊呀]?|行[的吧啊]?|可以|确[认定]|是[的呀]?|对[的呀]?"
                 r"|没错|没问题|同意|要得|中|成|ok|okay|yes|y|k|就这样|就这么|办吧|卖吧|买吧|继续|下一步|當然|当然|確認)"
                 r"(?![a-z])(?!不|话|是|了|情|业|证|国|本|像|几|多)", re.IGNORECASE)  # fmt: skip
NO = re.compile(r"算了|罢了|不(想)?(卖|买|赎|赎回|转|换|弄|办|改|停|投|设|操作|"
                r"撤|整)了|先不|不用了|不要了|不办|放弃|退出|别(卖|买|赎|弄|办|转|改)|"
                r"(再|还是)(想想|考虑|等等|看看)(吧|一下)?(?=$|[,。.!~])|照旧|先放着|先?放一放|先这样放着|(以后|回头|过几天)再说|再说吧|保持(不变|"
                r"原样)|下次再|晚点再|^(不|不了|不行|不要|不用|不确认|否|no|n|cancel|"
                r"取消吧?|取消了)[。.!!~]*$", re.IGNORECASE)  # fmt: skip
#: In these orders 「取消」 is the order itself, not the wish to drop it.
CANCELLING = frozenset({"cancel", "dca_stop"})
WHY_FEE = re.compile(
    r"(为啥|为什么|为何|凭什么|怎么|咋|干嘛|依据|哪来).{0,10}(费|块|元|钱|扣|收|\d)|费.{0,8}(怎么|咋|为|哪|依据|明细|算的?)|依据"
)
QUESTION = re.compile(
    r"[??]|吗|么$|呢$|多少|什么|啥|怎么|咋|为何|为什么|多久|几天|哪天|几点|啥时|何时|能不能|是不是|会不会|有没有"
)
NOT_THIS = re.compile(r"不是(这|那)[只个支]|换一?[只个支](?!债|货|指)|另(外|一)|不对.{0,4}(只|基金)|选错|搞错|弄错")
CASH_WISHED = re.compile(r"[取提拿].{0,6}(出来|钱|用|现)|用钱|要用|急用|变现")
CASH = re.compile(r"现金|(打|发|转|进|落)(到|进|入)?(我的?)?(银行)?(卡|账上|账户|口袋)|到账|拿钱|拿到手")
REINVEST = re.compile(r"再投|再买|自动买|滚存|滚进|利滚利|红利转|(继续|接着)(投|买)|变成份额|换成份额")
#: 「为什么还要再点一次」 of the second confirmation, 「凭什么暂缓」 of a redemption that is held.
AGAIN = re.compile(
    r"[再又两二]次?.{0,4}(点|确认|按|输|打)|(点|确认|按).{0,3}[两二]次|重复|麻烦|暂缓|放行|卡住|不能直接"
    r"|^(这(又)?是)?(为什么|为啥|凭什么|为何)(呀|啊|呢|这样)?[??]?$"
)
#: 「什么时候生效」 of another way of dividends.
TAKES_EFFECT = re.compile(r"生效|确认要|什么时候|啥时候|何时|哪天|几天|多久")
DEEDS = {"买": Kind.BUY, "申购": Kind.BUY, "卖": Kind.REDEEM, "赎": Kind.REDEEM, "换": Kind.SWITCH, "转": Kind.SWITCH}
REFUSED_DEED = re.compile(r"不(?:是|想|要)?(买|申购|卖|赎|换|转)")
WANTED_DEED = re.compile(r"(?:(?<!不)是|要|直接|还是|干脆|改成?|改为)(买|申购|卖|赎)(?!不(?:买|卖|赎)|得|吗)")
REFUSED = re.compile(r"(不|别)[^,。;]{0,8}")


@dataclass(frozen=True)
class Heard:
    text: str
    intent: str
    funds: tuple[str, ...]
    quantity: Quantity | None
    yes: bool
    no: bool
    why_fee: bool
    question: bool
    not_this: bool
    frequency: str | None
    day: int | None
    weekday: int | None
    mode: str | None
    again: bool
    from_when: bool
    #: Another deed than this one, in so many words: 「是买不是卖」, 「不换了,直接卖」.
    instead: Kind | None = None
    complaint_denied: bool = False


def hear(turn: Turn, kind: str) -> Heard:
    text = turn.text.strip()
    question = bool(QUESTION.search(text))
    yes = (bool(YES.search(text)) or turn.intent == "affirm") and not question
    no = bool(NO.search(text)) and not (
        kind in CANCELLING and text.startswith("取消") and not text.startswith("取消吧")
    )
    return Heard(
        text=text,
        intent=turn.intent,
        funds=turn.funds,
        quantity=wished(reading.quantity(without_names(text, turn.entities)), text, kind),
        yes=yes and not no,
        no=no or (turn.intent == "deny" and not yes and not NOT_THIS.search(text) and not reading.quantity(text)),
        why_fee=bool(WHY_FEE.search(text)) or turn.intent in ("ask_fee", "complain_fee"),
        question=question,
        not_this=bool(NOT_THIS.search(text)),
        frequency=reading.frequency(text),
        day=reading.day_of_month(text),
        weekday=reading.weekday(text),
        mode=dividend_mode(text) if kind == "dividend" else None,
        again=bool(AGAIN.search(text)),
        from_when=bool(TAKES_EFFECT.search(text)),
        instead=instead(text),
        complaint_denied="投诉" in text and grievance.denied(text),
    )


def instead(text: str) -> Kind | None:
    """The deed that a text wants instead of one that it refuses."""
    refused, wanted = REFUSED_DEED.search(text), WANTED_DEED.search(text)
    if not refused or not wanted or DEEDS[refused[1]] is DEEDS[wanted[1]]:
        return None
    return DEEDS[wanted[1]]


def dividend_mode(text: str) -> str | None:
    """How dividends are wished; what is named only to be refused (「别打到卡里,继续投」) is not."""
    wanted = REFUSED.sub("", text)
    return "现金分红" if CASH.search(wanted) else "红利再投资" if REINVEST.search(wanted) else None


def wished(said: Quantity | None, text: str, kind: str) -> Quantity | None:
    """「取两千出来用」 asks for yuan, 「卖两千」 for shares."""
    if said and said.unit == "bare" and kind == "redeem" and CASH_WISHED.search(text):
        return Quantity(said.value, "yuan")
    return said


def without_names(text: str, entities: tuple[Mapping[str, object], ...]) -> str:
    """The text with fund names blanked out, so that the 300 of 沪深300 is no amount."""
    for found in entities:
        start, end = found.get("start"), found.get("end")
        if found.get("entity") == "fund" and isinstance(start, int) and isinstance(end, int):
            text = text[:start] + " " * (end - start) + text[end:]
    return text
